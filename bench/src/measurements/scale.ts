import { possibleConnections } from '../limits';
import { measureCrowd } from '../measure/crowd';
import { measureStorm } from '../measure/storm';
import { profileCrowd } from '../profile/profile-crowd';
import { toTable } from '../results';
import { withBuilds } from '../variants';
import { fewer, floor, gateway, specs, titles, variant, type Measurement } from './measurement';

/** What a gateway listens with. */
const BACKLOG = 4096;
const nspUse = floor('connect', `nsp.use, with a backlog of ${BACKLOG}`);
const STORM = [
  { ...nspUse, spec: { ...nspUse.spec, backlog: BACKLOG } },
  variant('plain', 'connect', "nsp.use, with Node's own backlog of 511", 'small-backlog'),
  gateway('connect', '@Authenticate'),
];
const CROWD = [
  floor('add', 'plain socket.io'),
  variant('plain', 'add', 'plain socket.io, once more', 'control'),
  gateway('add', 'gateway'),
];

/** Clients that connect at once. */
export const STORM_OF_CLIENTS: Measurement = {
  name: 'storm',
  async run({ rounds, storm, builds }) {
    const variants = withBuilds(STORM, builds);
    const samples = await measureStorm(specs(variants), rounds, storm);
    const title = `${storm.toLocaleString('en')} clients that connect at once`;
    return [
      toTable(
        { name: 'storm', title, unit: 'ms until the last is in' },
        titles(variants),
        samples,
        ({ time }) => time,
      ),
      toTable(
        { name: 'storm-cpu', title: `${title}: work`, unit: 'µs CPU per client' },
        titles(variants),
        samples,
        ({ cpu }) => cpu,
      ),
      toTable(
        { name: 'storm-lag', title: `${title}: lag of the event loop`, unit: 'ms, p99' },
        titles(variants),
        samples,
        ({ lag }) => lag,
      ),
    ];
  },
};

/** Many connections, of which some call. */
export const CROWD_OF_CLIENTS: Measurement = {
  name: 'crowd',
  async run({ rounds, crowd, crowdSeconds, events, builds }) {
    const variants = withBuilds(CROWD, builds);
    const connections = possibleConnections(crowd);
    const samples = await measureCrowd(
      specs(variants),
      fewer(rounds, 0.75).lives,
      connections,
      crowdSeconds,
      events.warmUp,
    );
    const title = `${connections.toLocaleString('en')} connections, 1,000 calls a second`;
    const table = (name: string, of: string, unit: string, value: keyof CrowdFigures) =>
      toTable({ name, title: `${title}: ${of}`, unit }, titles(variants), samples, (sample) => sample[value]);
    return [
      table('crowd-rss', 'resident memory', 'bytes per connection', 'rss'),
      table('crowd-heap', 'heap', 'bytes per connection', 'heap'),
      table('crowd-p99', 'the slowest of a hundred calls', 'ms', 'p99'),
      table('crowd-cpu', 'work', 'µs CPU per call', 'cpu'),
    ];
  },
  profile: ({ crowd, builds }) =>
    profileCrowd('A call among many connections', withBuilds(CROWD, builds), possibleConnections(crowd)),
};

type CrowdFigures = Record<'rss' | 'heap' | 'p99' | 'cpu', number>;
