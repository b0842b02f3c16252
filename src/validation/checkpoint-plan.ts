import { PayloadTooLarge } from '../errors';
import type { WorkBudget } from '../plan/body-check';

/** Units of a payload that are always validated without reading the clock. */
const FREE_UNITS = 48;
/** A checkpoint is placed after so many units, and after a part of those that came before. */
const UNITS_BETWEEN = 16;
const PART_BETWEEN = 1 / 256;
const UNITS_PER_ITEM = 1;
const UNITS_PER_PROPERTY = 3;
/** Maximum duration for a payload of any size, garbage collections and other processes included. */
const MAX_MS = 80;

/** Limits the duration of code for a payload. `JSON.parse` takes 0.000_025 ms for a unit: an item has one unit, a property three. */
export interface CheckpointLimits {
  /** For a payload of any size. */
  readonly baseMs: number;
  /** More for each unit that is before the value that is read. */
  readonly msPerUnit: number;
  /** A unit that takes longer was interrupted by a garbage collection or another process. */
  readonly maxMsPerUnit: number;
}

/** Says for each value of a payload, in their order, whether the clock is read before it, and returns what does so. */
export class CheckpointPlan {
  private units = 0;
  private next = FREE_UNITS;
  private startMs = 0;
  private readAt = 0;
  private steadyMs = 0;

  constructor(
    private readonly work: WorkBudget,
    private readonly limits: CheckpointLimits,
  ) {}

  ofItem(): (() => void) | undefined {
    return (this.units += UNITS_PER_ITEM) < this.next ? undefined : this.plan();
  }

  ofProperty(): (() => void) | undefined {
    return (this.units += UNITS_PER_PROPERTY) < this.next ? undefined : this.plan();
  }

  /** Starts the time that the code may take: so far, the checkpoints were placed. */
  start(): void {
    if (this.next === FREE_UNITS) return;
    this.startMs = this.work.usedMs();
    this.readAt = performance.now();
  }

  private plan(): () => void {
    const unitsBetween = UNITS_BETWEEN + Math.floor(this.units * PART_BETWEEN);
    this.next = this.units + unitsBetween;
    const { work } = this;
    const maxSteadyMs = this.limits.baseMs + this.limits.msPerUnit * this.units;
    const maxMs = MAX_MS + this.limits.msPerUnit * this.units;
    // It takes long to place them in a large payload.
    work.limit(maxMs);
    return () => {
      const now = performance.now();
      this.steadyMs += Math.min(now - this.readAt, this.limits.maxMsPerUnit * unitsBetween);
      this.readAt = now;
      if (this.steadyMs > maxSteadyMs)
        throw new PayloadTooLarge({ maxValidationTime: Math.round(maxSteadyMs) });
      work.limit(this.startMs + maxMs);
    };
  }
}
