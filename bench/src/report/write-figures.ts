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
/** A figure of a cell. */
const FIGURE = /(?<=\| )[\d.]+(?= \|)/;
/** What the README says of the cost of everything. */
const PERCENT = /(costs )\d+( % more\sCPU)/;
const TARGETS = /(<!-- targets -->\n\n)[\s\S]*?(\n\n<!-- end of targets -->)/;

/** Writes the figures of the results into the pages that show them. */
export function writeFigures({ tables, targets }: Results): void {
  for (const page of PAGES) {
    rewrite(page, (text) =>
      withFiguresInText(
        text.replace(ROW, (row, _start, _comment, places: string) =>
          withFigures(row, places.split(' '), tables),
        ),
        text,
      ).replace(TARGETS, (_all, begin: string, end: string) => `${begin}${verdictsText(targets)}${end}`),
    );
  }
  const everything = findRow(tables, 'everything', 'order')?.ratio;
  if (everything)
    rewrite('README.md', (text) =>
      text.replace(PERCENT, (_all, begin: string, end: string) =>
        begin.concat(String(Math.round((everything.median - 1) * 100)), end),
      ),
    );
}

function rewrite(page: string, change: (text: string) => string): void {
  const file = join(ROOT, page);
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after !== before) writeFileSync(file, after);
}

/** Replaces figures of the table also where the text of the page reckons with them: `20,000 × 19,788 bytes`. */
function withFiguresInText(text: string, before: string): string {
  const figuresOf = (page: string): string[] =>
    [...page.matchAll(ROW)].map(([, , , , cells = '']) => FIGURE.exec(cells)?.[0] ?? '');
  const [old, current] = [figuresOf(before), figuresOf(text)];
  return old.reduce((changed, figure, at) => {
    const figureNow = current[at] ?? '';
    if (figure === '' || figure === figureNow) return changed;
    return changed
      .replaceAll(`× ${inText(figure)} `, `× ${inText(figureNow)} `)
      .replaceAll(`× ${Math.round(Number(figure))} µs`, `× ${Math.round(Number(figureNow))} µs`);
  }, text);
}

function inText(figure: string): string {
  return Number(figure).toLocaleString('en');
}

/** Replaces the figures of a row, in their order. A figure of a table without units is a ratio. */
function withFigures(row: string, places: readonly string[], tables: readonly Table[]): string {
  const isRatio = !/ (µs of CPU|bytes|ms) \|$/.test(row);
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
