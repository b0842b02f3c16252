import type { Writable } from 'node:stream';

/** The part of an Engine.IO connection that is used here. */
interface Connection {
  readonly transport: {
    /** A websocket of `ws`, or of another engine; undefined while the client polls. */
    readonly socket?: { readonly _socket?: Writable };
  };
}

/** An Engine.IO server. It tells of the packets that it is about to send. */
export interface FlushingEngine {
  on(event: 'flush', listener: (connection: Connection, packets: readonly unknown[]) => void): unknown;
}

/**
 * Lets packets for a client that wait for each other leave in one write. A write to the network costs more than everything else that
 * is done for an answer, and `ws` makes one for each packet.
 */
export function joinWrites(engine: FlushingEngine): void {
  engine.on('flush', ({ transport }, packets) => {
    if (packets.length < 2) return;
    const socket = transport.socket?._socket;
    if (!socket) return;
    socket.cork();
    process.nextTick(uncork, socket);
  });
}

function uncork(socket: Writable): void {
  socket.uncork();
}
