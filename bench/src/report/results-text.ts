import type { Results, Run } from '../results-file';
import { tableText, verdictsText } from './text';

/** Returns the results as a page. */
export function resultsText({ runs, tables, targets }: Results): string {
  const { node = '', cpu = '', packages = {} } = runs.at(-1)?.environment ?? {};
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  const head = [
    '# What was measured',
    `Node ${node.slice(1)}, ${cpu}; ${versions.join(', ')}.`,
    'Made by `npm run bench`; how, and how to read it, is in [the README](../README.md).',
  ];
  return `${[...head, runs.map(runText).join('\n'), verdictsText(targets), ...tables.map(tableText)].join('\n\n')}\n`;
}

function runText({ id, environment, settings, seconds }: Run): string {
  const names = Object.keys(seconds).join(', ');
  const minutes = Object.values(seconds).reduce((sum, one) => sum + one, 0) / 60;
  return `- The run of ${id.slice(0, 16).replace('T', ' ')} UTC (${settings.lives} × ${settings.rounds} rounds, ${minutes.toFixed(0)} minutes, a load of ${environment.loadBefore} before it): ${names}.`;
}
