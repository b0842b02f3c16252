import type { Socket } from 'socket.io';
import { requestIDOf } from '../answer/request-id';
import type { Gateway, SocketSession } from '../model';
import { stateOf } from '../socket-io/connection';

/**
 * Begins the session of a socket that asks for a namespace.
 *
 * @param path the path of the gateway that the namespace belongs to, as it was written
 * @param nspParams the parameters of the dynamic namespace
 * @param handshakeBytes bytes of the CONNECT packet, which the connection is already counted for
 */
export function beginSession(
  gateway: Gateway,
  path: string,
  nspParams: Readonly<Record<string, string>>,
  socket: Socket,
  handshakeBytes: number,
): SocketSession {
  gateway.plan.moleculerIo?.adoptSocket(gateway, socket);
  return {
    gateway,
    socket,
    connection: stateOf(socket.conn),
    path,
    nspParams,
    requestID: requestIDOf(socket),
    events: gateway.exposed?.eventsOf(path) ?? gateway.events,
    handshakeBytes,
    isCounted: true,
    packetBytes: 0,
    receive: undefined,
    pending: 0,
    lastPending: undefined,
    unanswered: 0,
    running: 0,
    waiting: undefined,
    aborts: undefined,
    streams: undefined,
    expiryTimer: undefined,
  };
}
