import { Errors } from 'moleculer';
import { gatewayOf } from './gateway-of-socket';
import { guardSignal } from './guard-signal';
import type { SocketSession } from './socket-session';

/**
 * The `signal` of one event, made when a handler first asks for it. It is let go of when the event is done: nothing is
 * kept for handlers that have finished.
 */
export class EventAbort {
  private readonly controller = new AbortController();
  readonly signal: AbortSignal;

  constructor(private readonly session: SocketSession) {
    this.signal = guardSignal(this.controller.signal, gatewayOf(session.socket).report);
    if (session.socket.connected) (session.aborts ??= new Set()).add(this);
    else this.controller.abort(clientHasGone());
  }

  abort(reason: Error): void {
    this.controller.abort(reason);
  }

  /** The event is done. Its handler may still run if it took too long, and is told so. */
  finish(error: unknown): void {
    this.session.aborts?.delete(this);
    if (error instanceof Errors.RequestTimeoutError) this.controller.abort(error);
  }
}

/** Tells all handlers that run for a client that it has gone. */
export function abortAll(session: SocketSession): void {
  const { aborts } = session;
  if (!aborts) return;
  session.aborts = undefined;
  for (const one of aborts) one.abort(clientHasGone());
}

function clientHasGone(): Error {
  return new DOMException('the client has gone', 'AbortError');
}
