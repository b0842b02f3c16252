import type { Row, Table } from '../results';
import type { Spread } from '../statistics';
import type { Verdict } from '../targets';

/* Tables in Markdown, aligned, so that they read the same in a terminal. */

/** One table, with its title above it. */
export function tableText(table: Table): string {
  const { title, unit, rows, note } = table;
  const digits = digitsFor(rows);
  const columns: [string, (row: Row) => string][] = [
    [title, (row) => row.title],
    [unit, ({ value }) => withSpread(value, digits)],
    ['ratio', ({ ratio }) => (ratio ? withSpread(ratio, 3) : '')],
  ];
  if (rows.some(({ throughput }) => throughput !== undefined))
    columns.push(['per second', ({ throughput }) => Math.round(throughput ?? 0).toLocaleString('en')]);
  if (rows.some(({ p99 }) => p99 !== undefined))
    columns.push(
      ['p50 ms', ({ p50 }) => (p50 ?? 0).toFixed(2)],
      ['p99 ms', ({ p99 }) => (p99 ?? 0).toFixed(2)],
    );
  const text = align([
    columns.map(([head]) => head),
    ...rows.map((row) => columns.map(([, cell]) => cell(row))),
  ]);
  return note ? `${text}\n\n${note}` : text;
}

/** What was promised, and what was measured. */
export function verdictsText(verdicts: readonly Verdict[]): string {
  return align([
    ['Target', 'at most', 'measured', ''],
    ...verdicts.map(({ title, limit, measured, passed }) => [
      title,
      limit.toFixed(2),
      measured.toFixed(3),
      passed ? 'pass' : 'FAIL',
    ]),
  ]);
}

/** @param lines cells by line, the head first */
export function align(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  const written = lines.map(
    (line) => `| ${line.map((cell, at) => pad(cell, widths[at] ?? 0, at)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [written[0], rule, ...written.slice(1)].join('\n');
}

/** Words to the left, numbers to the right. */
function pad(cell: string, width: number, at: number): string {
  return at === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function withSpread({ median, low, high }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

function digitsFor(rows: readonly Row[]): number {
  const smallest = Math.min(...rows.map(({ value }) => Math.abs(value.median)));
  return smallest < 10 ? 2 : smallest < 1000 ? 1 : 0;
}
