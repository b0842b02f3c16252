import type { Namespace, Socket } from 'socket.io';
import { deleteNamespace } from './namespace-tables';

/** The parts of a namespace through which every socket comes and goes. */
interface NamespaceDoors {
  readonly _preConnectSockets: Map<string, Socket>;
  _add(...args: unknown[]): Promise<void>;
  _remove(socket: Socket): void;
}

/**
 * Takes a child of a dynamic namespace away when the last socket has left it. Socket.IO's own
 * `cleanupEmptyChildNamespaces` looks at connected sockets only: one client's refused handshake then takes the child
 * away from under another that is still authenticating. Here those count too, from the first moment on.
 *
 * @param isKept returns true if the child must stay although it is empty
 * @param forget called when the child is gone
 */
export function keepWhileUsed(child: Namespace, isKept: () => boolean, forget: () => void): void {
  const doors = child as object as NamespaceDoors;
  const add = doors._add.bind(child);
  const remove = doors._remove.bind(child);
  let entering = 0;
  let closed = false;

  const closeIfEmpty = (): void => {
    if (closed || entering > 0 || child.sockets.size > 0 || doors._preConnectSockets.size > 0) return;
    if (isKept()) return;
    closed = true;
    deleteNamespace(child);
    void child.adapter.close();
    forget();
  };
  doors._add = async (...args) => {
    entering++;
    try {
      await add(...args);
    } finally {
      entering--;
      closeIfEmpty();
    }
  };
  doors._remove = (socket) => {
    remove(socket);
    closeIfEmpty();
  };
}
