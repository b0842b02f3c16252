import { EventEmitter } from 'node:events';
import { Namespace, type Socket } from 'socket.io';
import type { GatewayRuntime } from '../gateway/build-gateway';
import { expiryOf, isOver } from '../user/user-expiry';

/*
 * Connection state recovery gives a client that comes back its id, its rooms, its user and what it has missed, without
 * asking anybody. These functions see to it that nobody comes back that way whom the server has sent away meanwhile, or
 * whose user has expired: such a client has to come in by the front door.
 */

/** What an adapter keeps of a client that may come back. */
interface Session {
  readonly sid: string;
  readonly pid: string;
  readonly rooms: readonly string[];
  readonly data: { readonly user?: unknown };
  /** Not every adapter says when. */
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

/** Clients that the server has sent away: all of no room means everybody. */
interface Farewell {
  readonly rooms: readonly string[];
  readonly except: readonly string[];
  readonly at: number;
}

/** The event with which nodes tell each other; clients cannot send it. */
const FAREWELL = '$farewell';
/** The room of one session, which no socket is in. */
const roomOfSession = (pid: string): string => `$session:${pid}`;

const farewells = new WeakMap<Namespace, Farewell[]>();
const guarded = new WeakSet();

/** Guards the recovery of the sockets of a namespace; does nothing where the server recovers nobody. */
export function guardRecovery(namespace: Namespace): void {
  if (!recovers(namespace)) return;
  farewells.set(namespace, []);
  Namespace.prototype.on.call(namespace, FAREWELL, (rooms: string[], except: string[]) => {
    remember(namespace, rooms, except);
  });
}

/**
 * What the adapter has kept of a client that comes back.
 *
 * @param auth of its handshake
 * @returns undefined where it has kept nothing, or the client must come in like any other
 */
export async function recoverSession(
  gateway: GatewayRuntime,
  namespace: Namespace,
  { pid, offset }: { pid?: unknown; offset?: unknown },
): Promise<object | undefined> {
  // An adapter may have taken the place of another one.
  guardAdapter(namespace);
  // Who comes back does not pass the door at which the others wait for the start.
  if (typeof pid !== 'string' || typeof offset !== 'string' || !gateway.started) return undefined;
  try {
    const session = await (namespace.adapter as object as RecoveringAdapter).restoreSession(pid, offset);
    return session && mayComeBack(gateway, namespace, session) ? session : undefined;
  } catch (error) {
    gateway.report('a client could not be recovered', error);
    return undefined;
  }
}

/** Whether the server recovers clients. */
export function recovers(namespace: Namespace): boolean {
  return durationOf(namespace) > 0;
}

/** A socket that may have come back before must not come back once more. */
export function endRecovery(socket: Socket): void {
  const { pid } = socket as object as { pid?: string };
  if (pid !== undefined) remember(socket.nsp, [roomOfSession(pid)], []);
}

/** Disconnecting says who must not come back. */
function guardAdapter(namespace: Namespace): void {
  const adapter = namespace.adapter as object as RecoveringAdapter;
  if (guarded.has(adapter)) return;
  guarded.add(adapter);
  const disconnectSockets = adapter.disconnectSockets.bind(adapter);
  adapter.disconnectSockets = (targets, close) => {
    const rooms = [...targets.rooms];
    const except = [...(targets.except ?? [])];
    remember(namespace, rooms, except);
    if (reachesOthers(adapter)) namespace.serverSideEmit(FAREWELL, rooms, except);
    disconnectSockets(targets, close);
  };
}

/** Whether an adapter has a `serverSideEmit` of its own; the one of the base class only complains. */
function reachesOthers(adapter: object): boolean {
  let owner: unknown = adapter;
  while (owner && !Object.hasOwn(owner, 'serverSideEmit')) owner = Object.getPrototypeOf(owner);
  return owner !== null && Object.getPrototypeOf(owner) !== EventEmitter.prototype;
}

function mayComeBack(gateway: GatewayRuntime, namespace: Namespace, session: Session): boolean {
  const { sid, pid, rooms, disconnectedAt = 0 } = session;
  try {
    if (isOver(expiryOf(gateway, session.data.user))) return false;
  } catch (error) {
    gateway.report(`the expiry of the user of ${sid} cannot be told`, error);
    return false;
  }
  const own = new Set([sid, roomOfSession(pid), ...rooms]);
  return !(farewells.get(namespace) ?? []).some(
    (farewell) =>
      farewell.at >= disconnectedAt &&
      (farewell.rooms.length === 0 || farewell.rooms.some((room) => own.has(room))) &&
      !farewell.except.some((room) => own.has(room)),
  );
}

/** Sessions that are older than the server's patience cannot come back anyway. */
function remember(namespace: Namespace, rooms: readonly string[], except: readonly string[]): void {
  const said = farewells.get(namespace);
  if (!said) return;
  const at = Date.now();
  const oldest = said.findIndex((farewell) => at - farewell.at <= durationOf(namespace));
  said.splice(0, oldest < 0 ? said.length : oldest);
  said.push({ rooms, except, at });
}

/** How long clients may be away, in milliseconds; 0 where nobody is recovered. */
function durationOf({ server }: Namespace): number {
  const { connectionStateRecovery } = (
    server as object as { opts: { connectionStateRecovery?: { maxDisconnectionDuration: number } } }
  ).opts;
  return connectionStateRecovery?.maxDisconnectionDuration ?? 0;
}
