import type { Socket } from 'socket.io';

/** What the gateway knows of a connected socket beside the socket itself. */
export interface SocketSession {
  readonly socket: Socket;
  /** The parameters of the dynamic namespace that the socket is in. */
  readonly nspParams: Readonly<Record<string, string>>;
  /** Events that have arrived and are not done. */
  pending: number;
}

/** The user of a socket; one per namespace. */
export function userOf(socket: Socket): unknown {
  return (socket.data as { user?: unknown }).user;
}

/** Logs a user in, or out with null or undefined. */
export function setUser(socket: Socket, user: unknown): void {
  (socket.data as { user?: unknown }).user = user;
}
