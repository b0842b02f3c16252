import type { WorkBudget } from '../plan/body-check';
import { PayloadTooLarge } from '../errors';

/** Maximum duration of the validation of one message. A message that takes longer is refused with 413. */
export const MAX_VALIDATION_MS = 60;
/** Wall-clock time may exceed the maximum by this factor, because the operating system runs other processes, too. */
const MAX_WAIT = 2;

/** Work that one message can always do, in estimated microseconds. If its input is made to be slow, it still ends in time. */
const FREE_WORK = 15_000;
const WORK_BETWEEN_LOOKS = 500;

/**
 * Measures what validation takes for one message. Each piece of work is announced in estimated microseconds; the clock
 * is read once for many of them, and not at all for a small message.
 */
export class TimeBudget implements WorkBudget {
  /** Estimated microseconds until the clock is read again. Generated code subtracts from it in place. */
  left = WORK_BETWEEN_LOOKS;
  private work = 0;
  private earlierMs = 0;
  private section: Section | undefined;
  private isTimedByTurn = false;

  /**
   * Announces a piece of work.
   *
   * @param microseconds what it takes typically; on an input made to be slow it may be three times as much
   * @throws PayloadTooLarge if the message has used up its time, or if this piece alone would
   */
  spend(microseconds: number): void {
    if ((this.left -= microseconds) < 0) this.look();
  }

  /**
   * Reads the clock.
   *
   * @throws PayloadTooLarge if the message has used up its time
   */
  look(): void {
    const announced = WORK_BETWEEN_LOOKS - this.left;
    this.work += announced;
    this.left = WORK_BETWEEN_LOOKS;
    this.section ??= new Section();
    const isOver = this.work > FREE_WORK && this.section.isOver(MAX_VALIDATION_MS, this.earlierMs);
    if (isOver || announced > MAX_VALIDATION_MS * 1000) throw tooLarge(MAX_VALIDATION_MS);
  }

  /**
   * Reads the clock.
   *
   * @throws PayloadTooLarge if the message has taken longer
   */
  limit(ms: number): void {
    if (!this.section && this.isTimedByTurn) {
      setImmediate(() => {
        this.pause();
      });
    }
    this.section ??= new Section();
    if (this.section.isOver(ms, this.earlierMs)) throw tooLarge(ms);
  }

  /** Returns the milliseconds that the message has taken. */
  usedMs(): number {
    return this.earlierMs + (this.section?.cpuMs() ?? 0);
  }

  /** Starts the clock, which otherwise starts when it is first read. */
  resume(): void {
    this.section ??= new Section();
  }

  /** Stops the clock while the message waits for a promise and the process works on something else. */
  pause(): void {
    this.earlierMs = this.usedMs();
    this.section = undefined;
  }

  /** Stops the clock, and lets `limit` start it again for the rest of a turn of the event loop. */
  pauseBetweenTurns(): void {
    this.pause();
    this.isTimedByTurn = true;
  }
}

/** A stretch of time in which the process works on one message only. */
class Section {
  private readonly startedAt = performance.now();
  private readonly cpu = process.cpuUsage();

  isOver(maxMs: number, earlierMs: number): boolean {
    const ms = performance.now() - this.startedAt;
    if (earlierMs + ms <= maxMs) return false;
    return ms > MAX_WAIT * maxMs || earlierMs + this.cpuMs() > maxMs;
  }

  /**
   * Returns the CPU time spent, in milliseconds. That of other threads of the process counts, too, but never more than the
   * time that has passed.
   */
  cpuMs(): number {
    const { user, system } = process.cpuUsage(this.cpu);
    return Math.min(performance.now() - this.startedAt, (user + system) / 1000);
  }
}

function tooLarge(ms: number): PayloadTooLarge {
  return new PayloadTooLarge({ maxValidationTime: Math.round(ms) });
}
