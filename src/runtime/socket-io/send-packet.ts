import type { Socket } from 'socket.io';

/*
 * Sends packets of streams. `socket.emit` would make them pass the adapter if clients can be recovered: it would keep them, and add an
 * argument. Streams are not recovered.
 */

const EVENT = 2;

/** The parts of a socket that its types do not show. */
interface SocketParts {
  readonly nsp: { _ids: number };
  readonly acks: Map<number, (...answer: unknown[]) => void>;
  packet(packet: { type: number; data: readonly unknown[]; id?: number }): void;
}

/**
 * Sends an event to the client of a socket.
 *
 * @throws what the encoder throws for a value that cannot be serialized
 */
export function sendPacket(socket: Socket, data: readonly unknown[]): void {
  (socket as object as SocketParts).packet({ type: EVENT, data });
}

/**
 * Sends an event whose ack is awaited without a limit.
 *
 * @throws what the encoder throws for a value that cannot be serialized
 */
export function sendWithAck(socket: Socket, data: readonly unknown[], ack: () => void): void {
  const { nsp, acks } = socket as object as SocketParts;
  const id = nsp._ids++;
  (socket as object as SocketParts).packet({ type: EVENT, data, id });
  acks.set(id, ack);
}

/** Forgets an ack of which no answer is needed any more, for all events that were sent with it. */
export function forgetAck(socket: Socket, ack: () => void): void {
  const { acks } = socket as object as SocketParts;
  for (const [id, waiting] of acks) if (waiting === ack) acks.delete(id);
}
