import type { AckFunction } from '../../types';
import type { SocketSession } from '../model';
import { outOfOrder, refusalOfChunk, refusalOfFirstChunks } from './check-chunk';
import { hasBegun, newUploadProgress, type UploadProgress } from './upload-progress';
import { UploadStream } from './upload-stream';
import type { UploadTerms } from './upload-terms';
import { UploadTimeouts } from './upload-timeouts';

/** The messages of an upload to its client. */
export interface UploadClient {
  /** Stops the client. */
  cancel(): void;
  /** Answers a chunk that is refused, or whose upload is over. */
  refuse(ack: AckFunction, error: Error): void;
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
  readonly #progress: UploadProgress;
  /** Called when the first chunk or the end of the upload arrives. */
  #onBegin: (() => void) | undefined;
  /** True if nothing more is taken: the upload has failed, or its event is answered. */
  #isOver = false;
  /** True if the handler waits for more. */
  #isWanted = false;
  #stream: UploadStream | undefined;
  readonly #timeouts = new UploadTimeouts({
    onSilence: (error) => {
      this.fail(error);
    },
    onLateAnswer: (error) => {
      this.#failure ??= error;
      this.#reject(error);
    },
  });

  constructor(
    private readonly session: SocketSession,
    private readonly client: UploadClient,
  ) {
    this.failed = new Promise((_resolve, reject) => (this.#reject = reject));
    this.failed.catch(() => undefined);
    this.#progress = newUploadProgress(session.connection);
  }

  /**
   * Lets the bytes flow.
   *
   * @throws what the upload has failed with before
   */
  accept(terms: UploadTerms): UploadStream {
    this.#progress.terms = terms;
    const refusal = refusalOfFirstChunks(terms, this.#progress);
    if (refusal) this.fail(refusal);
    if (this.#failure) throw this.#failure;
    const stream = this.#openStream();
    stream.hasObjects = this.#progress.hasObjects;
    this.#stream = stream;
    if (!hasBegun(this.#progress)) this.#timeouts.awaitFirst(terms);
    return stream;
  }

  /** Resolves when it is known whether the client sends bytes or objects. */
  async begun(): Promise<void> {
    if (!hasBegun(this.#progress) && !this.#isOver)
      await new Promise<void>((resolve) => (this.#onBegin = resolve));
  }

  /** Receives what a client sends as a chunk. `bytes` is the size of the packet. */
  receive(seq: unknown, data: unknown, bytes: number, ack: AckFunction | undefined): void {
    if (this.#isOver) {
      if (ack) this.#dismiss(ack);
      return;
    }
    const size = Buffer.isBuffer(data) ? data.length : bytes;
    const refusal = refusalOfChunk(this.session, this.#progress, seq, data, size);
    if (refusal) {
      this.fail(refusal);
      if (ack) this.client.refuse(ack, refusal);
      return;
    }
    if (this.#progress.nextSeq++ === 0) this.#begin(data);
    this.#progress.totalBytes += size;
    this.#progress.chunks.add(data as Buffer | readonly unknown[], size, ack);
    this.#timeouts.pause();
    if (this.#isWanted) this.#pull();
  }

  /** Ends the upload of which the client has sent everything. */
  complete(): void {
    if (this.#isOver) return;
    if (this.#progress.isComplete) {
      this.fail(outOfOrder());
      return;
    }
    this.#progress.isComplete = true;
    this.#timeouts.stop();
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
    this.#timeouts.stop();
    if (stream && !stream.readableEnded) stream.destroy(error);
  }

  #openStream(): UploadStream {
    const { report } = this.session.gateway;
    return new UploadStream({
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
  }

  /** Receives the first chunk. */
  #begin(data: unknown): void {
    this.#progress.hasObjects = Array.isArray(data);
    if (this.#stream) this.#stream.hasObjects = this.#progress.hasObjects;
    this.#timeouts.begin();
    this.#onBegin?.();
  }

  /** Takes nothing more, and tells a client that would go on. */
  #stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timeouts.stop();
    if (!this.#progress.isComplete) this.client.cancel();
    this.#progress.chunks.drop((ack) => {
      this.#dismiss(ack);
    });
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
      const item = this.#progress.chunks.take();
      if (item === undefined) break;
      if (!stream.push(item)) return;
    }
    if (this.#progress.isComplete) {
      stream.push(null);
      this.#awaitAnswer();
      return;
    }
    this.#isWanted = true;
    const { terms, nextSeq } = this.#progress;
    if (terms && nextSeq > 0) this.#timeouts.awaitNext(terms);
  }

  /** Waits for the answer of the event, whose handler has everything. */
  #awaitAnswer(): void {
    const { terms } = this.#progress;
    if (terms && !this.#failure) this.#timeouts.awaitAnswer(terms);
  }
}
