import { PayloadTooLarge, RateLimitExceeded } from '../errors';
import type { GatewayRuntime } from './gateway-runtime';
import { isDeeperThan } from './payload-depth';
import type { SocketSession } from './socket-session';

/** A client that asks for more than the gateway can bear is refused before anything is made for it. */
export function refuseOverload(
  gateway: GatewayRuntime,
  session: SocketSession,
  args: readonly unknown[],
): void {
  const { maxPending, maxDepth } = gateway.plan.limits;
  if (session.pending > maxPending) {
    gateway.metrics?.exceeded(session.path, 'maxPending');
    throw new RateLimitExceeded('TOO_MANY_PENDING', { maxPending });
  }
  for (const arg of args) {
    if (typeof arg !== 'object' || !isDeeperThan(arg, maxDepth)) continue;
    gateway.metrics?.exceeded(session.path, 'maxDepth');
    throw new PayloadTooLarge({ maxDepth });
  }
}
