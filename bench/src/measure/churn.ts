import { setTimeout as sleep } from 'node:timers/promises';
import { driveEvents } from '../load/drive-events';
import { ServerProcess } from '../load/server-process';
import type { Resources } from '../servers/resources';
import type { ServerSpec } from '../servers/server-spec';
import { slopeOf } from '../statistics';
import { comeAndGo } from './connecting';

/** How a server's resources change while connections come and go. */
export interface ChurnResult {
  readonly connections: number;
  /** Bytes of heap per connection that has gone: slope and its standard error. */
  readonly heapSlope: number;
  readonly heapError: number;
  /** Between the first sample and the last. */
  readonly listeners: number;
  readonly timers: number;
  readonly samples: readonly Resources[];
}

const SAMPLES = 12;
/** Before these, code is still being compiled and caches fill. */
const WARM = 3;

/** Lets clients connect, log in, send an event and go, and watches what stays. */
export async function measureChurn(spec: ServerSpec, connections: number): Promise<ChurnResult> {
  const server = await ServerProcess.start(spec);
  const samples: Resources[] = [];
  const each = Math.floor(connections / SAMPLES);
  for (let sample = 0; sample < SAMPLES; sample++) {
    await comeAndGo(server.port, each, async (client) => {
      await driveEvents([client], 'add', 'error-first', 1);
    });
    await sleep(300);
    samples.push(await server.ask<Resources>('resources'));
  }
  await server.stop();
  const warm = samples.slice(WARM);
  const { slope, error } = slopeOf(
    warm.map((_, at) => at * each),
    warm.map(({ heap }) => heap),
  );
  const grown = (of: 'listeners' | 'timers'): number => (warm.at(-1)?.[of] ?? 0) - (warm[0]?.[of] ?? 0);
  return {
    connections: each * SAMPLES,
    heapSlope: slope,
    heapError: error,
    listeners: grown('listeners'),
    timers: grown('timers'),
    samples,
  };
}
