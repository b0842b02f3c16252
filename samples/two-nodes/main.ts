import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter } from '@socket.io/redis-adapter';
import { ServiceBroker } from 'moleculer';
import { createClient } from 'redis';
import { io, type Socket } from 'socket.io-client';
import { BoardGateway, type Note } from './board-gateway';

/**
 * Starts one node: a broker with a gateway on a free port, and its connections to Redis. It could as well be a process,
 * or a machine, of its own: the nodes know nothing of each other.
 */
async function startNode(nodeID: string, redisUrl: string) {
  const broker = new ServiceBroker({ nodeID, logLevel: 'warn', skipProcessEventRegistration: true });
  const pub = createClient({ url: redisUrl });
  const sub = pub.duplicate();
  for (const client of [pub, sub]) client.on('error', (error) => broker.logger.debug('Redis:', error));

  const settings = {
    port: 0,
    io: {
      options: {
        // Takes nothing, so it may connect first; the gateway waits for it before it opens its port.
        adapter: async () => {
          // Where nobody answers, `connect` tries for ever; `once` fails with the first error.
          await Promise.all([pub, sub].flatMap((client) => [once(client, 'ready'), client.connect()]));
          return createAdapter(pub, sub);
        },
      },
    },
  };
  const board = broker.createService(BoardGateway, { settings: settings as object }) as BoardGateway;

  const stop = async () => {
    await broker.stop();
    for (const client of [pub, sub]) {
      if (client.isReady) await client.close();
      else if (client.isOpen) client.destroy(); // it still tries to connect
    }
  };
  try {
    await broker.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { broker, url: urlOf(board), stop };
}

function urlOf(board: BoardGateway) {
  const { port } = (board.io.httpServer as Server).address() as AddressInfo;
  return `http://localhost:${port}/board`;
}

/** Starts two nodes that share a Redis, and nothing else. */
export async function start(redisUrl: string) {
  const started = await Promise.allSettled(['north', 'south'].map((name) => startNode(name, redisUrl)));
  const nodes = started.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  const [north, south] = nodes;
  if (north && south) return { north, south, stop };
  await stop();
  throw started.find((one) => one.status === 'rejected')?.reason;
}

/** Connects somebody to a node; rejects if he is not let in. */
async function enter(url: string, name: string): Promise<Socket> {
  const client = io(url, { auth: { name }, forceNew: true });
  await Promise.race([
    once(client as never, 'connect'),
    once(client as never, 'connect_error').then(([error]) => Promise.reject(error as Error)),
  ]);
  return client;
}

/** Ada on one node and Ben on the other: each sees what the other pins. */
async function demo({ north, south }: Awaited<ReturnType<typeof start>>) {
  const [ada, ben] = [await enter(north.url, 'Ada'), await enter(south.url, 'Ben')];
  try {
    console.log(`Ada is on ${north.url}, Ben on ${south.url}.`);
    const read = once(ben as never, 'note') as Promise<[Note]>;
    ada.emit('pin', { text: 'Tea is ready.' });
    const [note] = await read;
    console.log(`Ben reads: "${note.text}" (${note.from}, on node ${note.node})`);

    ben.on('how-much', (answer: (cups: number) => void) => answer(2));
    const cups = await north.broker.call('board.request', { socketId: ben.id, event: 'how-much' });
    console.log(
      `Node ${north.broker.nodeID} asks Ben, who is on node ${south.broker.nodeID}: ${String(cups)} cups.`,
    );
  } finally {
    ada.close();
    ben.close();
  }
}

async function main() {
  const redisUrl = process.env.REDIS_URL || 'redis://127.0.0.1:6379';
  try {
    const nodes = await start(redisUrl);
    await demo(nodes).finally(() => nodes.stop());
  } catch (error) {
    console.error(`Is there a Redis at ${redisUrl}? Choose another one with REDIS_URL. ${String(error)}`);
    process.exitCode = 1;
  }
}

if (require.main === module) void main();
