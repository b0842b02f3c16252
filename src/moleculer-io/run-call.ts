import { callAction, resolveNamed, type ProxiedCall } from '../runtime/event/call-action';
import { eventOf } from '../runtime/event/event-context';
import { receiveResult } from '../runtime/event/owned-resources';
import { resolveExposed } from '../runtime/event/resolve-exposed';
import { saveUserAndRooms } from '../runtime/event/save-user-and-rooms';
import type { Gateway } from '../runtime/model';
import { checkRoles } from '../runtime/user/check-guard';
import type { ActionProxyOptions, SocketContext } from '../types';
import { metaOfSocket, setMeta } from './call-meta';
import type { CalledEvent } from './handler-items';

const NO_HOOKS: ActionProxyOptions = {};

/**
 * Runs a call of a client: whitelist and visibility, guard, before hook, action, after hook, user and rooms.
 *
 * @param requested the name of the action that the client sent
 * @returns the result of the action, or of the after hook
 * @throws what the call fails with
 */
export async function runCall(
  gateway: Gateway,
  event: CalledEvent,
  ctx: SocketContext,
  requested: string,
  params: unknown,
): Promise<unknown> {
  const { service } = gateway;
  const { socket } = ctx;
  const { onBeforeCall, onAfterCall } = event.target.kind === 'proxy' ? event.target.options : NO_HOOKS;
  const call = resolveCall(gateway, event, ctx, requested, params);
  const { options } = call;
  if (onBeforeCall) {
    if (options.meta === ctx.meta) options.meta = metaOfSocket(ctx);
    await onBeforeCall.call(service, ctx, socket, call.action, params, options);
  }
  if (options.meta !== ctx.meta) setMeta(ctx, options.meta);
  const before = ctx.meta.user;
  // A copy: what the hook has seen stays as it left it.
  let result = await callAction(ctx, { ...call, options: { ...options, meta: undefined } }, params);
  receiveResult(gateway, eventOf(ctx), result);
  if (onAfterCall) {
    const replaced = await onAfterCall.call(service, ctx, socket, result);
    if (replaced !== undefined) result = replaced;
    receiveResult(gateway, eventOf(ctx), result);
  }
  const saved = saveUserAndRooms(gateway, socket, ctx, before);
  if (saved) await saved;
  return result;
}

/** Returns the call that a client asks for, if it may make it. Hooks find in `ctx.params` what the action `call` was given. */
function resolveCall(
  gateway: Gateway,
  { target, guard }: CalledEvent,
  ctx: SocketContext,
  requested: string,
  params: unknown,
): ProxiedCall {
  const given = ctx.params;
  // The balancer may look at the params.
  ctx.params = params;
  try {
    const call =
      target.kind === 'proxy'
        ? resolveNamed(gateway, target, ctx, requested, params)
        : resolveExposed(gateway, target, ctx, requested);
    if (guard) checkRoles(guard, ctx.meta.user);
    return call;
  } finally {
    ctx.params = given;
  }
}
