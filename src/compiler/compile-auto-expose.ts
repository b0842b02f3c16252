import { compileNaming } from '../plan/named-services';
import { compilePatterns } from '../plan/patterns';
import { readActionStreams } from '../plan/stream-options';
import type { AutoExposeOptions } from '../types';
import { combineGuards } from './compile-guards';
import { checkCallOptions, checkPatterns } from './compile-proxy';
import { didYouMean } from './similar-names';
import type { AutoExposePlan, GuardPlan, HooksPlan, RateLimitPlan } from '../plan/plan';

/** The parts of an event that no member declares. */
export interface SharedDeclarations {
  /** The guard of the class. */
  readonly guard: GuardPlan | undefined;
  /** Those of the class. */
  readonly rateLimits: readonly RateLimitPlan[];
  /** The call hooks whose patterns match the event. */
  readonly hooksOf: (event: string) => HooksPlan;
}

const OPTIONS = ['whitelist', 'callOptions', 'streams'];

/** Compiles the option `autoExpose`. */
export function compileAutoExpose(
  option: unknown,
  { guard, rateLimits, hooksOf }: SharedDeclarations,
  report: (what: string) => void,
): AutoExposePlan | undefined {
  if (option === undefined || option === null || option === false) return undefined;
  const { whitelist, callOptions, streams } = readOptions(option, report);
  const patterns = checkPatterns('autoExpose', whitelist, report);
  if (Array.isArray(whitelist) && whitelist.length === 0) {
    report(
      "autoExpose: [] exposes nothing; say which actions: ['orders.*'], or true for all that ask for it",
    );
  }
  checkCallOptions(callOptions, 'autoExpose.', report);
  const options = { callOptions };
  return {
    streams: readActionStreams(streams, 'autoExpose.streams', report),
    whitelist: patterns && compilePatterns(patterns),
    names: compileNaming(patterns ?? []),
    eventFor: (name, action, guards, ownStreams) => ({
      name,
      target: { kind: 'action', action, options, streams: ownStreams },
      guard: combineGuards([guard, ...guards]),
      rateLimits,
      hooks: hooksOf(name),
    }),
  };
}

function readOptions(option: unknown, report: (what: string) => void): AutoExposeOptions {
  if (option === true) return {};
  if (Array.isArray(option)) return { whitelist: option as AutoExposeOptions['whitelist'] };
  if (typeof option !== 'object' || option === null || option instanceof RegExp) {
    report(
      "autoExpose must be true, a list of actions: ['orders.*', /^users\\./], or { whitelist, callOptions }",
    );
    return {};
  }
  for (const name of Object.keys(option).filter((one) => !OPTIONS.includes(one))) {
    const hint = didYouMean(name, OPTIONS) || `; there are ${OPTIONS.join(', ')}`;
    report(`autoExpose.${name} does not exist${hint}`);
  }
  return option;
}
