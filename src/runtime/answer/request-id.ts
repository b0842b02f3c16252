import type { Socket } from 'socket.io';

/** The ids that a client may choose. They go into logs, traces and other services. */
const ALLOWED = /^[\w.:-]{1,100}$/;

/**
 * Returns the request id that the handshake names for all events of its connection: `auth: { requestID }`, or a header that
 * moleculer-web reads, too.
 *
 * @returns undefined if the handshake names none, or one that is not allowed
 */
export function requestIDOf(socket: Socket): string | undefined {
  const { auth, headers } = socket.handshake;
  const requestID: unknown =
    (auth as { requestID?: unknown } | undefined)?.requestID ??
    headers['x-correlation-id'] ??
    headers['x-request-id'];
  return typeof requestID === 'string' && ALLOWED.test(requestID) ? requestID : undefined;
}
