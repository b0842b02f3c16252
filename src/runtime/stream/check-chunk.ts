import { BadRequestError, PayloadTooLarge, RateLimitExceeded } from '../../errors';
import { isDeeperThan } from '../../plan/payload-depth';
import type { SocketSession } from '../model';
import type { UploadProgress } from './upload-progress';
import type { UploadTerms } from './upload-terms';
import { CHUNK_BYTES, MAX_UNACKNOWLEDGED, WINDOW_BYTES } from './wire';

/**
 * Checks the next chunk of an upload.
 *
 * @param size bytes of the data, or of the packet if it has objects
 * @returns the error of the upload if the chunk is not as the wire wants it, or is over a limit
 */
export function refusalOfChunk(
  { gateway, connection }: SocketSession,
  { terms, chunks, nextSeq, totalBytes, isComplete, hasObjects }: Readonly<UploadProgress>,
  seq: unknown,
  data: unknown,
  size: number,
): Error | undefined {
  const { maxDepth, maxPendingBytes } = gateway.plan.limits;
  if (seq !== nextSeq || isComplete) return outOfOrder();
  const isBytes = Buffer.isBuffer(data);
  if (!isBytes && !isListOfObjects(data))
    return new BadRequestError('STREAM_NOT_VALID', { allowed: 'bytes, or an array without null' });
  if (nextSeq > 0 && hasObjects === isBytes)
    return new BadRequestError('STREAM_NOT_VALID', { allowed: 'either bytes or objects' });
  if (!isBytes && terms?.objects === false) return noObjects();
  if (terms && totalBytes + size > terms.maxBytes) return tooLarge(terms);
  if (isBytes && size > CHUNK_BYTES) return new PayloadTooLarge({ chunkBytes: CHUNK_BYTES });
  if (chunks.count >= MAX_UNACKNOWLEDGED)
    return new PayloadTooLarge({ unacknowledgedChunks: MAX_UNACKNOWLEDGED });
  if (chunks.bytes + size > WINDOW_BYTES && chunks.count > 0)
    return new PayloadTooLarge({ unacknowledgedBytes: WINDOW_BYTES });
  if (!isBytes && isDeeperThan(data, maxDepth + 1)) return new PayloadTooLarge({ maxDepth });
  if (connection.streamBytes + size > maxPendingBytes)
    return new RateLimitExceeded('TOO_MANY_PENDING_BYTES', { maxPendingBytes });
  return undefined;
}

/**
 * Checks the chunks that arrived before the event accepted the upload.
 *
 * @returns the error of the upload if they are over a limit of the event
 */
export function refusalOfFirstChunks(
  terms: UploadTerms,
  { totalBytes, hasObjects }: Readonly<UploadProgress>,
): Error | undefined {
  if (totalBytes > terms.maxBytes) return tooLarge(terms);
  return hasObjects && !terms.objects ? noObjects() : undefined;
}

/** Returns 400: a chunk or an end comes where none may come. */
export function outOfOrder(): Error {
  return new BadRequestError('STREAM_OUT_OF_ORDER');
}

function isListOfObjects(data: unknown): data is unknown[] {
  return Array.isArray(data) && data.every((item) => item !== null && item !== undefined);
}

function tooLarge({ maxBytes }: UploadTerms): Error {
  return new PayloadTooLarge({ maxBytes });
}

function noObjects(): Error {
  return new BadRequestError('STREAM_NOT_VALID', { allowed: 'bytes' });
}
