import { Errors } from 'moleculer';
import type { ProxyPlan } from '../compiler/plan';
import { BadRequestError } from '../errors';
import type { ProxyCallOptions, SocketContext } from '../types';
import type { GatewayRuntime } from './gateway-runtime';
import { nextEndpoint, type CallableEndpoint } from './moleculer-internals';

/** A call that a client asked for, after it was found and allowed. */
export interface ProxiedCall {
  readonly action: string;
  readonly endpoint: CallableEndpoint;
  /** Belongs to this call alone: hooks may change it. */
  readonly options: ProxyCallOptions;
}

/**
 * Finds the action that a client names, and whether clients may call it.
 *
 * @throws BadRequestError 400 if the name is no string
 * @throws ServiceNotFoundError 404 if there is no such action, or none that the client may see
 */
export function resolveAction(gateway: GatewayRuntime, proxy: ProxyPlan, ctx: SocketContext): ProxiedCall {
  const requested = ctx.args[0];
  if (typeof requested !== 'string') throw new BadRequestError('ACTION_NOT_A_STRING');
  const alias = proxy.aliases.get(requested);
  const action = alias ?? requested;
  if (
    (alias === undefined && proxy.aliasesOnly) ||
    proxy.blacklist?.(action) ||
    (proxy.whitelist && !proxy.whitelist(action))
  ) {
    throw notFound(action);
  }
  // The balancer may look at the params (sharding), and guards and hooks do.
  ctx.params = ctx.args.length > 1 ? ctx.args[1] : {};
  const options = callOptions(gateway, proxy, ctx);
  const endpoint = nextEndpoint(gateway.broker, action, options, ctx);
  if (!isOpen(endpoint, proxy)) throw notFound(action);
  options.nodeID = endpoint.id;
  return { action, endpoint, options };
}

/** What a call gives: a promise that knows the context of the call. */
export type RunningCall = PromiseLike<unknown> & { readonly ctx?: { readonly meta: object } };

/**
 * Calls the action on the node that was found for it. It does what `ctx.call` does, without the promises on the way;
 * `takeMeta` is for when it is done.
 */
export function callAction(
  { broker }: GatewayRuntime,
  ctx: SocketContext,
  { action, endpoint, options }: ProxiedCall,
): RunningCall {
  const { maxCallLevel } = broker.options;
  if (maxCallLevel && ctx.level >= maxCallLevel) {
    throw new Errors.MaxCallLevelError({ nodeID: broker.nodeID, level: ctx.level });
  }
  // The endpoint in place of a name, as moleculer-web does: the one that was looked up, unless a hook chose another.
  const target: unknown = options.nodeID === endpoint.id ? endpoint : action;
  return broker.call(target as string, ctx.params as object, options);
}

/** Meta that the action has set comes back into the context of the event. */
export function takeMeta(ctx: SocketContext, call: RunningCall): void {
  if (call.ctx) Object.assign(ctx.meta, call.ctx.meta);
}

/** Puts the context and its meta into the options, when hooks have done with them. */
export function prepareCall(ctx: SocketContext, { options }: ProxiedCall): void {
  const { meta } = options;
  // Meta of the call options stands in place of the socket's; what hooks have added stays.
  if (meta !== undefined && meta !== ctx.meta) ctx.meta = { ...addedToMeta(ctx.meta), ...meta };
  options.meta = undefined;
  (options as { parentCtx?: unknown }).parentCtx = ctx;
}

function addedToMeta({
  $socketId: _id,
  $rooms: _rooms,
  user: _user,
  ...added
}: SocketContext['meta']): object {
  return added;
}

/** Fresh options for every call, so that nothing a hook writes reaches another client. */
function callOptions(
  { service }: GatewayRuntime,
  { options }: ProxyPlan,
  ctx: SocketContext,
): ProxyCallOptions {
  const { callOptions: declared } = options;
  if (declared === undefined) return { meta: ctx.meta };
  const given = typeof declared === 'function' ? declared.call(service, ctx, ctx.socket) : declared;
  const own = copyPlain(given ?? {}) as ProxyCallOptions & { ctx?: unknown; parentCtx?: unknown };
  delete own.ctx;
  delete own.parentCtx;
  own.meta ??= ctx.meta;
  return own;
}

/** Copies plain objects and arrays; functions and instances are the application's own. */
function copyPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyPlain);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, copyPlain(entry)]));
}

/** Published actions are open; those that manage a gateway only where the whitelist names that gateway. */
function isOpen({ action }: CallableEndpoint, proxy: ProxyPlan): boolean {
  if (!action.managesGateway) return (action.visibility ?? 'published') === 'published';
  const service = action.name.slice(0, action.name.lastIndexOf('.') + 1);
  return proxy.namedServices.some((name) => name.startsWith(service));
}

function notFound(action: string): Error {
  return new Errors.ServiceNotFoundError({ action });
}
