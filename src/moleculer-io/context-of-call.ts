import type { Context } from 'moleculer';
import type { Socket } from 'socket.io';
import { finishEvent } from '../runtime/event/event-context';
import type { Gateway } from '../runtime/model';
import { findSession, sessionOf } from '../runtime/socket-io/socket-session';
import type { SocketContext } from '../types';
import { rememberMeta } from './call-meta';

/** Returns the gateway of a socket; undefined for anything else: the params of an action may come from another node. */
export function gatewayOf(socket: unknown): Gateway | undefined {
  return typeof socket === 'object' && socket !== null ? findSession(socket as Socket)?.gateway : undefined;
}

/**
 * Runs a call in the context of its event. If the application has called the action `call` itself, runs it in a context of its
 * own that is made of the context of that call.
 *
 * @param args the action and its params
 */
export async function runInContext(
  gateway: Gateway,
  ctx: Context,
  socket: Socket,
  args: readonly unknown[],
  run: (ctx: SocketContext) => Promise<unknown>,
): Promise<unknown> {
  if ((ctx as Partial<SocketContext>).socket === socket) return run(ctx as SocketContext);
  const own = await createContext(gateway, ctx, socket, args);
  let failure: unknown;
  try {
    return await run(own);
  } catch (error) {
    failure = error ?? new Error('nothing was thrown');
    throw error;
  } finally {
    finishEvent(own, failure);
  }
}

async function createContext(
  gateway: Gateway,
  parent: Context,
  socket: Socket,
  args: readonly unknown[],
): Promise<SocketContext> {
  const { brokerOfEvents, EventContext, service } = gateway;
  const meta = await service.socketGetMeta(socket);
  const ctx = new EventContext(brokerOfEvents, undefined, sessionOf(socket), 'call', args, { ...meta });
  rememberMeta(ctx);
  const { id, level, params, requestID, tracing } = parent;
  return Object.assign(ctx, {
    level: level + 1,
    meta: { ...parent.meta, ...ctx.meta },
    params,
    parentID: id,
    requestID,
    tracing,
  });
}
