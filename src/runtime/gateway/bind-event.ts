import type { Context, Service } from 'moleculer';
import type { SocketContext } from '../../types';
import type { GatewayMetrics } from '../observe/gateway-metrics';
import {
  contextOfCall,
  hooksOf,
  type ActionEndpoint,
  type ActionHandler,
  type ActionHook,
} from '../moleculer/internals';

type LocalActions = Record<string, (params: unknown, options?: { ctx?: Context }) => PromiseLike<unknown>>;

/** Runs the action that a handler is, in the context of an event. */
export type RunAction = (ctx: SocketContext) => PromiseLike<unknown>;

/**
 * The way of events to the action that a handler is, through all of Moleculer's middlewares.
 *
 * Its middleware for metrics makes a key of labels nine times for a call. The labels of events are always the same, so
 * for events a meter tells the same metrics, of many events at once. Every other way to the action is measured by
 * Moleculer; behind that, all ways are one, since middlewares count what runs.
 *
 * @returns undefined if the service has no such action any more
 */
export function handlerAction(
  service: Service,
  metrics: GatewayMetrics | undefined,
  member: string,
  endpoint: ActionEndpoint,
): RunAction | undefined {
  const { broker } = service;
  const { actions } = service as object as { actions: LocalActions };
  const call = actions[member];
  const measuring = metrics?.measuring;
  if (!call || !measuring) return call && ((ctx) => call(ctx.params, { ctx }));

  const { action } = endpoint;
  const run = hooksOf<ActionHook>(broker, 'localAction')
    .filter((hook) => hook !== measuring)
    .reduce<ActionHandler>((next, hook) => hook.call(broker, next, action), action.handler);
  const runMeasured = measuring.call(broker, run, action);
  actions[member] = (params, options = {}) =>
    runMeasured(options.ctx ?? contextOfCall(broker, endpoint, params, options));

  const meter = metrics.action(service.fullName, action.name);
  return (ctx) => {
    if (ctx.level !== 1 || ctx.caller) return runMeasured(ctx);
    const beganAt = meter.begin();
    return run(ctx).then(
      (result) => {
        meter.end(beganAt);
        return result;
      },
      (error: unknown) => {
        meter.fail(beganAt, error);
        throw error;
      },
    );
  };
}
