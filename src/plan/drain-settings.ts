import { inspect } from 'node:util';
import type { DrainOptions, DrainSettings } from '../types';
import { MAX_DELAY_MS } from './max-delay';
import { isBelow, socketPath } from './request-paths';

/** The times of a drain, in milliseconds. */
export type DrainPlan = Required<DrainSettings>;

const DEFAULTS: DrainPlan = { window: 10_000, grace: 5_000, delay: 0 };
const TIMES = Object.keys(DEFAULTS) as (keyof DrainPlan)[];

/** Returns how a gateway with this setting drains, whether it does so before its broker stops or not. */
export function drainPlan(
  setting: DrainSettings | boolean | undefined,
  options: DrainOptions = {},
): DrainPlan {
  const given = typeof setting === 'object' ? setting : {};
  const time = (name: keyof DrainPlan): number =>
    (options as DrainSettings)[name] ?? given[name] ?? DEFAULTS[name];
  return { window: time('window'), grace: time('grace'), delay: time('delay') };
}

/** Returns true if a gateway with this setting drains before its broker stops. */
export function drainsBeforeStop(setting: DrainSettings | boolean | undefined): boolean {
  return setting === undefined ? process.env['NODE_ENV'] === 'production' : setting !== false;
}

/** Returns what is wrong with the setting `drain`; undefined if nothing is. */
export function problemOfDrain(setting: unknown): string | undefined {
  if (setting === undefined || typeof setting === 'boolean') return undefined;
  return problemOfTimes(
    setting,
    'settings.drain must be true, false or an object, not',
    TIMES,
    'settings.drain.',
  );
}

/** Returns what is wrong with the options of the method `drain()`; undefined if nothing is. */
export function problemOfDrainOptions(options: unknown): string | undefined {
  if (options === undefined) return undefined;
  return problemOfTimes(
    options,
    'the options of drain() must be an object, not',
    ['window', 'grace'],
    'the option ',
  );
}

function problemOfTimes(
  times: unknown,
  rule: string,
  known: readonly string[],
  prefix: string,
): string | undefined {
  if (typeof times !== 'object' || times === null || Array.isArray(times))
    return `${rule} ${inspect(times, { depth: 0 })}: { window: 10_000 }`;
  for (const [name, value] of Object.entries(times) as [string, unknown][]) {
    if (!known.includes(name)) return `${prefix}${name} is unknown; write ${listOf(known)}`;
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0 && value <= MAX_DELAY_MS))
      return `${prefix}${name} must be a number of milliseconds from 0 to ${MAX_DELAY_MS}, not ${inspect(value, { depth: 0 })}`;
  }
  return undefined;
}

function listOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${String(names.at(-1))}`;
}

/**
 * Returns what is wrong with the setting `readiness`; undefined if nothing is.
 *
 * @param ioPath the option `path` of Socket.IO, which answers what lies below it
 */
export function problemOfReadiness(setting: unknown, ioPath?: string): string | undefined {
  if (setting === undefined || setting === false) return undefined;
  if (typeof setting !== 'string' || !/^\/[^\s?#]*$/.test(setting))
    return `settings.readiness must be a path that begins with '/', as '/ready', or false, not ${inspect(setting, { depth: 0 })}`;
  const parent = socketPath(ioPath);
  if (!isBelow(setting, parent)) return undefined;
  return `settings.readiness must not be below '${parent}/', where Socket.IO answers: give it another path, as '/ready'`;
}
