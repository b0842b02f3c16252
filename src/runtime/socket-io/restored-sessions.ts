import type { Namespace, Socket } from 'socket.io';

/*
 * The in-memory adapter of Socket.IO goes on keeping a session that it has restored: a second client with the same session id
 * would come in as the same socket. A session that is taken is not restored again until its socket is gone. If the socket can be
 * recovered then, Socket.IO has given the adapter a new session under the same id.
 */

/** The session that an adapter keeps of a client that may come back. */
export interface StoredSession {
  readonly sid: string;
  readonly pid: string;
  readonly rooms: readonly string[];
  readonly data: { readonly user?: unknown };
  /** Not every adapter has it. */
  readonly disconnectedAt?: number;
  /** Returns the data of the packets that the client has missed, if the adapter has not given them yet. */
  takeMissed?(): unknown[][];
}

/** The sessions that are taken, by their ids; undefined until the adapter has restored a session. */
const taken = new WeakMap<Namespace, Map<string, StoredSession | undefined>>();

/** Takes a session for a client that comes back. Returns false if another client has it. */
export function takeSession(namespace: Namespace, pid: string): boolean {
  const sessions = taken.get(namespace) ?? new Map<string, StoredSession | undefined>();
  taken.set(namespace, sessions);
  if (sessions.has(pid)) return false;
  sessions.set(pid, undefined);
  return true;
}

/** Returns true if a client has a session, or is about to get it. */
export function isTaken(namespace: Namespace, pid: string): boolean {
  return taken.get(namespace)?.has(pid) === true;
}

/** Remembers what the adapter has restored for the client that has taken a session. */
export function rememberSession(namespace: Namespace, session: StoredSession): void {
  taken.get(namespace)?.set(session.pid, session);
}

/** Gives a session back: its socket is gone, or never came in. */
export function releaseSession(namespace: Namespace, pid: string): void {
  taken.get(namespace)?.delete(pid);
}

/** Returns the session that a recovered socket came in with. */
export function restoredSessionOf(socket: Socket): StoredSession | undefined {
  const pid = pidOf(socket);
  return pid === undefined ? undefined : taken.get(socket.nsp)?.get(pid);
}

/** Returns the id of the session of a socket; undefined without connection state recovery. */
export function pidOf(socket: Socket): string | undefined {
  return (socket as object as { pid?: string }).pid;
}
