import { boundedDelay } from '../errors/bounded-delay';

/** Number of checks in an idle time. */
const CHECKS = 4;

/**
 * Tells when nothing has come for an idle time. One timer checks four times in it, so that a chunk costs no timer: it ends a quarter
 * late at most, and never early. Does not keep the process alive.
 */
export class IdleTimer {
  #timer: NodeJS.Timeout | undefined;
  /** Number of checks since something has come. */
  #quietChecks = 0;
  #isPaused = false;

  get isRunning(): boolean {
    return this.#timer !== undefined;
  }

  /** Starts the timer. A time of Infinity never ends. */
  start(milliseconds: number, onIdle: () => void): void {
    this.stop();
    this.touch();
    if (!Number.isFinite(milliseconds)) return;
    this.#timer = setInterval(
      () => {
        if (!this.#isPaused && ++this.#quietChecks > CHECKS) onIdle();
      },
      boundedDelay(milliseconds / CHECKS),
    ).unref();
  }

  /** Begins the idle time again. Ends a pause. */
  touch(): void {
    this.#quietChecks = 0;
    this.#isPaused = false;
  }

  /** Counts no time until `touch` is called. */
  pause(): void {
    this.#isPaused = true;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
