import { BadRequestError, PayloadTooLarge, RateLimitExceeded } from '../../errors';
import { isDeeperThan } from '../../plan/payload-depth';
import type { AckFunction } from '../../types';
import type { SocketSession } from '../model';
import { IdleTimer } from './idle-timer';
import { StreamTimer } from './stream-timer';
import { tooSlow } from './stream-errors';
import { UploadStream } from './upload-stream';
import { CHUNK_BYTES, MAX_UNACKNOWLEDGED, WINDOW_BYTES } from './wire';

/** The limits of an upload. Times in milliseconds; Infinity for no limit. */
export interface UploadTerms {
  readonly maxBytes: number;
  /** Clients may send objects. */
  readonly objects: boolean;
  /** Until the first chunk, and from the end of the upload to the answer. */
  readonly timeout: number;
  /** Between two chunks. */
  readonly idle: number;
  /** Returns the error of an event that is not answered within `timeout` after the end of its upload. */
  readonly lateAnswer: () => Error;
}

/** The messages of an upload to its client. */
export interface UploadClient {
  /** Stops the client. */
  cancel(): void;
  /** Answers a chunk that is refused, or whose upload is over. */
  refuse(ack: AckFunction, error: Error): void;
}

interface Chunk {
  readonly data: Buffer | readonly unknown[];
  readonly bytes: number;
  readonly ack: AckFunction | undefined;
}

/**
 * An upload from the arrival of its event to the answer. Chunks wait until the event accepts them, and are acknowledged when its
 * handler has taken them. Whatever is wrong with the upload fails it once.
 */
export class Upload {
  /** Rejects if the upload fails. Never resolves. */
  readonly failed: Promise<never>;
  #reject: (error: Error) => void = () => undefined;
  #failure: Error | undefined;
  readonly #queue: Chunk[] = [];
  /** The position in the first chunk of the queue. */
  #at = 0;
  /** The chunk that the handler has, and whose ack it has not earned yet. */
  #handed: Chunk | undefined;
  #unacknowledged = 0;
  #heldBytes = 0;
  #totalBytes = 0;
  #nextSeq = 0;
  /** Called when the first chunk or the end of the upload arrives. */
  #onBegin: (() => void) | undefined;
  /** True if the client has sent everything. */
  #isComplete = false;
  /** True if nothing more is taken: the upload has failed, or its event is answered. */
  #isOver = false;
  /** True if the handler waits for more. */
  #isWanted = false;
  #terms: UploadTerms | undefined;
  #stream: UploadStream | undefined;
  /** Waits for the first chunk, and for the answer. */
  readonly #timer = new StreamTimer();
  /** Counts while the handler waits for a chunk after the first one. */
  readonly #idle = new IdleTimer();

