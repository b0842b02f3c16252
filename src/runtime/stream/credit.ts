import { MAX_UNACKNOWLEDGED, WINDOW_BYTES } from './wire';

/** The credit of a download: how much its client may be sent before it acknowledges something. */
export class Credit {
  /** The sizes of the chunks that are sent and not acknowledged, about. */
  readonly #unacknowledged: number[] = [];
  /** Their sum. */
  #bytes = 0;
  /** Resolves at the next ack. Undefined while nothing waits for it. */
  #ack: Promise<void> | undefined;
  #resolve: (() => void) | undefined;

  /** True if the client has not acknowledged all chunks. */
  get isUsed(): boolean {
    return this.#unacknowledged.length > 0;
  }

  /** Returns true if the client may be sent one more chunk of a size. One that is larger than the window goes alone. */
  covers(size: number): boolean {
    const count = this.#unacknowledged.length;
    return count === 0 || (count < MAX_UNACKNOWLEDGED && this.#bytes + size <= WINDOW_BYTES);
  }

  /** Counts a chunk that is sent. */
  take(size: number): void {
    this.#unacknowledged.push(size);
    this.#bytes += size;
  }

  /** Counts an ack. */
  giveBack(): void {
    // Clients acknowledge in order. If one does not, the sum is right again when it has acknowledged all of them.
    this.#bytes -= this.#unacknowledged.shift() ?? 0;
    this.release();
  }

  /** Resolves at the next ack, or when nothing shall wait any more. */
  nextAck(): Promise<void> {
    return (this.#ack ??= new Promise<void>((resolve) => (this.#resolve = resolve)));
  }

  /** Lets go on what waits for an ack. */
  release(): void {
    const resolve = this.#resolve;
    this.#ack = this.#resolve = undefined;
    resolve?.();
  }
}
