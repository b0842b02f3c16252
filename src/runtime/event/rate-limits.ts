import type * as limiters from 'rate-limiter-flexible';
import { isLimiter } from '../../plan/rate-limit-store';
import type { RateLimitPlan } from '../../plan/plan';
import { RateLimitExceeded, ServiceUnavailableError } from '../../errors';
import type { RateLimiter, RateLimitKey, SocketContext } from '../../types';
import { describeThrown, ignoreRejection } from '../errors/run-safely';
import type { Gateway, RateLimit } from '../model';
import { knownAddress } from '../socket-io/address';
import { connectionKey, forgetWithConnection } from '../socket-io/connection-keys';
import { userOf } from '../user/socket-user';

/** Makes the limiters of a gateway: one per declaration, so that the events of a class share its points. */
export class RateLimits {
  private readonly made = new Map<RateLimitPlan, RateLimit>();

  /** @param owner the full name of the service: the prefix of the keys in a store that gateways share */
  constructor(private readonly owner: string) {}

  of(plans: readonly RateLimitPlan[]): readonly RateLimit[] {
    return plans.map((plan) => {
      const known = this.made.get(plan) ?? rateLimitOf(plan, this.owner);
      this.made.set(plan, known);
      return known;
    });
  }
}

/**
 * Takes a point from each limit.
 *
 * @param path the label of the metrics
 * @param name the name of the limits in metrics and errors
 * @throws RateLimitExceeded 429 with `data.retryAfter` in seconds if a limit has no points left, ServiceUnavailableError 503
 *   if the store of a limit fails
 */
export async function takePoints(
  gateway: Gateway,
  limits: readonly RateLimit[],
  ctx: Pick<SocketContext, 'socket'>,
  path: string,
  name: 'rateLimit' | 'connections',
): Promise<void> {
  for (const limit of limits) {
    // The key of `limits.connections` reads only the socket.
    const key = limit.keyOf(ctx as SocketContext) as unknown;
    if (typeof key !== 'string' || key === '') {
      ignoreRejection(key);
      throw new TypeError(
        `the key of ${name} of ${gateway.plan.className} must be a string that is not empty`,
      );
    }
    // The points of a closed connection are forgotten, and no client waits for the event.
    if (limit.forget && !forgetWithConnection(ctx.socket.conn, limit)) throw new RateLimitExceeded();
    try {
      await limit.limiter.consume(key);
    } catch (refusal) {
      const error = asError(gateway, refusal);
      if (error instanceof RateLimitExceeded) gateway.metrics?.exceeded(path, name);
      throw error;
    }
  }
}

function asError(gateway: Gateway, refusal: unknown): Error {
  const wait = waitOf(refusal);
  if (wait !== undefined) {
    return new RateLimitExceeded(null, { retryAfter: Math.max(Math.ceil(wait / 1000), 1) });
  }
  // Fails closed: the application has chosen the store, and may choose a limiter with an insurance.
  gateway.logger.error(
    `${gateway.plan.className}: the store of a rate limit failed: ${describeThrown(refusal)}`,
  );
  return new ServiceUnavailableError('RATE_LIMITER_UNAVAILABLE');
}

/** Returns the milliseconds until there are points again; undefined if the limiter has failed. */
function waitOf(refusal: unknown): number | undefined {
  try {
    if (refusal instanceof Error) return undefined;
    const { msBeforeNext } = refusal as { msBeforeNext?: unknown };
    return typeof msBeforeNext === 'number' ? msBeforeNext : undefined;
  } catch {
    return undefined;
  }
}

function rateLimitOf(plan: RateLimitPlan, owner: string): RateLimit {
  const { limiter, memory } = limiterOf(plan, owner);
  const forget =
    plan.key === 'socket' && memory
      ? (key: string): void => {
          // It is in memory: the promise is settled, and does not reject.
          void memory.delete(key);
        }
      : undefined;
  return { limiter, keyOf: keyOf(plan.key), forget };
}

/** Returns a limiter, and the one among its parts that keeps keys in the memory of this node. */
function limiterOf(
  { points, duration, store, scope }: RateLimitPlan,
  owner: string,
): { readonly limiter: RateLimiter; readonly memory: limiters.RateLimiterMemory | undefined } {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- most gateways have no limits of this kind
  const { RateLimiterMemory, RateLimiterRedis } = require('rate-limiter-flexible') as typeof limiters;
  if (isLimiter(store)) {
    return {
      limiter: store as RateLimiter,
      memory: store instanceof RateLimiterMemory ? store : undefined,
    };
  }
  const options = { points, duration, keyPrefix: `${owner}.${scope}` };
  const memory = new RateLimiterMemory(options);
  if (!store) return { limiter: memory, memory };
  const limiter = new RateLimiterRedis({
    ...options,
    storeClient: store,
    // Clients of `ioredis` have this method, those of `redis` do not.
    useRedisPackage: !('defineCommand' in store),
    // While Redis is unreachable, each node counts in its own memory.
    rejectIfRedisNotReady: true,
    insuranceLimiter: memory,
  });
  return { limiter, memory };
}

function keyOf(key: RateLimitKey): RateLimit['keyOf'] {
  switch (key) {
    case 'socket':
      return ({ socket }) => connectionKey(socket.conn);
    case 'ip':
      return ({ socket }) => network(knownAddress(socket.handshake.address));
    case 'user':
      return ({ socket }) =>
        nameOfUser(userOf(socket)) ?? `ip:${network(knownAddress(socket.handshake.address))}`;
    default:
      return key;
  }
}

function nameOfUser(user: unknown): string | undefined {
  const id = typeof user === 'object' ? (user as { id: unknown } | null)?.id : user;
  return typeof id === 'string' || typeof id === 'number' ? `user:${id}` : undefined;
}

/** Returns the network of an address. A client with one IPv6 address has the whole /64 network, which counts as one. */
export function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter(Boolean);
  if (tail !== undefined) {
    const rest = tail.split(':').filter(Boolean);
    while (groups.length + rest.length < 8) groups.push('0');
    groups.push(...rest);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
