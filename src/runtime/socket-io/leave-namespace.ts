import type { Namespace } from 'socket.io';
import type { SocketSession } from '../model';

/** The parts of a socket that its types do not show. */
interface SocketParts {
  readonly nsp: Namespace & { _remove(socket: object): void };
  join: unknown;
}

/**
 * Takes a socket out of its rooms and its namespace, and stops counting them for its connection.
 *
 * @param cleanUp what Socket.IO does. If the adapter throws there, the socket is in its namespace still, and is taken out here
 */
export function leaveNamespace(session: SocketSession, cleanUp: () => void): void {
  const { gateway, socket, connection } = session;
  try {
    cleanUp();
  } catch (error) {
    gateway.report(`${socket.id} could not leave its rooms`, error);
    const parts = socket as object as SocketParts;
    parts.nsp._remove(socket);
    parts.join = joinNothing;
  }
  if (!session.isCounted) return;
  session.isCounted = false;
  connection.namespaces--;
  connection.pendingBytes -= session.handshakeBytes;
}

function joinNothing(): void {
  // The socket is gone.
}
