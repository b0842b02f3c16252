import { Errors, type Context, type Service } from 'moleculer';
import type { BroadcastOperator, DefaultEventsMap, Namespace } from 'socket.io';
import type { ManagementAction } from '../compiler/management-actions';
import { RESERVED_EVENTS } from '../compiler/reserved-events';
import { roomOfUser } from '../compiler/user-room';
import { BadRequestError, NotFoundError } from '../errors';
import { runtimesOf } from './gateway-lifecycle';
import type { ChildOpener, GatewayRuntime } from './gateway-runtime';
import { isNewborn } from './namespaces/child-namespace';

/** How long an adapter may take to subscribe, in milliseconds. */
const PATIENCE = 300;
/** How long a namespace that has no sockets here is kept after it was used, in milliseconds. */
const LINGER = 1000;

/** The waits for namespaces that were made a moment ago. */
const settling = new WeakMap<Namespace, Promise<void>>();

type OneOrMore = string | string[];
type Operator = BroadcastOperator<DefaultEventsMap, unknown>;
type Handler = (this: Service, ctx: Context<never>) => unknown;

interface Target {
  namespace?: string;
  socketIds?: OneOrMore;
  rooms?: OneOrMore;
}

interface Broadcast {
  event: string;
  args?: unknown[];
  namespace?: string;
  rooms?: OneOrMore;
  except?: OneOrMore;
  volatile?: boolean;
  local?: boolean;
}

interface Request {
  socketId: string;
  event: string;
  args?: unknown[];
  namespace?: string;
  timeout?: number;
}

/** The handlers of the actions with which other services reach the sockets of a gateway, on any node. */
export const MANAGEMENT_HANDLERS: Readonly<Record<ManagementAction, Handler>> = {
  broadcast(ctx: Context<Broadcast>) {
    const { event, args = [], namespace, rooms, except, volatile, local } = ctx.params;
    checkEvent(event);
    for (const runtime of runtimesOf(this)) runtime.log.broadcast?.(ctx.params);
    eachNamespace(this, namespace, (found) => {
      // Nobody is in no room: an empty list must not reach everybody.
      if (Array.isArray(rooms) && rooms.length === 0) return;
      let target: Operator = except ? found.except(except) : found.except([]);
      if (rooms) target = target.to(rooms);
      if (volatile) target = target.volatile;
      if (local) target = target.local;
      target.emit(event, ...args);
    });
  },

  async getClients(ctx: Context<{ namespace?: string; room?: string }>) {
    const { namespace, room } = ctx.params;
    const found = await Promise.all(
      eachNamespace(this, namespace, async (one) => {
        await settled(one);
        return (room === undefined ? one : one.in(room)).fetchSockets();
      }),
    );
    return found.flat().map((socket) => socket.id);
  },

  joinRooms(ctx: Context<Target & { join: OneOrMore }>) {
    eachTarget(this, ctx.params, undefined, (target) => {
      target.socketsJoin(ctx.params.join);
    });
  },

  leaveRooms(ctx: Context<Target & { leave: OneOrMore }>) {
    eachTarget(this, ctx.params, undefined, (target) => {
      target.socketsLeave(ctx.params.leave);
    });
  },

  disconnect(ctx: Context<Target & { user?: string | number; close?: boolean }>) {
    const { user, close = false } = ctx.params;
    eachTarget(this, ctx.params, user === undefined ? undefined : roomOfUser(user), (target) => {
      target.disconnectSockets(close);
    });
  },

  async request(ctx: Context<Request>) {
    const { socketId, event, args = [], namespace, timeout } = ctx.params;
    checkEvent(event);
    const [runtime] = runtimesOf(this);
    const wait = timeout ?? runtime?.plan.limits.ackTimeout ?? 10_000;
    const asked = eachNamespace(this, namespace, async (one) => {
      await settled(one);
      return (await hasSocket(one, socketId)) ? ask(one, socketId, wait, event, args) : [];
    });
    for (const answers of await Promise.all(asked)) if (answers.length > 0) return answers[0];
    throw new NotFoundError('SOCKET_NOT_FOUND', { socketId });
  },
} satisfies Record<ManagementAction, (this: Service, ctx: never) => unknown>;

