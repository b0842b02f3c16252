import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

/** How long turns of the event loop took, in milliseconds. */
export interface Lag {
  readonly p99: number;
  readonly max: number;
}

/** How often the loop is looked at, in milliseconds. A turn that is shorter is not seen. */
const RESOLUTION_MS = 2;
const NANOSECONDS = 1_000_000;

let histogram: IntervalHistogram | undefined;

/** Begins to watch the event loop of this process. */
export function startLag(): void {
  histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
}

/** Returns by how much the turns since `startLag` were late. */
export function stopLag(): Lag {
  if (!histogram) return { p99: NaN, max: NaN };
  histogram.disable();
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS);
  return { p99: late(histogram.percentile(99)), max: late(histogram.max) };
}
