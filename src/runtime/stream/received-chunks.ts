import type { AckFunction } from '../../types';
import type { ConnectionState } from '../model';

/** A chunk of an upload. */
interface ReceivedChunk {
  readonly data: Buffer | readonly unknown[];
  readonly bytes: number;
  readonly ack: AckFunction | undefined;
}

/** The chunks of an upload that have arrived and are not acknowledged. They count as bytes of their connection. */
export class ReceivedChunks {
  readonly #queue: ReceivedChunk[] = [];
  /** The position in the first chunk of the queue. */
  #at = 0;
  /** The chunk that the handler has, and whose ack it has not earned yet. */
  #handed: ReceivedChunk | undefined;
  #count = 0;
  #bytes = 0;

  constructor(private readonly connection: ConnectionState) {}

  /** Number of chunks without an ack. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of the chunks without an ack. */
  get bytes(): number {
    return this.#bytes;
  }

  add(data: Buffer | readonly unknown[], bytes: number, ack: AckFunction | undefined): void {
    this.#count++;
    this.#hold(bytes);
    this.#queue.push({ data, bytes, ack });
  }

  /**
   * Takes the next chunk of bytes, or the next object. Acknowledges the chunk that was taken before.
   *
   * @returns undefined if nothing has arrived
   */
  take(): unknown {
    for (;;) {
      if (this.#handed) this.#acknowledge(this.#handed);
      this.#handed = undefined;
      const chunk = this.#queue[0];
      if (!chunk) return undefined;
      const { data } = chunk;
      const isBytes = Buffer.isBuffer(data);
      const item: unknown = isBytes ? data : data[this.#at++];
      if (isBytes || this.#at >= data.length) {
        this.#queue.shift();
        this.#at = 0;
        this.#handed = chunk;
      }
      // An empty chunk has no item.
      if (item !== undefined && !(isBytes && data.length === 0)) return item;
    }
  }

  /** Drops all chunks, and calls a function with the ack of each. */
  drop(dismiss: (ack: AckFunction) => void): void {
    const left = this.#handed ? [this.#handed, ...this.#queue] : [...this.#queue];
    this.#queue.length = 0;
    this.#handed = undefined;
    for (const { ack, bytes } of left) {
      this.#hold(-bytes);
      if (ack) dismiss(ack);
    }
  }

  #acknowledge({ ack, bytes }: ReceivedChunk): void {
    this.#count--;
    this.#hold(-bytes);
    ack?.();
  }

  #hold(bytes: number): void {
    this.#bytes += bytes;
    this.connection.streamBytes += bytes;
  }
}