  constructor(
    private readonly session: SocketSession,
    private readonly client: UploadClient,
  ) {
    this.failed = new Promise((_resolve, reject) => (this.#reject = reject));
    this.failed.catch(() => undefined);
  }

  /**
   * Lets the bytes flow.
   *
   * @throws what the upload has failed with before
   */
  accept(terms: UploadTerms): UploadStream {
    this.#terms = terms;
    if (!this.#failure && this.#totalBytes > terms.maxBytes) this.fail(tooLarge(terms));
    if (!this.#failure && !terms.objects && this.#queue.some(({ data }) => Array.isArray(data)))
      this.fail(noObjects());
    if (this.#failure) throw this.#failure;
    const { report } = this.session.gateway;
    this.#stream = new UploadStream({
      report,
      pull: () => {
        if (!this.#isWanted) this.#pull();
      },
      closed: () => {
        this.#stop();
      },
      failed: (error) => {
        if (this.#isOver) report('a listener of an upload failed', error);
        else this.fail(error);
      },
    });
    this.#stream.hasObjects = Array.isArray(this.#queue[0]?.data);
    if (this.#nextSeq === 0 && !this.#isComplete) this.#awaitFirst(terms);
    return this.#stream;
  }

  /** Resolves when it is known whether the client sends bytes or objects. */
  async begun(): Promise<void> {
    if (this.#nextSeq === 0 && !this.#isComplete && !this.#isOver)
      await new Promise<void>((resolve) => (this.#onBegin = resolve));
  }

  /** Receives what a client sends as a chunk. `bytes` is the size of the packet. */
  receive(seq: unknown, data: unknown, bytes: number, ack: AckFunction | undefined): void {
    if (this.#isOver) {
      if (ack) this.#dismiss(ack);
      return;
    }
    const size = Buffer.isBuffer(data) ? data.length : bytes;
    const mistake = this.#mistakeIn(seq, data, size);
    if (mistake) {
      this.fail(mistake);
      if (ack) this.client.refuse(ack, mistake);
      return;
    }
    if (this.#nextSeq++ === 0) this.#begin(data);
    this.#totalBytes += size;
    this.#unacknowledged++;
    this.#hold(size);
    this.#queue.push({ data: data as Chunk['data'], bytes: size, ack });
    this.#idle.pause();
    if (this.#isWanted) this.#pull();
  }

  /** Receives the first chunk. */
  #begin(data: unknown): void {
    if (this.#stream) this.#stream.hasObjects = Array.isArray(data);
    this.#timer.stop();
    this.#onBegin?.();
  }

  /** Ends the upload of which the client has sent everything. */
  complete(): void {
    if (this.#isOver) return;
    if (this.#isComplete) {
      this.fail(outOfOrder());
      return;
    }
    this.#isComplete = true;
    this.#timer.stop();
    this.#idle.stop();
    this.#onBegin?.();
    if (this.#isWanted) this.#pull();
  }

  /** Ends the upload with an error, which its handler sees and its event is answered with. Does nothing if it is over. */
  fail(error: Error): void {
    if (this.#isOver) return;
    this.#failure = error;
    this.#stop();
    this.#stream?.destroy(error);
    this.#reject(error);
  }

  /** Ends an upload whose event is answered. A handler that reads on gets the error. */
  close(error: Error): void {
    const stream = this.#stream;
    this.#stop();
    this.#timer.stop();
    if (stream && !stream.readableEnded) stream.destroy(error);
  }

  /** Takes nothing more, and tells a client that would go on. */
  #stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer.stop();
    this.#idle.stop();
    if (!this.#isComplete) this.client.cancel();
    const left = this.#handed ? [this.#handed, ...this.#queue] : this.#queue;
    for (const { ack, bytes } of left.splice(0)) {
      this.#hold(-bytes);
      if (ack) this.#dismiss(ack);
    }
    this.#queue.length = 0;
    this.#handed = undefined;
    this.#awaitAnswer();
  }

  #dismiss(ack: AckFunction): void {
    if (this.#failure) this.client.refuse(ack, this.#failure);
    else ack();
  }

  /** Gives the handler what has come, as much as it takes. */
  #pull(): void {
    const stream = this.#stream;
    if (!stream || this.#isOver) return;
    this.#isWanted = false;
    for (;;) {
      const item = this.#take();
      if (item === undefined) break;
      if (!stream.push(item)) return;
    }
    if (this.#isComplete) {
      stream.push(null);
      this.#awaitAnswer();
      return;
    }
    this.#isWanted = true;
    const terms = this.#terms;
    if (terms && this.#nextSeq > 0) this.#awaitNext(terms.idle);
  }

  /** Returns the next chunk of bytes, or the next object; undefined if nothing has come. Acknowledges what was taken before. */
  #take(): unknown {
    for (;;) {
      if (this.#handed) this.#acknowledge(this.#handed);
      this.#handed = undefined;
      const chunk = this.#queue[0];
      if (!chunk) return undefined;
      const { data } = chunk;
      const item: unknown = Buffer.isBuffer(data) ? data : data[this.#at++];
      if (Buffer.isBuffer(data) || this.#at >= data.length) {
        this.#queue.shift();
        this.#at = 0;
        this.#handed = chunk;
      }
      // An empty chunk has no item.
      if (item !== undefined && !(Buffer.isBuffer(item) && item.length === 0)) return item;
    }
  }

  #acknowledge({ ack, bytes }: Chunk): void {
    this.#unacknowledged--;
    this.#hold(-bytes);
    ack?.();
  }

  #hold(bytes: number): void {
    this.#heldBytes += bytes;
    this.session.connection.streamBytes += bytes;
  }

  /** Waits for the first chunk: for `timeout`, or, if the event has none, for `idle`. A client must not wait for ever. */
  #awaitFirst({ timeout, idle }: UploadTerms): void {
    const milliseconds = Number.isFinite(timeout) ? timeout : idle;
    this.#timer.start(milliseconds, () => {
      this.fail(tooSlow('STREAM_TIMEOUT', milliseconds));
    });
  }

  #awaitNext(idle: number): void {
    if (this.#idle.isRunning) this.#idle.touch();
    else
      this.#idle.start(idle, () => {
        this.fail(tooSlow('STREAM_IDLE', idle));
      });
  }

  /** Waits for the answer of the event, whose handler has everything. */
  #awaitAnswer(): void {
    const terms = this.#terms;
    if (!terms || this.#failure) return;
    this.#timer.start(terms.timeout, () => {
      const error = terms.lateAnswer();
      this.#failure ??= error;
      this.#reject(error);
    });
  }

  #mistakeIn(seq: unknown, data: unknown, size: number): Error | undefined {
    const { maxDepth, maxPendingBytes } = this.session.gateway.plan.limits;
    if (seq !== this.#nextSeq || this.#isComplete) return outOfOrder();
    const isBytes = Buffer.isBuffer(data);
    if (!isBytes && !isListOfObjects(data))
      return new BadRequestError('STREAM_NOT_VALID', { allowed: 'bytes, or an array without null' });
    const first = this.#stream?.hasObjects ?? Array.isArray(this.#queue[0]?.data);
    if (this.#nextSeq > 0 && first === isBytes)
      return new BadRequestError('STREAM_NOT_VALID', { allowed: 'either bytes or objects' });
    if (!isBytes && this.#terms?.objects === false) return noObjects();
    if (this.#totalBytes + size > (this.#terms?.maxBytes ?? Infinity)) return tooLarge(this.#terms);
    if (isBytes && size > CHUNK_BYTES) return new PayloadTooLarge({ chunkBytes: CHUNK_BYTES });
    if (this.#unacknowledged >= MAX_UNACKNOWLEDGED)
      return new PayloadTooLarge({ unacknowledgedChunks: MAX_UNACKNOWLEDGED });
    if (this.#heldBytes + size > WINDOW_BYTES && this.#unacknowledged > 0)
      return new PayloadTooLarge({ unacknowledgedBytes: WINDOW_BYTES });
    if (!isBytes && isDeeperThan(data, maxDepth + 1)) return new PayloadTooLarge({ maxDepth });
    if (this.session.connection.streamBytes + size > maxPendingBytes)
      return new RateLimitExceeded('TOO_MANY_PENDING_BYTES', { maxPendingBytes });
    return undefined;
  }
}

function isListOfObjects(data: unknown): data is unknown[] {
  return Array.isArray(data) && data.every((item) => item !== null && item !== undefined);
}

function outOfOrder(): Error {
  return new BadRequestError('STREAM_OUT_OF_ORDER');
}

function tooLarge(terms: UploadTerms | undefined): Error {
  return new PayloadTooLarge({ maxBytes: terms?.maxBytes });
}

function noObjects(): Error {
  return new BadRequestError('STREAM_NOT_VALID', { allowed: 'bytes' });
}
