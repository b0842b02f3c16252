import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { tables } from '../../bench/results/measured.json';

/*
 * Figures come from bench/results: a row of a table names what it shows, `<!-- measured: handler/add -->`, and its figures
 * are those of these rows, in that order. A figure in µs, ms or bytes is a value, a figure of a table of ratios is a ratio.
 */

const ROOT = join(__dirname, '../..');
const sizing = readFileSync(join(ROOT, 'docs/sizing.md'), 'utf8');
const ROW = /^\| <!-- measured: (.+?) -->(.*)$/gm;

interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}
interface Measured {
  readonly name: string;
  readonly value: Spread;
  readonly ratio?: Spread | null;
}

function rowOf(place: string): Measured {
  const [table, row] = place.split('/');
  const rows = tables.find(({ name }) => name === table)?.rows as readonly Measured[] | undefined;
  const found = rows?.find(({ name }) => name === row);
  if (!found) throw new Error(`bench/results has no row '${place}'`);
  return found;
}

/** Returns the figure that the page has for a row of the results. */
function shownFor(place: string): number {
  const [, , cells = ''] =
    [...sizing.matchAll(ROW)].find(([, places]) => places?.split(' ')[0] === place) ?? [];
  return Number(/\| ([\d.]+) \|/.exec(cells)?.[1]);
}

describe('the figures of docs/sizing.md', () => {
  const rows = [...sizing.matchAll(ROW)];

  it('are found', () => {
    expect(rows.length).to.be.greaterThan(8);
  });

  for (const [, places = '', cells = ''] of rows) {
    it(`were measured: ${places}`, () => {
      const figures = cells
        .split('|')
        .slice(1)
        .map((cell) => cell.trim())
        .filter((cell) => /^[\d.]+$/.test(cell))
        .map(Number);
      const names = places.split(' ');
      expect(figures).to.have.length(names.length);
      const isRatio = !/ (µs of CPU|bytes|ms) \|$/.test(cells);
      names.forEach((name, index) => {
        const { value, ratio } = rowOf(name);
        const spread = isRatio ? (ratio as Spread) : value;
        // Another run of the bench is as good, as long as its spread holds the figure.
        expect(figures[index], name).to.be.within(spread.low * 0.99, spread.high * 1.01);
      });
    });
  }

  it('are those that the page reckons with', () => {
    const [, reckoned = ''] = sizing.split('## How many clients fit on a node');
    for (const place of ['idle-rss/idle', 'everything/order', 'broadcast/push'])
      expect(reckoned).to.include(`× ${shownFor(place).toLocaleString('en')} `);
    expect(reckoned).to.include(`× ${Math.round(shownFor('connecting/connect'))} µs`);
  });
});

describe('the figures of README.md', () => {
  it('were measured', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const percent = Number(/costs (\d+) % more\sCPU/.exec(readme)?.[1]);
    const { low, high } = rowOf('everything/order').ratio as Spread;
    expect(percent).to.be.within((low - 1) * 100 - 1, (high - 1) * 100 + 1);
  });
});
