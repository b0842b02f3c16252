import type { Socket } from 'socket.io';
import type { SocketContext } from './context';

/** A number of points within a duration. */
interface Rate {
  /** Number of points; a whole number. */
  points: number;
  /** Duration in seconds. */
  duration: number;
  /**
   * Stores the counts: a Redis client (`ioredis`, or `redis` 4 and later), so that all nodes count together, or a
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

/** Selects the key that points are counted by. */
export type RateLimitKey = 'socket' | 'user' | 'ip' | { bivariant(ctx: SocketContext): string }['bivariant'];

/** Limits how many sockets of one address may enter a namespace within a duration. */
export interface ConnectionRate extends Rate {
  /** Returns the key to count by in place of the address, for example the address that a proxy names. */
  key?: (socket: Socket) => string;
}

/** A store that counts points. */
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
