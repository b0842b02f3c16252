import { nameOfPath } from '../../plan/paths';
import type { SocketContext, SocketEventDescription, SocketMiddlewareHooks } from '../../types';
import type { BoundTarget, GatewayRuntime } from '../gateway/build-gateway';
import { passEvent } from './handle-event';
import { hooksOf } from '../moleculer/internals';
import type { EventContext } from './event-context';

/** Takes an event through the middlewares that stand around it, and gives its result. */
export type Around = (ctx: SocketContext) => Promise<unknown>;

type Hook = NonNullable<SocketMiddlewareHooks['localSocketEvent']>;

/**
 * The hooks `localSocketEvent` of the broker's middlewares around an event; the later a middleware, the further outside
 * it stands, as with `localAction`.
 *
 * @returns undefined where no middleware has one
 * @throws TypeError if a hook gives no handler
 */
export function aroundOf(gateway: GatewayRuntime, event: BoundTarget): Around | undefined {
  const hooks = hooksOf<Hook>(gateway.broker, 'localSocketEvent');
  if (hooks.length === 0) return undefined;
  const description = describe(gateway, event);
  const innermost: Around = (ctx) => {
    takeParams(event, ctx);
    // What it is given by Moleculer's own rules: the context of the event, or a copy of it.
    return passEvent(gateway, event, ctx as EventContext);
  };
  const outermost = hooks.reduce((next, hook) => {
    const handler: unknown = hook.call(gateway.broker, next, description);
    if (typeof handler === 'function') return handler as Around;
    throw new TypeError(
      `${gateway.plan.className}: the localSocketEvent of a middleware gave no handler for '${description.name}'; ` +
        'it must return a function (ctx) => Promise, next itself where it has nothing to do',
    );
  }, innermost);
  return (ctx) => {
    if (event.plan.target.kind === 'proxy') ctx.params = ctx.args.length > 1 ? ctx.args[1] : {};
    return outermost(ctx);
  };
}

function describe(gateway: GatewayRuntime, { plan, endpoint }: BoundTarget): SocketEventDescription {
  return Object.freeze({
    name: plan.name,
    namespaces: Object.freeze(gateway.plan.paths.map(nameOfPath)),
    service: gateway.service,
    answeredBy: plan.target.kind,
    action: plan.target.kind === 'action' ? { name: plan.target.action } : endpoint?.action,
  });
}

/** Params that a middleware has replaced are what the client sent, as far as what comes after it can see. */
function takeParams({ plan }: BoundTarget, ctx: SocketContext): void {
  const args = ctx.args as unknown[];
  const at = plan.target.kind === 'proxy' ? 1 : 0;
  if (args.length > at ? ctx.params !== args[at] : !isEmpty(ctx.params)) args[at] = ctx.params;
}

/** What a context has for params where the client sent none. */
function isEmpty(params: unknown): boolean {
  return (
    typeof params === 'object' &&
    params !== null &&
    !Array.isArray(params) &&
    Object.keys(params).length === 0
  );
}
