import { closeResource } from '../answer/resource';
import { ignoreRejection, runSafely } from '../errors/run-safely';
import type { Gateway } from '../model';

/** Where the chunks of a download come from. */
export interface Source {
  /** Returns a promise of what comes next. Strings of a stream of bytes are bytes. */
  next(): Promise<IteratorResult<unknown>>;
  /** Ends the source before its end. Never throws. */
  close(): void;
}

interface Streamable {
  readonly readableObjectMode?: unknown;
  readonly readableEncoding?: BufferEncoding | null;
  readonly getReader?: () => ReadableStreamDefaultReader<unknown>;
  readonly [Symbol.asyncIterator]?: () => AsyncIterator<unknown>;
}

/** Returns true for what can be sent chunk by chunk: a stream that is read, or an async iterable. Never throws. */
export function isStreamable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const { getReader, [Symbol.asyncIterator]: iterate } = value as Streamable;
    return typeof (iterate ?? getReader) === 'function';
  } catch {
    // A proxy, or a getter that throws.
    return false;
  }
}

/**
 * Opens a stream or an iterable for reading.
 *
 * @throws what the application throws, or a TypeError if the stream is locked by another reader
 */
export function openSource(gateway: Gateway, value: object): Source {
  const streamable = value as Streamable;
  if (typeof streamable.getReader === 'function') return ofWebStream(streamable.getReader());
  return ofIterable(gateway, streamable);
}

function ofWebStream(reader: ReadableStreamDefaultReader<unknown>): Source {
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    close() {
      // It rejects with what the stream has failed with.
      ignoreRejection(reader.cancel());
    },
  };
}

function ofIterable(gateway: Gateway, iterable: Streamable): Source {
  const iterator = (iterable[Symbol.asyncIterator] as () => AsyncIterator<unknown>).call(iterable);
  const isBytes = iterable.readableObjectMode === false;
  const encoding = iterable.readableEncoding ?? 'utf8';
  const isStream = 'readableObjectMode' in iterable;
  return {
    async next() {
      const result = await iterator.next();
      if (result.done !== true && isBytes && typeof result.value === 'string')
        return { done: false, value: Buffer.from(result.value, encoding) };
      return result;
    },
    close() {
      // The iterator of a Node stream ends with the stream.
      if (!isStream)
        runSafely('an async iterable in a result could not be ended', gateway.report, () =>
          iterator.return?.(),
        );
      if ((iterator as unknown) !== iterable) closeResource(gateway, iterable);
    },
  };
}
