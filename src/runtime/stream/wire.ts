/*
 * The constants of the stream wire, version 1. It is described in docs/wire.md, for clients in other languages.
 */

export const CHUNK = '$stream:chunk';
export const END = '$stream:end';
export const CANCEL = '$stream:cancel';

/** Bytes of one chunk at most. */
export const CHUNK_BYTES = 65_536;
/** Chunks that may be sent and not acknowledged yet. */
export const MAX_UNACKNOWLEDGED = 8;
/** Bytes that the unacknowledged chunks of one stream may hold. */
export const WINDOW_BYTES = MAX_UNACKNOWLEDGED * CHUNK_BYTES;

const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Returns true for an id that a client may give a stream. */
export function isStreamId(id: unknown): id is string {
  return typeof id === 'string' && id.length <= 64 && ID.test(id);
}
