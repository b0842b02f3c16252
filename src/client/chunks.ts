/** Maximum bytes of a chunk. */
export const CHUNK_BYTES = 65_536;

/** What {@link TypedClient.upload} takes: a file, bytes, or a stream of bytes or of objects. */
export type UploadSource =
  Blob | ArrayBuffer | ArrayBufferView | ReadableStream<unknown> | AsyncIterable<unknown>;

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

/** Cuts what is uploaded into chunks: bytes, or arrays of objects. */
export async function* chunksOf(source: UploadSource): AsyncGenerator<Uint8Array | unknown[], void> {
  if (isBytes(source)) yield* slices(source);
  else if (isBlob(source)) {
    for (let at = 0; at < source.size; at += CHUNK_BYTES)
      yield new Uint8Array(await source.slice(at, at + CHUNK_BYTES).arrayBuffer());
  } else {
    for await (const part of 'getReader' in source ? read(source) : source) {
      if (isBytes(part)) yield* slices(part);
      else if (typeof part === 'string') yield* slices(new TextEncoder().encode(part));
      else yield [part];
    }
  }
}

/** Not every browser has async iteration of web streams. */
async function* read(stream: ReadableStream<unknown>): AsyncGenerator<unknown, void> {
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    await reader.cancel().catch(() => undefined);
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
