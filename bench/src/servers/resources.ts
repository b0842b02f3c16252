import type { Emitter } from './server-spec';

/** What a process holds: what must not grow with the connections that have come and gone. */
export interface Resources {
  readonly heap: number;
  readonly rss: number;
  readonly timers: number;
  readonly listeners: number;
}

/** Counts after a full collection. */
export function countResources(emitters: readonly Emitter[]): Resources {
  global.gc?.();
  global.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return {
    heap: heapUsed,
    rss,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
    listeners: emitters.reduce(
      (sum, emitter) =>
        sum + emitter.eventNames().reduce((count, event) => count + emitter.listenerCount(event), 0),
      0,
    ),
  };
}
