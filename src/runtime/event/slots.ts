import type { SocketSession } from '../model';

/**
 * Lets only so many events of a socket run at the same time, first come, first served.
 *
 * @returns undefined if the event may run at once
 */
export function awaitTurn(session: SocketSession, concurrency: number): Promise<void> | undefined {
  if (session.running < concurrency) {
    session.running++;
    return undefined;
  }
  return new Promise((resolve) => (session.waiting ??= []).push(resolve));
}

/** An event that has had its turn passes it on. */
export function passTurn(session: SocketSession): void {
  const next = session.waiting?.shift();
  if (next) next();
  else session.running--;
}

/** The client has gone: nobody waits any more, and each of those that did finds that out. */
export function dropWaiting(session: SocketSession): void {
  const { waiting } = session;
  if (!waiting) return;
  session.waiting = undefined;
  session.running += waiting.length;
  for (const wake of waiting) wake();
}
