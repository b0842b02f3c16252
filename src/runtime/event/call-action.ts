import { Errors } from 'moleculer';
import type { ActionPlan, ProxyPlan } from '../../plan/plan';
import { BadRequestError } from '../../errors';
import type { NamesAction } from '../../plan/named-services';
import { MAX_NAME_LENGTH } from '../../plan/names';
import { printable } from '../../plan/printable';
import type { ProxyCallOptions, SocketContext } from '../../types';
import { isPromise, ignoreRejection } from '../errors/run-safely';

import { isKnownAction, nextEndpoint, type CallableEndpoint } from '../moleculer/internals';
import type { Gateway } from '../model';

/** A call that a client asks for and may make. */
export interface ProxiedCall {
  readonly action: string;
  readonly endpoint: CallableEndpoint;
  /** Belongs to this call alone, so that hooks may change it. */
  readonly options: ProxyCallOptions;
}

/**
 * Returns the call that a client asks for, if clients may call that action.
 *
 * @throws BadRequestError 400 if the name is no string
 * @throws ServiceNotFoundError 404 if there is no such action, or none that the client may see
 */
export function resolveAction(gateway: Gateway, proxy: ProxyPlan, ctx: SocketContext): ProxiedCall {
  const { args } = ctx;
  return resolveNamed(gateway, proxy, ctx, args[0], args.length > 1 ? args[1] : {});
}

/** Resolves like `resolveAction`, for an action and params that need not be the arguments of the event. Sets `ctx.params`. */
export function resolveNamed(
  gateway: Gateway,
  proxy: ProxyPlan,
  ctx: SocketContext,
  requested: unknown,
  params: unknown,
): ProxiedCall {
  if (typeof requested !== 'string') throw new BadRequestError('ACTION_NOT_A_STRING');
  if (requested.length > MAX_NAME_LENGTH) throw notFound(requested);
  const alias = proxy.aliases.get(requested);
  const action = alias ?? requested;
  if (
    (alias === undefined && proxy.aliasesOnly) ||
    proxy.blacklist?.(action) ||
    (proxy.whitelist && !proxy.whitelist(action)) ||
    !isKnownAction(gateway.broker, action)
  ) {
    throw notFound(action);
  }
  // The balancer may look at the params (sharding), and guards and hooks do.
  ctx.params = params;
  const options = callOptions(gateway, proxy.options, ctx);
  const endpoint = nextEndpoint(gateway.broker, action, options, ctx);
  if (!isOpen(endpoint, proxy.names)) throw notFound(action);
  return { action, endpoint, options };
}

/** Calls the action on the node that was found for it. What the action sets in its meta is merged into `ctx.meta`. */
export function callAction(ctx: SocketContext, call: ProxiedCall, params: unknown): PromiseLike<unknown> {
  const { action, endpoint, options } = call;
  // A hook may have chosen another node.
  if (options.nodeID !== undefined && options.nodeID !== endpoint.id)
    return ctx.call(action, params, options);
  // The endpoint in place of a name, as moleculer-web does: it is the one that was looked up.
  const found: unknown = endpoint;
  return ctx.call(found as string, params, options);
}

/** Replaces the meta of the socket by that of the call options. What hooks have added stays. */
export function replaceMeta(ctx: SocketContext, options: ProxyCallOptions): void {
  const { meta } = options;
  if (meta !== undefined && meta !== ctx.meta) ctx.meta = { ...addedToMeta(ctx.meta), ...meta };
  options.meta = undefined;
}

function addedToMeta({
  $socketId: _id,
  $rooms: _rooms,
  user: _user,
  ...added
}: SocketContext['meta']): object {
  return added;
}

/** Returns fresh options for every call, so that nothing a hook writes reaches another client. */
export function callOptions(
  { service }: Gateway,
  { callOptions: declared }: ActionPlan['options'],
  ctx: SocketContext,
): ProxyCallOptions {
  if (declared === undefined) return { meta: ctx.meta };
  const given = typeof declared === 'function' ? declared.call(service, ctx, ctx.socket) : declared;
  if (isPromise(given)) {
    ignoreRejection(given);
    throw new Error(
      `callOptions of the event '${printable(ctx.event)}' must not be async: do what takes time in a before hook`,
    );
  }
  const own = copyPlain(given ?? {}) as ProxyCallOptions & { ctx?: unknown; parentCtx?: unknown };
  delete own.ctx;
  delete own.parentCtx;
  own.meta ??= ctx.meta;
  return own;
}

/** Copies plain objects and arrays. Functions and instances keep their identity. */
function copyPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyPlain);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, copyPlain(entry)]));
}

/**
 * Returns true if clients may call an action. A whitelist must name it if it manages a gateway or belongs to a service whose
 * name begins with `$`; any other must be published.
 */
export function isOpen({ action, service }: CallableEndpoint, names: NamesAction): boolean {
  if (action.managesGateway) return names(action.name, service.fullName);
  const isPublished = (action.visibility ?? 'published') === 'published';
  return isPublished && (!service.name.startsWith('$') || names(action.name, service.fullName));
}

function notFound(action: string): Error {
  return new Errors.ServiceNotFoundError({ action: printable(action) });
}
