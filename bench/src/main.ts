import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { readArguments } from './arguments';
import { MEASUREMENTS } from './measurements';
import { printProfiles } from './profile';
import { chart } from './report/chart';
import { readEnvironment } from './report/environment';
import { tableText, verdictsText } from './report/text';
import type { Table } from './results';
import { judge } from './targets';

const RESULTS = join(__dirname, '..', 'results');
const CHART = join(__dirname, '..', '..', 'docs', 'bench.svg');

async function main(): Promise<void> {
  const settings = readArguments(process.argv.slice(2));
  if (settings.profile) {
    await printProfiles(settings);
    return;
  }
  const environment = readEnvironment();
  const [load = 0] = loadavg();
  if (load > 0.8)
    console.log(
      `The load of this machine is ${load.toFixed(2)}: do not trust differences of a few percent.\n`,
    );

  const tables: Table[] = [];
  for (const measurement of MEASUREMENTS) {
    if (!settings.wanted(measurement.name, measurement.daily)) continue;
    const measured = await measurement.run(settings);
    for (const table of measured) console.log(`${tableText(table)}\n`);
    tables.push(...measured);
  }
  const verdicts = judge(tables);
  if (verdicts.length > 0) console.log(`${verdictsText(verdicts)}\n`);

  mkdirSync(RESULTS, { recursive: true });
  const { rounds, events } = settings;
  const results = { environment, settings: { ...rounds, ...events }, tables, targets: verdicts };
  const file = settings.complete ? 'measured.json' : 'last.json';
  writeFileSync(join(RESULTS, file), `${toJson(results)}\n`);
  if (settings.complete) {
    const text = [verdictsText(verdicts), ...tables.map(tableText)].join('\n\n');
    const { node, cpu, packages } = environment;
    const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
    const head = `# What was measured\n\nNode ${node.slice(1)}, ${cpu}; ${versions.join(', ')}.\nMade by \`npm run bench\`; how, and how to read it, is in [the README](../README.md).`;
    writeFileSync(join(RESULTS, 'measured.md'), `${head}\n\n${text}\n`);
    writeFileSync(CHART, chart(tables, environment));
  }
  if (settings.check && verdicts.some(({ passed }) => !passed)) process.exitCode = 1;
}

/** Indented, but with one line for each list of numbers. */
function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/\[[\s\d.,e-]+\]/g, (list) => list.replace(/\s+/g, ' '));
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
