import { findRow, ratioOf, type Table } from './results';

/** What this library promises itself, and whether it holds. */
export interface Verdict {
  readonly title: string;
  readonly measured: number;
  readonly limit: number;
  readonly passed: boolean;
}

interface Target {
  readonly title: string;
  readonly limit: number;
  /** Undefined if it was not measured. */
  readonly measured: (tables: readonly Table[]) => number | undefined;
}

/** How much more one row is than another of its table: the median of the ratios of pairs. */
const times =
  (table: string, row: string, of = 'floor') =>
  (tables: readonly Table[]): number | undefined => {
    const [above, below] = [findRow(tables, table, row), findRow(tables, table, of)];
    return above && below && ratioOf(above.samples, below.samples).median;
  };

const over =
  (above: Target['measured'], below: Target['measured']) =>
  (tables: readonly Table[]): number | undefined => {
    const [a, b] = [above(tables), below(tables)];
    return a === undefined || b === undefined ? undefined : a / b;
  };

/** A throughput of 0.95. */
const STREAM_LIMIT = 1 / 0.95;

export const TARGETS: readonly Target[] = [
  { title: 'handler, of plain socket.io', limit: 1.05, measured: times('handler', 'add') },
  {
    title: 'proxy with alias, whitelist, hooks, of plain socket.io',
    limit: 1.08,
    measured: times('proxy', 'call'),
  },
  { title: 'the same, of moleculer-io', limit: 1, measured: times('proxy', 'call', 'moleculer-io') },
  { title: 'everything on, of plain socket.io', limit: 1.15, measured: times('everything', 'order') },
  {
    title: 'everything on, of NestJS with the same',
    limit: 0.5,
    measured: times('everything', 'order', 'nest'),
  },
  { title: 'handler, observed', limit: 1.3, measured: times('handler-observed', 'add') },
  {
    title: 'handler observed over its floor, of moleculer-io observed over its floor',
    limit: 1,
    measured: over(times('handler-observed', 'add'), times('proxy-observed', 'moleculer-io')),
  },
  { title: 'proxy, observed', limit: 1.3, measured: times('proxy-observed', 'call') },
  {
    title: 'proxy observed, of moleculer-io observed',
    limit: 1,
    measured: times('proxy-observed', 'call', 'moleculer-io'),
  },
  { title: '1,000 events, of 1 event', limit: 1.03, measured: times('many', 'thousand-events', 'add') },
  {
    title: 'heap of an idle connection, of plain socket.io',
    limit: 1.05,
    measured: times('idle-heap', 'idle'),
  },
  {
    title: 'a connection with @Authenticate, of nsp.use',
    limit: 1.1,
    measured: times('connecting', 'connect'),
  },
  {
    title: 'time of an upload, of plain socket.io chunks',
    limit: STREAM_LIMIT,
    measured: times('upload-time', 'streams-of-node'),
  },
  {
    title: 'time of a download of a generator, of plain socket.io chunks',
    limit: STREAM_LIMIT,
    measured: times('download-time', 'generator'),
  },
  {
    title: 'time of a download of a Readable, of plain socket.io chunks of a Readable',
    limit: STREAM_LIMIT,
    measured: times('download-time', 'streams-of-node', 'plain-stream'),
  },
  { title: 'broadcast through the action, of io.emit', limit: 1.02, measured: times('broadcast', 'push') },
  {
    title: 'broadcast with a transporter and no other node, of one without a transporter',
    limit: 1.02,
    measured: times('alone', 'push-alone', 'push'),
  },
  {
    title: 'broadcast in a cluster of three, of @socket.io/redis-adapter',
    limit: 1.1,
    measured: times('cluster', 'moleculer', 'redis'),
  },
];

/** Judges what was measured. */
export function judge(tables: readonly Table[]): Verdict[] {
  return TARGETS.flatMap(({ title, limit, measured: measure }) => {
    const measured = measure(tables);
    return measured === undefined ? [] : [{ title, limit, measured, passed: measured <= limit }];
  });
}
