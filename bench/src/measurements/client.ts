import { measureCalling } from '../measure/calling';
import { toTable } from '../results';
import { fewer, specs, titles, variant, type Measurement } from './measurement';

const CLIENTS = [
  variant('client', 'emit-with-ack', 'emitWithAck', 'floor'),
  variant('client', 'emit-with-ack-timeout', 'timeout(10_000).emitWithAck'),
  variant('client', 'ack-timeout', 'timeout(10_000).emit in a promise, error first'),
  variant('client', 'typed', 'call of the typed client, with its timeout'),
];

/** The typed client, beside socket.io-client by itself. */
export const CLIENT: Measurement = {
  name: 'client',
  async run({ rounds, calls }) {
    const samples = await measureCalling(specs(CLIENTS), fewer(rounds), calls);
    const head = { name: 'client', title: 'A call, in the process of the client', unit: 'µs CPU per call' };
    return [toTable(head, titles(CLIENTS), samples, ({ cpu }) => cpu)];
  },
};
