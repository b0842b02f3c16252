import { Errors } from 'moleculer';
import { BadRequestError } from '../../errors';

/*
 * The errors that streams end with. Clients see them, and so do the handlers that read from a stream.
 */

/** Returns 408: an end of the stream has been silent for too long. */
export function tooSlow(type: 'STREAM_IDLE' | 'STREAM_TIMEOUT', milliseconds: number): Error {
  const message = `nothing of the stream has come or was taken for ${milliseconds} ms`;
  return new Errors.MoleculerClientError(message, 408, type, { milliseconds });
}

/** Returns 499: the client has gone. No client sees it. */
export function clientHasGone(): Error {
  return new Errors.MoleculerClientError('the client has gone', 499, 'CLIENT_GONE');
}

/** Returns 400: the client has cancelled the stream, or an upload was cut by the answer to its event. */
export function cancelled(by: 'client' | 'answer'): Error {
  return new BadRequestError('STREAM_CANCELLED', { by });
}

/** Returns 400: the client sends a stream where none is taken. */
export function notExpected(): Error {
  return new BadRequestError('STREAM_NOT_EXPECTED');
}
