import type { Namespace, Socket } from 'socket.io';

/** The parts of a namespace through which every socket comes and goes. */
interface NamespaceDoors {
  readonly _preConnectSockets: Map<string, Socket>;
  _add(...args: unknown[]): Promise<void>;
  _remove(socket: Socket): void;
}

/**
 * Silences the adapter of a child when it is closed. Some adapters still answer other nodes then, although they do not know the
 * sockets of the child that has replaced theirs.
 */
export function silenceClosedAdapter({ adapter }: Namespace): void {
  const { close, onMessage } = adapter as {
    close: (this: unknown) => unknown;
    onMessage?: (...args: unknown[]) => unknown;
  };
  if (typeof onMessage !== 'function') return;
  let isClosed = false;
  Object.assign(adapter, {
    close() {
      isClosed = true;
      return close.call(adapter);
    },
    onMessage: (...args: unknown[]) => (isClosed ? undefined : onMessage.apply(adapter, args)),
  });
}

/** When children were made. */
const births = new WeakMap<Namespace, number>();

/** Whether a child was made a moment ago, so that other nodes may not know of it yet. */
export function isNewborn(namespace: Namespace, milliseconds: number): boolean {
  return Date.now() - (births.get(namespace) ?? 0) < milliseconds;
}

/**
 * Takes a child of a dynamic namespace away when the last socket has left it. Socket.IO's own
 * `cleanupEmptyChildNamespaces` looks at connected sockets only: one client's refused handshake then takes the child
 * away from under another that is still authenticating. Here those count too, from the first moment on.
 *
 * @param isKept returns true if the child must stay although it is empty
 * @param forget told when the child is gone
 * @returns takes the child away if nobody is in it
 */
export function keepWhileUsed(child: Namespace, isKept: () => boolean, forget: () => void): () => void {
  const doors = child as object as NamespaceDoors;
  const add = doors._add.bind(child);
  const remove = doors._remove.bind(child);
  births.set(child, Date.now());
  let entering = 0;
  let closed = false;

  const closeIfEmpty = (): void => {
    if (closed || entering > 0 || child.sockets.size > 0 || doors._preConnectSockets.size > 0) return;
    if (isKept()) return;
    closed = true;
    const { _nsps } = child.server;
    if (_nsps.get(child.name) === child) _nsps.delete(child.name);
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
  return closeIfEmpty;
}
