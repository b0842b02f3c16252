import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type BrokerOptions, ServiceBroker } from 'moleculer';
import { ChatGateway } from './chat-gateway';

const read = (file: string) => readFileSync(join(__dirname, 'page', file));

/** All that this server has to show, besides socket.io. */
const page = new Map([
  ['/', { type: 'text/html', content: read('index.html') }],
  ['/chat.js', { type: 'text/javascript', content: read('chat.js') }],
  ['/chat.css', { type: 'text/css', content: read('chat.css') }],
]);

function servePage(request: IncomingMessage, response: ServerResponse) {
  const file = page.get(request.url?.split('?')[0] ?? '');
  if (!file) return response.writeHead(404).end();
  return response
    .writeHead(200, {
      'Content-Type': `${file.type}; charset=utf-8`,
      'Content-Security-Policy': "default-src 'self'; img-src data:",
    })
    .end(file.content);
}

/**
 * Starts the chat on a port (0: any free one), and says where it is and how to stop it. With a transporter, nodes that see each other are
 * one chat.
 */
export async function start(port: number, options: BrokerOptions = {}) {
  const server = createServer(servePage);
  const broker = new ServiceBroker({ logLevel: 'warn', skipProcessEventRegistration: true, ...options });
  const chat = broker.createService(ChatGateway) as ChatGateway;
  await chat.initSocketIO(server);

  // The page's server opens last and closes first, so that nobody meets a gateway that is not ready.
  await broker.start();
  try {
    await once(server.listen(port), 'listening');
  } catch (error) {
    await broker.stop();
    throw error;
  }

  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      await broker.stop();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function main() {
  const port = Number(process.env.PORT || 3000);
  try {
    // One more node of the same chat, here or on another computer: TRANSPORTER=TCP PORT=3001 npm start
    const { TRANSPORTER: transporter } = process.env;
    const nodeID = `${hostname()}-${port}`;
    const chat = await start(port, transporter ? ({ transporter, nodeID } as BrokerOptions) : {});
    console.log(`Open http://localhost:${chat.port} in two tabs, to have company. Ctrl-C closes the chat.`);
    if (process.env.NODE_ENV !== 'production')
      console.log(`Try its events in the explorer: http://localhost:${chat.port}/explorer`);
    let stopping: Promise<void> | undefined;
    const stop = () => {
      stopping ??= chat.stop();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    console.error(
      taken ? `Port ${port} is taken. Choose another one: PORT=${port + 1} npm start` : String(error),
    );
    process.exitCode = 1;
  }
}

if (require.main === module) void main();