/** A socket's id is also the name of a room: other rooms must not answer for it. */
async function hasSocket(namespace: Namespace, id: string): Promise<boolean> {
  if (namespace.sockets.has(id)) return true;
  return (await namespace.in(id).fetchSockets()).some((socket) => socket.id === id);
}

async function ask(
  namespace: Namespace,
  socketId: string,
  timeout: number,
  event: string,
  args: unknown[],
): Promise<unknown[]> {
  try {
    return (await namespace
      .in(socketId)
      .timeout(timeout)
      .emitWithAck(event, ...args)) as unknown[];
  } catch {
    throw new Errors.RequestTimeoutError({ action: event, nodeID: socketId });
  }
}

function checkEvent(event: string): void {
  if (RESERVED_EVENTS.has(event)) throw new BadRequestError('RESERVED_EVENT', { event });
}

/** The sockets that an action names, in each namespace that it is about. */
function eachTarget(
  service: Service,
  target: Target,
  userRoom: string | undefined,
  act: (sockets: Operator) => void,
): void {
  const { namespace, socketIds, rooms } = target;
  if (socketIds === undefined && rooms === undefined && userRoom === undefined) {
    throw new BadRequestError('NO_TARGET', { expected: ['socketIds', 'rooms'] });
  }
  const named = [
    ...[socketIds ?? []].flat(),
    ...[rooms ?? []].flat(),
    ...(userRoom === undefined ? [] : [userRoom]),
  ];
  eachNamespace(service, namespace, (found) => {
    if (named.length > 0) act(found.in(named));
  });
}

/**
 * Does something in a namespace of the gateway; where none is named, in each that the gateway has.
 *
 * @throws NotFoundError 404 if the gateway has no such namespace; nothing is created
 */
function eachNamespace<T>(service: Service, name: string | undefined, act: (namespace: Namespace) => T): T[] {
  const runtimes = runtimesOf(service);
  const live = runtimes.flatMap((runtime) => [...runtime.namespaces.values()]);
  if (name === undefined) {
    // In moleculer-io '/' is meant.
    const root = runtimes.some(({ plan }) => plan.likeMoleculerIo) && live.find((one) => one.name === '/');
    return (root ? [root] : live).map(act);
  }
  const wanted = name.startsWith('/') ? name : `/${name}`;
  const found = live.find((namespace) => namespace.name === wanted);
  if (found) return [act(found)];
  const opened = openChild(runtimes, wanted);
  if (!opened) throw new NotFoundError('NAMESPACE_NOT_FOUND', { namespace: name });
  if (opened === 'nobody') return [];
  // Not at once: others may ask for it, and its adapter has something to send.
  setTimeout(opened.release, LINGER).unref();
  return [act(opened.namespace)];
}

/** Who wants answers waits until a namespace that was just made can be given them. */
async function settled(namespace: Namespace): Promise<void> {
  if (!isNewborn(namespace, LINGER)) return;
  const wait = settling.get(namespace) ?? heardByOthers(namespace);
  settling.set(namespace, wait);
  await wait;
}

/**
 * Waits until an adapter that was made this moment is known to the other nodes. Adapters do not say when: they count
 * one node more then. Where nobody else has the namespace that never comes, and after a while does not matter.
 */
async function heardByOthers({ adapter, server }: Namespace): Promise<void> {
  const alone = (await server.of('/').adapter.serverCount()) < 2;
  const first = await adapter.serverCount();
  for (let waited = 0; !alone && waited < PATIENCE; waited += PATIENCE / 20) {
    await new Promise((resolve) => setTimeout(resolve, PATIENCE / 20));
    if ((await adapter.serverCount()) > first) return;
  }
}

/** A dynamic namespace may have sockets on other nodes only: its adapter reaches them. */
function openChild(runtimes: readonly GatewayRuntime[], name: string): ReturnType<ChildOpener> {
  for (const runtime of runtimes) {
    for (const open of runtime.childOpeners) {
      const opened = open(name);
      if (opened) return opened;
    }
  }
  return undefined;
}
