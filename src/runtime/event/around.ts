import { nameOfPath } from '../../plan/paths';
import type { EventPlan } from '../../plan/plan';
import type { SocketContext, SocketEventDescription, SocketMiddlewareHooks } from '../../types';
import type { Around, EventSteps, Gateway } from '../model';
import { hooksOf, type ActionEndpoint, type RegisteredAction } from '../moleculer/internals';
import { runSteps } from './steps';

type Hook = NonNullable<SocketMiddlewareHooks['localSocketEvent']>;

/**
 * Returns an event with what is around its steps: the hooks `localSocketEvent` of the broker's middlewares, and the action
 * that encloses it. The last middleware is the outermost, as with `localAction`.
 *
 * @returns undefined if there is neither
 * @throws TypeError if a hook returns no handler
 */
export function aroundOf(gateway: Gateway, event: EventSteps): Around | undefined {
  const hooks = hooksOf<Hook>(gateway.broker, 'localSocketEvent');
  if (hooks.length === 0) return event.enclosing;
  const description = describe(gateway, event);
  const innermost: Around = (ctx) => {
    takeParams(event, ctx);
    return event.enclosing ? runEnclosed(event.enclosing, ctx) : runSteps(gateway, event, ctx);
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

/** Runs an event inside of an action, whose params the middlewares of the event do not see. */
async function runEnclosed(enclosing: Around, ctx: SocketContext): Promise<unknown> {
  const { params } = ctx;
  try {
    return await enclosing(ctx);
  } finally {
    ctx.params = params;
  }
}

function describe(gateway: Gateway, { plan, endpoint }: EventSteps): SocketEventDescription {
  const { target } = plan;
  return Object.freeze({
    name: plan.name,
    namespaces: Object.freeze(gateway.plan.paths.map(nameOfPath)),
    service: gateway.service,
    answeredBy: target.kind,
    action: target.kind === 'action' ? { name: target.action } : actionOf(target, endpoint),
  });
}

// A proxy has no action of its own: the one that encloses it is the same for all of them.
function actionOf(
  { kind }: EventPlan['target'],
  endpoint: ActionEndpoint | undefined,
): RegisteredAction | undefined {
  return kind === 'handler' ? endpoint?.action : undefined;
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
