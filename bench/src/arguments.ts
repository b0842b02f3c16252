import { cpSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { EventCounts } from './measure/events';
import type { Rounds } from './measure/interleave';

/** What is measured, and how thoroughly. */
export interface Settings {
  readonly rounds: Rounds;
  readonly events: EventCounts;
  /** Connections in a round of connecting. */
  readonly connects: number;
  /** Messages in a round of pushing. */
  readonly pushes: number;
  /** Chunks of 64 KiB in a round of streaming. */
  readonly chunks: number;
  /** Payloads in a round of validating. */
  readonly validations: number;
  readonly idleConnections: number;
  /** Connections that come and go: an hour at ten a second. */
  readonly churn: number;
  readonly short: boolean;
  readonly check: boolean;
  readonly profile: boolean;
  /** Other builds of this library, measured beside the one in the working tree: name and `index.js`. */
  readonly builds: ReadonlyMap<string, string>;
  /** Whether a measurement of that name was asked for. */
  readonly wanted: (name: string, daily?: boolean) => boolean;
  /** Everything was measured thoroughly: the results are worth keeping. */
  readonly complete: boolean;
}

const FULL = {
  rounds: { lives: 6, rounds: 8 },
  events: { warmUp: 30_000, measured: 16_000 },
  connects: 400,
  pushes: 40,
  chunks: 1600,
  validations: 20_000,
  idleConnections: 2000,
  churn: 36_000,
};

const SHORT: typeof FULL = {
  rounds: { lives: 2, rounds: 2 },
  events: { warmUp: 8_000, measured: 6_000 },
  connects: 200,
  pushes: 20,
  chunks: 800,
  validations: 5_000,
  idleConnections: 500,
  churn: 3_600,
};

/** Reads the arguments of the command line; see bench/README.md. */
export function readArguments(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      lives: { type: 'string' },
      compare: { type: 'string', multiple: true, default: [] },
      moleculer: { type: 'string' },
    },
  });
  const { short, check, profile } = values;
  const usual = short ? SHORT : FULL;
  // Inherited by the servers.
  if (values.moleculer !== undefined) process.env['BENCH_MOLECULER'] = values.moleculer;
  const patterns = values.only
    .flatMap((list) => list.split(','))
    .map((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`));
  return {
    ...usual,
    rounds: {
      lives: count(values.lives, usual.rounds.lives),
      rounds: count(values.rounds, usual.rounds.rounds),
    },
    short,
    check,
    profile,
    builds: new Map(values.compare.map(copyBuild)),
    wanted: (name, daily = false) =>
      patterns.length > 0 ? patterns.some((pattern) => pattern.test(name)) : daily || !(short || profile),
    complete:
      !short && patterns.length === 0 && values.compare.length === 0 && values.moleculer === undefined,
  };
}

function count(given: string | undefined, usual: number): number {
  const number = Number(given ?? usual);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${String(given)} must be a whole number above 0`);
}

/** Copies a build to where it finds the packages of the benchmark. */
function copyBuild(given: string): [name: string, index: string] {
  const [name, directory] = given.split('=');
  if (!name || !directory)
    throw new Error(`--compare ${given} must be a name and a directory: before=/tmp/dist`);
  const copy = join(__dirname, '..', 'node_modules', '.builds', name);
  cpSync(resolve(process.env['INIT_CWD'] ?? '.', directory), copy, { recursive: true });
  return [name, join(copy, 'index.js')];
}
