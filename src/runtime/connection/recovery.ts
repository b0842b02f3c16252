import { EventEmitter } from 'node:events';
import { Namespace, type Socket } from 'socket.io';
import type { Gateway } from '../model';
import { expiryOf, isOver } from '../user/user-expiry';

/*
 * Socket.IO's connection state recovery restores id, rooms, user and missed packets of a client that comes back, without
 * authentication. A client that the server has disconnected meanwhile, or whose user has expired, must not be recovered.
 */

/** What an adapter keeps of a client that may come back. */
interface Session {
  readonly sid: string;
  readonly pid: string;
  readonly rooms: readonly string[];
  readonly data: { readonly user?: unknown };
  /** Not every adapter has it. */
  readonly disconnectedAt?: number;
}

interface Targets {
  readonly rooms: Iterable<string>;
  readonly except?: Iterable<string>;
}

interface RecoveringAdapter {
  restoreSession(pid: string, offset: string): Promise<Session | null>;
  disconnectSockets(targets: Targets, close: boolean): void;
}

/** A disconnect by the server. No rooms means all clients. */
interface ForcedDisconnect {
  readonly rooms: readonly string[];
  readonly except: readonly string[];
  readonly at: number;
}

/** The event by which nodes tell each other of a forced disconnect. Clients cannot send it. */
const DISCONNECT_NOTICE = '$farewell';
/** A name for one session among the rooms. No socket is in that room. */
const roomOfSession = (pid: string): string => `$session:${pid}`;

const forcedDisconnects = new WeakMap<Namespace, ForcedDisconnect[]>();
const watched = new WeakSet();

/** Watches the forced disconnects of a namespace. Does nothing if the server has no connection state recovery. */
export function watchForcedDisconnects(namespace: Namespace): void {
  if (!recovers(namespace)) return;
  forcedDisconnects.set(namespace, []);
  Namespace.prototype.on.call(namespace, DISCONNECT_NOTICE, (rooms: string[], except: string[]) => {
    remember(namespace, rooms, except);
  });
}

/**
 * Returns what the adapter has kept of a client that comes back.
 *
 * @param auth of its handshake
 * @returns undefined if it has kept nothing, or if the client must authenticate
 */
export async function recoverSession(
  gateway: Gateway,
  namespace: Namespace,
  { pid, offset }: { pid?: unknown; offset?: unknown },
): Promise<object | undefined> {
  // The application may have replaced the adapter.
  watchAdapter(namespace);
  // A recovered client skips the middleware in which other clients wait for the start.
  if (typeof pid !== 'string' || typeof offset !== 'string' || !gateway.started) return undefined;
  try {
    const session = await (namespace.adapter as object as RecoveringAdapter).restoreSession(pid, offset);
    return session && mayRecover(gateway, namespace, session) ? session : undefined;
  } catch (error) {
    gateway.report('a client could not be recovered', error);
    return undefined;
  }
}

/** Returns true if the server has connection state recovery. */
export function recovers(namespace: Namespace): boolean {
  return durationOf(namespace) > 0;
}

/** Makes sure that a client is not recovered as this socket. */
export function forbidRecovery(socket: Socket): void {
  const { pid } = socket as object as { pid?: string };
  if (pid !== undefined) remember(socket.nsp, [roomOfSession(pid)], []);
}

/** Remembers what the adapter disconnects. */
function watchAdapter(namespace: Namespace): void {
  const adapter = namespace.adapter as object as RecoveringAdapter;
  if (watched.has(adapter)) return;
  watched.add(adapter);
  const disconnectSockets = adapter.disconnectSockets.bind(adapter);
  adapter.disconnectSockets = (targets, close) => {
    const rooms = [...targets.rooms];
    const except = [...(targets.except ?? [])];
    remember(namespace, rooms, except);
    try {
      if (reachesOthers(adapter)) namespace.serverSideEmit(DISCONNECT_NOTICE, rooms, except);
    } finally {
      // Sockets of this node are disconnected also if the other nodes cannot be told.
      disconnectSockets(targets, close);
    }
  };
}

/** Returns true if an adapter has its own `serverSideEmit`. That of the base class only logs a warning. */
function reachesOthers(adapter: object): boolean {
  let owner: unknown = adapter;
  while (owner && !Object.hasOwn(owner, 'serverSideEmit')) owner = Object.getPrototypeOf(owner);
  return owner !== null && Object.getPrototypeOf(owner) !== EventEmitter.prototype;
}

function mayRecover(gateway: Gateway, namespace: Namespace, session: Session): boolean {
  const { sid, pid, rooms, disconnectedAt = 0 } = session;
  try {
    if (isOver(expiryOf(gateway, session.data.user))) return false;
  } catch (error) {
    gateway.report(`the expiry of the user of ${sid} cannot be read`, error);
    return false;
  }
  const own = new Set([sid, roomOfSession(pid), ...rooms]);
  return !(forcedDisconnects.get(namespace) ?? []).some(
    (forced) =>
      forced.at >= disconnectedAt &&
      (forced.rooms.length === 0 || forced.rooms.some((room) => own.has(room))) &&
      !forced.except.some((room) => own.has(room)),
  );
}

/** Remembers a forced disconnect for as long as sessions can be recovered. */
function remember(namespace: Namespace, rooms: readonly string[], except: readonly string[]): void {
  const known = forcedDisconnects.get(namespace);
  if (!known) return;
  const at = Date.now();
  const oldest = known.findIndex((forced) => at - forced.at <= durationOf(namespace));
  known.splice(0, oldest < 0 ? known.length : oldest);
  known.push({ rooms, except, at });
}

/** Returns how long a session can be recovered, in milliseconds; 0 without connection state recovery. */
function durationOf({ server }: Namespace): number {
  const { connectionStateRecovery } = (
    server as object as { opts: { connectionStateRecovery?: { maxDisconnectionDuration: number } } }
  ).opts;
  return connectionStateRecovery?.maxDisconnectionDuration ?? 0;
}
