import type { Service } from 'moleculer';
import { runWithAck } from '../../plan/injected-ack';
import type { HandlerPlan } from '../../plan/plan';
import type { SocketContext } from '../../types';
import { isResource } from '../answer/resource';
import { sessionOf } from '../socket-io/socket-session';
import { eventOf } from './event-context';
import { hasClosedResources, receiveResult } from './owned-resources';

/**
 * Runs the method that handles an event, inside of Moleculer's middlewares. They may keep its result from the event: after a
 * timeout, or if a hook of the service replaces it. A stream in it must be closed all the same.
 */
export function runHandler(handler: HandlerPlan, service: Service, ctx: SocketContext): unknown {
  const { invoke, answersItself } = handler;
  const result = answersItself ? runWithAck(invoke, service, ctx) : invoke(service, ctx);
  if (typeof result !== 'object' || result === null) return result;
  const hooked = isHooked(handler, service);
  if (!(result instanceof Promise)) receiveEarly(ctx, result, hooked);
  else if (hooked || Number(ctx.options.timeout) > 0) {
    result.then(
      (late: unknown) => {
        receiveEarly(ctx, late, hooked);
      },
      () => undefined,
    );
  }
  return result;
}

/** Returns true if Moleculer's hooks may replace the result of the handler. */
function isHooked({ action }: HandlerPlan, { schema }: Service): boolean {
  return action['hooks'] !== undefined || schema.hooks !== undefined;
}

/** Receives a result before the event does. If the event will receive it, too, looks only whether it is a stream itself. */
function receiveEarly(ctx: SocketContext, result: unknown, hooked: boolean): void {
  const event = eventOf(ctx);
  if (hooked || hasClosedResources(event) || (typeof result === 'object' && result && isResource(result)))
    receiveResult(sessionOf(ctx.socket).gateway, event, result);
}
