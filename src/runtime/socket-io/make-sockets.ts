import type { Namespace, Socket } from 'socket.io';
import type { SocketSession } from '../model';
import { createSocket } from './gateway-socket';

/** The method of a namespace with which Socket.IO constructs the socket of a client. */
interface SocketFactory {
  _createSocket?(client: unknown, auth: object): Promise<Socket>;
}

/**
 * Makes a namespace construct sockets of the gateway's class.
 *
 * @param begin returns the session of a new socket
 * @param recover returns what the adapter has kept of a client that comes back
 */
export function makeGatewaySockets(
  namespace: Namespace,
  begin: (socket: Socket) => SocketSession,
  recover: ((auth: object) => Promise<object | undefined>) | undefined,
): void {
  (namespace as object as SocketFactory)._createSocket = async (client, auth) => {
    const session = recover && (await recover(auth));
    return createSocket(begin, namespace, client, auth, session);
  };
}

/** Makes a namespace construct Socket.IO's own sockets again. */
export function makePlainSockets(namespace: Namespace): void {
  delete (namespace as object as SocketFactory)._createSocket;
}
