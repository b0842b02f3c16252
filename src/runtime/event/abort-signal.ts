import { Errors } from 'moleculer';
import type { SocketContext } from '../../types';
import { gatewayOf } from '../socket-io/socket-session';
import { guardSignal } from './safe-signal';
import type { SocketSession } from '../model';

/** The signals of the events of a socket that run, by their contexts; only of those whose handlers asked for one. */
export type EventAborts = Map<object, AbortController>;

/** What became of an event: its session while it runs, the timeout that it ended with, or nothing. */
export type EventState = SocketSession | Error | undefined;

/** The `signal` of an event, made when somebody first asks for it. */
export function makeSignal(state: EventState, ctx: SocketContext): AbortSignal {
  const controller = new AbortController();
  guardSignal(controller.signal, gatewayOf(ctx.socket).report);
  if (state instanceof Error) controller.abort(state);
  else if (!ctx.socket.connected) controller.abort(clientHasGone());
  else if (state) (state.aborts ??= new Map()).set(ctx, controller);
  return controller.signal;
}

/**
 * Lets go of the signal of an event that is done: nothing is kept for handlers that have finished.
 *
 * @param failure what the event failed with; a handler that took too long still runs, and is told so
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

/** Tells all handlers that run for a client that it has gone. */
export function abortAll(session: SocketSession): void {
  const { aborts } = session;
  if (!aborts) return;
  session.aborts = undefined;
  for (const controller of aborts.values()) controller.abort(clientHasGone());
}

/** Whether an event took longer than its timeout. */
export function isTimeout(failure: unknown): failure is Error {
  try {
    return failure instanceof Errors.RequestTimeoutError;
  } catch {
    // A proxy that does not even say what it is.
    return false;
  }
}

function clientHasGone(): Error {
  return new DOMException('the client has gone', 'AbortError');
}
