import { expect } from 'chai';
import { afterwards } from '../support/run-gateway';
import { ForwardingNodes, type Member } from './forward-nodes';
import { describeWithRedis } from './redis-server';
import { until } from './two-nodes';

const COUNTS = [1, 2, 3];
const KINDS = ['emit', 'broadcast', 'broadcastLocal'] as const;

describe('@ForwardEvent on several nodes', () => {
  describe('without an adapter,', () => {
    forwardingCases(() => undefined);
  });

  describeWithRedis('with the adapter of Redis,', (redis) => {
    // Everything of a suite that stands inside has ended when Redis does.
    describe('and a transporter,', () => {
      forwardingCases(() => redis().url);
    });

    it('and without a transporter, the adapter takes what one node hears to all clients', async () => {
      const nodes = await ForwardingNodes.start(2, redis().url, false);
      afterwards(() => nodes.stop());
      const members = [...(await nodes.joinAll()), ...(await nodes.joinAll('/versioned'))];
      for (const [at, broker] of nodes.brokers.entries()) {
        for (const kind of KINDS) {
          nodes.handled.length = 0;
          await broker[kind]('order.updated', { id: `${kind} ${at}` });
          for (const member of members)
            await until(() => member.received.some(([, id]) => id === `${kind} ${at}`));
        }
      }
      const expected = nodes.brokers.flatMap((_, at) =>
        KINDS.map((kind) => ['order.updated', `${kind} ${at}`]),
      );
      for (const member of members) expect(member.take()).to.deep.equal(expected);
    });
  });
});

