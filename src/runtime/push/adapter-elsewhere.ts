import { Namespace, type Server } from 'socket.io';
import type { Adapter } from 'socket.io-adapter';
import type { SocketsElsewhere } from '../model';

/** The type of Socket.IO's packet for an event. */
const EVENT = 2;

/**
 * Returns the sockets of a namespace that this node does not have, for an adapter of the application without a transporter beside
 * it. Messages and commands are sent by an adapter of that namespace that is closed again. An answer to a question would need
 * one that stays: questions find no sockets.
 */
export function adapterElsewhere(server: Server, name: string): SocketsElsewhere {
  const send = (act: (adapter: Adapter) => void): void => {
    // It is not in the server's table of namespaces, so clients cannot enter it.
    const { adapter } = new Namespace(server, name);
    try {
      act(adapter);
    } finally {
      void adapter.close();
    }
  };
  return {
    emitValues(values, opts) {
      send((adapter) => {
        adapter.broadcast({ type: EVENT, nsp: name, data: [...values] }, opts);
      });
    },
    join(opts, rooms) {
      send((adapter) => {
        adapter.addSockets(opts, [...rooms]);
      });
    },
    leave(opts, rooms) {
      send((adapter) => {
        adapter.delSockets(opts, [...rooms]);
      });
    },
    disconnect(opts, close) {
      send((adapter) => {
        adapter.disconnectSockets(opts, close);
      });
    },
    ids: () => Promise.resolve([]),
    emitWithAck: () => Promise.resolve(),
  };
}
