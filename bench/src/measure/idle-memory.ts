import { setTimeout as sleep } from 'node:timers/promises';
import { ServerProcess } from '../load/server-process';
import type { Resources } from '../servers/resources';
import type { ServerSpec } from '../servers/server-spec';
import { closeAll, connectAll } from './events';
import { inTurn } from './in-turn';

/** Bytes of the server for one connection that does nothing. */
export interface MemorySample {
  readonly heap: number;
  readonly rss: number;
}

const BATCH = 100;

/** Measures the memory of idle connections; every sample is a process of its own. */
export function measureIdleMemory(
  specs: ReadonlyMap<string, ServerSpec>,
  lives: number,
  connections: number,
): Promise<Map<string, MemorySample[]>> {
  return inTurn(specs, lives, (spec) => measureOne(spec, connections));
}

async function measureOne(spec: ServerSpec, connections: number): Promise<MemorySample> {
  const server = await ServerProcess.start(spec);
  // What the first connections leave behind is no memory of a connection: compiled code, caches.
  await closeAll(await connectAll(server, BATCH));
  const before = await settledResources(server);
  const clients = [];
  for (let at = 0; at < connections; at += BATCH) clients.push(...(await connectAll(server, BATCH)));
  const after = await settledResources(server);
  await server.stop();
  await Promise.allSettled(clients.map((client) => client.close()));
  return {
    heap: (after.heap - before.heap) / clients.length,
    rss: (after.rss - before.rss) / clients.length,
  };
}

async function settledResources(server: ServerProcess): Promise<Resources> {
  await sleep(300);
  return server.ask('resources');
}
