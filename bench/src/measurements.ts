import type { Settings } from './arguments';
import { measureChurn } from './measure/churn';
import { measureClustering, measureClusterStart } from './measure/clustering';
import { measureConnecting } from './measure/connecting';
import { measureEvents } from './measure/events';
import { measureIdleMemory } from './measure/idle-memory';
import { measurePushing } from './measure/pushing';
import { measureStreaming } from './measure/streaming';
import { measureValidation } from './measure/validation';
import { toTable, type Row, type Table } from './results';
import type { ServerSpec } from './servers/server-spec';
import { GROUPS, withBuilds, type Group, type Variant } from './variants';

/** Something that can be asked for with `--only`. */
export interface Measurement {
  readonly name: string;
  /** Measured in `--short` runs too. */
  readonly daily: boolean;
  readonly run: (settings: Settings) => Promise<Table[]>;
}

const floor = (shape: string, title: string): Variant => ({
  name: 'floor',
  title,
  spec: { implementation: 'plain', shape },
});
const gateway = (shape: string, title: string): Variant => ({
  name: shape,
  title,
  spec: { implementation: 'gateway', shape },
});
const validator = (shape: string, title: string): Variant => ({
  name: shape,
  title,
  spec: { implementation: 'validation', shape },
});

const IDLE = [floor('idle', 'plain socket.io'), gateway('idle', 'gateway')];
const CONNECT = [floor('connect', 'nsp.use'), gateway('connect', '@Authenticate')];
const BROADCAST = [floor('push', 'io.emit'), gateway('push', 'the action broadcast')];
const FORWARD = [floor('push', 'a Moleculer event, and io.emit'), gateway('forward', '@ForwardEvent')];
const PLAIN_CHUNKS = floor('chunks', 'plain socket.io, chunks with acks, no stream');
const PLAIN_STREAM: Variant = {
  name: 'plain-stream',
  title: 'plain socket.io, chunks with acks, a Readable',
  spec: { implementation: 'plain', shape: 'streams-of-node' },
};
const UPLOADS = [PLAIN_CHUNKS, PLAIN_STREAM, gateway('streams-of-node', 'gateway, a Readable')];
const DOWNLOADS = [...UPLOADS, gateway('generator', 'gateway, an async generator')];
const ALONE = [
  gateway('push', 'without a transporter'),
  gateway('push-alone', 'with a transporter, and no other node'),
];
const CLUSTER = new Map([
  ['redis', '@socket.io/redis-adapter'],
  ['redis-streams', '@socket.io/redis-streams-adapter'],
  ['moleculer', "gateway, over Moleculer's TCP transporter"],
]);
const STARTS = new Map([
  ['alone', 'the only node'],
  ['third', 'the third of three nodes'],
]);
const VALIDATION = [
  validator('libraries', 'class-transformer and class-validator'),
  validator('gateway', 'gateway'),
  validator('nest', "NestJS's ValidationPipe"),
  validator('zod', 'zod, a schema of the same rules'),
];

