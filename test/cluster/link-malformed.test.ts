import { expect } from 'chai';
import * as fc from 'fast-check';
import { clusterEventOf } from '../../src/plan/cluster-event';
import { LinkCluster, until, type LinkNode } from './link-nodes';
import { startTransport } from './link-servers';

const EVENT = clusterEventOf({ name: 'chat', version: undefined });
const MAX = 64 * 1024 * 1024;

describe('malformed messages of another node of a cluster', () => {
  let cluster: LinkCluster;
  let one: LinkNode;
  let two: LinkNode;
  beforeEach(async () => {
    cluster = new LinkCluster(await startTransport('Fake'));
    [one, two] = (await cluster.addAll('n1', 'n2')) as [LinkNode, LinkNode];
  });
  afterEach(() => cluster.stop());

  /** Hands a packet to the first node as if the second had sent it. */
  const receive = (params: unknown, nodeID = 'n2'): void => one.link.receive({ nodeID, params } as never);
  const packet = (...messages: unknown[]): unknown[] => [
    1,
    2,
    two.link.instance,
    one.link.instance,
    1000,
    1,
    ...messages,
  ];

  /** The node still serves its clients, and the other reaches it. */
  async function works(): Promise<void> {
    const client = await one.client();
    one.io.emit('local');
    await client.until('local');
    two.io.emit('remote');
    await client.until('remote');
  }

  const MALFORMED: Record<string, () => unknown> = {
    'no packet at all': () => 'hello',
    'an object with the members of an array': () => ({ 0: 1, length: 6 }),
    'a type that does not exist': () => [1, 9, 'a', 'b', 1, 1],
    'an id that is too long': () => [1, 0, 'x'.repeat(65), '', 0, 0],
    'a number of a packet that is negative': () => [1, 2, two.link.instance, one.link.instance, 1000, -1, []],
    'a message that is not a list': () => packet({ __proto__: [] }),
    'a message of an unknown kind': () => packet([99, 'x']),
    'a message without a topic': () => packet([0]),
    'a selection that is none': () => packet([0, 'emit', '/', 'rooms', null, 0, '2["x"]']),
    'a packet without content': () => packet([0, 'emit', '/', [], [], 0]),
    'content that is neither text nor bytes': () => packet([0, 'emit', '/', [], [], 0, 5]),
    'values that cannot be read': () => packet([0, 'server', '/', '{']),
    'an event without a name': () => packet([0, 'server', '/', '30[{}]']),
    'a piece larger than is allowed': () => packet([3, 0, 10 * MAX, 'AAAA']),
    'a piece that continues nothing': () => packet([3, 100, 1000, 'AAAA']),
    'a block without a header': () => packet([3, 0, 3, 'AAAA']),
    'a block whose header is not JSON': () =>
      packet([3, 0, 6, Buffer.from('\0\0\0\x02{x').toString('base64')]),
    'a block whose parts are missing': () =>
      packet([3, 0, 15, Buffer.from('\0\0\0\x0b[{"n":1e9}]').toString('base64')]),
    'an answer that is none': () => packet([2, 'x', 77]),
  };
  for (const [title, malformed] of Object.entries(MALFORMED)) {
    it(`${title}: is dropped, counted, and logged once per node`, async () => {
      for (let time = 1; time <= 2; time++) {
        const before = one.observed.lost;
        const value = malformed();
        if (Array.isArray(value) && value[4] === 1000) value[5] = value[5] === 1 ? time : value[5];
        receive(value);
        expect(one.observed.lost).to.equal(before + 1);
      }
      expect(one.observed.warnings).to.have.length(1);
      expect(one.observed.warnings[0]).to.match(/^n2 has sent .*: it is dropped/);
      expect(one.observed.errors).to.deep.equal([]);
      one.observed.warnings.length = 0;
      await restarted();
      await works();
    });
  }

  /** The stream of the second node was broken into: its link is made anew. */
  async function restarted(): Promise<void> {
    await two.stop();
    await until(one.link, () => one.link.size === 0);
    cluster.nodes.pop();
    two = await cluster.add('n2');
  }

  it('of any form end no process, throw nothing and change no prototype', () => {
    const any = fc.anything({ withNullPrototype: true, withBigInt: true, withTypedArray: true });
    const message = fc.oneof(
      any,
      fc.tuple(
        fc.nat(5),
        fc.constantFrom('emit', 'emit-values', 'join', 'leave', 'disconnect', 'server', 'sockets', 'rooms'),
        any,
        any,
        any,
        any,
      ),
      fc.tuple(
        fc.constant(1),
        fc.nat(),
        fc.constantFrom('emit-values', 'server', 'sockets', 'ids', 'rooms'),
        any,
        any,
        any,
      ),
      fc.tuple(fc.constant(3), fc.nat(9), fc.nat(20), fc.base64String()),
    );
    let seq = 0;
    fc.assert(
      fc.property(any, fc.array(message, { maxLength: 5 }), (whole, messages) => {
        receive(whole);
        const valid = packet(...messages);
        valid[5] = ++seq;
        receive(valid);
      }),
      { numRuns: 2000 },
    );
    expect(({} as { polluted?: unknown }).polluted).to.equal(undefined);
    expect(Object.keys(Object.prototype)).to.deep.equal([]);
    expect(one.observed.warnings).to.have.length(1);
    expect(one.observed.errors.map(String)).to.deep.equal([]);
  });

  it('of another version of the protocol are ignored, with one warning', async () => {
    receive([2, { any: 'thing' }], 'n3');
    receive([2, 0, 'x', '', 0, 0], 'n3');
    expect(one.observed.warnings).to.deep.equal([
      "n3 has version 2 of the cluster's protocol, and this node has 1: they ignore each other.",
    ]);
    expect(one.link.peers).to.deep.equal(['n2']);
    await works();
  });

  it('reach no listener of the application for all events', async () => {
    const heard: string[] = [];
    two.broker.createService({
      name: 'listener',
      events: { '**': (ctx: { eventName: string }) => heard.push(ctx.eventName) },
    } as never);
    await two.broker.waitForServices('listener');
    const client = await two.client();
    one.io.emit('hello');
    await client.until('hello');
    await one.broker.emit('other.event');
    await two.broker.emit('local.event');
    expect(heard).to.include('local.event').and.not.include(EVENT);
  });
});
