import { Namespace, type Socket } from 'socket.io';
import { ForbiddenError, UnAuthorizedError } from '../../errors';
import { runMiddleware } from '../errors/run-middleware';
import { reachesOtherNodes } from '../cluster/adapter-kind';
import { ClusterAdapter } from '../cluster/cluster-adapter';
import type { Gateway } from '../model';
import { sendPackets } from '../socket-io/send-packets';
import {
  isTaken,
  pidOf,
  releaseSession,
  rememberSession,
  restoredSessionOf,
  takeSession,
  type StoredSession,
} from '../socket-io/restored-sessions';
import { recoveryDurationOf } from '../socket-io/recovery-duration';
import { sessionOf } from '../socket-io/socket-session';
import { expiryOf, isOver } from '../user/user-expiry';
import { checkClassGuard } from './check-class-guard';

/*
 * Socket.IO's connection state recovery restores id, rooms, user and missed packets of a client that comes back, without
 * authentication. A client that the server has disconnected meanwhile, whose user has expired, or who does not satisfy the guard of
 * the class any more, must not be recovered. It enters like any other client then.
 */

interface Targets {
  readonly rooms: Iterable<string>;
  readonly except?: Iterable<string>;
  readonly flags?: { readonly local?: boolean };
}

interface RecoveringAdapter {
  restoreSession(pid: string, offset: string): Promise<StoredSession | null>;
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
const SESSION_ROOM = '$session:';
const roomOfSession = (pid: string): string => `${SESSION_ROOM}${pid}`;

const forcedDisconnects = new WeakMap<Namespace, ForcedDisconnect[]>();
const watched = new WeakSet();

/** Watches the forced disconnects of a namespace. Does nothing if the server has no connection state recovery. */
export function watchForcedDisconnects(gateway: Gateway, namespace: Namespace): void {
  if (!recovers(namespace)) return;
  forcedDisconnects.set(namespace, []);
  watchAdapter(gateway, namespace);
  Namespace.prototype.on.call(namespace, DISCONNECT_NOTICE, (rooms: string[], except: string[]) => {
    remember(namespace, rooms, except);
    disconnectRecovered(namespace, rooms);
  });
}

/**
 * Returns what the adapter has kept of a client that comes back. The client has the session then, until it is released.
 *
 * @param auth of its handshake
 * @param createProbe returns a socket of the client that is not recovered: what is sent to a recovered one is sent at once
 * @returns undefined if the adapter has kept nothing, if another client has the session, or if the client must authenticate
 */
export async function recoverSession(
  gateway: Gateway,
  namespace: Namespace,
  { pid, offset }: { pid?: unknown; offset?: unknown },
  createProbe: () => Socket,
): Promise<StoredSession | undefined> {
  // The application may have replaced the adapter.
  watchAdapter(gateway, namespace);
  // A recovered client skips the middleware in which other clients wait for the start.
  if (typeof pid !== 'string' || typeof offset !== 'string' || !gateway.started) return undefined;
  if (!takeSession(namespace, pid)) return undefined;
  try {
    const session = await (namespace.adapter as object as RecoveringAdapter).restoreSession(pid, offset);
    if (
      session &&
      mayRecover(gateway, namespace, session) &&
      (await passesGuard(gateway, session, createProbe)) &&
      // Policies take their time.
      mayRecover(gateway, namespace, session)
    ) {
      rememberSession(namespace, session);
      return session;
    }
  } catch (error) {
    gateway.report('a client could not be recovered', error);
  }
  releaseSession(namespace, pid);
  return undefined;
}

/** Gives up a session that could not be restored. */
export function abandonSession(
  gateway: Gateway,
  namespace: Namespace,
  { pid, sid }: StoredSession,
  error: unknown,
): void {
  gateway.report('a client could not be recovered', error);
  releaseSession(namespace, pid);
  namespace.adapter.delAll(sid);
}

/**
 * Returns true if nothing has happened while a recovered socket came in that keeps it out: a disconnect by the server reaches only
 * sockets that are connected.
 */
export function isStillRecovered(gateway: Gateway, socket: Socket): boolean {
  const session = restoredSessionOf(socket);
  return session === undefined || mayRecover(gateway, socket.nsp, session);
}

/** Returns true if the user of a session satisfies the guard of the class. */
async function passesGuard(
  gateway: Gateway,
  { sid, data }: StoredSession,
  createProbe: () => Socket,
): Promise<boolean> {
  const { guard, limits } = gateway.plan;
  if (!guard) return true;
  const probe = Object.assign(createProbe(), { id: sid, data });
  try {
    await runMiddleware(limits.handshakeTimeout, 'HANDSHAKE_TIMEOUT', async (done) => {
      await checkClassGuard(sessionOf(probe));
      done();
    });
    return true;
  } catch (error) {
    // The rooms that a policy has joined.
    probe.nsp.adapter.delAll(sid);
    if (!(error instanceof ForbiddenError || error instanceof UnAuthorizedError)) throw error;
    return false;
  }
}

/** Returns true if the server has connection state recovery. */
export function recovers(namespace: Namespace): boolean {
  return recoveryDurationOf(namespace.server) > 0;
}

/** Makes sure that a client is not recovered as this socket, on any node. If it already is on another node, it is disconnected there. */
export function forbidRecovery(socket: Socket): void {
  const pid = pidOf(socket);
  if (pid === undefined) return;
  const rooms = [roomOfSession(pid)];
  remember(socket.nsp, rooms, []);
  if (reachesOtherNodes(socket.nsp.adapter)) socket.nsp.serverSideEmit(DISCONNECT_NOTICE, rooms, []);
}

/** Sends a recovered socket what it has missed. */
export function sendMissed(gateway: Gateway, socket: Socket): void {
  const session = restoredSessionOf(socket);
  if (session?.takeMissed) sendPackets(gateway.report, socket, session.takeMissed());
}

/** Disconnects the sockets that were recovered from sessions which end. */
function disconnectRecovered(namespace: Namespace, rooms: readonly string[]): void {
  for (const room of rooms) {
    if (!room.startsWith(SESSION_ROOM)) continue;
    const pid = room.slice(SESSION_ROOM.length);
    if (!isTaken(namespace, pid)) continue;
    for (const socket of namespace.sockets.values()) if (pidOf(socket) === pid) socket.disconnect();
  }
}

/** Remembers what the adapter disconnects, and keeps it from giving away sessions that no client may have. */
function watchAdapter(gateway: Gateway, namespace: Namespace): void {
  const adapter = namespace.adapter as object as RecoveringAdapter;
  if (watched.has(adapter)) return;
  watched.add(adapter);
  if (adapter instanceof ClusterAdapter && adapter.recoverable) {
    adapter.recoverable.mayGive = (session) =>
      !isTaken(namespace, session.pid) && mayRecover(gateway, namespace, session);
  }
  const disconnectSockets = adapter.disconnectSockets.bind(adapter);
  adapter.disconnectSockets = (targets, close) => {
    const rooms = [...targets.rooms];
    const except = [...(targets.except ?? [])];
    remember(namespace, rooms, except);
    try {
      if (!targets.flags?.local && reachesOtherNodes(adapter))
        namespace.serverSideEmit(DISCONNECT_NOTICE, rooms, except);
    } finally {
      // Sockets of this node are disconnected also if the other nodes cannot be told.
      disconnectSockets(targets, close);
    }
  };
}

function mayRecover(gateway: Gateway, namespace: Namespace, session: StoredSession): boolean {
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
  const oldest = known.findIndex((forced) => at - forced.at <= recoveryDurationOf(namespace.server));
  known.splice(0, oldest < 0 ? known.length : oldest);
  known.push({ rooms, except, at });
}
