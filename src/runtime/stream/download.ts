import * as timers from 'node:timers';
import { inspectResult } from '../answer/inspect-result';
import { isPlainData } from '../answer/plain-data';
import { isPromise } from '../errors/run-safely';
import { toError } from '../errors/to-error';
import type { SocketSession } from '../model';
import { forgetAck, sendPacket, sendWithAck } from '../socket-io/send-packet';
import { bytesOf, roughSize } from './chunks';
import { IdleTimer } from './idle-timer';
import { openSource } from './open-source';
import type { Source } from './source';
import { StreamTimer } from './stream-timer';
import { tooSlow } from './stream-errors';
import { CHUNK, CHUNK_BYTES, END, MAX_UNACKNOWLEDGED, WINDOW_BYTES } from './wire';

/** The timeouts of a download. Times in milliseconds; Infinity for no limit. */
export interface DownloadTerms {
  /** Until the first chunk. */
  readonly timeout: number;
  /** Returns the error of an event whose first chunk does not come in time. */
  readonly lateAnswer: () => Error;
  /** Between two chunks: for its source as for its client. */
  readonly idle: number;
}

// Taken when this file is loaded: tests fake timers, and objects are sent in the same turn of the event loop all the same.
const { clearImmediate: cancelTurnEnd, setImmediate: atTurnEnd } = timers;

/** Maximum objects of one chunk. */
const MAX_OBJECTS = 1024;

/** A stream that answers an event. It is read no faster than its client acknowledges. */
export class Download {
  readonly #source: Source;
  /** Waits for the first chunk. */
  readonly #timer = new StreamTimer();
  readonly #idle = new IdleTimer();
  #seq = 0;
  /** The sizes of the chunks that are sent and not acknowledged, about. */
  readonly #unacknowledged: number[] = [];
  /** Their sum. */
  #windowBytes = 0;
  #isOver = false;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  /** Resolves when the client takes one more chunk. Undefined while nothing waits for that. */
  #credit: Promise<void> | undefined;
  #giveCredit: (() => void) | undefined;
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
      let item: IteratorResult<unknown>;
      try {
        const next = this.#source.next();
        item = isPromise(next) ? await next : next;
      } catch (error) {
        // The client gets what the source has given before it failed.
        await this.#flushBatch();
        throw error;
      }
      if (this.#isOver) return;
      if (item.done === true) break;
      this.#idle.touch();
      const bytes = bytesOf(item.value);
      if (bytes) {
        if (this.#batch.length > 0) await this.#flushBatch();
        for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
          const chunk = bytes.length > CHUNK_BYTES ? bytes.subarray(at, at + CHUNK_BYTES) : bytes;
          if (!this.#hasCredit(chunk.length)) await this.#awaitCredit(chunk.length);
          this.#send(chunk, chunk.length);
        }
      } else await this.#addObject(item.value);
    }
    await this.#flushBatch();
    if (this.#isOver) return;
    this.#end(false);
    sendPacket(this.session.socket, [END, this.id]);
    this.#settle?.resolve();
  }

  /** Collects objects that come in the same turn of the event loop. */
  async #addObject(value: unknown): Promise<void> {
    const refusal = isPlainData(value) ? undefined : inspectResult(value).refusal;
    if (refusal) throw refusal;
    const size = roughSize(value, WINDOW_BYTES);
    // A large object goes alone.
    if (this.#batch.length > 0 && this.#batchBytes + size > CHUNK_BYTES) await this.#flushBatch();
    this.#batchBytes += size;
    if (this.#batch.push(value) >= MAX_OBJECTS || this.#batchBytes >= CHUNK_BYTES) await this.#flushBatch();
    else
      this.#flush ??= atTurnEnd(() => {
        this.#flush = undefined;
        this.#flushBatch().catch((error: unknown) => {
          this.fail(toError(error));
        });
      });
  }

  async #flushBatch(): Promise<void> {
    // The batch may grow meanwhile.
    while (!this.#isOver && !this.#hasCredit(this.#batchBytes)) await this.#awaitCredit(this.#batchBytes);
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    const size = this.#batchBytes;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#send(batch, size);
  }

  /** @param size its bytes, about */
  #send(data: Buffer | unknown[], size: number): void {
    if (this.#isOver) return;
    sendWithAck(this.session.socket, [CHUNK, this.id, this.#seq++, data], this.#onAck);
    this.#unacknowledged.push(size);
    this.#windowBytes += size;
    if (this.#seq === 1) this.#begin();
  }

  /** Starts the idle time, when the first chunk is sent. */
  #begin(): void {
    const { idle } = this.terms;
    this.#timer.stop();
    this.#idle.start(idle, () => {
      this.fail(tooSlow('STREAM_IDLE', idle));
    });
  }

  /** Called when the client acknowledges a chunk: one function for all of them. */
  readonly #onAck = (): void => {
    // Clients acknowledge in order. If one does not, the sum is right again when it has acknowledged all of them.
    this.#windowBytes -= this.#unacknowledged.shift() ?? 0;
    this.#idle.touch();
    this.#giveCredit?.();
  };

  /** Returns true if the client may be sent one more chunk of a size. One that is larger than the window goes alone. */
  #hasCredit(size: number): boolean {
    const count = this.#unacknowledged.length;
    return count === 0 || (count < MAX_UNACKNOWLEDGED && this.#windowBytes + size <= WINDOW_BYTES);
  }

  /** Waits until the client may be sent one more chunk of a size, or until the stream is over. */
  async #awaitCredit(size: number): Promise<void> {
    while (!this.#hasCredit(size) && !this.#isOver)
      await (this.#credit ??= new Promise<void>((resolve) => {
        this.#giveCredit = () => {
          this.#credit = this.#giveCredit = undefined;
          resolve();
        };
      }));
  }

  /** @param isEarly true if the source has more */
  #end(isEarly: boolean): void {
    this.#isOver = true;
    this.#timer.stop();
    this.#idle.stop();
    cancelTurnEnd(this.#flush);
    this.#batch = [];
    if (this.#unacknowledged.length > 0) forgetAck(this.session.socket, this.#onAck);
    this.#giveCredit?.();
    if (isEarly) this.#source.close();
  }
}
