import type { BeforeHook, ResultHook } from '../compiler/plan';
import type { SocketContext } from '../types';
import { isPromise } from './errors/guarded';
import { toError } from './errors/wire-error';
import type { GatewayRuntime } from './gateway-runtime';

/** Runs the hooks before a handler. They may change `ctx.params`, `ctx.meta` and the options of the call. */
export async function runBeforeHooks(
  gateway: GatewayRuntime,
  hooks: readonly BeforeHook[],
  ctx: SocketContext,
  { action, options }: { action: string; options: object },
): Promise<void> {
  for (const hook of hooks) {
    if (!applies(hook, ctx)) continue;
    const call = hook.call as (this: unknown, ...args: unknown[]) => unknown;
    const done = call.call(gateway.service, ctx, ctx.socket, action, ctx.params, options);
    if (isPromise(done)) await done;
  }
}

/** Runs the hooks after a handler. What one returns, unless it is undefined, is the result from then on. */
export async function runAfterHooks(
  gateway: GatewayRuntime,
  hooks: readonly ResultHook[],
  ctx: SocketContext,
  result: unknown,
): Promise<unknown> {
  for (const hook of hooks) {
    if (!applies(hook, ctx)) continue;
    const replaced = await callResultHook(gateway, hook, ctx, result);
    if (replaced !== undefined) result = replaced;
  }
  return result;
}

/** Runs the hooks of a failed call until one returns; what it returns is the result. What the last one throws is the error. */
export async function runErrorHooks(
  gateway: GatewayRuntime,
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

function callResultHook(
  gateway: GatewayRuntime,
  hook: ResultHook,
  ctx: SocketContext,
  value: unknown,
): unknown {
  const call = hook.call as (this: unknown, ...args: unknown[]) => unknown;
  return call.call(gateway.service, ctx, ctx.socket, value);
}

function applies(hook: BeforeHook | ResultHook, ctx: SocketContext): boolean {
  return hook.matches === undefined || hook.matches(ctx.event);
}
