import { PayloadTooLarge, RateLimitExceeded } from '../../errors';
import { isDeeperThan } from '../../plan/payload-depth';
import type { SocketSession } from '../model';

/**
 * Refuses an event over the limits of its socket, before anything is created for it.
 *
 * @throws RateLimitExceeded 429, PayloadTooLarge 413
 */
export function refuseOverload(session: SocketSession, args: readonly unknown[]): void {
  const { plan, metrics } = session.gateway;
  const { maxPending, maxPendingBytes, maxDepth } = plan.limits;
  if (session.pending > maxPending) throw tooManyPending(session);
  if (session.connection.pendingBytes > maxPendingBytes) throw tooManyBytes(session);
  for (const arg of args) {
    if (typeof arg !== 'object' || !isDeeperThan(arg, maxDepth)) continue;
    metrics?.exceeded(session.path, 'maxDepth');
    throw new PayloadTooLarge({ maxDepth });
  }
}

/** Counts a packet over `limits.maxPending`, and returns the error that refuses it. */
export function tooManyPending({ gateway, path }: SocketSession): RateLimitExceeded {
  const { maxPending } = gateway.plan.limits;
  gateway.metrics?.exceeded(path, 'maxPending');
  return new RateLimitExceeded('TOO_MANY_PENDING', { maxPending });
}

/** Counts a packet over `limits.maxPendingBytes`, and returns the error that refuses it. */
export function tooManyBytes({ gateway, path }: SocketSession): RateLimitExceeded {
  const { maxPendingBytes } = gateway.plan.limits;
  gateway.metrics?.exceeded(path, 'maxPendingBytes');
  return new RateLimitExceeded('TOO_MANY_PENDING_BYTES', { maxPendingBytes });
}
