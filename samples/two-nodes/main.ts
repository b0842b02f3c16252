import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter } from '@socket.io/redis-adapter';
import { ServiceBroker, type BrokerOptions } from 'moleculer';
import { createClient } from 'redis';
import { BoardGateway } from './board-gateway';

/** Both nodes are in one process here. In production each is a process of its own, with `transporter: 'TCP'`, `'NATS'`, … */
const NODE: BrokerOptions = { transporter: 'Fake', logLevel: 'warn', skipProcessEventRegistration: true };

/** Starts one node: a broker with a gateway. The gateways of both nodes are one, with nothing to configure. */
async function startNode(nodeID: string, port: number) {
  const broker = new ServiceBroker({ ...NODE, nodeID });
  const board = broker.createService(BoardGateway, { settings: { port } as object }) as BoardGateway;
  await broker.start();
  return { broker, url: urlOf(board), stop: () => broker.stop() };
}

/** Starts one node without a transporter. Its clients and those of other nodes reach each other over Redis. */
async function startNodeWithRedis(nodeID: string, port: number, redisUrl: string) {
  const broker = new ServiceBroker({ ...NODE, nodeID, transporter: null });
  const pub = createClient({ url: redisUrl });
  const sub = pub.duplicate();
  for (const client of [pub, sub]) client.on('error', (error) => broker.logger.debug('Redis:', error));

  const settings = {
    port,
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

/**
 * Starts two nodes.
 *
 * @param port of the first node; the second takes the next one. 0: any free ones
 * @param redisUrl if it is given, the nodes share a Redis, and nothing else
 */
export async function start(port: number, redisUrl?: string) {
  const nodes: Awaited<ReturnType<typeof startNode>>[] = [];
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  const add = async (nodeID: string, own: number) => {
    const node = await (redisUrl === undefined
      ? startNode(nodeID, own)
      : startNodeWithRedis(nodeID, own, redisUrl));
    nodes.push(node);
    return node;
  };
  try {
    const north = await add('north', port);
    const south = await add('south', port === 0 ? 0 : port + 1);
    return { north, south, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function main() {
  const redisUrl = process.env.REDIS_URL;
  try {
    const { north, south, stop } = await start(Number(process.env.PORT || 3000), redisUrl);
    console.log(
      `Two nodes: ${north.url} and ${south.url}, connected by ${redisUrl ?? 'Moleculer'}. Ctrl-C stops them.`,
    );
    console.log(`Next, in another terminal: npm run sample -- two-nodes try ${north.url} ${south.url}`);
    process.once('SIGINT', () => void stop()).once('SIGTERM', () => void stop());
  } catch (error) {
    const isRefused = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
    console.error(isRefused ? `Is there a Redis at ${String(redisUrl)}? ${String(error)}` : String(error));
    process.exitCode = 1;
  }
}

if (require.main === module) void main();
