import { Errors, type Context, type Service } from 'moleculer';
import type { BroadcastOperator, DefaultEventsMap, Namespace } from 'socket.io';
import { MANAGEMENT_ACTIONS, MANAGEMENT_PARAMS, type ManagementAction } from '../../plan/management-actions';
import { RESERVED_EVENTS } from '../../plan/reserved-events';
import { pathOf } from '../../plan/paths';
import { roomOfUser, refusalOfRooms } from '../../plan/gateway-rooms';
import { BadRequestError, NotFoundError } from '../../errors';
import { printable } from '../../plan/printable';
import { checkParams } from '../../validation/check-params';
import { gatewaysOf } from '../gateways-of';
import type { Gateway } from '../model';
import { listEvents } from './list-events';
import { isClientGone } from '../socket-io/client-gone';
import { mayBeSocketId } from '../socket-io/gateway-rooms';
import { senderTo, type Audience } from './audience';
import { eachNamespace, settled } from './own-namespaces';
import { shownValue } from '../observe/shown-value';
import { refuseFunctions, sendingError } from './unserializable';

type OneOrMore = string | string[];
type Operator = BroadcastOperator<DefaultEventsMap, unknown>;
type Handler = (this: Service, ctx: Context<never>) => unknown;

interface Target {
  namespace?: string;
  socketIds?: OneOrMore;
  rooms?: OneOrMore;
}

interface Broadcast extends Audience {
  event: string;
  args?: unknown[];
  namespace?: string;
}

interface Request {
  socketId: string;
  event: string;
  args?: unknown[];
  namespace?: string;
  timeout?: number;
}

/** What the actions do with params that were checked. */
const HANDLERS: Readonly<Record<ManagementAction, Handler>> = {
  broadcast(ctx: Context<Broadcast>) {
    const { event, args = [], namespace, ...audience } = ctx.params;
    checkEvent(event, args);
    for (const runtime of gatewaysOf(this)) runtime.log.broadcast?.(shownValue(ctx.params));
    eachNamespace(gatewaysOf(this), namespace, (found) => {
      try {
        senderTo(found, audience)?.emit(event, ...args);
      } catch (error) {
        throw sendingError(found, event, args, error);
      }
    });
  },

  async getClients(ctx: Context<{ namespace?: string; room?: string }>) {
    const { namespace, room } = ctx.params;
    const found = await Promise.all(
      eachNamespace(gatewaysOf(this), namespace, async (one) => {
        await settled(one);
        return (room === undefined ? one : one.in(room)).fetchSockets();
      }),
    );
    return found.flat().map((socket) => socket.id);
  },

  joinRooms(ctx: Context<Target & { join: OneOrMore }>) {
    checkRooms(ctx.params.join);
    eachTarget(this, ctx.params, undefined, (target) => {
      target.socketsJoin(ctx.params.join);
    });
  },

  leaveRooms(ctx: Context<Target & { leave: OneOrMore }>) {
    checkRooms(ctx.params.leave);
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
    checkEvent(event, args);
    const [runtime] = gatewaysOf(this);
    const wait = timeout ?? runtime?.plan.limits.ackTimeout ?? 10_000;
    const asked = eachNamespace(gatewaysOf(this), namespace, async (one) => {
      await settled(one);
      return (await hasSocket(one, socketId)) ? ask(runtime, one, socketId, wait, event, args) : [];
    });
    for (const answers of await Promise.all(asked)) if (answers.length > 0) return answers[0];
    throw new NotFoundError('SOCKET_NOT_FOUND', { socketId: printable(socketId) });
  },

  listEvents(ctx: Context<{ namespace?: string }>) {
    return listEvents(gatewaysOf(this), ctx.params.namespace);
  },
} satisfies Record<ManagementAction, (this: Service, ctx: never) => unknown>;

/** The handlers of the actions with which other services reach the sockets of a gateway, on any node. */
export const MANAGEMENT_HANDLERS = Object.fromEntries(
  MANAGEMENT_ACTIONS.map((action) => [action, checked(action)]),
) as Readonly<Record<ManagementAction, Handler>>;

function checked(action: ManagementAction): Handler {
  const handler = HANDLERS[action];
  return function (ctx) {
    (ctx as Context).params = checkParams(MANAGEMENT_PARAMS[action], ctx.params);
    return handler.call(this, ctx);
  };
}

/** A socket's id is also the name of a room: other rooms must not answer for it. */
async function hasSocket(namespace: Namespace, id: string): Promise<boolean> {
  if (namespace.sockets.has(id)) return true;
  if (!mayBeSocketId(namespace, id)) return false;
  return (await namespace.in(id).fetchSockets()).some((socket) => socket.id === id);
}

async function ask(
  gateway: Gateway | undefined,
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
  } catch (error) {
    const reason = sendingError(namespace, event, args, error);
    if (reason !== error) throw reason;
    if (isClientGone(error)) throw new NotFoundError('SOCKET_NOT_FOUND', { socketId });
    gateway?.metrics?.exceeded(pathOf(gateway.plan, namespace.name), 'ackTimeout');
    throw new Errors.RequestTimeoutError({ action: printable(event), nodeID: printable(socketId) });
  }
}

function checkEvent(event: string, args: readonly unknown[]): void {
  refuseFunctions(args);
  if (RESERVED_EVENTS.has(event)) throw new BadRequestError('RESERVED_EVENT', { event });
}

/** Checks rooms also if no socket is found, and therefore none refuses them. */
function checkRooms(rooms: OneOrMore): void {
  const refusal = refusalOfRooms(rooms, () => false);
  if (refusal) throw refusal;
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
  const ids = [socketIds ?? []].flat();
  const namedRooms = [...[rooms ?? []].flat(), ...(userRoom === undefined ? [] : [userRoom])];
  eachNamespace(gatewaysOf(service), namespace, (found) => {
    // A socket is in the room of its id; the name of another room is no id.
    const named = [...ids.filter((id) => mayBeSocketId(found, id)), ...namedRooms];
    if (named.length > 0) act(found.in(named));
  });
}
