import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Rounds } from './measure/interleave';
import type { Environment } from './report/environment';
import type { Table } from './results';
import type { Verdict } from './targets';

/** One start of the benchmark. */
export interface Run {
  /** When it began. */
  readonly id: string;
  readonly environment: Environment;
  readonly settings: Rounds;
  /** What it measured that is still in the results, and how many seconds each took. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** The results as they are kept. Each table says in which run it was made. */
export interface Results {
  readonly runs: readonly Run[];
  readonly tables: readonly Table[];
  readonly targets: readonly Verdict[];
}

/** Reads results that were kept; none if there are none, or an older version has written them. */
export function readResults(file: string): Results {
  const none: Results = { runs: [], tables: [], targets: [] };
  if (!existsSync(file)) return none;
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Results>;
  return kept.runs ? { ...none, ...kept } : none;
}

/** Writes results so that a run that is interrupted leaves those of before. */
export function writeResults(file: string, results: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, `${toJson(results)}\n`);
  renameSync(`${file}.part`, file);
}

/**
 * Puts what a run has measured in the place of what was measured before.
 *
 * @param names of all measurements in their order: tables of others are dropped
 */
export function mergeResults(
  { runs, tables }: Results,
  run: Run,
  measured: { readonly name: string; readonly seconds: number; readonly tables: readonly Table[] },
  names: readonly string[],
): Omit<Results, 'targets'> {
  const { name } = measured;
  const made = measured.tables.map((table): Table => ({ measurement: name, run: run.id, ...table }));
  const all = [...tables.filter(({ measurement }) => measurement !== name), ...made];
  const sorted = names.flatMap((one) => all.filter(({ measurement }) => measurement === one));
  const current = runs.find(({ id }) => id === run.id) ?? run;
  const others = runs.filter(({ id }) => id !== run.id);
  const updated = [...others, { ...current, seconds: { ...current.seconds, [name]: measured.seconds } }];
  const isLeft = (id: string, one: string): boolean =>
    sorted.some(({ run: madeIn, measurement }) => madeIn === id && measurement === one);
  return {
    tables: sorted,
    runs: updated
      .map((one) => ({
        ...one,
        seconds: Object.fromEntries(Object.entries(one.seconds).filter(([of]) => isLeft(one.id, of))),
      }))
      .filter(({ seconds }) => Object.keys(seconds).length > 0),
  };
}

/** Indented, but with one line for each list of numbers. */
function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/\[[\s\d.,e-]+\]/g, (list) => list.replace(/\s+/g, ' '));
}
