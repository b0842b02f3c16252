import type { Socket } from 'socket.io';
import { roomOfUser } from '../compiler/user-room';

/** What the gateway knows of a connected socket beside the socket itself. */
export interface SocketSession {
  readonly socket: Socket;
  /** The path of the gateway that the namespace belongs to, as it was written: the label of its metrics. */
  readonly path: string;
  /** The parameters of the dynamic namespace that the socket is in. */
  readonly nspParams: Readonly<Record<string, string>>;
  /** Events that have arrived and are not done. */
  pending: number;
  /** Those of them that run; the rest wait for their turn. */
  running: number;
  readonly waiting: (() => void)[];
}

/** The user of a socket; one per namespace. */
export function userOf(socket: Socket): unknown {
  return (socket.data as { user?: unknown }).user;
}

/** Logs a user in, or out with null or undefined. All sockets of a user with an id are in one room. */
export async function setUser(socket: Socket, user: unknown): Promise<void> {
  const before = roomOfSocket(socket);
  (socket.data as { user?: unknown }).user = user;
  const after = roomOfSocket(socket);
  if (before === after) return;
  if (before !== undefined) await socket.leave(before);
  if (after !== undefined) await socket.join(after);
}

function roomOfSocket(socket: Socket): string | undefined {
  const id = (userOf(socket) as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' || typeof id === 'number' ? roomOfUser(id) : undefined;
}
