import type { Namespace, Server, Socket } from 'socket.io';

/** The parts of a namespace through which every socket comes and goes. */
interface NamespaceDoors {
  readonly _preConnectSockets: Map<string, Socket>;
  _add(...args: unknown[]): Promise<void>;
  _remove(socket: Socket): void;
}

/** Of every name, the adapter of the youngest child on its server. */
const youngest = new WeakMap<Server, Map<string, object>>();

/**
 * Some adapters go on answering other nodes after they were closed, and one that was closed knows of nobody: where a
 * child has come back, only its new adapter may answer.
 */
export function silenceOlderAdapters({ adapter, name, server }: Namespace): void {
  const { onMessage } = adapter as { onMessage?: (...args: unknown[]) => unknown };
  if (typeof onMessage !== 'function') return;
  const names = youngest.get(server) ?? new Map<string, object>();
  youngest.set(server, names.set(name, adapter));
  Object.assign(adapter, {
    onMessage: (...args: unknown[]) =>
      names.get(name) === adapter ? onMessage.apply(adapter, args) : undefined,
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
 * @param forget told when the child is gone
 * @returns takes the child away if nobody is in it
 */
export function keepWhileUsed(child: Namespace, forget: () => void): () => void {
  const doors = child as object as NamespaceDoors;
  const add = doors._add.bind(child);
  const remove = doors._remove.bind(child);
  births.set(child, Date.now());
  let entering = 0;
  let closed = false;

  const closeIfEmpty = (): void => {
    if (closed || entering > 0 || child.sockets.size > 0 || doors._preConnectSockets.size > 0) return;
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
