import { inspectResult } from '../answer/inspect-result';
import { isPlainData } from '../answer/plain-data';
import { toError } from '../errors/to-error';
import type { SocketSession } from '../model';
import { sendPacket, sendWithAck } from '../socket-io/send-packet';
import { bytesOf, roughSize, slices } from './chunks';
import { openSource } from './open-source';
import type { Source } from './source';
import { StreamTimer } from './stream-timer';
import { tooSlow } from './stream-errors';
import { CHUNK, CHUNK_BYTES, END, MAX_UNACKNOWLEDGED } from './wire';

/** The timeouts of a download. Times in milliseconds; Infinity for no limit. */
export interface DownloadTerms {
  /** Until the first chunk. */
  readonly timeout: number;
  /** Returns the error of an event whose first chunk does not come in time. */
  readonly lateAnswer: () => Error;
  /** Between two chunks: for its source as for its client. */
  readonly idle: number;
}

/** Maximum objects of one chunk. */
const MAX_OBJECTS = 1024;

/** A stream that answers an event. It is read no faster than its client acknowledges. */
export class Download {
  readonly #source: Source;
  readonly #timer = new StreamTimer();
  /** Forget the acks of the chunks that are not acknowledged. */
  readonly #acks = new Set<() => void>();
  #seq = 0;
  #isOver = false;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  /** Wakes all that wait until the client takes one more chunk. */
  #wake: (() => void)[] = [];
  /** Objects that are not sent yet. */
  #batch: unknown[] = [];
  #batchBytes = 0;
  #flush: NodeJS.Immediate | undefined;

  constructor(
    private readonly session: SocketSession,
    private readonly id: string,
    result: object,
    private readonly terms: DownloadTerms,
  ) {
    this.#source = openSource(session.gateway, result);
  }

  /** Sends all chunks. Resolves when the last one is written, or when it was stopped. Rejects if the source or the client fails. */
  send(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      if (this.#isOver) {
        resolve();
        return;
      }
      const { timeout, lateAnswer } = this.terms;
      this.#timer.start(timeout, () => {
        this.fail(lateAnswer());
      });
      this.#run().catch((error: unknown) => {
        this.fail(toError(error));
      });
    });
  }

  /** Ends the stream with an error. */
  fail(error: Error): void {
    if (this.#isOver) return;
    this.#end(true);
    this.#settle?.reject(error);
  }

  /** Ends the stream as its client wants, who needs no more of it. */
  stop(): void {
    if (this.#isOver) return;
    this.#end(true);
    this.#settle?.resolve();
  }

  async #run(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#next();
      if (this.#isOver) return;
      if (done === true) break;
      this.#timer.restart();
      const bytes = bytesOf(value);
      if (bytes) {
        if (this.#batch.length > 0) await this.#flushBatch();
        for (const slice of slices(bytes)) {
          if (this.#acks.size >= MAX_UNACKNOWLEDGED) await this.#credit();
          this.#send(slice);
        }
      } else await this.#addObject(value);
    }
    await this.#flushBatch();
    if (this.#isOver) return;
    this.#end(false);
    sendPacket(this.session.socket, [END, this.id]);
    this.#settle?.resolve();
  }

  /** Reads the source. If it fails, sends what it has given before. */
  async #next(): Promise<IteratorResult<unknown, unknown>> {
    try {
      return await this.#source.next();
    } catch (error) {
      await this.#flushBatch();
      throw error;
    }
  }

  /** Collects objects that come in the same turn of the event loop. */
  async #addObject(value: unknown): Promise<void> {
    const refusal = isPlainData(value) ? undefined : inspectResult(value).refusal;
    if (refusal) throw refusal;
    this.#batchBytes += roughSize(value);
    if (this.#batch.push(value) >= MAX_OBJECTS || this.#batchBytes >= CHUNK_BYTES) await this.#flushBatch();
    else
      this.#flush ??= setImmediate(() => {
        this.#flush = undefined;
        this.#flushBatch().catch((error: unknown) => {
          this.fail(toError(error));
        });
      });
  }

  async #flushBatch(): Promise<void> {
    if (this.#acks.size >= MAX_UNACKNOWLEDGED) await this.#credit();
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#send(batch);
  }

  #send(data: Buffer | unknown[]): void {
    if (this.#isOver) return;
    const forget = sendWithAck(this.session.socket, [CHUNK, this.id, this.#seq++, data], () => {
      this.#acks.delete(forget);
      this.#timer.restart();
      for (const wake of this.#wake.splice(0)) wake();
    });
    this.#acks.add(forget);
    if (this.#seq === 1) this.#startIdle();
    else this.#timer.restart();
  }

  #startIdle(): void {
    const { idle } = this.terms;
    this.#timer.start(idle, () => {
      this.fail(tooSlow('STREAM_IDLE', idle));
    });
  }

  /** Waits until the client may be sent one more chunk, or until the stream is over. */
  async #credit(): Promise<void> {
    while (this.#acks.size >= MAX_UNACKNOWLEDGED && !this.#isOver)
      await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** @param isEarly true if the source has more */
  #end(isEarly: boolean): void {
    this.#isOver = true;
    this.#timer.stop();
    clearImmediate(this.#flush);
    this.#batch = [];
    for (const forget of this.#acks) forget();
    this.#acks.clear();
    for (const wake of this.#wake.splice(0)) wake();
    if (isEarly) this.#source.close();
  }
}
