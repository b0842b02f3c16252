import { isDeepStrictEqual } from 'node:util';
import type { EventSubscription, ForwardEventOptions } from '../types';

type Options = Readonly<Record<string, unknown>>;

/** The options of a Moleculer event. */
const OF_SUBSCRIPTION: readonly (keyof EventSubscription)[] = [
  'group',
  'params',
  'strategy',
  'strategyOptions',
  'tracing',
  'bulkhead',
  'debounce',
  'throttle',
];

/** The names of all options of `@ForwardEvent`. */
export const FORWARD_OPTIONS: readonly (keyof ForwardEventOptions)[] = [
  'as',
  'rooms',
  'except',
  'namespace',
  'volatile',
  'payload',
  ...OF_SUBSCRIPTION,
];

/** Returns the options for Moleculer. */
export function subscriptionOf(options: Options): Options {
  return Object.fromEntries(
    OF_SUBSCRIPTION.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}

/** Returns the options in which two definitions of one subscription differ. */
export function differences(one: Options, other: Options): string[] {
  return OF_SUBSCRIPTION.filter(
    (name) =>
      one[name] !== undefined && other[name] !== undefined && !isDeepStrictEqual(one[name], other[name]),
  );
}
