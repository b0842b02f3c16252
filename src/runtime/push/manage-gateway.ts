import type { Context, Service } from 'moleculer';
import { MANAGEMENT_PARAMS, type ManagementAction } from '../../plan/management-actions';
import type { PresenceQuery } from '../../types';
import { RESERVED_EVENTS } from '../../plan/reserved-events';
import { roomOfUser, refusalOfRooms } from '../../plan/gateway-rooms';
import { BadRequestError, NotFoundError } from '../../errors';
import { printable } from '../../plan/printable';
import { checkParams } from '../../validation/check-params';
import type { DrainOptions } from '../../types';
import { drainService } from '../drain/drain-gateways';
import { healthOf } from '../drain/health';
import { gatewaysOf } from '../gateways-of';
import { listEvents } from './list-events';
import { listPresence } from './list-presence';
import { liveContract } from './live-contract';
import { mayBeSocketId } from '../socket-io/gateway-rooms';
import type { Audience } from './audience';
import { askClient } from './ask-client';
import { commandTo, emitTo, idsIn, reachOf, type Reach } from './reach';
import { shownValue } from '../observe/shown-value';
import { refuseFunctions, sendingError } from './unserializable';

type OneOrMore = string | string[];
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

/** The handlers of the actions. Their params have been checked. */
const HANDLERS: Readonly<Record<ManagementAction, Handler>> = {
  broadcast(ctx: Context<Broadcast>) {
    const { event, args = [], namespace, ...audience } = ctx.params;
    checkEvent(event, args);
    for (const runtime of gatewaysOf(this)) runtime.log.broadcast?.(shownValue(ctx.params));
    for (const reach of reachOf(gatewaysOf(this), namespace)) {
      try {
        emitTo(reach, audience, event, args);
      } catch (error) {
        throw sendingError(reach.gateway.io, event, args, error);
      }
    }
  },

  async getClients(ctx: Context<{ namespace?: string; room?: string }>) {
    const { namespace, room } = ctx.params;
    const reaches = reachOf(gatewaysOf(this), namespace);
    return (await Promise.all(reaches.map((reach) => idsIn(reach, room)))).flat();
  },

  joinRooms({ params }: Context<Target & { join: OneOrMore }>) {
    checkRooms(params.join);
    const rooms = [params.join].flat();
    for (const [reach, targets] of targetsOf(this, params)) {
      commandTo(
        reach,
        targets,
        (here) => {
          here.socketsJoin(rooms);
        },
        (elsewhere, opts) => {
          elsewhere.join(opts, rooms);
        },
      );
    }
  },

  leaveRooms({ params }: Context<Target & { leave: OneOrMore }>) {
    checkRooms(params.leave);
    const rooms = [params.leave].flat();
    for (const [reach, targets] of targetsOf(this, params)) {
      commandTo(
        reach,
        targets,
        (here) => {
          here.socketsLeave(rooms);
        },
        (elsewhere, opts) => {
          elsewhere.leave(opts, rooms);
        },
      );
    }
  },

  disconnect({ params }: Context<Target & { user?: string | number; close?: boolean }>) {
    const { user, close = false } = params;
    for (const [reach, targets] of targetsOf(
      this,
      params,
      user === undefined ? undefined : roomOfUser(user),
    )) {
      commandTo(
        reach,
        targets,
        (here) => {
          here.disconnectSockets(close);
        },
        (elsewhere, opts) => {
          elsewhere.disconnect(opts, close);
        },
      );
    }
  },

  async request(ctx: Context<Request>) {
    const { socketId, event, args = [], namespace, timeout } = ctx.params;
    checkEvent(event, args);
    const question = { socketId, event, args, timeout: timeout ?? ackTimeoutOf(this) };
    const asked = reachOf(gatewaysOf(this), namespace).map((reach) => askClient(reach, question));
    for (const answers of await Promise.all(asked)) if (answers.length > 0) return answers[0];
    throw new NotFoundError('SOCKET_NOT_FOUND', { socketId: printable(socketId) });
  },

  listEvents(ctx: Context<{ namespace?: string }>) {
    return listEvents(gatewaysOf(this), ctx.params.namespace);
  },

  contract(ctx: Context<{ namespace?: string }>) {
    return liveContract(gatewaysOf(this), ctx.params.namespace);
  },

  drain(ctx: Context<DrainOptions>) {
    return drainService(this, ctx.params);
  },

  health() {
    return healthOf(gatewaysOf(this));
  },

  listPresence({ params: { user, ...query } }: Context<PresenceQuery & { user?: string | number }>) {
    const users = listPresence(gatewaysOf(this), query);
    return user === undefined ? users : users.filter(({ id }) => id === user);
  },

  countPresence({ params: { user, ...query } }: Context<PresenceQuery & { user?: string | number }>) {
    const users = listPresence(gatewaysOf(this), query);
    return user === undefined ? users.length : (users.find(({ id }) => id === user)?.devices.length ?? 0);
  },
} satisfies Record<ManagementAction, (this: Service, ctx: never) => unknown>;

/** The handlers of the actions with which other services reach the sockets of a gateway, on any node. */
export const MANAGEMENT_HANDLERS = Object.fromEntries(
  (Object.keys(HANDLERS) as ManagementAction[]).map((action) => [action, checked(action)]),
) as Readonly<Record<ManagementAction, Handler>>;

function checked(action: ManagementAction): Handler {
  const handler = HANDLERS[action];
  return function (ctx) {
    (ctx as Context).params = checkParams(MANAGEMENT_PARAMS[action], ctx.params);
    return handler.call(this, ctx);
  };
}

function ackTimeoutOf(service: Service): number {
  return gatewaysOf(service)[0]?.plan.limits.ackTimeout ?? 10_000;
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

/** Returns the rooms that an action names, by the reach of each namespace that it is about. */
function targetsOf(
  service: Service,
  { namespace, socketIds, rooms }: Target,
  userRoom?: string,
): (readonly [Reach, readonly string[]])[] {
  if (socketIds === undefined && rooms === undefined && userRoom === undefined) {
    throw new BadRequestError('NO_TARGET', { expected: ['socketIds', 'rooms'] });
  }
  const ids = [socketIds ?? []].flat();
  const named = [...[rooms ?? []].flat(), ...(userRoom === undefined ? [] : [userRoom])];
  return reachOf(gatewaysOf(service), namespace)
    .map((reach) => {
      const { io } = reach.gateway;
      // A socket is in the room of its id; the name of another room is no id.
      return [reach, [...ids.filter((id) => io && mayBeSocketId(io, id)), ...named]] as const;
    })
    .filter(([, targets]) => targets.length > 0);
}
