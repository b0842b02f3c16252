import { Errors } from 'moleculer';
import type { SocketContext } from '../../types';
import { makeSignalSafe } from './safe-signal';
import type { EventState, SocketSession } from '../model';
import { sessionOf } from '../socket-io/socket-session';

/** Returns the `signal` of an event. Called when a handler first reads it. */
export function makeSignal(state: EventState, ctx: SocketContext): AbortSignal {
  const controller = new AbortController();
  makeSignalSafe(controller.signal, sessionOf(ctx.socket).gateway.report);
  if (state instanceof Error) controller.abort(state);
  else if (!isThere(ctx)) controller.abort(clientIsGone());
  else if (state) (state.aborts ??= new Map()).set(ctx, controller);
  return controller.signal;
}

/**
 * Forgets the signal of an event that is done. If the event failed with a timeout, its handler still runs: the signal fires.
 *
 * @param failure what the event failed with; undefined if it succeeded
 */
export function finishSignal(session: SocketSession, ctx: SocketContext, failure: unknown): EventState {
  const timeout = failure !== undefined && isTimeout(failure) ? failure : undefined;
  const controller = session.aborts?.get(ctx);
  if (controller) {
    session.aborts?.delete(ctx);
    if (timeout) controller.abort(timeout);
  }
  return timeout;
}

/** Fires the signal of an event whose stream is no longer wanted, or has failed. */
export function abortEvent(session: SocketSession, ctx: SocketContext, reason: Error): void {
  const controller = session.aborts?.get(ctx);
  session.aborts?.delete(ctx);
  controller?.abort(reason);
}

/**
 * Fires the signals of all events of a client that is gone, or of a handshake that was refused.
 *
 * @param reason by default an AbortError that says that the client has gone
 */
export function abortAll(session: SocketSession, reason?: unknown): void {
  const { aborts } = session;
  if (!aborts) return;
  session.aborts = undefined;
  for (const controller of aborts.values()) controller.abort(reason ?? clientIsGone());
}

/** Returns true if an event took longer than its timeout. */
export function isTimeout(failure: unknown): failure is Error {
  try {
    return failure instanceof Errors.RequestTimeoutError;
  } catch {
    // A proxy whose prototype cannot be read.
    return false;
  }
}

/** Returns true while the client is connected, or, in a context that has no event, while it connects. */
function isThere({ event, socket }: SocketContext): boolean {
  return (
    socket.connected || ((event as string | undefined) === undefined && socket.conn.readyState === 'open')
  );
}

function clientIsGone(): Error {
  return new DOMException('the client has gone', 'AbortError');
}
