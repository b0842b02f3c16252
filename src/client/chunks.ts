/** Maximum bytes of a chunk. */
export const CHUNK_BYTES = 65_536;

/** The source of {@link TypedClient.upload}: a file, bytes, or a stream of bytes or of objects. Streams of Node are async iterables. */
export type UploadSource =
  | Blob
  | ArrayBuffer
  | ArrayBufferView
  | ReadableStream<unknown>
  | AsyncIterable<unknown>;

/** The chunks of an upload: bytes, or arrays of objects. */
export interface Chunks extends AsyncIterable<Uint8Array | unknown[]> {
  /** Ends a stream of which no more is needed, also while it is waited for. */
  cancel(): void;
}

/** Returns how many bytes there are; undefined for a stream. */
export function sizeOf(source: UploadSource): number | undefined {
  if (isBlob(source)) return source.size;
  return isBytes(source) ? source.byteLength : undefined;
}

/** Returns true for what can be uploaded. Options of an upload are no source. */
export function isSource(value: unknown): value is UploadSource {
  if (typeof value !== 'object' || value === null) return false;
  return isBlob(value) || isBytes(value) || 'getReader' in value || Symbol.asyncIterator in value;
}

/** Cuts what is uploaded into chunks. */
export function chunksOf(source: UploadSource): Chunks {
  if (isBytes(source) || isBlob(source)) return chunks(ofWhole(source), () => undefined);
  // Not every browser has async iteration of web streams.
  if ('getReader' in source) {
    const reader = source.getReader();
    return chunks(ofParts({ next: () => reader.read() as Promise<IteratorResult<unknown>> }), () =>
      reader.cancel(),
    );
  }
  const iterator = source[Symbol.asyncIterator]();
  return chunks(ofParts(iterator), () => {
    // A stream of Node ends at once, its iterator when something has come.
    (source as { destroy?: () => void }).destroy?.();
    return iterator.return?.();
  });
}

function chunks(parts: AsyncIterable<Uint8Array | unknown[]>, cancel: () => unknown): Chunks {
  return {
    [Symbol.asyncIterator]: () => parts[Symbol.asyncIterator](),
    cancel() {
      Promise.resolve(cancel()).catch(() => undefined);
    },
  };
}

async function* ofWhole(source: Blob | ArrayBuffer | ArrayBufferView): AsyncGenerator<Uint8Array, void> {
  if (isBytes(source)) yield* slices(source);
  else
    for (let at = 0; at < source.size; at += CHUNK_BYTES)
      yield new Uint8Array(await source.slice(at, at + CHUNK_BYTES).arrayBuffer());
}

async function* ofParts(
  parts: Pick<AsyncIterator<unknown>, 'next'>,
): AsyncGenerator<Uint8Array | unknown[], void> {
  for (let part = await parts.next(); part.done !== true; part = await parts.next()) {
    const { value } = part;
    if (isBytes(value)) yield* slices(value);
    else if (typeof value === 'string') yield* slices(new TextEncoder().encode(value));
    else yield [value];
  }
}

function* slices(bytes: ArrayBuffer | ArrayBufferView): Generator<Uint8Array, void> {
  const all = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  for (let at = 0; at < all.length; at += CHUNK_BYTES) yield all.slice(at, at + CHUNK_BYTES);
}

function isBytes(value: unknown): value is ArrayBuffer | ArrayBufferView {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

function isBlob(value: unknown): value is Blob {
  return typeof Blob === 'function' && value instanceof Blob;
}
