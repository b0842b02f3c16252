import type { Socket } from 'socket.io';
import { requestIDOf } from '../answer/request-id';
import type { Gateway, SocketSession } from '../model';

/**
 * Begins the session of a socket that asks for a namespace.
 *
 * @param path the path of the gateway that the namespace belongs to, as it was written
 * @param nspParams the parameters of the dynamic namespace
 */
export function beginSession(
  gateway: Gateway,
  path: string,
  nspParams: Readonly<Record<string, string>>,
  socket: Socket,
): SocketSession {
  return {
    gateway,
    socket,
    path,
    nspParams,
    requestID: requestIDOf(socket),
    events: gateway.exposed?.eventsOf(path) ?? gateway.events,
    isCounted: false,
    receive: undefined,
    pending: 0,
    running: 0,
    waiting: undefined,
    aborts: undefined,
    expiryTimer: undefined,
  };
}
