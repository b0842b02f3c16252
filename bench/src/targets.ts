import { findRow, ratioOf, type Table } from './results';

/** What this library promises itself, and whether it holds. */
export interface Verdict {
  readonly title: string;
  readonly measured: number;
  readonly limit: number;
  readonly passed: boolean;
}

type Figure = (tables: readonly Table[]) => number | undefined;

interface Target {
  readonly title: string;
  /** A number, or what was measured in the same run. */
  readonly limit: number | Figure;
  /** Undefined if it was not measured. */
  readonly measured: Figure;
}

/** How much more one row is than another of its table: the median of the ratios of pairs. */
const times =
  (table: string, row: string, of = 'floor'): Figure =>
  (tables) => {
    const [above, below] = [findRow(tables, table, row), findRow(tables, table, of)];
    return above && below && ratioOf(above.samples, below.samples).median;
  };

/** The median of a row. */
const median =
  (table: string, row: string): Figure =>
  (tables) =>
    findRow(tables, table, row)?.value.median;

const over =
  (above: Figure, below: Figure): Figure =>
  (tables) => {
    const [a, b] = [above(tables), below(tables)];
    return a === undefined || b === undefined ? undefined : a / b;
  };

/**
 * The limit of what must not be dearer: within what the same program gives when it is measured once more. The control is
 * another process of the floor, and the limit is where the upper quarter of its ratios to the floor begins (or the lower one,
 * turned round).
 */
const noise =
  (table: string, control = 'control', of = 'floor'): Figure =>
  (tables) => {
    const [again, below] = [findRow(tables, table, control), findRow(tables, table, of)];
    if (!again || !below) return undefined;
    const { low, high } = ratioOf(again.samples, below.samples);
    return Math.max(high, 1 / low, 1);
  };

/** A throughput of 0.95. */
const STREAM_LIMIT = 1 / 0.95;
/** Bytes. A connection that left less than this would leave nothing: what differs is code that V8 compiles meanwhile. */
const REFERENCE = 8;

export const TARGETS: readonly Target[] = [
  { title: 'handler, of plain socket.io', limit: 1.06, measured: times('handler', 'add') },
  { title: 'handler, of NestJS', limit: 1, measured: times('handler', 'add', 'nest') },
  {
    title: 'proxy with alias, whitelist, hooks, of plain socket.io',
    limit: 1.1,
    measured: times('proxy', 'call'),
  },
  { title: 'the same, of moleculer-io', limit: 1, measured: times('proxy', 'call', 'moleculer-io') },
  { title: 'everything on, of plain socket.io', limit: 1.2, measured: times('everything', 'order') },
  {
    title: 'everything on, of NestJS with the same',
    limit: 1,
    measured: times('everything', 'order', 'nest'),
  },
  { title: 'handler, observed', limit: 1.45, measured: times('handler-observed', 'add') },
  {
    title: 'handler observed over its floor, of moleculer-io observed over its floor',
    limit: 1,
    measured: over(times('handler-observed', 'add'), times('proxy-observed', 'moleculer-io')),
  },
  { title: 'proxy, observed', limit: 1.25, measured: times('proxy-observed', 'call') },
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
  { title: 'broadcast through the action, of io.emit', limit: 1.02, measured: times('broadcast', 'push') },
  {
    title: 'broadcast in a cluster of three, of @socket.io/redis-adapter',
    limit: 1.1,
    measured: times('cluster', 'moleculer', 'redis'),
  },
  {
    title:
      'broadcast with a transporter and no other node, of one without a transporter (the limit is that of noise)',
    limit: noise('alone', 'control', 'push'),
    measured: times('alone', 'push-alone', 'push'),
  },
  { title: 'require, of moleculer and socket.io alone', limit: 1.3, measured: times('require', 'gateway') },
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
  {
    title: 'a storm of clients until the last is in, of nsp.use',
    limit: 1.1,
    measured: times('storm', 'connect'),
  },
  {
    title: '10,000 connections: resident memory, of plain socket.io',
    limit: 1.05,
    measured: times('crowd-rss', 'add'),
  },
  {
    title: '10,000 connections: p99 of a call, of plain socket.io (the limit is that of noise)',
    limit: noise('crowd-p99'),
    measured: times('crowd-p99', 'add'),
  },
  { title: 'calls that a drain has lost', limit: 0, measured: median('drain-lost', 'gateway') },
  {
    title:
      'bytes that stay of a connection that is gone (the limit is one reference, or that of plain socket.io and the errors of both)',
    limit: (tables) => {
      const [plain, own] = [findRow(tables, 'churn', 'floor'), findRow(tables, 'churn', 'connect')];
      return (
        plain && own && Math.max(REFERENCE, Math.max(plain.value.high, 0) + own.value.median - own.value.low)
      );
    },
    measured: median('churn', 'connect'),
  },
];

/**
 * Judges what was measured.
 *
 * @param tolerance factor by which limits may be exceeded. Default: 1.
 */
export function judge(tables: readonly Table[], tolerance = 1): Verdict[] {
  return TARGETS.flatMap(({ title, limit, measured: measure }) => {
    const measured = measure(tables);
    const most = typeof limit === 'number' ? limit : limit(tables);
    if (measured === undefined || most === undefined) return [];
    return [{ title, limit: most * tolerance, measured, passed: measured <= most * tolerance }];
  });
}
