/** The source of the chunks of a download. */
export interface Source {
  /**
   * Returns what comes next, or a promise of it. Strings of a stream of bytes are bytes.
   *
   * @throws or rejects with what the source fails with
   */
  next(): IteratorResult<unknown> | Promise<IteratorResult<unknown>>;
  /** Ends the source before its end. Never throws. */
  close(): void;
}

/** Members by which streams and iterables are told. */
export interface Streamable {
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
