import { RateLimitExceeded } from '../../errors';
import type { AckFunction } from '../../types';
import { answerError } from '../answer/answer';
import type { SocketSession, SocketStreams, StreamExchange } from '../model';
import { sendPacket } from '../socket-io/send-packet';
import { Download, type DownloadTerms } from './download';
import { cancelled, clientHasGone, notExpected } from './stream-errors';
import { Upload } from './upload';
import type { UploadStream } from './upload-stream';
import type { UploadTerms } from './upload-terms';
import { CANCEL } from './wire';

/** The handler or the call that answers an event. */
export interface Answering {
  /** The name of its action. */
  readonly action: string;
  /** Time for its answer, or for the first chunk of it, in milliseconds. Infinity for no limit. */
  readonly timeout: number;
}

/**
 * What a client has offered with an event: to take a stream as the answer, and perhaps to send one. It stands in the place of the
 * offer among the arguments of the event, and looks like it. It ends with the answer, or with the stream that is the answer.
 */
export class Exchange implements StreamExchange {
  readonly $stream: string;
  readonly upload: boolean;
  /** Undefined before it has started. */
  answering: Answering | undefined;
  readonly #session: SocketSession;
  readonly #streams: SocketStreams;
  readonly #incoming: Upload | undefined;
  #outgoing: Download | undefined;
  /** Number of open streams of the socket that it counts as. */
  #open = 0;
  /** Why a stream can no longer be the answer. */
  #refusal: Error | undefined;
  #onStop: ((reason: Error) => void) | undefined;

  /** @throws RateLimitExceeded 429 if the socket has `limits.streams` open, and the client wants to send one more */
  constructor(session: SocketSession, streams: SocketStreams, id: string, upload: boolean) {
    this.$stream = id;
    this.upload = upload;
    this.#session = session;
    this.#streams = streams;
    if (upload) {
      this.#count();
      this.#incoming = new Upload(session, {
        cancel: () => {
          if (session.socket.connected) sendPacket(session.socket, [CANCEL, id]);
        },
        refuse(ack, error) {
          answerError(session.gateway, session.socket, undefined, ack, error);
        },
      });
    }
  }

  /** Returns the ack of the event that ends the exchange when it is called. */
  endingAck(ack: AckFunction): AckFunction {
    return (...answer) => {
      ack(...answer);
      if (!this.#outgoing) this.#end(cancelled('answer'));
    };
  }

  /** Ends an exchange whose event has ended: its handler answers later, and not with a stream. */
  release(): void {
    if (!this.#incoming) this.#end(cancelled('answer'));
  }

  /** Rejects if the upload fails. */
  get uploadFailed(): Promise<never> {
    return this.#upload.failed;
  }

  /**
   * Lets the bytes of the upload flow.
   *
   * @throws what the upload has failed with before
   */
  acceptUpload(terms: UploadTerms): UploadStream {
    return this.#upload.accept(terms);
  }

  /** Resolves when it is known whether the client sends bytes or objects. */
  uploadBegun(): Promise<void> {
    return this.#upload.begun();
  }

  /** Calls a function when the client cancels, and when a stream that is the answer fails. */
  onStop(stop: (reason: Error) => void): void {
    this.#onStop = stop;
  }

  /**
   * Makes a stream the answer: its chunks are sent when `begin` is called.
   *
   * @returns a function that sends it, and settles when it has ended or was cancelled; it rejects if the stream fails
   * @throws RateLimitExceeded 429 if the socket has `limits.streams` open; what the client has cancelled with
   */
  prepareDownload(result: object, terms: DownloadTerms): () => Promise<void> {
    if (this.#refusal) throw this.#refusal;
    this.#count();
    const download = new Download(this.#session, this.$stream, result, terms);
    this.#outgoing = download;
    return async () => {
      try {
        await download.send();
      } catch (error) {
        this.#onStop?.(error as Error);
        throw error;
      } finally {
        this.#end(cancelled('answer'));
      }
    };
  }

  receiveChunk(seq: unknown, data: unknown, bytes: number, ack: AckFunction | undefined): void {
    if (this.#incoming) {
      this.#incoming.receive(seq, data, bytes, ack);
      return;
    }
    const error = notExpected();
    this.#refusal ??= error;
    this.#outgoing?.fail(error);
    if (ack) answerError(this.#session.gateway, this.#session.socket, undefined, ack, error);
  }

  receiveEnd(error: Error | undefined): void {
    if (!this.#incoming) this.cancel();
    else if (error) this.#incoming.fail(error);
    else this.#incoming.complete();
  }

  cancel(): void {
    this.#stop(cancelled('client'));
  }

  abandon(): void {
    const reason = clientHasGone();
    this.#stop(reason);
    this.#end(reason);
  }

  /** Ends both streams. If the event is not answered yet, it will be answered with an error. */
  #stop(reason: Error): void {
    this.#refusal ??= reason;
    this.#onStop?.(reason);
    this.#incoming?.fail(reason);
    this.#outgoing?.stop();
  }

  #end(reason: Error): void {
    this.#onStop = undefined;
    this.#incoming?.close(reason);
    this.#streams.open -= this.#open;
    this.#open = 0;
    if (this.#streams.exchanges.get(this.$stream) === this) this.#streams.exchanges.delete(this.$stream);
  }

  #count(): void {
    const { gateway, path } = this.#session;
    const { streams } = gateway.plan.limits;
    if (this.#streams.open >= streams) {
      gateway.metrics?.exceeded(path, 'streams');
      throw new RateLimitExceeded('TOO_MANY_STREAMS', { streams });
    }
    this.#streams.open++;
    this.#open++;
  }

  get #upload(): Upload {
    if (!this.#incoming) throw new TypeError(`the client sends no stream with the id ${this.$stream}`);
    return this.#incoming;
  }
}
