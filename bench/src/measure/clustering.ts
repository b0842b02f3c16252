import { performance } from 'node:perf_hooks';
import { NodeProcesses } from '../load/node-processes';
import { freePort, startRedis } from '../load/redis-process';
import type { SocketClient } from '../load/socket-client';
import type { ServerProcess } from '../load/server-process';
import type { Requests } from '../servers/cluster';
import type { ServerSpec } from '../servers/server-spec';
import { connectAll } from './events';
import { interleave, type Rounds } from './interleave';
import { receivedByAll } from './pushing';

/** What one round of broadcasts gave. */
export interface ClusterSample {
  /** CPU of all nodes for one broadcast, in microseconds. */
  readonly cpu: number;
}

/** What one round of calls to clients gave. */
export interface RequestSample {
  /** CPU of both nodes for one call, in microseconds. */
  readonly cpu: number;
  /** Calls per second. */
  readonly throughput: number;
}

/** What the start of a node gave. */
export interface StartSample {
  /** CPU of the process from the creation of its service until it lets clients in, in milliseconds. */
  readonly cpu: number;
}

const NODES = ['n1', 'n2', 'n3'];
/** Clients of each node. */
const CLIENTS = 50;

/** The ways from node to node that are compared. */
export const WAYS = ['redis', 'redis-streams', 'moleculer'] as const;

/**
 * Measures what a broadcast costs all nodes of a cluster of three. The next is sent when all clients have got the last.
 *
 * @returns an empty map if there is no Redis
 */
export async function measureClustering(
  rounds: Rounds,
  count: number,
): Promise<Map<string, ClusterSample[]>> {
  const redis = await startRedis();
  if (!redis) return new Map();
  const specs = new Map<string, readonly ServerSpec[]>();
  for (const way of WAYS) specs.set(way, await specsOf(way, NODES, redis.url));
  const audiences = new Map<NodeProcesses, SocketClient[]>();
  const push = (cluster: NodeProcesses, times: number): Promise<void> =>
    pushFromAll(cluster, audiences.get(cluster) as SocketClient[], times);
  try {
    return await interleave(
      specs,
      rounds,
      {
        async warmUp(cluster) {
          audiences.set(cluster, await connectToAll(cluster));
          await push(cluster, count * 20);
        },
        async measure(cluster) {
          await push(cluster, count);
          const before = await cluster.cpu();
          await push(cluster, count * 10);
          return { cpu: ((await cluster.cpu()) - before) / (count * 10) };
        },
      },
      NodeProcesses,
    );
  } finally {
    await redis.stop();
  }
}

async function connectToAll(cluster: NodeProcesses): Promise<SocketClient[]> {
  return (await Promise.all(cluster.nodes.map((node) => connectAll(node, CLIENTS)))).flat();
}

/** Lets the nodes broadcast in turn. */
async function pushFromAll(
  cluster: NodeProcesses,
  clients: readonly SocketClient[],
  times: number,
): Promise<void> {
  for (let time = 0; time < times; time++) {
    const received = receivedByAll(clients);
    await (cluster.nodes[time % cluster.nodes.length] as ServerProcess).ask('broadcast');
    await received;
  }
}

/**
 * Runs something with a cluster of three nodes that has clients.
 *
 * @returns undefined if there is no Redis
 */
export async function withCluster<T>(
  way: string,
  run: (cluster: NodeProcesses, push: (times: number) => Promise<void>) => Promise<T>,
): Promise<T | undefined> {
  const redis = await startRedis();
  if (!redis) return undefined;
  try {
    const cluster = await NodeProcesses.start(await specsOf(way, NODES, redis.url));
    try {
      const clients = await connectToAll(cluster);
      return await run(cluster, (times) => pushFromAll(cluster, clients, times));
    } finally {
      await cluster.stop();
    }
  } finally {
    await redis.stop();
  }
}

/** The ways to ask a client of another node that are compared: the servers, and what a node is told to do. */
const REQUEST_WAYS = new Map([
  ['redis', { way: 'redis', command: 'request' }],
  ['moleculer', { way: 'moleculer', command: 'request' }],
  ['moleculer-action', { way: 'moleculer', command: 'requestByAction' }],
] as const);

/**
 * Measures what a call to a client on the other node of a cluster of two costs both nodes.
 *
 * @returns an empty map if there is no Redis
 */
export async function measureRequests(rounds: Rounds, count: number): Promise<Map<string, RequestSample[]>> {
  const redis = await startRedis();
  if (!redis) return new Map();
  const specs = new Map<string, readonly ServerSpec[]>();
  for (const [name, { way }] of REQUEST_WAYS)
    specs.set(name, await specsOf(way, NODES.slice(0, 2), redis.url));
  const asked = new Map<NodeProcesses, readonly string[]>();
  const request = async (cluster: NodeProcesses, name: string, times: number): Promise<void> => {
    const { command } = REQUEST_WAYS.get(name as 'redis') ?? { command: 'request' };
    const ids = asked.get(cluster);
    await (cluster.nodes[0] as ServerProcess).ask(command, { ids, count: times } satisfies Partial<Requests>);
  };
  try {
    return await interleave(
      specs,
      rounds,
      {
        async warmUp(cluster, name) {
          const clients = await connectAll(cluster.nodes[1] as ServerProcess, CLIENTS);
          for (const client of clients) client.answers = true;
          asked.set(
            cluster,
            clients.map(({ id }) => id),
          );
          await request(cluster, name, count * 2);
        },
        async measure(cluster, name) {
          await request(cluster, name, Math.ceil(count / 4));
          const before = await cluster.cpu();
          const begun = performance.now();
          await request(cluster, name, count);
          const seconds = (performance.now() - begun) / 1000;
          return { cpu: ((await cluster.cpu()) - before) / count, throughput: count / seconds };
        },
      },
      NodeProcesses,
    );
  } finally {
    await redis.stop();
  }
}

/** Measures what the start of a gateway costs, alone and as the third of three nodes. */
export async function measureClusterStart(times: number): Promise<Map<string, StartSample[]>> {
  const samples = new Map<string, StartSample[]>([
    ['alone', []],
    ['third', []],
  ]);
  for (let time = 0; time < times; time++) {
    for (const [name, ids] of [
      ['alone', ['n1']],
      ['third', NODES],
    ] as const) {
      const cluster = await NodeProcesses.start(await specsOf('moleculer', ids, undefined));
      const cpu = await (cluster.nodes.at(-1) as ServerProcess).ask<number>('startCpu');
      samples.get(name)?.push({ cpu: cpu / 1000 });
      await cluster.stop();
    }
  }
  return samples;
}

async function specsOf(
  shape: string,
  ids: readonly string[],
  redis: string | undefined,
): Promise<ServerSpec[]> {
  const urls: string[] = [];
  for (const id of ids) urls.push(`127.0.0.1:${await freePort()}/${id}`);
  return ids.map((id) => ({ implementation: 'cluster', shape, node: { id, urls, ...(redis && { redis }) } }));
}
