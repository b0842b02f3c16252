import { expect } from 'chai';
import * as moleculer from 'moleculer';
import type { BrokerOptions, Middleware } from 'moleculer';
import { LinkCluster, type LinkNode } from './link-nodes';
import { describeOnTransporters, TRANSPORTERS } from './link-servers';
import { afterwards } from '../support/run-gateway';

const COUNT = 400;

/** What stands between the link and the transporter. Compression is asynchronous for what is over its threshold. */
const SETTINGS: Record<string, () => BrokerOptions> = {
  nothing: () => ({}),
  compression: () => ({ middlewares: [transmit().Compression({ threshold: '1kb' })] }),
  encryption: () => ({
    middlewares: [
      transmit().Encryption('secret-password-of-32-characters', 'aes-256-cbc', '1234567890123456'),
    ],
  }),
  'delays of any length': () => ({
    middlewares: [{ transporterReceive: delay as never, transporterSend: delay as never }],
  }),
  'a bulkhead, metrics and tracing': () => ({
    bulkhead: { enabled: true, concurrency: 1, maxQueueSize: 1 },
    metrics: true,
    tracing: true,
  }),
};

interface Transmit {
  Compression(options: object): Middleware;
  Encryption(...args: string[]): Middleware;
}
// The types of 0.15 leave it out.
const transmit = (): Transmit =>
  (moleculer as object as { Middlewares: { Transmit: Transmit } }).Middlewares.Transmit;

/** Holds each packet up for a turn or some of the event loop. */
function delay(next: (...args: unknown[]) => unknown): (...args: unknown[]) => Promise<unknown> {
  let turns = 0;
  return async (...args) => {
    for (let turn = (turns = (turns * 7 + 3) % 5); turn > 0; turn--) await new Promise(setImmediate);
    return next(...args);
  };
}

describe('the order of messages in a cluster', () => {
  describeOnTransporters(TRANSPORTERS, (transport) => {
    for (const [title, broker] of Object.entries(SETTINGS)) {
      it(`is kept through ${title}, each arrives once`, async function () {
        this.timeout(30_000);
        const cluster = new LinkCluster(transport());
        afterwards(() => cluster.stop());
        const nodes: LinkNode[] = [];
        for (const id of ['n1', 'n2', 'n3']) nodes.push(await cluster.add(id, { broker: broker() }));
        await cluster.meet();
        const clients = await Promise.all(nodes.map((node) => node.client()));
        for (let number = 0; number < COUNT; number++) {
          for (const [index, { io }] of nodes.entries()) {
            // Small and large ones, with bytes and without; some in the same turn of the event loop.
            const content =
              number % 7 === 0 ? 'x'.repeat(5000) : number % 11 === 0 ? Buffer.alloc(300, 1) : '';
            io.emit('number', index, number, content);
          }
          if (number % 5 === 0) await new Promise(setImmediate);
        }
        for (const { io } of nodes) io.emit(`end-${nodes.findIndex((node) => node.io === io)}`);
        for (const client of clients) {
          await Promise.all(nodes.map((_, index) => client.until(`end-${index}`)));
          for (const sender of nodes.keys()) {
            const numbers = client.events
              .filter(([, index]) => index === sender)
              .map(([, , number]) => number);
            expect(numbers).to.deep.equal([...Array(COUNT).keys()]);
          }
        }
        expect(nodes.map(({ observed }) => observed.lost)).to.deep.equal([0, 0, 0]);
      });
    }
  });

  describeOnTransporters(['TCP', 'NATS'], (transport) => {
    it('holds for commands, and for messages in pieces between small ones', async function () {
      this.timeout(30_000);
      const cluster = new LinkCluster(transport());
      afterwards(() => cluster.stop());
      const [one, two] = await cluster.addAll('n1', 'n2');
      const client = await two!.client();
      for (let round = 0; round < 20; round++) {
        one!.io.socketsJoin('room');
        one!.io.to('room').emit('inside', round, Buffer.alloc(round % 5 === 0 ? 700_000 : 10));
        one!.io.socketsLeave('room');
        one!.io.to('room').emit('never');
        one!.io.emit('outside', round);
      }
      one!.io.emit('end');
      const events = await client.until('end');
      expect(events.map(([name, round]) => [name, round])).to.deep.equal([
        ...Array.from({ length: 40 }, (_, index) => [
          index % 2 ? 'outside' : 'inside',
          Math.floor(index / 2),
        ]),
        ['end', undefined],
      ]);
    });
  });
});
