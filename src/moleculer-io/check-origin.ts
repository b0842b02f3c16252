import type { Service } from 'moleculer';
import { originMatches } from '../runtime/server/match-origin';

type AllowedOrigins = Parameters<typeof originMatches>[0];

/** Returns true if a setting like `cors.origin` allows an origin. The method of services, unless the application overrides it. */
export function checkOrigin(
  this: Service,
  origin: string,
  allowed: AllowedOrigins | ((origin: string) => unknown),
): unknown {
  return typeof allowed === 'function' ? allowed.call(this, origin) : originMatches(allowed, origin);
}
