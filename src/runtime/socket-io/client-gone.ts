import { NotFoundError } from '../../errors';

/*
 * Socket.IO does not tell who waits for the answer of a client that the client has gone. Here its acks are called with a mark then. It
 * is text, which adapters bring to the node that waits. A client that sends the mark says that it has gone, and does no harm.
 */

/** The answer of a client that has gone. */
export const GONE = '$moleculer-socket-gateway:gone';

const errors = new WeakSet();

/** Returns the error 404 `SOCKET_NOT_FOUND` of a question to clients that have gone. */
export function clientGone(data: object): NotFoundError {
  const error = new NotFoundError('SOCKET_NOT_FOUND', data);
  errors.add(error);
  return error;
}

/** Returns true for an error that `clientGone` has made. */
export function isClientGone(error: unknown): boolean {
  return typeof error === 'object' && error !== null && errors.has(error);
}
