import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readArguments, type Settings } from './arguments';
import { MEASUREMENTS } from './measurements';
import { chart } from './report/chart';
import { readEnvironment } from './report/environment';
import { tableText, verdictsText } from './report/text';
import { resultsText } from './report/results-text';
import { writeFigures } from './report/write-figures';
import type { Table } from './results';
import { mergeResults, readResults, writeResults, type Results, type Run } from './results-file';
import { judge } from './targets';

const RESULTS = join(__dirname, '..', 'results');
const KEPT = join(RESULTS, 'measured.json');
const CHART = join(__dirname, '..', '..', 'docs', 'bench.svg');
const BUSY = 0.8;
/** A short run is made on busy machines, and is there to find what has gone very wrong. */
const SHORT_TOLERANCE = 2;

async function main(): Promise<void> {
  const settings = readArguments(process.argv.slice(2));
  if (settings.profile) {
    await profileAll(settings);
    return;
  }
  const [load = 0] = loadavg();
  if (load > BUSY)
    console.log(
      `The load of this machine is ${load.toFixed(2)}: do not trust differences of a few percent.\n`,
    );
  const tables = await measureAll(settings);
  const verdicts = judge(tables, settings.short ? SHORT_TOLERANCE : 1);
  if (verdicts.length > 0) console.log(`${verdictsText(verdicts)}\n`);
  if (settings.check && verdicts.some(({ passed }) => !passed)) process.exitCode = 1;
}

/** Measures all that was asked for. What has been measured is kept at once: a run may be interrupted. */
async function measureAll(settings: Settings): Promise<Table[]> {
  const environment = readEnvironment();
  const run: Run = { id: new Date().toISOString(), environment, settings: settings.rounds, seconds: {} };
  const tables: Table[] = [];
  for (const { name, daily, run: measure } of MEASUREMENTS) {
    if (!settings.wanted(name, daily)) continue;
    const begun = performance.now();
    const measured = await tryTo(name, () => measure(settings));
    if (!measured) continue;
    const seconds = Math.round((performance.now() - begun) / 1000);
    for (const table of measured) console.log(`${tableText(table)}\n`);
    console.log(`(${name}: ${seconds} s)\n`);
    tables.push(...measured);
    if (settings.kept) keep(run, { name, seconds, tables: measured });
  }
  if (!settings.kept) {
    const targets = judge(tables);
    writeResults(join(RESULTS, 'last.json'), { environment, settings: settings.rounds, tables, targets });
  }
  return tables;
}

/** One measurement that fails does not keep the others from being made. */
async function tryTo(name: string, measure: () => Table[] | Promise<Table[]>): Promise<Table[] | undefined> {
  try {
    return await measure();
  } catch (error) {
    console.error(`${name} could not be measured:`, error);
    process.exitCode = 1;
    return undefined;
  }
}

/** Adds what was measured to the results, and writes all that is made of them. */
function keep(run: Run, measured: Parameters<typeof mergeResults>[2]): void {
  const names = MEASUREMENTS.map(({ name }) => name);
  const merged = mergeResults(readResults(KEPT), run, measured, names);
  const results: Results = { ...merged, targets: judge(merged.tables) };
  writeResults(KEPT, results);
  writeFileSync(join(RESULTS, 'measured.md'), resultsText(results));
  writeFileSync(CHART, chart(results.tables, run.environment));
  writeFigures(results);
}

async function profileAll(settings: Settings): Promise<void> {
  for (const { name, daily, profile } of MEASUREMENTS)
    if (profile && settings.wanted(name, daily)) await profile(settings);
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
