import { finished, Readable } from 'node:stream';
import { closeResource } from '../answer/resource';
import type { Gateway } from '../model';
import type { Source } from './source';
import { CHUNK_BYTES } from './wire';

/** Returns true for a stream of Node that gives buffers to the first reader that asks. */
export function isByteStream(value: unknown): value is Readable {
  return (
    value instanceof Readable &&
    !value.readableObjectMode &&
    value.readableEncoding === null &&
    value.readableFlowing === null
  );
}

/** Reads a stream of bytes in pieces of one chunk. Its own iterator would copy all bytes that it holds into one buffer. */
export function byteSource(gateway: Gateway, stream: Readable): Source {
  let hasEnded = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const notify = (): void => {
    wake?.();
  };
  const forget = finished(stream, { writable: false }, (error) => {
    hasEnded = true;
    failure = error ?? undefined;
    notify();
  });
  stream.on('readable', notify);
  const leave = (): void => {
    forget();
    stream.off('readable', notify);
  };
  const read = (): IteratorResult<Buffer, undefined> | undefined => {
    const chunk = stream.destroyed ? null : readChunk(stream);
    if (chunk) return { done: false, value: chunk };
    if (!hasEnded) return undefined;
    leave();
    if (failure) throw failure;
    return { done: true, value: undefined };
  };
  const wait = async (): Promise<IteratorResult<Buffer, undefined>> => {
    for (;;) {
      await new Promise<void>((resolve) => (wake = resolve));
      const result = read();
      if (result) return result;
    }
  };
  return {
    // What the stream holds is read without a promise.
    next: () => read() ?? wait(),
    close() {
      leave();
      closeResource(gateway, stream);
    },
  };
}

// Without a size, Node asks the source of the stream for more.
function readChunk(stream: Readable): Buffer | null {
  const { readableLength } = stream;
  const size = readableLength > 0 ? Math.min(readableLength, CHUNK_BYTES) : undefined;
  return stream.read(size) as Buffer | null;
}
