import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { METRICS } from '../../src/runtime/observe/metric-definitions';

const DOCS = join(__dirname, '../../docs');
const read = (file: string): string => readFileSync(join(DOCS, file), 'utf8');

/** The names of all time series of gateways, as Moleculer's reporter for Prometheus writes them, with their labels. */
const series = new Map<string, readonly string[]>(
  METRICS.flatMap(({ name, type, labelNames }) => {
    const base = name.replaceAll('.', '_');
    const names = type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${base}_${part}`) : [base];
    return names.map((one) => [one, [...labelNames, 'le', 'nodeID']] as const);
  }),
);

/** Returns the names of the gateways' time series in an expression. */
const seriesIn = (expression: string): string[] => expression.match(/\bmoleculer_io_\w+/g) ?? [];
/** Returns the labels that an expression groups by. */
const groupedBy = (expression: string): string[] =>
  [...expression.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));

function check(expression: string): void {
  const names = seriesIn(expression);
  expect(names, expression).not.to.deep.equal([]);
  for (const name of names) {
    expect([...series.keys()]).to.include(name);
    for (const label of groupedBy(expression)) expect(series.get(name)).to.include(label);
  }
  for (const [, name = '', selectors = ''] of expression.matchAll(/\b(moleculer_io_\w+)\{([^}]*)\}/g))
    for (const [, label = ''] of selectors.matchAll(/(\w+)=~?"/g))
      expect(series.get(name), `${label} of ${name}`).to.include(label);
}

describe('the monitoring files of the documentation', () => {
  const { panels } = JSON.parse(read('monitoring/grafana-dashboard.json')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  const { groups } = parse(read('monitoring/alerts.yaml')) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);

  for (const { title, targets } of panels) {
    it(`have a panel of metrics that there are: ${title}`, () => {
      for (const { expr } of targets) check(expr);
    });
  }

  it('show every metric on the dashboard', () => {
    const shown = new Set(panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => seriesIn(expr))));
    for (const { name } of METRICS) {
      const base = name.replaceAll('.', '_');
      expect(
        [...shown].some((one) => one.startsWith(base)),
        name,
      ).to.equal(true);
    }
  });

  for (const { alert, expr } of rules) {
    it(`have an alert that is explained: ${alert}`, () => {
      check(expr);
      expect(read('metrics.md')).to.include(`| \`${alert}\` |`);
    });
  }

  it('explain every metric', () => {
    for (const { name, type } of METRICS) expect(read('metrics.md')).to.include(`| \`${name}\` | ${type} |`);
  });
});
