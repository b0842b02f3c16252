import type { Socket } from 'socket.io';

/** What a client may choose: it goes into logs, traces and other services. */
const ALLOWED = /^[\w.:-]{1,100}$/;

/**
 * The id that a client gave for all that happens on its connection, as `auth: { requestID }`. A header is not looked at: browsers
 * cannot set one, and proxies that put one on every request would make one trace of each connection.
 *
 * @returns undefined where there is none that may be used
 */
export function requestIDOf(socket: Socket): string | undefined {
  const { requestID } = (socket.handshake.auth ?? {}) as { requestID?: unknown };
  return typeof requestID === 'string' && ALLOWED.test(requestID) ? requestID : undefined;
}
