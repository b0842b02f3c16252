import { performance } from 'node:perf_hooks';
import { TOTAL } from './meter';
import type { CountingRegistry } from './safe-registry';

/** Moleculer works out rates every 5 s, at moments of its own. */
const LOOK_EVERY_MS = 1000;

/** A series that no event has. It stays at 0. */
const NO_EVENT = { namespace: '*', event: '*' };

/** The part of Moleculer's registry of metrics that lists values. */
export interface ListingRegistry {
  list(options: { includes: string }): readonly { readonly values: readonly RatedValue[] }[];
}

/** A value of a metric in such a list. Metrics with the option `rate` have a rate, by the minute. */
interface RatedValue {
  readonly rate?: number;
}

/**
 * Keeps V8 from compiling the counters of the broker again and again.
 *
 * V8 notes that the rates in Moleculer's values are objects of one shape, and compiles the methods that count for this shape. The first
 * rate that is not an integer gives the objects another shape, but not the note: from then on V8 compiles those methods without end, and throws
 * each result away ("Maps became deprecated during optimization" under `--trace-opt`). On Node 20 this took more than half of what an event
 * cost with metrics. A new value with a rate corrects the note; one is enough for all metrics of the process. It has
 * to come after the first such rate, so a new label that happens to come first does not help.
 */
export class RateSettler {
  private isSettled = false;
  private lookAt = performance.now() + LOOK_EVERY_MS;

  constructor(
    private readonly listing: ListingRegistry,
    private readonly counting: CountingRegistry,
  ) {}

  /** Called where events are counted. */
  look(): void {
    if (this.isSettled) return;
    const now = performance.now();
    if (now < this.lookAt) return;
    this.lookAt = now + LOOK_EVERY_MS;
    const [metric] = this.listing.list({ includes: TOTAL });
    if (!metric?.values.some(({ rate = 0 }) => !Number.isInteger(rate))) return;
    this.isSettled = true;
    this.counting.increment(TOTAL, NO_EVENT, 0);
  }
}
