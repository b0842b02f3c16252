import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ServiceBroker } from 'moleculer';
import { Balancer } from './balancer';
import { brokerOptions, createCluster } from './cluster';
import { NodeProcess } from './node-process';
import { NOTES } from './notes';

/*
 * Two nodes in processes of their own, which find each other over Moleculer's TCP transporter, and a balancer before them. Pages stay in
 * conversation while both nodes are restarted, one after the other.
 */

const read = (file: string) => readFileSync(join(__dirname, 'page', file));

const PAGE = new Map([
  ['/', { type: 'text/html', content: read('index.html') }],
  ['/board.js', { type: 'text/javascript', content: read('board.js') }],
  ['/board.css', { type: 'text/css', content: read('board.css') }],
]);

/**
 * Starts the nodes, and the page on a port (0: any free one).
 *
 * @param execArgv options of Node.js for the processes of the nodes
 */
export async function start(port: number, execArgv: readonly string[] = process.execArgv) {
  const cluster = await createCluster(['store', 'north', 'south']);
  // The notes are kept here: the nodes with the gateways may be restarted.
  const broker = new ServiceBroker({
    ...brokerOptions('store', cluster),
    skipProcessEventRegistration: true,
  });
  broker.createService(NOTES);
  const nodes = ['north', 'south'].map((nodeID) => new NodeProcess(nodeID, cluster, execArgv));
  const balancer = new Balancer(nodes);
  let restarting: Promise<void> | undefined;
  /** Restarts one node after the other. Each closes its connections when their events are answered; clients go to the other node. */
  const restart = (): Promise<void> =>
    (restarting ??= (async () => {
      for (const node of nodes) {
        await node.stop();
        await node.start();
      }
    })().finally(() => {
      restarting = undefined;
    }));

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = request.url?.split('?')[0] ?? '';
    const file = PAGE.get(path);
    if (file) response.writeHead(200, { 'Content-Type': `${file.type}; charset=utf-8` }).end(file.content);
    else if (path === '/restart' && request.method === 'POST')
      restart().then(
        () => response.writeHead(204).end(),
        () => response.writeHead(500).end(),
      );
    // The client of Socket.IO, which the gateways serve.
    else if (path.startsWith('/socket.io/')) balancer.forward(request, response);
    else response.writeHead(404).end();
  });
  balancer.serve(server);

  const stop = async () => {
    balancer.close();
    await restarting?.catch(() => undefined);
    await Promise.all(nodes.map((node) => node.stop()));
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    server.closeAllConnections();
    await closed;
    await broker.stop();
  };
  try {
    await Promise.all([broker.start(), ...nodes.map((node) => node.start())]);
    await balancer.probe();
    await once(server.listen(port), 'listening');
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, nodes, restart, stop };
}

async function main() {
  const port = Number(process.env.PORT || 3000);
  try {
    const sample = await start(port);
    console.log(`Open ${sample.url} in two tabs, which go to two nodes. Ctrl-C closes the board.`);
    let stopping: Promise<void> | undefined;
    const stop = () => {
      stopping ??= sample.stop();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    console.error(
      isTaken
        ? `Port ${port} is taken. Choose another one: PORT=${port + 1} npm run sample -- two-nodes`
        : error,
    );
    process.exitCode = 1;
  }
}

if (require.main === module) void main();
