import { takeAckBack } from '../../plan/injected-ack';
import type { SocketContext } from '../../types';
import { isPromise } from '../errors/run-safely';
import { toError } from '../errors/to-error';
import type { EventSteps, Gateway } from '../model';
import { checkPolicies, checkRoles } from '../user/check-guard';
import { isTimeout } from './abort-signal';
import { callAction, replaceMeta, resolveAction, type ProxiedCall } from './call-action';
import { runAfterHooks, runBeforeHooks, runErrorHooks } from './call-hooks';
import { eventOf, exchangeOf, finishEvent } from './event-context';
import type { EventRun } from './event-run';
import { receiveResult } from './owned-resources';
import { checkUpload, runWithUpload } from './run-with-upload';
import { resolveExposed } from './resolve-exposed';
import { answeringOf } from './stream-terms';
import { saveUserAndRooms } from './save-user-and-rooms';
import { validateArguments } from './validate-arguments';

/**
 * Runs the steps of one event: guards, validation, before hooks, handler or action, after hooks, user and rooms.
 * Middlewares of the broker may be around them.
 *
 * @param run receives the answer; undefined if middlewares are around the event, which then answer it
 * @throws what the event fails with, if there is no run
 */
export async function runSteps(
  gateway: Gateway,
  event: EventSteps,
  ctx: SocketContext,
  run?: EventRun,
): Promise<unknown> {
  const { guard, hooks, target } = event.plan;
  try {
    let call: ProxiedCall | undefined;
    if (target.kind === 'proxy') call = resolveAction(gateway, target, ctx);
    else if (target.kind === 'action') call = resolveExposed(gateway, target, ctx);
    if (guard) checkRoles(guard, ctx.meta.user);
    if (target.kind === 'handler') {
      const validated = validateArguments(target.bodies, ctx);
      if (validated) await validated;
    }
    if (guard && guard.policies.length > 0) await checkPolicies(guard, ctx, gateway.service);
    const exchange = exchangeOf(ctx);
    checkUpload(event, exchange);

    let result: unknown;
    let isPlain: boolean;
    try {
      if (hooks.before.length > 0) {
        const asked = call ?? { action: event.action, options: ctx.options };
        const hooked = runBeforeHooks(gateway, hooks.before, ctx, asked);
        if (hooked) await hooked;
      }
      if (call) replaceMeta(ctx, call.options);
      if (exchange) exchange.answering = answeringOf(event, ctx, call);
      const before = ctx.meta.user;
      result = await (exchange?.upload
        ? runWithUpload(gateway, event, ctx, call, exchange)
        : call
          ? callAction(ctx, call, ctx.params)
          : event.run(ctx));
      isPlain = receiveResult(gateway, eventOf(ctx), result);
      if (hooks.after.length > 0) {
        result = runAfterHooks(gateway, hooks.after, ctx, result);
        if (isPromise(result)) result = await result;
        isPlain = receiveResult(gateway, eventOf(ctx), result);
      }
      const saved = saveUserAndRooms(gateway, ctx.socket, ctx, before);
      if (saved) await saved;
    } catch (error) {
      if (hooks.error.length === 0) throw error;
      // After a timeout the handler still runs, whatever the hooks return.
      if (isTimeout(error)) finishEvent(ctx, error);
      result = await runErrorHooks(gateway, hooks.error, ctx, toError(error));
      isPlain = receiveResult(gateway, eventOf(ctx), result);
      if (event.answersItself) takeAckBack(ctx);
    }
    const streaming = run?.succeed(result, isPlain);
    if (streaming) await streaming;
    return result;
  } catch (error) {
    if (!run) throw error;
    run.fail(error);
    return undefined;
  } finally {
    run?.end();
  }
}
