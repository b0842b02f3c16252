import { quantile, spreadOf, type Spread } from './statistics';

/** One line of a table. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly value: Spread;
  /** To the first row, of measurements that were made side by side. */
  readonly ratio?: Spread;
  /** Events or connections per second. */
  readonly throughput?: number;
  /** Milliseconds. */
  readonly p50?: number;
  readonly p99?: number;
  /** What was measured, round by round; equal positions in the rows of a table are pairs. */
  readonly samples: readonly number[];
}

/** Things that were measured side by side. */
export interface Table {
  /** The measurement that it belongs to, and the run in which it was made; set where results are kept. */
  readonly measurement?: string;
  readonly run?: string;
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly Row[];
  /** A sentence under the table. */
  readonly note?: string;
}

/** What some samples have beside what their table is about. */
interface Measured {
  readonly throughput?: number;
  readonly p50?: number;
  readonly p99?: number;
}

/**
 * Makes a table of samples.
 *
 * @param titles of the rows, by their names
 * @param value what of a sample the table is about
 */
export function toTable<S extends object>(
  head: Pick<Table, 'name' | 'title' | 'unit' | 'note'>,
  titles: ReadonlyMap<string, string>,
  samples: ReadonlyMap<string, readonly S[]>,
  value: (sample: S) => number,
): Table {
  const [first = []] = samples.values();
  const base = first.map(value);
  const rows = [...samples].map(([name, own]): Row => {
    const values = own.map(value);
    const median = (of: keyof Measured): Partial<Row> => {
      const all = own.map((sample) => (sample as Measured)[of]).filter((one) => one !== undefined);
      return all.length > 0 ? { [of]: quantile(all, 0.5) } : {};
    };
    return {
      name,
      title: titles.get(name) ?? name,
      value: spreadOf(values),
      ratio: ratioOf(values, base),
      ...median('throughput'),
      ...median('p50'),
      ...median('p99'),
      samples: values.map((one) => Number(one.toFixed(3))),
    };
  });
  return { ...head, rows };
}

/** The ratios of pairs. */
export function ratioOf(values: readonly number[], base: readonly number[]): Spread {
  return spreadOf(values.map((value, at) => value / (base[at] as number)));
}

/** A row of one of the tables; undefined if it was not measured. */
export function findRow(tables: readonly Table[], table: string, row: string): Row | undefined {
  return tables.find(({ name }) => name === table)?.rows.find(({ name }) => name === row);
}
