import { PayloadTooLarge, RateLimitExceeded } from '../../errors';
import { isDeeperThan } from './payload-depth';
import type { SocketSession } from '../model';

/** A client that asks for more than the gateway can bear is refused before anything is made for it. */
export function refuseOverload(session: SocketSession, args: readonly unknown[]): void {
  const { plan, metrics } = session.gateway;
  const { maxPending, maxDepth } = plan.limits;
  if (session.pending > maxPending) throw tooManyPending(session);
  for (const arg of args) {
    if (typeof arg !== 'object' || !isDeeperThan(arg, maxDepth)) continue;
    metrics?.exceeded(session.path, 'maxDepth');
    throw new PayloadTooLarge({ maxDepth });
  }
}

/** Counts a packet that is one too many, and says so. */
export function tooManyPending({ gateway, path }: SocketSession): RateLimitExceeded {
  const { maxPending } = gateway.plan.limits;
  gateway.metrics?.exceeded(path, 'maxPending');
  return new RateLimitExceeded('TOO_MANY_PENDING', { maxPending });
}
