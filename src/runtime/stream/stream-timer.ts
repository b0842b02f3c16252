import { boundedDelay } from '../errors/bounded-delay';

/** A timeout of one end of a stream. Does not keep the process alive. */
export class StreamTimer {
  #timer: NodeJS.Timeout | undefined;

  /** Starts the timer, in place of the one that runs. A time of Infinity never ends. */
  start(milliseconds: number, onEnd: () => void): void {
    this.stop();
    if (Number.isFinite(milliseconds)) this.#timer = setTimeout(onEnd, boundedDelay(milliseconds)).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
