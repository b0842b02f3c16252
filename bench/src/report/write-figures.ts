import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRow, type Table } from '../results';
import type { Results } from '../results-file';
import { verdictsText } from './text';

/*
 * Pages with figures get those of the results: a row of a table names what it shows, `<!-- measured: handler/add -->`, and the
 * targets stand between two comments.
 */

const ROOT = join(__dirname, '..', '..', '..');
const PAGES = ['docs/sizing.md', 'bench/README.md'];
const ROW = /^(\| )(<!-- measured: (.+?) -->)(.*)$/gm;
const TARGETS = /(<!-- targets -->\n\n)[\s\S]*?(\n\n<!-- end of targets -->)/;

/** Writes the figures of the results into the pages that show them. */
export function writeFigures({ tables, targets }: Results): void {
  for (const page of PAGES) {
    const file = join(ROOT, page);
    const before = readFileSync(file, 'utf8');
    const after = before
      .replace(ROW, (row, _start, _comment, places: string) => withFigures(row, places.split(' '), tables))
      .replace(TARGETS, (_all, begin: string, end: string) => `${begin}${verdictsText(targets)}${end}`);
    if (after !== before) writeFileSync(file, after);
  }
}

/** Replaces the figures of a row, in their order. A figure of a table without units is a ratio. */
function withFigures(row: string, places: readonly string[], tables: readonly Table[]): string {
  const isRatio = !/ (µs of CPU|bytes|ms|kB|ms of CPU) \|$/.test(row);
  const rows = places.map((place) => findRow(tables, ...(place.split('/') as [string, string])));
  let next = 0;
  return row.replace(/(?<=\| )[\d.]+(?= \|)/g, (given) => {
    const measured = rows[next++];
    const spread = isRatio ? measured?.ratio : measured?.value;
    return spread ? shown(spread.median, isRatio) : given;
  });
}

function shown(value: number, isRatio: boolean): string {
  if (isRatio) return value.toFixed(3);
  return value < 1000 ? value.toFixed(1) : Math.round(value).toString();
}
