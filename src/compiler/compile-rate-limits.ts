import type { ConnectionRate, RateLimitOptions } from '../types';
import type { RateLimitPlan } from '../plan/plan';
import { isLimiter } from '../plan/rate-limit-store';
import type { Problems } from './problems';
import { didYouMean } from './similar-names';

/** A rate limit as it was written, before it is checked. */
type Unchecked = Readonly<Partial<Record<string, unknown>>>;

const NAMES = ['points', 'duration', 'key', 'store'];

/**
 * Compiles the `@RateLimit` decorators of a class or of one of its members: each of them must hold.
 *
 * @param member undefined for the class
 */
export function compileRateLimits(
  declared: readonly { readonly options: RateLimitOptions }[],
  member: string | undefined,
  problems: Problems,
): RateLimitPlan[] {
  return declared.flatMap(({ options }, at) => {
    const report = (what: string): void => {
      problems.add(member, `@RateLimit ${what}`);
    };
    const { key = 'socket' } = checked(options, '{ points: 10, duration: 1 }', report);
    if (typeof key !== 'function' && key !== 'socket' && key !== 'user' && key !== 'ip') {
      report(`takes 'socket', 'user', 'ip' or a function of the context for its key, not ${shown(key)}`);
    }
    return { ...options, key, scope: `${member ?? 'class'}.${at}` } as RateLimitPlan;
  });
}

/** Compiles `limits.connections`: sockets that want to enter, counted by address. */
export function compileConnectionRate(given: unknown, problems: Problems): RateLimitPlan | undefined {
  if (given === undefined) return undefined;
  const report = (what: string): void => {
    problems.add(undefined, `limits.connections ${what}`);
  };
  const { key } = checked(given, '{ points: 100, duration: 60 }', report);
  if (key !== undefined && typeof key !== 'function') {
    report(`takes a function of the socket for its key, not ${shown(key)}; without one it is the address`);
  }
  const own = key as ConnectionRate['key'];
  return {
    ...(given as ConnectionRate),
    key: own ? ({ socket }) => own(socket) : 'ip',
    scope: 'connections',
  };
}

function checked(options: unknown, example: string, report: (what: string) => void): Unchecked {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    report(`takes an object: ${example}`);
    return {};
  }
  const { points, duration, store } = options as Unchecked;
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name))
      report(`has no option ${name}${didYouMean(name, NAMES) || `; there are ${NAMES.join(', ')}`}`);
  }
  if (!(Number.isInteger(points) && (points as number) > 0))
    report(`needs points, a whole number above 0: ${example}`);
  if (!(typeof duration === 'number' && duration > 0 && Number.isFinite(duration)))
    report(`needs a duration in seconds, above 0: ${example}`);
  if (store !== undefined) checkStore(options as Unchecked, report);
  return options as Unchecked;
}

function checkStore({ points, duration, store }: Unchecked, report: (what: string) => void): void {
  if (isLimiter(store)) {
    const { points: its, duration: lasts } = store as Unchecked;
    if ((its !== undefined && its !== points) || (lasts !== undefined && lasts !== duration)) {
      report(
        `says ${String(points)} points in ${String(duration)} s, and its store, a limiter, ` +
          `${String(its)} in ${String(lasts)} s; make them the same`,
      );
    }
  } else if (!isRedisClient(store)) {
    report(
      `takes a client of Redis or a limiter of rate-limiter-flexible for its store, not ${shown(store)}`,
    );
  } else if (typeof duration === 'number' && !Number.isInteger(duration)) {
    report(`counts in Redis by whole seconds; make its duration a whole number`);
  }
}

function isRedisClient(store: unknown): boolean {
  const { eval: run, multi } = (store ?? {}) as { eval?: unknown; multi?: unknown };
  return typeof run === 'function' && typeof multi === 'function';
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : typeof value;
}
