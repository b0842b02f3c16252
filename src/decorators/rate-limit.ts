import { recordClass, recordMember } from '../metadata/storage';
import type { GatewayShape, RateLimitOptions } from '../types';
import { placeDecorator } from './place-decorator';

/** Stands on a class, or on an event. */
export interface RateLimitDecorator {
  (target: abstract new (...args: never[]) => GatewayShape): void;
  (target: GatewayShape, member: string | symbol, descriptor?: PropertyDescriptor): void;
}

/**
 * Lets a client do something only so often: an event, or, on a class, all events of the gateway together. One more is
 * answered with `RateLimitExceeded` 429, whose `data.retryAfter` says after how many seconds to come back.
 *
 * @param options `points` events in `duration` seconds, counted for each `key`: `'socket'` (default), the connection;
 *   `'user'`; `'ip'`; or a function of the context. `store`: a Redis client, where several nodes count together, or a limiter of
 *   rate-limiter-flexible; default: the memory of this node. Several decorators must all hold.
 * @example
 * @RateLimit({ points: 5, duration: 60, key: 'ip' })
 * @SocketEvent()
 * login(@MessageBody() credentials: Credentials) { … }
 */
export function RateLimit(options: RateLimitOptions, ...applied: []): RateLimitDecorator {
  const given = [options, ...applied];
  return placeDecorator('@RateLimit()', ['class', 'member'], given, (target, member) => {
    if (member === undefined) recordClass(target as { prototype: unknown }, { kind: 'rateLimit', options });
    else recordMember(target, member, { kind: 'rateLimit', options });
  });
}
