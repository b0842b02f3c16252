import { IdleTimer } from './idle-timer';
import { tooSlow } from './stream-errors';
import { StreamTimer } from './stream-timer';
import type { UploadTerms } from './upload-terms';

/** The callbacks of the timeouts of an upload. */
interface UploadTimeoutListener {
  /** Called if the client does not send the next chunk in time. */
  onSilence(error: Error): void;
  /** Called if the event is not answered in time. */
  onLateAnswer(error: Error): void;
}

/** The timeouts of an upload: for its first chunk, for each one after it, and for the answer to its event. */
export class UploadTimeouts {
  /** Waits for the first chunk, and for the answer. */
  readonly #timer = new StreamTimer();
  /** Counts while the handler waits for a chunk after the first one. */
  readonly #idle = new IdleTimer();

  constructor(private readonly listener: UploadTimeoutListener) {}

  /** Waits for the first chunk: for `timeout`, or, if the event has none, for `idle`. A client must not wait for ever. */
  awaitFirst({ timeout, idle }: UploadTerms): void {
    const milliseconds = Number.isFinite(timeout) ? timeout : idle;
    this.#timer.start(milliseconds, () => {
      this.listener.onSilence(tooSlow('STREAM_TIMEOUT', milliseconds));
    });
  }

  /** Ends the wait for the first chunk. */
  begin(): void {
    this.#timer.stop();
  }

  /** Waits for the next chunk, which the handler wants. */
  awaitNext({ idle }: UploadTerms): void {
    if (this.#idle.isRunning) this.#idle.touch();
    else
      this.#idle.start(idle, () => {
        this.listener.onSilence(tooSlow('STREAM_IDLE', idle));
      });
  }

  /** Counts no time while the handler has a chunk to take. */
  pause(): void {
    this.#idle.pause();
  }

  /** Waits for the answer of the event, whose handler has everything. */
  awaitAnswer({ timeout, lateAnswer }: UploadTerms): void {
    this.#timer.start(timeout, () => {
      this.listener.onLateAnswer(lateAnswer());
    });
  }

  stop(): void {
    this.#timer.stop();
    this.#idle.stop();
  }
}
