import { Errors, type ActionSchema, type Context, type Service } from 'moleculer';
import type { Socket } from 'socket.io';
import type { EventPlan, RunningGateway } from '../plan/plan';
import { printable } from '../plan/printable';
import { shownValue } from '../runtime/observe/shown-value';
import type { SocketContext } from '../types';
import { badRequest } from './bad-request';
import { rememberMeta } from './call-meta';
import { gatewayOf, runInContext } from './context-of-call';
import { eventOfItem, itemOf } from './handler-items';
import { runCall } from './run-call';

/** The params of the action `call`, as in moleculer-io. */
export interface CallParams {
  /** The socket of the client. */
  socket: Socket;
  /** The name of an action, or an alias, as the client sent it. */
  action: unknown;
  params: unknown;
  /** The settings of the event: `whitelist`, `aliases`, `callOptions`, … */
  handlerItem: object;
}

/** The action `call` of a service, as the service calls it. */
type CallByClient = (params: CallParams, options?: { ctx: Context }) => Promise<unknown>;

/**
 * The action `call`, inside of which all calls of clients run: an application hooks, overrides or removes it to restrict them.
 * The timeouts and retries of the called action count, not those of the broker for this one.
 */
export const ACTION_CALL: ActionSchema & { timeout: number } = {
  visibility: 'private',
  cache: false,
  timeout: 0,
  retryPolicy: { enabled: false },
  tracing: {
    tags({ params }: Context) {
      const { action, params: sent } = params as Partial<CallParams>;
      return { params: { action: shownValue(action), params: shownValue(sent) } };
    },
  },
  async handler(this: Service, ctx: Context<Partial<CallParams>>): Promise<unknown> {
    const { socket, action, params, handlerItem } = ctx.params;
    const gateway = gatewayOf(socket);
    if (!gateway || typeof action !== 'string') throw badRequest();
    const event = eventOfItem(handlerItem);
    return runInContext(gateway, ctx, socket as Socket, [action, params], (own) =>
      runCall(gateway, event, own, action, params),
    );
  },
};

/**
 * Returns the function that runs an event inside of the action `call` of its service.
 *
 * @returns undefined if the event calls no action
 */
export function encloseInCall(
  { service }: Pick<RunningGateway, 'service'>,
  { target, guard }: EventPlan,
): ((ctx: SocketContext) => Promise<unknown>) | undefined {
  if (target.kind !== 'proxy' && target.kind !== 'action') return undefined;
  const call = callOf(service);
  const handlerItem = itemOf({ target, guard });
  const changesMeta =
    target.options.callOptions !== undefined || (target.kind === 'proxy' && target.options.onBeforeCall);
  return (ctx) => {
    const { args, socket } = ctx;
    const [action, at] = target.kind === 'proxy' ? [args[0], 1] : [target.action, 0];
    if (changesMeta) rememberMeta(ctx);
    const asked = { socket, action, params: args.length > at ? args[at] : {}, handlerItem };
    ctx.params = asked;
    return call(asked, { ctx });
  };
}

/** Returns the action `call` of a service. If the application has removed it, clients can call nothing. */
export function callOf({ actions }: Service): CallByClient {
  const { call } = actions as object as { call?: CallByClient };
  return call ?? (({ action }) => Promise.reject(notFound(action)));
}

function notFound(action: unknown): Error {
  return new Errors.ServiceNotFoundError({ action: printable(String(action)) });
}
