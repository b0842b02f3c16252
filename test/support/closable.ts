import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, Readable, Writable } from 'node:stream';

/*
 * Values that own a resource, of every kind, with a way to see whether they were closed.
 */

/** A value that owns a resource. */
export interface Closable {
  readonly value: object;
  readonly isClosed: () => boolean;
}

/** Fails before any promise settles: only code that gets it without awaiting can listen for its error. */
export function failingStream(): Closable {
  return ofStream(
    new Readable({
      construct(done) {
        done(new Error('secret'));
      },
    }),
  );
}

function ofStream(stream: Readable | Writable): Closable {
  return { value: stream, isClosed: () => stream.destroyed };
}

/** Makes an iterator whose `return` is watched. */
function watched(iterator: AsyncGenerator): Closable {
  let closed = false;
  const end = iterator.return.bind(iterator);
  iterator.return = async (...args) => {
    closed = true;
    return end(...args);
  };
  return { value: iterator, isClosed: () => closed };
}

async function* rows(): AsyncGenerator<{ id: number }> {
  for (let id = 0; ; id++) yield { id };
}

function webStream(): { stream: ReadableStream; isClosed: () => boolean } {
  let closed = false;
  const stream = new ReadableStream({
    cancel() {
      closed = true;
    },
  });
  return { stream, isClosed: () => closed };
}

/** Makers of one value each. */
export const CLOSABLE: Readonly<Record<string, () => Closable | Promise<Closable>>> = {
  'a Node stream': () => ofStream(new PassThrough()),
  'a Writable': () => ofStream(new Writable()),
  'a file that does not exist': () => ofStream(createReadStream('/there/is/no/such.pdf')),
  'a file that exists': () => ofStream(createReadStream(__filename)),
  'a web stream': () => {
    const { stream, isClosed } = webStream();
    return { value: stream, isClosed };
  },
  'a Response': () => {
    const { stream, isClosed } = webStream();
    return { value: new Response(stream), isClosed };
  },
  'an async generator': () => watched(rows()),
  'an async iterable that is a plain object': () => {
    let closed = false;
    const value = {
      secret: 1,
      [Symbol.asyncIterator]: rows,
      close() {
        closed = true;
      },
    };
    return { value, isClosed: () => closed };
  },
  'a FileHandle': async () => {
    const handle = await open(__filename);
    return { value: handle, isClosed: () => handle.fd === -1 };
  },
};
