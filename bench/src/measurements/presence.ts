import { possibleConnections } from '../limits';
import { measureIdleUsers, measureJoining } from '../measure/joining';
import { toTable } from '../results';
import { fewer, specs, titles, variant, type Measurement } from './measurement';

const NONE = variant('presence', 'none', 'without presence', 'floor');
const ROOMS = variant('presence', 'rooms', 'presence of rooms of 50, clients are told');
const JOINS = [NONE, variant('presence', 'namespace', 'presence of the namespace, notify: false'), ROOMS];

export const PRESENCE_JOINS: Measurement = {
  name: 'presence-joins',
  async run({ rounds, joins }) {
    const samples = await measureJoining(specs(JOINS), rounds.lives, joins);
    const head = {
      name: 'presence-joins',
      title: `${joins.toLocaleString('en')} users who come at once`,
      unit: 'µs CPU per user',
    };
    return [toTable(head, titles(JOINS), samples, ({ cpu }) => cpu)];
  },
};

export const PRESENCE_IDLE: Measurement = {
  name: 'presence-idle',
  async run({ rounds, crowd }) {
    const users = possibleConnections(crowd);
    const variants = [NONE, ROOMS];
    const samples = await measureIdleUsers(specs(variants), fewer(rounds).lives, users);
    const title = `${users.toLocaleString('en')} users who do nothing`;
    return [
      toTable(
        { name: 'presence-idle', title, unit: 'ms CPU in 10 s' },
        titles(variants),
        samples,
        ({ cpu }) => cpu,
      ),
      toTable(
        { name: 'presence-idle-turn', title: `${title}: the longest turn of the event loop`, unit: 'ms' },
        titles(variants),
        samples,
        ({ turn }) => turn,
      ),
    ];
  },
};
