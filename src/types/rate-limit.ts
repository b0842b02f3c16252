import type { Socket } from 'socket.io';
import type { SocketContext } from './context';

/** How many points there are in how much time. */
interface Rate {
  /** How many; a whole number. */
  points: number;
  /** In how many seconds. */
  duration: number;
  /**
   * Where is counted: a client of Redis (`ioredis`, or `redis` 4 and later), so that all nodes count together, or a
   * limiter of rate-limiter-flexible. Default: the memory of this node.
   */
  store?: RateLimitStore;
}

/** Options of `@RateLimit`. */
export interface RateLimitOptions extends Rate {
  /**
   * What to count by: `'socket'` (default), the connection of the client: leaving a namespace and entering again brings no new points;
   * `'user'`, its `user.id`, else the address; `'ip'`, the address; or a function that returns a key. Clients without a known
   * address (behind a Unix socket) count together.
   */
  key?: RateLimitKey;
}

/** Whose points they are. */
export type RateLimitKey = 'socket' | 'user' | 'ip' | { bivariant(ctx: SocketContext): string }['bivariant'];

/** How many sockets of one address may enter a namespace in how much time. */
export interface ConnectionRate extends Rate {
  /** Gives the name that is counted in place of the address: behind a proxy, what the proxy says. */
  key?: (socket: Socket) => string;
}

/** What points are counted in. */
export type RateLimitStore = RedisClient | RateLimiter;

/** As much of a Redis client as both packages have in common. */
export interface RedisClient {
  eval(...args: never[]): unknown;
  multi(...args: never[]): unknown;
}

/** As much of a limiter of rate-limiter-flexible as is used. */
export interface RateLimiter {
  /** Settles with what is left, or rejects with an object that has `msBeforeNext`. */
  consume(key: string, points?: number): Promise<unknown>;
}
