import type { StreamOptions } from '../types';
import type { StreamPlan } from './plan';

const DEFAULT_IDLE_MS = 30_000;
const NAMES: readonly string[] = ['maxBytes', 'idle', 'objects'] satisfies (keyof StreamOptions)[];

/** Defaults for actions with `streams: true`: they may run on another node, and may expect bytes. */
const OF_ACTIONS = { upload: 'optional', objects: false } as const;

/**
 * Reads the option `streams` of a proxy, of exposed actions, or of one exposed action.
 *
 * @param option its name, for messages
 * @param report is told what is wrong, and what to write instead
 * @returns undefined without streams
 */
export function readActionStreams(
  streams: unknown,
  option: string,
  report: (what: string) => void,
): StreamPlan | undefined {
  if (streams === undefined || streams === null || streams === false) return undefined;
  return readStreamOptions(streams === true ? {} : streams, option, OF_ACTIONS, report);
}

/** Completes the limits of streams. Without options, all of them are the defaults. */
export function readStreamOptions(
  given: unknown,
  option: string,
  defaults: Pick<StreamPlan, 'upload' | 'objects'>,
  report: (what: string) => void,
): StreamPlan {
  const { maxBytes, idle, objects } = optionsOf(given, option, report);
  return {
    ...defaults,
    maxBytes: readLimit(maxBytes, `${option}.maxBytes`, 'bytes', report) ?? Infinity,
    idle: readLimit(idle, `${option}.idle`, 'milliseconds', report) ?? DEFAULT_IDLE_MS,
    objects: readSwitch(objects, `${option}.objects`, report) ?? defaults.objects,
  };
}

function optionsOf(given: unknown, option: string, report: (what: string) => void): StreamOptions {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    report(`${option} must be an object: { maxBytes: 50_000_000, idle: 30_000 }`);
    return {};
  }
  for (const name of Object.keys(given)) {
    if (!NAMES.includes(name)) report(`${option}.${name} does not exist; there are ${NAMES.join(', ')}`);
  }
  return given;
}

function readLimit(
  value: unknown,
  option: string,
  unit: string,
  report: (what: string) => void,
): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && value > 0) return value;
  report(`${option} must be a number of ${unit} above 0; Infinity switches it off`);
  return undefined;
}

function readSwitch(value: unknown, option: string, report: (what: string) => void): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  report(`${option} must be true or false`);
  return undefined;
}
