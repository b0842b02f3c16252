import { CHUNK_BYTES } from './wire';

/** Returns what is sent as bytes; undefined for an object. */
export function bytesOf(value: unknown): Buffer | undefined {
  if (Buffer.isBuffer(value)) return value;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? Buffer.from(value) : undefined;
}

/** Estimated bytes of a value beside its text. */
const OVERHEAD_BYTES = 8;

/**
 * Returns about how many bytes an object has when it is written. Stops counting at a limit: it decides how many objects go into
 * one chunk, and a large one fills a chunk alone.
 */
export function roughSize(value: unknown, limit = CHUNK_BYTES): number {
  if (typeof value === 'string') return value.length + OVERHEAD_BYTES;
  if (typeof value !== 'object' || value === null) return OVERHEAD_BYTES;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  let size = OVERHEAD_BYTES;
  for (const key in value) {
    size += key.length + roughSize((value as Record<string, unknown>)[key], limit - size);
    if (size >= limit) return size;
  }
  return size;
}
