import { nameOfPath } from '../../plan/paths';
import type { SocketContext, SocketEventDescription, SocketMiddlewareHooks } from '../../types';
import type { Around, EventSteps, Gateway } from '../model';
import { hooksOf } from '../moleculer/internals';
import { runSteps } from './steps';

type Hook = NonNullable<SocketMiddlewareHooks['localSocketEvent']>;

/**
 * Returns an event with the hooks `localSocketEvent` of the broker's middlewares around it. The last middleware is the
 * outermost, as with `localAction`.
 *
 * @returns undefined if no middleware has such a hook
 * @throws TypeError if a hook returns no handler
 */
export function aroundOf(gateway: Gateway, event: EventSteps): Around | undefined {
  const hooks = hooksOf<Hook>(gateway.broker, 'localSocketEvent');
  if (hooks.length === 0) return undefined;
  const description = describe(gateway, event);
  const innermost: Around = (ctx) => {
    takeParams(event, ctx);
    return runSteps(gateway, event, ctx);
  };
  const outermost = hooks.reduce((next, hook) => {
    const handler: unknown = hook.call(gateway.broker, next, description);
    if (typeof handler === 'function') return handler as Around;
    throw new TypeError(
      `${gateway.plan.className}: the localSocketEvent of a middleware returned no handler for '${description.name}'; ` +
        'it must return a function (ctx) => Promise, or next itself if it has nothing to do',
    );
  }, innermost);
  return (ctx) => {
    if (event.plan.target.kind === 'proxy') ctx.params = ctx.args.length > 1 ? ctx.args[1] : {};
    return outermost(ctx);
  };
}

function describe(gateway: Gateway, { plan, endpoint }: EventSteps): SocketEventDescription {
  return Object.freeze({
    name: plan.name,
    namespaces: Object.freeze(gateway.plan.paths.map(nameOfPath)),
    service: gateway.service,
    answeredBy: plan.target.kind,
    action: plan.target.kind === 'action' ? { name: plan.target.action } : endpoint?.action,
  });
}

/** Makes params that a middleware has replaced the argument that the client sent, for all steps after it. */
function takeParams({ plan }: EventSteps, ctx: SocketContext): void {
  const args = ctx.args as unknown[];
  const at = plan.target.kind === 'proxy' ? 1 : 0;
  if (args.length > at ? ctx.params !== args[at] : !isEmpty(ctx.params)) args[at] = ctx.params;
}

/** Returns true for the params of a context whose client sent none. */
function isEmpty(params: unknown): boolean {
  return (
    typeof params === 'object' &&
    params !== null &&
    !Array.isArray(params) &&
    Object.keys(params).length === 0
  );
}
