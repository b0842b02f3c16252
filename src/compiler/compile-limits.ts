import type { LimitsPlan } from '../plan/plan';
import type { Problems } from './problems';
import { didYouMean } from './similar-names';

const DEFAULTS: LimitsPlan = {
  concurrency: Infinity,
  maxPending: 256,
  maxDepth: 64,
  maxBufferedBytes: 16 * 1024 * 1024,
  maxPendingBytes: 16 * 1024 * 1024,
  maxNamespaces: 100,
  maxRefusals: 20,
  streams: 8,
  handshakeTimeout: 10_000,
  ackTimeout: 10_000,
};

/** Completes the limits of a gateway, all of which are on by default. */
export function compileLimits(given: unknown, problems: Problems): LimitsPlan {
  const limits: { -readonly [Name in keyof LimitsPlan]: LimitsPlan[Name] } = { ...DEFAULTS };
  if (given === undefined) return limits;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    problems.add(undefined, 'limits must be an object: { maxPending: 100 }');
    return limits;
  }
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    if (name === 'connections') continue;
    if (!isLimit(name)) {
      const names = [...Object.keys(DEFAULTS), 'connections'];
      const hint = didYouMean(name, names) || `; there are ${names.join(', ')}`;
      problems.add(undefined, `limits.${name} does not exist${hint}`);
    } else if (typeof value === 'number' && value > 0) {
      limits[name] = value;
    } else if (value !== undefined) {
      const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
      problems.add(
        undefined,
        `limits.${name} must be a number above 0, not ${shown}; Infinity switches it off`,
      );
    }
  }
  return limits;
}

function isLimit(name: string): name is keyof LimitsPlan {
  return Object.hasOwn(DEFAULTS, name);
}
