import type { SocketSession } from '../model';

/**
 * Takes a slot for an event of a socket: `limits.concurrency` of them run at the same time, first come, first served.
 *
 * @returns undefined if a slot is free; else a promise that resolves when the event has one
 */
export function acquireSlot(session: SocketSession): Promise<void> | undefined {
  if (session.running < session.gateway.plan.limits.concurrency) {
    session.running++;
    return undefined;
  }
  return new Promise((resolve) => (session.waiting ??= []).push(resolve));
}

/** Gives the slot of an event that is done to the next one that waits. */
export function releaseSlot(session: SocketSession): void {
  const next = session.waiting?.shift();
  if (next) next();
  else session.running--;
}

/** Wakes all events of a client that is gone. Each of them sees that the socket is disconnected. */
export function releaseWaiting(session: SocketSession): void {
  const { waiting } = session;
  if (!waiting) return;
  session.waiting = undefined;
  session.running += waiting.length;
  for (const wake of waiting) wake();
}
