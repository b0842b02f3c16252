import { Errors } from 'moleculer';
import type { ProxyPlan } from '../compiler/plan';
import { BadRequestError } from '../errors';
import type { ProxyCallOptions, SocketContext } from '../types';
import type { GatewayRuntime } from './gateway-runtime';
import { nextEndpoint, type CallableEndpoint } from './moleculer-internals';

/** A call that a client asked for, after it was found and allowed. */
export interface ProxiedCall {
  readonly action: string;
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
  return { action, options };
}

/**
 * Calls the action on the node that was found for it.
 *
 * @returns what the action returned, and the user that it was given: only the action itself logs in or out
 */
export async function callAction(
  ctx: SocketContext,
  { action, options }: ProxiedCall,
): Promise<{ result: unknown; before: unknown }> {
  const { meta, ...rest } = options;
  // Meta of the call options stands in place of the socket's; what hooks have added stays.
  if (meta !== undefined && meta !== ctx.meta) ctx.meta = { ...addedToMeta(ctx.meta), ...meta };
  const before = ctx.meta.user;
  const result: unknown = await ctx.call(action, ctx.params, rest);
  return { result, before };
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
  const declared =
    typeof options.callOptions === 'function'
      ? options.callOptions.call(service, ctx, ctx.socket)
      : options.callOptions;
  const {
    ctx: _ctx,
    parentCtx: _parent,
    ...own
  } = copyPlain(declared ?? {}) as ProxyCallOptions & { ctx?: unknown; parentCtx?: unknown };
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
  if ((action.visibility ?? 'published') !== 'published') return false;
  if (!action.managesGateway) return true;
  const service = action.name.slice(0, action.name.lastIndexOf('.') + 1);
  return proxy.namedServices.some((name) => name.startsWith(service));
}

function notFound(action: string): Error {
  return new Errors.ServiceNotFoundError({ action });
}
