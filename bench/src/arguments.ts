import { cpSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** How much of everything a round has. */
const FULL = {
  rounds: { lives: 4, rounds: 5 },
  events: { warmUp: 30_000, measured: 16_000 },
  /** Connections in a round of connecting. */
  connects: 1000,
  /** Messages in a round of pushing. */
  pushes: 24,
  /** Chunks of 64 KiB in a round of streaming. */
  chunks: 1600,
  /** Payloads in a round of validating. */
  validations: 20_000,
  /** Calls of a client in a round. */
  calls: 10_000,
  /** Calls to clients of another node in a round. */
  requests: 800,
  idleConnections: 2000,
  /** Users who join at once. */
  joins: 2000,
  /** Clients that connect at once. */
  storm: 2000,
  /** Connections that are there at the same time. */
  crowd: 10_000,
  /** How long some of them call. */
  crowdSeconds: 6,
  /** Connections that are drained. */
  drained: 1000,
  /** Connections that come and go: an hour at ten a second. */
  churn: 36_000,
};

type Counts = typeof FULL;

const SHORT: Counts = {
  rounds: { lives: 1, rounds: 3 },
  events: { warmUp: 8_000, measured: 6_000 },
  connects: 200,
  pushes: 12,
  chunks: 800,
  validations: 5_000,
  calls: 4_000,
  requests: 300,
  idleConnections: 500,
  joins: 500,
  storm: 500,
  crowd: 2000,
  crowdSeconds: 3,
  drained: 300,
  churn: 3_600,
};

/** What is measured, and how thoroughly. */
export interface Settings extends Readonly<Counts> {
  readonly short: boolean;
  readonly check: boolean;
  readonly profile: boolean;
  /** Other builds of this library, measured beside the one in the working tree: name and `index.js`. */
  readonly builds: ReadonlyMap<string, string>;
  /** Whether a measurement of that name was asked for. */
  readonly wanted: (name: string, daily?: boolean) => boolean;
  /** The results are kept: those of a whole run, and of parts of one that were asked for with `--keep`. */
  readonly kept: boolean;
}

/**
 * Reads the arguments of the command line; see bench/README.md.
 *
 * @throws Error if they are wrong
 */
export function readArguments(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      lives: { type: 'string' },
      compare: { type: 'string', multiple: true, default: [] },
      moleculer: { type: 'string' },
    },
  });
  const { short, check, profile, keep } = values;
  const usual = short ? SHORT : FULL;
  // Inherited by the servers.
  if (values.moleculer !== undefined) process.env['BENCH_MOLECULER'] = values.moleculer;
  const patterns = values.only
    .flatMap((list) => list.split(','))
    .map((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`));
  const isUsual = !short && !profile && values.compare.length === 0 && values.moleculer === undefined;
  if (keep && !isUsual)
    throw new Error(
      '--keep is for measurements as the whole run makes them: not with --short, --profile, --compare or --moleculer',
    );
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
    kept: isUsual && (keep || patterns.length === 0),
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