export const MEASUREMENTS: readonly Measurement[] = [
  ...GROUPS.map(ofGroup),
  {
    name: 'idle',
    daily: false,
    async run({ rounds, idleConnections, builds }) {
      const variants = withBuilds(IDLE, builds);
      const samples = await measureIdleMemory(specs(variants), rounds.lives, idleConnections);
      const head = (of: string): Pick<Table, 'title' | 'unit'> => ({
        title: `An idle connection with 20 events: ${of}`,
        unit: 'bytes per connection',
      });
      return [
        toTable({ name: 'idle-heap', ...head('heap') }, titles(variants), samples, ({ heap }) => heap),
        toTable(
          { name: 'idle-rss', ...head('resident memory') },
          titles(variants),
          samples,
          ({ rss }) => rss,
        ),
      ];
    },
  },
  {
    name: 'connecting',
    daily: false,
    async run({ rounds, connects, builds }) {
      const variants = withBuilds(CONNECT, builds);
      const samples = await measureConnecting(specs(variants), rounds, connects);
      const head = {
        name: 'connecting',
        title: 'A connection with authentication',
        unit: 'µs CPU per connection',
      };
      return [toTable(head, titles(variants), samples, ({ cpu }) => cpu)];
    },
  },
  pushing('broadcast', 'A broadcast to 1,000 clients', BROADCAST),
  pushing('forward', 'A Moleculer event to 1,000 clients', FORWARD),
  streaming('upload', 'An upload', UPLOADS),
  streaming('download', 'A download', DOWNLOADS),
  pushing('alone', 'A broadcast to 1,000 clients, with a transporter and no other node', ALONE, 'broadcast'),
  {
    name: 'cluster',
    daily: false,
    async run({ rounds, pushes }) {
      const samples = await measureClustering(rounds, pushes);
      const title = 'A broadcast from one of three nodes, each with 50 clients';
      if (samples.size === 0) {
        const note = 'Not measured: redis-server is not installed.';
        return [{ name: 'cluster', title, unit: 'µs CPU of all nodes', rows: [], note }];
      }
      return [
        toTable({ name: 'cluster', title, unit: 'µs CPU of all nodes' }, CLUSTER, samples, ({ cpu }) => cpu),
      ];
    },
  },
  {
    name: 'cluster-start',
    daily: false,
    async run({ rounds }) {
      const samples = await measureClusterStart(rounds.lives);
      const head = { name: 'cluster-start', title: 'The start of a gateway', unit: 'ms CPU of its node' };
      return [toTable(head, STARTS, samples, ({ cpu }) => cpu)];
    },
  },
  {
    name: 'validation',
    daily: false,
    async run({ rounds, validations, builds }) {
      const variants = withBuilds(VALIDATION, builds);
      const samples = await measureValidation(specs(variants), rounds, validations);
      const head = { name: 'validation', title: 'Validation alone', unit: 'µs CPU per payload' };
      return [toTable(head, titles(variants), samples, ({ cpu }) => cpu)];
    },
  },
  {
    name: 'churn',
    daily: false,
    async run({ churn, builds }) {
      const rows: Row[] = [];
      const notes: string[] = [];
      for (const { name, title, spec } of withBuilds(CONNECT, builds)) {
        const { connections, heapSlope, heapError, listeners, timers, samples } = await measureChurn(
          spec,
          churn,
        );
        rows.push({
          name,
          title,
          value: { median: heapSlope, low: heapSlope - 2 * heapError, high: heapSlope + 2 * heapError },
          samples: samples.map(({ heap }) => heap),
        });
        notes.push(
          `${title}: ${connections.toLocaleString('en')} connections, listeners ${signed(listeners)}, timers ${signed(timers)}.`,
        );
      }
      const note = `The slope of the heap, two standard errors to either side. ${notes.join(' ')}`;
      return [
        { name: 'churn', title: 'Connections that come and go', unit: 'bytes that stay of each', rows, note },
      ];
    },
  },
];

function ofGroup(group: Group): Measurement {
  const { name, title, daily = false } = group;
  return {
    name,
    daily,
    async run({ rounds, events, builds }) {
      const own = { ...group, variants: withBuilds(group.variants, builds) };
      const samples = await measureEvents(own, rounds, events);
      return [
        toTable({ name, title, unit: 'µs CPU per event' }, titles(own.variants), samples, ({ cpu }) => cpu),
      ];
    },
  };
}

function pushing(name: string, title: string, variants: readonly Variant[], command = name): Measurement {
  return {
    name,
    daily: false,
    async run({ rounds, pushes, builds }) {
      const own = withBuilds(variants, builds);
      const samples = await measurePushing(specs(own), command, rounds, pushes);
      return [toTable({ name, title, unit: 'µs CPU per message' }, titles(own), samples, ({ cpu }) => cpu)];
    },
  };
}

function streaming(
  direction: 'upload' | 'download',
  title: string,
  variants: readonly Variant[],
): Measurement {
  return {
    name: direction,
    daily: false,
    async run({ rounds, chunks, builds }) {
      const own = withBuilds(variants, builds);
      const samples = await measureStreaming(specs(own), direction, rounds, chunks);
      const cpu = { name: direction, title: `${title}: CPU`, unit: 'µs CPU per megabyte' };
      const time = { name: `${direction}-time`, title: `${title}: throughput`, unit: 'ms per megabyte' };
      const megabytes = 'Per second: megabytes.';
      return [
        toTable({ ...cpu, note: megabytes }, titles(own), samples, (sample) => sample.cpu),
        toTable({ ...time, note: megabytes }, titles(own), samples, ({ throughput }) => 1000 / throughput),
      ];
    },
  };
}

function specs(variants: readonly Variant[]): Map<string, ServerSpec> {
  return new Map(variants.map(({ name, spec }) => [name, spec]));
}

function titles(variants: readonly Variant[]): Map<string, string> {
  return new Map(variants.map(({ name, title }) => [name, title]));
}

function signed(number: number): string {
  return number > 0 ? `+${number}` : String(number);
}
