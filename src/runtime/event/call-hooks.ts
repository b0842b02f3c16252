import type { BeforeHook, ResultHook } from '../../plan/plan';
import type { SocketContext } from '../../types';
import { isPromise } from '../errors/run-safely';
import { toError } from '../errors/to-error';
import type { Gateway } from '../model';
import { eventOf } from './event-context';
import { receiveResult } from './owned-resources';

/**
 * Runs the hooks before a handler. They may change `ctx.params`, `ctx.meta` and the options of the call.
 *
 * @returns undefined if none of them was async
 */
export function runBeforeHooks(
  gateway: Gateway,
  hooks: readonly BeforeHook[],
  ctx: SocketContext,
  call: { action: string; options: object },
  from = 0,
): Promise<void> | undefined {
  for (let at = from; at < hooks.length; at++) {
    const hook = hooks[at];
    if (!hook || !applies(hook, ctx)) continue;
    const run = hook.call as (this: unknown, ...args: unknown[]) => unknown;
    const done = run.call(gateway.service, ctx, ctx.socket, call.action, ctx.params, call.options);
    if (isPromise(done)) {
      return Promise.resolve(done).then(() => runBeforeHooks(gateway, hooks, ctx, call, at + 1));
    }
  }
  return undefined;
}

/**
 * Runs the hooks after a handler. What one returns, unless it is undefined, is the result from then on.
 *
 * @returns the result, or a promise of it where a hook was async
 */
export function runAfterHooks(
  gateway: Gateway,
  hooks: readonly ResultHook[],
  ctx: SocketContext,
  result: unknown,
  from = 0,
): unknown {
  for (let at = from; at < hooks.length; at++) {
    const hook = hooks[at];
    if (!hook || !applies(hook, ctx)) continue;
    const before = result;
    // The next hook may replace what the last one has returned.
    if (at > 0) receiveResult(gateway, eventOf(ctx), before);
    const replaced = callResultHook(gateway, hook, ctx, before);
    if (isPromise(replaced)) {
      return Promise.resolve(replaced).then((late) =>
        runAfterHooks(gateway, hooks, ctx, late === undefined ? before : late, at + 1),
      );
    }
    if (replaced !== undefined) result = replaced;
  }
  return result;
}

/** Runs the hooks of a failed call until one returns; what it returns is the result. What the last one throws is the error. */
export async function runErrorHooks(
  gateway: Gateway,
  hooks: readonly ResultHook[],
  ctx: SocketContext,
  error: Error,
): Promise<unknown> {
  for (const hook of hooks) {
    if (!applies(hook, ctx)) continue;
    try {
      return await callResultHook(gateway, hook, ctx, error);
    } catch (thrown) {
      error = toError(thrown);
    }
  }
  throw error;
}

function callResultHook(gateway: Gateway, hook: ResultHook, ctx: SocketContext, value: unknown): unknown {
  const call = hook.call as (this: unknown, ...args: unknown[]) => unknown;
  return call.call(gateway.service, ctx, ctx.socket, value);
}

function applies(hook: BeforeHook | ResultHook, ctx: SocketContext): boolean {
  return hook.matches === undefined || hook.matches(ctx.event);
}
