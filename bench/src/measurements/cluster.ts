import { measureClustering, measureClusterStart, measureRequests } from '../measure/clustering';
import { profileClustering } from '../profile/profile-clustering';
import { toTable, type Table } from '../results';
import { fewer, type Measurement } from './measurement';

const REDIS = '@socket.io/redis-adapter';
const STREAMS = '@socket.io/redis-streams-adapter';
const GATEWAY = "gateway, over Moleculer's TCP transporter";
const WAYS = new Map([
  ['redis', REDIS],
  ['redis-streams', STREAMS],
  ['moleculer', GATEWAY],
]);
const REQUEST_WAYS = new Map([
  ['redis', REDIS],
  ['moleculer', GATEWAY],
  ['moleculer-action', 'gateway, by the action request'],
]);
const STARTS = new Map([
  ['alone', 'the only node'],
  ['third', 'the third of three nodes'],
]);

export const CLUSTER: Measurement = {
  name: 'cluster',
  async run({ rounds, pushes }) {
    const head = {
      name: 'cluster',
      title: 'A broadcast from one of three nodes, each with 50 clients',
      unit: 'µs CPU of all nodes',
    };
    const samples = await measureClustering(fewer(rounds), pushes);
    return [samples.size === 0 ? withoutRedis(head) : toTable(head, WAYS, samples, ({ cpu }) => cpu)];
  },
  profile: ({ pushes }) => profileClustering(WAYS, pushes * 20),
};

export const REMOTE_REQUEST: Measurement = {
  name: 'request',
  async run({ rounds, requests }) {
    const head = {
      name: 'request',
      title: 'A call to a client of the other of two nodes, with its answer',
      unit: 'µs CPU of both nodes',
    };
    const samples = await measureRequests(fewer(rounds), requests);
    return [samples.size === 0 ? withoutRedis(head) : toTable(head, REQUEST_WAYS, samples, ({ cpu }) => cpu)];
  },
};

export const CLUSTER_START: Measurement = {
  name: 'cluster-start',
  async run({ rounds }) {
    const samples = await measureClusterStart(rounds.lives);
    const head = {
      name: 'cluster-start',
      title: 'The start of a gateway in a cluster',
      unit: 'ms CPU of its node',
    };
    return [toTable(head, STARTS, samples, ({ cpu }) => cpu)];
  },
};

function withoutRedis(head: Pick<Table, 'name' | 'title' | 'unit'>): Table {
  return { ...head, rows: [], note: 'Not measured: redis-server is not installed.' };
}
