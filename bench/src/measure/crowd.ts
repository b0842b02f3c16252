import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectMany } from '../load/connect-many';
import { CONNECTIONS, driveEvents } from '../load/drive-events';
import { ServerProcess } from '../load/server-process';
import type { SocketClient } from '../load/socket-client';
import { LOADS } from '../payloads';
import type { Resources } from '../servers/resources';
import type { ServerSpec } from '../servers/server-spec';
import { quantile } from '../statistics';
import { closeAll, connectAll } from './events';
import { inTurn } from './in-turn';

/** What a server with many connections gave, some of which call it. */
export interface CrowdSample {
  /** Resident memory for one connection, in bytes. */
  readonly rss: number;
  /** Heap for one connection, in bytes. */
  readonly heap: number;
  /** CPU for one call, in microseconds. */
  readonly cpu: number;
  /** Milliseconds from a call to its answer. */
  readonly p50: number;
  readonly p99: number;
}

/** Seconds of calls before those that are measured. */
const RUN_UP_SECONDS = 4;
export const CALLS_PER_SECOND = 1000;
/** How often calls are sent, in milliseconds. */
const TICK_MS = 4;
const ANSWER_TIMEOUT_MS = 10_000;

/** Measures a server with many idle connections, of which another one calls it each time; every sample is a process of its own. */
export function measureCrowd(
  specs: ReadonlyMap<string, ServerSpec>,
  lives: number,
  connections: number,
  seconds: number,
  warmUp: number,
): Promise<Map<string, CrowdSample[]>> {
  return inTurn(specs, lives, async (spec) => {
    const server = await ServerProcess.start(spec);
    const guests = await connectAll(server);
    await driveEvents(guests, 'add', 'error-first', warmUp);
    await closeAll(guests);
    const before = await settledResources(server);
    const clients = await connectMany(server.port, connections);
    // What is counted before and after forces collections, which throw away what was compiled: once more, then.
    await driveEvents(clients.slice(0, CONNECTIONS), 'add', 'error-first', warmUp);
    await callInTurn(clients, RUN_UP_SECONDS);
    const cpuBefore = await server.ask<number>('cpu');
    const latencies = await callInTurn(clients, seconds);
    const cpuAfter = await server.ask<number>('cpu');
    const after = await settledResources(server);
    await server.stop();
    await Promise.all(clients.map((client) => client.untilClosed()));
    return {
      rss: (after.rss - before.rss) / connections,
      heap: (after.heap - before.heap) / connections,
      cpu: (cpuAfter - cpuBefore) / latencies.length,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
    };
  });
}

/** Calls as often as it says, whether answers have come or not, and returns how long the answers took. */
export async function callInTurn(clients: readonly SocketClient[], seconds: number): Promise<number[]> {
  const count = seconds * CALLS_PER_SECOND;
  const latencies: number[] = [];
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(
      () => {
        reject(new Error(`${latencies.length} of ${count} calls were answered`));
      },
      seconds * 1000 + ANSWER_TIMEOUT_MS,
    );
    const begun = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(count, ((performance.now() - begun) / 1000) * CALLS_PER_SECOND);
      for (; sent < due; sent++) {
        const client = clients[sent % clients.length] as SocketClient;
        const at = performance.now();
        client.onAck = () => {
          latencies.push(performance.now() - at);
          if (latencies.length < count) return;
          clearTimeout(late);
          resolve();
        };
        client.emit(sent, LOADS.add.packet);
      }
      if (sent === count) clearInterval(timer);
    }, TICK_MS);
  });
  return latencies;
}

async function settledResources(server: ServerProcess): Promise<Resources> {
  await sleep(500);
  return server.ask('resources');
}
