import { measureDraining } from '../measure/draining';
import { measureStarting } from '../measure/starting';
import { toTable } from '../results';
import { fewer, specs, titles, variant, type Measurement } from './measurement';

const DRAINED = [
  variant('drained', 'plain', 'plain socket.io, io.close()', 'floor'),
  variant('drained', 'gateway', 'a drain with a window of 1 s'),
];
const STARTED = [
  variant('started', 'plain', 'a service that starts socket.io', 'floor'),
  variant('started', 'gateway', 'a gateway'),
];

export const DRAIN: Measurement = {
  name: 'drain',
  async run({ rounds, drained }) {
    const samples = await measureDraining(specs(DRAINED), fewer(rounds).lives, drained);
    const title = `A stop with ${drained.toLocaleString('en')} connections in use`;
    return [
      toTable(
        { name: 'drain', title, unit: 'ms until none is left' },
        titles(DRAINED),
        samples,
        ({ time }) => time,
      ),
      toTable(
        { name: 'drain-cpu', title: `${title}: work`, unit: 'µs CPU per connection' },
        titles(DRAINED),
        samples,
        ({ cpu }) => cpu,
      ),
      toTable(
        { name: 'drain-lost', title: `${title}: calls that ran and were not answered`, unit: 'calls' },
        titles(DRAINED),
        samples,
        ({ lost }) => lost,
      ),
    ];
  },
};

export const START: Measurement = {
  name: 'start',
  async run({ rounds }) {
    const samples = await measureStarting(specs(STARTED), rounds.lives * 2);
    const title = 'createService and start';
    return [
      toTable({ name: 'start', title, unit: 'ms CPU' }, titles(STARTED), samples, ({ cpu }) => cpu),
      toTable(
        { name: 'start-time', title: `${title}, by the clock`, unit: 'ms' },
        titles(STARTED),
        samples,
        ({ time }) => time,
      ),
    ];
  },
};
