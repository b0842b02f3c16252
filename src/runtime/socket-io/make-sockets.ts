import type { Namespace, Socket } from 'socket.io';
import type { SocketSession } from '../model';
import { createSocket } from './gateway-socket';
import type { StoredSession } from './restored-sessions';

/** The method of a namespace with which Socket.IO constructs the socket of a client. */
interface SocketFactory {
  _createSocket?(client: unknown, auth: object): Promise<Socket>;
}

/** Recovers clients that come back. */
export interface Recovery {
  /**
   * Returns what the adapter has kept of a client.
   *
   * @param createProbe returns a socket of the client that is not recovered
   */
  restore(auth: object, createProbe: () => Socket): Promise<StoredSession | undefined>;
  /** Called if the socket of a session could not be constructed. */
  abandon(session: StoredSession, error: unknown): void;
}

/**
 * Makes a namespace construct sockets of the gateway's class.
 *
 * @param begin returns the session of a new socket
 * @param recovery undefined if the server does not recover clients
 */
export function makeGatewaySockets(
  namespace: Namespace,
  begin: (socket: Socket) => SocketSession,
  recovery: Recovery | undefined,
): void {
  (namespace as object as SocketFactory)._createSocket = async (client, auth) => {
    const create = (session?: StoredSession): Socket => createSocket(begin, namespace, client, auth, session);
    const session = await recovery?.restore(auth, create);
    if (!session) return create();
    try {
      return create(session);
    } catch (error) {
      // A packet that the client has missed cannot be serialized, for example.
      recovery?.abandon(session, error);
      return create();
    }
  };
}

/** Makes a namespace construct Socket.IO's own sockets again. */
export function makePlainSockets(namespace: Namespace): void {
  delete (namespace as object as SocketFactory)._createSocket;
}
