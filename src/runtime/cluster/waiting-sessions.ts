import type { HandedSessions } from './handed-sessions';
import type { RecoverableSessions } from './recoverable-sessions';

/** Sessions of a namespace that this node does not have wait so long for it. */
const MAX_WAIT_MS = 120_000;
/** Sessions of so many namespaces wait at most. */
const MAX_NAMESPACES = 1000;

/** Sessions of nodes that have drained, in namespaces that this node opens when a client comes. */
export class WaitingSessions {
  private readonly waiting = new Map<string, HandedSessions[]>();

  /** @param recoverable undefined if the namespace is not there yet */
  receive(namespace: string, sessions: HandedSessions, recoverable: RecoverableSessions | undefined): void {
    if (recoverable) {
      recoverable.adopt(sessions);
      return;
    }
    const others = this.waiting.get(namespace);
    if (others) others.push(sessions);
    else if (this.waiting.size < MAX_NAMESPACES) {
      this.waiting.set(namespace, [sessions]);
      setTimeout(() => this.waiting.delete(namespace), MAX_WAIT_MS).unref();
    }
  }

  /** Gives a namespace that was created the sessions that wait for it. */
  claim(namespace: string, recoverable: RecoverableSessions | undefined): void {
    for (const sessions of this.waiting.get(namespace) ?? []) recoverable?.adopt(sessions);
    this.waiting.delete(namespace);
  }
}
