import { Readable } from 'node:stream';
import { runSafely, type Report } from '../errors/run-safely';
import { toError } from '../errors/to-error';

/** The callbacks of the stream of an upload. */
export interface UploadSource {
  /** Called when the reader wants more. */
  pull(): void;
  /** Called once, when the stream is destroyed: at its end, by its reader, or by the upload itself. */
  closed(): void;
  /** Called if a listener of the stream throws, as `pipe` does for a chunk that the target does not take. */
  failed(error: Error): void;
  /** Logs what a listener throws when nothing can fail with it. */
  readonly report: Report;
}

/**
 * The stream of an upload as a handler reads it. It holds one chunk at most, so that what the reader has not taken is not
 * acknowledged. Node would let the process end if a listener throws or if an error has no listener; this stream does not.
 */
export class UploadStream extends Readable {
  /** True if the client sends objects. */
  hasObjects = false;
  readonly #source: UploadSource;
  #emittedError: unknown;

  constructor(source: UploadSource) {
    super({ objectMode: true, highWaterMark: 1 });
    this.#source = source;
    this.on('error', ignoreError);
  }

  override _read(): void {
    this.#source.pull();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#source.closed();
    done(error);
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'error') this.#emittedError = args[0];
    try {
      return super.emit(event, ...args);
    } catch (error) {
      this.#source.failed(toError(error));
      return true;
    }
  }

  /**
   * Tells a listener for errors also of an error before it listened. Moleculer listens when it has sent the call to another node, and
   * that node must hear of an upload that has failed meanwhile.
   */
  override on(event: string | symbol, listener: (...args: never[]) => void): this {
    super.on(event, listener as (...args: unknown[]) => void);
    const error = this.#emittedError;
    if (event === 'error' && error !== undefined)
      process.nextTick(() => {
        runSafely('a listener of an upload failed', this.#source.report, () =>
          listener.call(this, error as never),
        );
      });
    return this;
  }
}

// TypeScript has a property there, Node an accessor. Moleculer reads it before it sends the stream to another node.
Object.defineProperty(UploadStream.prototype, 'readableObjectMode', {
  configurable: true,
  get(this: UploadStream) {
    return this.hasObjects;
  },
});

function ignoreError(): void {
  // The event is answered with the error, whether its handler listens or not.
}