/** What holds with an adapter and without, and whichever node an event comes from. */
function forwardingCases(redis: () => string | undefined): void {
  const clusters = new Map<number, ForwardingNodes>();
  before(async () => {
    await Promise.all(
      COUNTS.map(async (count) => clusters.set(count, await ForwardingNodes.start(count, redis()))),
    );
  });
  after(() => Promise.all([...clusters.values()].map((nodes) => nodes.stop())));
  beforeEach(() => {
    for (const nodes of clusters.values()) nodes.handled.length = 0;
  });

  for (const count of COUNTS) {
    describe(`on ${count === 1 ? 'one node' : `${count} nodes`}`, () => {
      let nodes: ForwardingNodes;
      beforeEach(() => {
        nodes = clusters.get(count)!;
      });

      /** Sends an event from everywhere, and looks at what has come of it each time. */
      async function fromEverywhere(
        kind: (typeof KINDS)[number],
        look: (
          sender: string,
          send: (event: string, params: object, groups?: string[]) => unknown,
        ) => unknown,
      ): Promise<void> {
        for (const sender of nodes.senders) {
          nodes.handled.length = 0;
          await look(sender.nodeID, (event, params, groups) =>
            sender[kind](event, params, ...((groups ? [{ groups }] : []) as [])),
          );
        }
      }

      const takenBy = (members: Member[]): unknown[][][] => members.map((member) => member.take());
      const all = <T>(members: Member[], expected: T): T[] => members.map(() => expected);

      describe('a client gets it once', () => {
        it('where it is emitted, and the method runs on one node', async () => {
          const members = [...(await nodes.joinAll()), ...(await nodes.joinAll())];
          const versioned = await nodes.joinAll('/versioned');
          await fromEverywhere('emit', async (id, send) => {
            await send('order.updated', { id });
            // The event's own handler, and two gateways.
            await nodes.settled(3);
            expect(takenBy([...members, ...versioned])).to.deep.equal(
              all([...members, ...versioned], [['order.updated', id]]),
            );
            expect(nodes.handled).to.have.length(3);
          });
        });

        it('where it is broadcast, and the method runs on every node', async () => {
          const members = [...(await nodes.joinAll()), ...(await nodes.joinAll())];
          const versioned = await nodes.joinAll('/versioned');
          await fromEverywhere('broadcast', async (id, send) => {
            await send('order.updated', { id });
            await nodes.settled(3 * count);
            expect(takenBy([...members, ...versioned])).to.deep.equal(
              all([...members, ...versioned], [['order.updated', id]]),
            );
            expect(nodes.handled).to.have.length(3 * count);
          });
        });

        it('where it is broadcast locally, and it is a client of that node', async () => {
          const members = await nodes.joinAll();
          await fromEverywhere('broadcastLocal', async (id, send) => {
            await send('order.updated', { id });
            await nodes.settled(id === 'outside' ? 0 : 3);
            expect(takenBy(members)).to.deep.equal(
              nodes.brokers.map(({ nodeID }) => (nodeID === id ? [['order.updated', id]] : [])),
            );
          });
        });

        it('in the order in which they were emitted, where a strategy chooses the node', async () => {
          const members = await nodes.joinAll();
          const keys = ['a', 'b', 'c', 'd'];
          const numbers = Array.from({ length: 40 }, (_, at) => at);
          const sender = nodes.senders.at(-1)!;
          for (const id of numbers) void sender.emit('sharded', { id, key: keys[id % keys.length] });
          await nodes.settled(numbers.length);
          for (const taken of takenBy(members)) {
            const ids = taken.map(([, id]) => id as number);
            const byKey = keys.map((_, at) => ids.filter((id) => id % keys.length === at));
            expect(byKey).to.deep.equal(keys.map((_, at) => numbers.filter((id) => id % keys.length === at)));
          }
          const nodesOf = (at: number): Set<string> =>
            new Set(
              nodes.handled.filter(({ id }) => (id as number) % keys.length === at).map(({ node }) => node),
            );
          for (const at of keys.keys()) expect(nodesOf(at).size).to.equal(1);
        });

        for (const kind of ['emit', 'broadcast'] as const) {
          const times = (): number => (kind === 'emit' ? 1 : count);

          it(`in each of its rooms, and nobody else: ${kind}`, async () => {
            const inA = await nodes.joinAll('/x', ['a']);
            const inBoth = await nodes.joinAll('/x', ['a', 'b']);
            const inC = await nodes.joinAll('/x', ['c']);
            await fromEverywhere(kind, async (id, send) => {
              await send('order.paid', { id, rooms: ['a', 'b'] });
              await send('order.paid', { id: 'nobody', rooms: [] });
              await send('order.paid', { id: 'nobody' });
              await nodes.settled(3 * times());
              expect(takenBy([...inA, ...inBoth])).to.deep.equal(
                all([...inA, ...inBoth], [['order.paid', id]]),
              );
              expect(takenBy(inC)).to.deep.equal(all(inC, []));
            });
          });

          it(`where groups are named, its own or that of the service: ${kind}`, async () => {
            const members = await nodes.joinAll();
            const quiet = await nodes.joinAll('/x', ['quiet']);
            await fromEverywhere(kind, async (id, send) => {
              await send('order.sent', { id }, ['browsers', 'mail']);
              await send('order.sent', { id: 'nobody' }, ['shop']);
              await send('order.paid', { id, rooms: ['quiet'] }, ['shop']);
              await send('order.paid', { id: 'nobody', rooms: ['quiet'] }, ['browsers']);
              await nodes.settled(2 * times());
              expect(takenBy(members)).to.deep.equal(all(members, [['gone', id]]));
              expect(takenBy(quiet)).to.deep.equal(all(quiet, [['order.paid', id]]));
            });
          });

          it(`from each declaration, where several match: ${kind}`, async () => {
            const members = await nodes.joinAll();
            await fromEverywhere(kind, async (id, send) => {
              await send('product.old', { id });
              await send('product.new', { id });
              await send('many', { id });
              await nodes.settled(6 * times());
              for (const taken of takenBy(members)) {
                expect(taken).to.have.deep.members([
                  ['any product', id],
                  ['product.new', id],
                  ['anything new', id],
                  ['any product', id],
                  ['one', id],
                  ['two', id],
                ]);
              }
              expect(nodes.handled).to.have.length(6 * times());
            });
          });

          it(`in every tenant, where none is named, and in the one that is: ${kind}`, async () => {
            const common = await nodes.joinAll('/tenants/common');
            // Each has clients on one node only.
            const own = await Promise.all(nodes.brokers.map((_, at) => nodes.join(at, `/tenants/own-${at}`)));
            await nodes.linked('/tenants/common', count);
            await fromEverywhere(kind, async (id, send) => {
              await send('tenant.news', { id });
              await send('tenant.order', { id, tenant: 'common' });
              for (const at of own.keys()) await send('tenant.order', { id, tenant: `own-${at}` });
              await send('tenant.order', { id: 'nobody', tenant: 'nobody' });
              await nodes.settled((2 + count + 1) * times());
              for (const taken of takenBy([...common, ...own])) {
                expect(taken).to.have.deep.members([
                  ['tenant.news', id],
                  ['tenant.order', id],
                ]);
              }
            });
            for (const { client } of [...common, ...own]) client.disconnect();
          });

          it(`and other services hear nothing of how it got there: ${kind}`, async () => {
            const members = await nodes.joinAll();
            nodes.overheard.length = 0;
            await nodes.brokers[0]![kind]('order.sent', { id: 1 });
            await nodes.settled(times());
            expect(takenBy(members)).to.deep.equal(all(members, [['gone', 1]]));
            const heard = nodes.overheard.filter((event) => event !== 'fence');
            expect(heard).to.deep.equal(Array.from({ length: times() }, () => 'order.sent'));
          });

          it(`with binary data, and whatever JSON knows: ${kind}`, async () => {
            const [near, ...far] = await nodes.joinAll();
            // A transporter would make something else of binary params: this is about what a method gives.
            const value = {
              text: 'ä',
              none: null,
              list: [1, [2]],
              when: new Date(0),
              bytes: Buffer.from([0, 255]),
            };
            await nodes.brokers[0]![kind]('order.paid', { id: value, rooms: [near!.client.id!] });
            await nodes.settled(times());
            const wire = { ...value, when: value.when.toJSON() };
            expect(near!.take()).to.deep.equal([['order.paid', wire]]);
            expect(takenBy(far)).to.deep.equal(all(far, []));
            if (kind === 'broadcast') return;
            nodes.handled.length = 0;
            const rooms = [near!, ...far].map(({ client }) => client.id!);
            await nodes.brokers[0]!.emit('order.paid', { id: value, rooms });
            await nodes.settled(1);
            expect(takenBy([near!, ...far])).to.deep.equal(all([near!, ...far], [['order.paid', wire]]));
          });
        }
      });
    });
  }

  it('a node that stops while events arrive takes none with it that others were to get', async () => {
    const nodes = await ForwardingNodes.start(3, redis());
    afterwards(() => nodes.stop());
    const [leaving, ...staying] = await nodes.joinAll();
    let sent = 0;
    let flooding = true;
    const flood = async (): Promise<void> => {
      for (; flooding; sent++) {
        // From a node that stays, which handles it itself.
        void nodes.brokers[1]![sent % 2 ? 'emit' : 'broadcast']('order.updated', { id: sent });
        await new Promise(setImmediate);
      }
    };
    const done = flood();
    await until(() => leaving!.received.length > 5);
    await nodes.brokers[0]!.stop();
    flooding = false;
    await done;
    const numbers = Array.from({ length: sent }, (_, at) => at);
    for (const member of staying) {
      await until(() => member.received.length >= sent);
      expect(member.received.map(([, id]) => id)).to.have.members(numbers);
      expect(member.received).to.have.length(sent);
    }
    const ids = leaving!.received.map(([, id]) => id);
    expect(new Set(ids).size).to.equal(ids.length);
  });
}
