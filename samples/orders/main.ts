import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ServiceBroker } from 'moleculer';
import { OrderGateway } from './order-gateway';
import { orders } from './orders';

const read = (file: string) => readFileSync(join(__dirname, 'page', file));
const page = new Map([
  ['/', { type: 'text/html', content: read('index.html') }],
  ['/orders.js', { type: 'text/javascript', content: read('orders.js') }],
  ['/orders.css', { type: 'text/css', content: read('orders.css') }],
]);

function servePage(request: IncomingMessage, response: ServerResponse) {
  const file = page.get(request.url?.split('?')[0] ?? '');
  if (!file) return response.writeHead(404).end();
  const headers = {
    'Content-Type': `${file.type}; charset=utf-8`,
    'Content-Security-Policy': "default-src 'self'; img-src data:",
  };
  return response.writeHead(200, headers).end(file.content);
}

/**
 * Opens the shop on a port (0: any free one), and says where it is and how to close it.
 *
 * @param warehouseTakes milliseconds for every step
 */
export async function start(port: number, warehouseTakes: number) {
  const server = createServer(servePage);
  const broker = new ServiceBroker({ logLevel: 'warn', skipProcessEventRegistration: true });
  broker.createService(orders(warehouseTakes));
  const gateway = broker.createService(OrderGateway) as OrderGateway;
  await gateway.initSocketIO(server);
  await broker.start();
  await once(server.listen(port), 'listening');
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
  const shop = await start(Number(process.env.PORT || 3000), 2000);
  const url = `http://localhost:${shop.port}/?user=`;
  console.log(`Open ${url}ada and ${url}ben, and order something. Ctrl-C closes the shop.`);
  process.once('SIGINT', () => void shop.stop()).once('SIGTERM', () => void shop.stop());
}

if (require.main === module) void main();
