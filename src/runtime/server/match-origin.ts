import type { ServerOptions } from 'socket.io';
import { compilePattern, compileWildcard, type Matcher } from '../../plan/patterns';

/** The options of CORS. */
export type CorsOptions = Exclude<NonNullable<ServerOptions['cors']>, (...args: never[]) => unknown>;
/** A setting `cors.origin`. */
export type Origin = CorsOptions['origin'];
/** A setting `cors.origin` that is no function. */
export type AllowedOrigins = Exclude<Origin, (...args: never[]) => unknown>;

/** A host has at most 253 characters; scheme and port fit beside it. A longer origin is refused before it is matched. */
export const MAX_ORIGIN_LENGTH = 300;

/**
 * Returns true if a setting like `cors.origin` allows an origin. A string may list origins with commas and use `*` as a
 * wildcard, as in moleculer-web.
 */
export function originMatches(allowed: AllowedOrigins, origin: string): boolean {
  return compileOrigins(allowed)(origin);
}

/** Compiles a setting like `cors.origin`. A list allows no origin that is too long; what is no list allows none. */
export function compileOrigins(allowed: AllowedOrigins): Matcher {
  if (allowed === undefined || typeof allowed === 'boolean') return () => allowed !== false;
  if (typeof allowed === 'string') {
    const matchers = allowed.split(',').map((one) => compileWildcard(one.trim()));
    return (origin) => origin.length <= MAX_ORIGIN_LENGTH && matchers.some((matches) => matches(origin));
  }
  if (allowed instanceof RegExp) {
    const matches = compilePattern(allowed);
    return (origin) => origin.length <= MAX_ORIGIN_LENGTH && matches(origin);
  }
  const matchers = Array.isArray(allowed) ? allowed.map(compileOrigins) : [];
  return (origin) => matchers.some((matches) => matches(origin));
}
