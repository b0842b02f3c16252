import { closeResource } from '../answer/resource';
import { ignoreRejection, runSafely } from '../errors/run-safely';
import type { Gateway } from '../model';
import { byteSource, isByteStream } from './byte-source';
import type { Source, Streamable } from './source';

/**
 * Opens a stream or an iterable for reading.
 *
 * @throws what the application throws, or a TypeError if the stream is locked by another reader
 */
export function openSource(gateway: Gateway, value: object): Source {
  if (isByteStream(value)) return byteSource(gateway, value);
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
