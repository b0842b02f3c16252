import { NodeProcesses } from '../load/node-processes';
import { freePort, startRedis } from '../load/redis-process';
import type { SocketClient } from '../load/socket-client';
import type { ServerProcess } from '../load/server-process';
import type { ServerSpec } from '../servers/server-spec';
import { connectAll } from './events';
import { interleave, type Rounds } from './interleave';
import { receivedByAll } from './pushing';

/** What one round of broadcasts gave. */
export interface ClusterSample {
  /** CPU of all nodes for one broadcast, in microseconds. */
  readonly cpu: number;
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
  const push = async (cluster: NodeProcesses, times: number): Promise<void> => {
    const clients = audiences.get(cluster) as SocketClient[];
    for (let time = 0; time < times; time++) {
      const received = receivedByAll(clients);
      await (cluster.nodes[time % cluster.nodes.length] as ServerProcess).ask('broadcast');
      await received;
    }
  };
  try {
    return await interleave(
      specs,
      rounds,
      {
        async warmUp(cluster) {
          const clients = await Promise.all(cluster.nodes.map((node) => connectAll(node, CLIENTS)));
          audiences.set(cluster, clients.flat());
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
