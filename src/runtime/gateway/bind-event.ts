import { Errors, type Context, type Service } from 'moleculer';
import { injectedAck, runWithAck } from '../../plan/injected-ack';
import type { EventPlan, FunctionPlan, HandlerPlan } from '../../plan/plan';
import type { SocketContext } from '../../types';
import { aroundOf } from '../event/around';
import { checkLargeParams } from '../event/check-large-params';
import type { RateLimits } from '../event/rate-limits';
import type { BoundEvent, EventSteps, Gateway } from '../model';
import { localEndpoint } from '../moleculer/internals';
import { traceOf } from '../observe/event-span';

type LocalActions = Record<string, (params: unknown, options: { ctx: Context }) => PromiseLike<unknown>>;

/** Binds an event of the plan to the service that answers it. */
export function bindEvent(gateway: Gateway, limits: RateLimits, plan: EventPlan): BoundEvent {
  const steps: EventSteps = {
    plan,
    action: '',
    endpoint: undefined,
    answersItself: false,
    rateLimits: limits.of(plan.rateLimits),
    streams: plan.target.kind === 'function' ? undefined : plan.target.streams,
    run: () => Promise.reject(new Error('the action of another service is no handler')),
    enclosing: undefined,
    ...bindTarget(gateway, plan),
  };
  return { ...steps, around: aroundOf(gateway, steps), trace: traceOf(gateway, steps) };
}

function bindTarget(gateway: Gateway, event: EventPlan): Partial<EventSteps> {
  const { target } = event;
  switch (target.kind) {
    case 'handler':
      return bindHandler(gateway, target);
    case 'function':
      return bindFunction(gateway, target);
    default:
      return bindCall(gateway, event);
  }
}

/** Binds an event of an action proxy. The calls of a service of moleculer-io are enclosed by its action `call`. */
function bindCall(gateway: Gateway, event: EventPlan): Partial<EventSteps> {
  const { plan, service } = gateway;
  const enclosing = plan.moleculerIo?.enclose(gateway, event);
  if (!enclosing) return {};
  const endpoint = localEndpoint(service, 'call');
  return { enclosing, endpoint, action: endpoint?.action.name ?? '' };
}

/**
 * Binds a function of moleculer-io's settings. It answers through the ack that it gets as its last argument. What it returns
 * is no result.
 */
function bindFunction({ service }: Gateway, { call }: FunctionPlan): Partial<EventSteps> {
  const invoke = (_service: Service, ctx: SocketContext): unknown => {
    const ack = injectedAck(ctx);
    return call.apply(ctx.socket, ack ? [...ctx.args, ack] : [...ctx.args]);
  };
  return {
    answersItself: true,
    async run(ctx) {
      await runWithAck(invoke, service, ctx);
    },
  };
}

function bindHandler(
  { plan, service, broker }: Gateway,
  { member, answersItself, action: declared }: HandlerPlan,
): Partial<EventSteps> {
  const { actions } = service as object as { actions: LocalActions };
  const endpoint = localEndpoint(service, member);
  const call = actions[member];
  if (!endpoint || !call)
    throw new Error(`${plan.className}.${member}: a mixin or modification removed the action; keep it`);
  const action = endpoint.action.name;
  const checkLarge = checkLargeParams(broker, { ...declared, name: action });
  return {
    action,
    endpoint,
    answersItself,
    run(ctx) {
      // Calls by name ask the balancer, which skips an endpoint whose circuit breaker is open.
      if (!endpoint.state) throw new Errors.ServiceNotAvailableError({ action });
      const checked = checkLarge?.(ctx);
      return checked ? checked.then(() => call(ctx.params, { ctx })) : call(ctx.params, { ctx });
    },
  };
}
