import { Socket } from 'socket.io';
import { createSocketId } from '../../plan/socket-id';
import type { SocketSession } from '../model';

/**
 * The class of the sockets of gateways. The state that a gateway keeps of a socket is a private field: it costs no entry in
 * a WeakMap, and no name that an application could use.
 */
export class SocketWithSession extends Socket {
  readonly #session: SocketSession;

  constructor(
    begin: (socket: Socket, handshakeBytes: number) => SocketSession,
    handshakeBytes: number,
    ...socket: ConstructorParameters<typeof Socket>
  ) {
    super(...socket);
    // Clients of Socket.IO 2 compute the id themselves.
    if (!this.recovered && (this.conn as object as { protocol: number }).protocol !== 3)
      (this as { id: string }).id = createSocketId(this.id);
    this.#session = begin(this, handshakeBytes);
  }

  /** Returns undefined for a socket of another class, and while the constructor of Socket.IO runs. */
  static find(socket: object): SocketSession | undefined {
    return #session in socket ? socket.#session : undefined;
  }
}

/** Returns the session of a socket; undefined if the socket belongs to no gateway. */
export function findSession(socket: Socket): SocketSession | undefined {
  return SocketWithSession.find(socket);
}

/**
 * Returns the session of a socket.
 *
 * @throws TypeError if the socket belongs to no gateway
 */
export function sessionOf(socket: Socket): SocketSession {
  const session = SocketWithSession.find(socket);
  if (!session)
    throw new TypeError(`the socket ${socket.id} belongs to no gateway; pass the one that the gateway gave`);
  return session;
}
