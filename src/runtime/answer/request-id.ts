import type { Socket } from 'socket.io';

/** What a client may choose: it goes into logs, traces and other services. */
const ALLOWED = /^[\w.:-]{1,100}$/;

/**
 * The id that the handshake brought for all that happens on its connection: the client's `auth: { requestID }`, or a
 * header that moleculer-web looks at, too.
 *
 * @returns undefined where there is none that may be used
 */
export function requestIDOf(socket: Socket): string | undefined {
  const { auth, headers } = socket.handshake;
  const requestID: unknown =
    (auth as { requestID?: unknown } | undefined)?.requestID ??
    headers['x-correlation-id'] ??
    headers['x-request-id'];
  return typeof requestID === 'string' && ALLOWED.test(requestID) ? requestID : undefined;
}
