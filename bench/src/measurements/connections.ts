import { measureChurn } from '../measure/churn';
import { measureConnecting } from '../measure/connecting';
import { measureIdleMemory } from '../measure/idle-memory';
import { toTable, type Row, type Table } from '../results';
import { withBuilds } from '../variants';
import { fewer, floor, gateway, specs, titles, type Measurement } from './measurement';

const IDLE = [floor('idle', 'plain socket.io'), gateway('idle', 'gateway')];
const CONNECT = [floor('connect', 'nsp.use'), gateway('connect', '@Authenticate')];

export const IDLE_CONNECTIONS: Measurement = {
  name: 'idle',
  async run({ rounds, idleConnections, builds }) {
    const variants = withBuilds(IDLE, builds);
    const samples = await measureIdleMemory(specs(variants), rounds.lives, idleConnections);
    const head = (of: string): Pick<Table, 'title' | 'unit'> => ({
      title: `An idle connection with 20 events: ${of}`,
      unit: 'bytes per connection',
    });
    return [
      toTable({ name: 'idle-heap', ...head('heap') }, titles(variants), samples, ({ heap }) => heap),
      toTable({ name: 'idle-rss', ...head('resident memory') }, titles(variants), samples, ({ rss }) => rss),
    ];
  },
};

export const CONNECTING: Measurement = {
  name: 'connecting',
  async run({ rounds, connects, builds }) {
    const variants = withBuilds(CONNECT, builds);
    const samples = await measureConnecting(specs(variants), fewer(rounds), connects);
    const head = {
      name: 'connecting',
      title: 'A connection with authentication',
      unit: 'µs CPU per connection',
    };
    return [toTable(head, titles(variants), samples, ({ cpu }) => cpu)];
  },
};

export const CHURN: Measurement = {
  name: 'churn',
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
};

function signed(number: number): string {
  return number > 0 ? `+${number}` : String(number);
}
