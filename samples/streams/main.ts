import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { buildSync } from 'esbuild';
import { ServiceBroker } from 'moleculer';
import { StudioGateway } from './studio-gateway';

const HEADERS = {
  'Content-Security-Policy': "default-src 'self'; img-src 'self' data:",
  'X-Content-Type-Options': 'nosniff',
};
const pathOf = (file: string) => join(__dirname, 'page', file);

/** The files of the page. Its script imports the client of the library: esbuild makes one file of both. */
const readPage = () =>
  new Map([
    ['/', { type: 'text/html', content: readFileSync(pathOf('index.html'), 'utf8') }],
    ['/studio.css', { type: 'text/css', content: readFileSync(pathOf('studio.css'), 'utf8') }],
    ['/studio.js', { type: 'text/javascript', content: bundle(pathOf('studio.mjs')) }],
  ]);

const bundle = (file: string) =>
  buildSync({ entryPoints: [file], bundle: true, write: false, format: 'iife' }).outputFiles[0]?.text ?? '';

/** Opens the studio on a port (0: any free one), and says where it is and how to close it. */
export async function start(port: number) {
  const page = readPage();
  const broker = new ServiceBroker({ logLevel: 'warn', skipProcessEventRegistration: true });
  const studio = broker.createService(StudioGateway) as StudioGateway;

  const serve = ({ url = '/' }: IncomingMessage, response: ServerResponse): void => {
    const file = page.get(url);
    const picture = studio.store.open(Number(/^\/pictures\/(\d+)$/.exec(url)?.[1]));
    if (file) {
      response
        .writeHead(200, { ...HEADERS, 'Content-Type': `${file.type}; charset=utf-8` })
        .end(file.content);
    } else if (picture) {
      response.writeHead(200, { ...HEADERS, 'Content-Type': picture.type });
      pipeline(picture.stream, response, () => undefined);
    } else response.writeHead(404).end();
  };
  const server = createServer(serve);
  await studio.initSocketIO(server);
  await broker.start();
  await once(server.listen(port), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    studio,
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
  const studio = await start(Number(process.env.PORT || 3000));
  console.log(`Open http://localhost:${studio.port}, and drop a picture on it. Ctrl-C closes the studio.`);
  process.once('SIGINT', () => void studio.stop()).once('SIGTERM', () => void studio.stop());
}

if (require.main === module) void main();
