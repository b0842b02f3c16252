import { expect } from 'chai';
import { Adapter } from 'socket.io-adapter';
import { Halls, type Hall } from '../support/presence-nodes';
import { ask } from '../support/run-gateway';

const LONG = 60_000;

/** Checks that all nodes list the same users of a room. */
function expectSame(halls: readonly Hall[], room?: string): void {
  const [first, ...others] = halls;
  for (const other of others) expect(other.list(room), other.id).to.deep.equal(first!.list(room));
}

describe('presence on several nodes', () => {
  it('is the same on all of them, with each user once', async () => {
    const halls = new Halls();
    const [one, two, three] = await halls.startAll('n1', 'n2', 'n3');
    const ada = await one!.enter(1);
    await ada.view.has('', 1);
    const ben = await two!.enter(2);
    const adaToo = await three!.enter(1);
    await Promise.all([ada, ben, adaToo].map(({ view }) => view.has('', 1, 2)));
    await ada.view.until((view) => view.list().some(({ devices }) => devices.length === 2));
    expectSame(halls.nodes);
    expect(ada.view.list()).to.have.deep.members(two!.list());
    expect(await two!.gateway.broker.call('hall.countPresence', {}, { nodeID: 'n2' })).to.equal(2);
    ben.client.disconnect();
    await Promise.all([ada, adaToo].map(({ view }) => view.has('', 1)));
    ada.client.disconnect();
    await adaToo.view.until((view) => view.list()[0]?.devices.length === 1);
    expectSame(halls.nodes);
  });

  it('shows a move from node to node to nobody', async () => {
    const halls = new Halls({ presence: { grace: LONG } });
    const [one, two] = await halls.startAll('n1', 'n2');
    const watcher = await two!.enter();
    const ada = await one!.enter(1);
    await watcher.view.has('', 1);
    const before = watcher.view.messages.length;
    await one!.cut(ada);
    const back = await two!.enter(1);
    await halls.until(() => one!.list()[0]?.devices[0]?.socketId === back.client.id);
    await watcher.view.until((view) => view.list()[0]?.devices[0]?.socketId === back.client.id);
    for (const message of watcher.view.messages.slice(before))
      expect(message).to.deep.include({ joins: [], leaves: [] });
    expectSame(halls.nodes);
    // It has come back: what the first node has kept of it does not matter any more.
    back.client.disconnect();
    await watcher.view.has('');
    await halls.until(() => one!.list().length === 0);
  });

  it('calls a method on each node, or on one', async () => {
    const halls = new Halls({ presence: { rooms: 'room:*' } });
    const [one, two, three] = await halls.startAll('n1', 'n2', 'n3');
    const members = await Promise.all([one!, two!, three!].map((hall, at) => hall.enter(at)));
    const rooms = Array.from({ length: 8 }, (_none, at) => `room:${at}`);
    for (const room of rooms) await Promise.all(members.map(({ client }) => ask(client, 'enter', room)));
    await Promise.all(members.flatMap(({ view }) => rooms.map((room) => view.has(room, 0, 1, 2))));
    for (const { client } of members.slice(1)) client.disconnect();
    await Promise.all(rooms.map((room) => members[0]!.view.has(room, 0)));
    const count = (method: string, kind: 'joins' | 'leaves'): number =>
      halls.told
        .filter((told) => told.method === method)
        .reduce((sum, { diff }) => sum + diff[kind].length, 0);
    await halls.until(() => count('each', 'joins') === 72 && count('each', 'leaves') === 48);
    await halls.until(() => count('once', 'joins') === 24 && count('once', 'leaves') === 16);
    const onceBy = (room: string): Set<string> =>
      new Set(
        halls.told.filter((told) => told.method === 'once' && told.room === room).map(({ node }) => node),
      );
    for (const room of rooms) expect(onceBy(room).size, room).to.equal(1);
    expect(new Set(rooms.flatMap((room) => [...onceBy(room)])).size).to.be.above(1);
  });

  it('is there on a node that starts later, which calls no method once for it', async () => {
    const halls = new Halls();
    const one = await halls.start('n1');
    const ada = await one.enter(1);
    await ada.view.has('', 1);
    await halls.until(() => halls.told.some(({ method }) => method === 'once'));
    const before = halls.told.filter(({ method }) => method === 'once').length;
    const two = await halls.start('n2');
    const ben = await two.enter(2);
    await Promise.all([ada, ben].map(({ view }) => view.has('', 1, 2)));
    expect(ben.view.messages[0]).to.have.property('state');
    await halls.until(() =>
      halls.told.some(({ node, diff }) => node === 'n2' && diff.joins.some(({ id }) => id === 1)),
    );
    const once = halls.told.filter(({ method }) => method === 'once').slice(before);
    expect(once.flatMap(({ diff }) => diff.joins.map(({ id }) => id))).to.deep.equal([2]);
  });

  it('keeps those of a node that stops for the grace, if they come back elsewhere', async () => {
    const halls = new Halls({ presence: { grace: 400 } });
    const [one, two] = await halls.startAll('n1', 'n2');
    const watcher = await two!.enter();
    await one!.enter(1);
    await one!.enter(2);
    await watcher.view.has('', 1, 2);
    const before = watcher.view.messages.length;
    await one!.stop();
    expect(two!.ids()).to.deep.equal([1, 2]);
    const back = await two!.enter(1);
    await watcher.view.has('', 1);
    const gone = watcher.view.messages
      .slice(before)
      .flatMap((message) => ('leaves' in message ? message.leaves : []));
    expect(gone.map(({ id }) => id)).to.deep.equal([2]);
    back.client.disconnect();
    await watcher.view.has('');
  });

  it('is that of one node where the nodes are not one gateway', async () => {
    const halls = new Halls({ io: { adapter: 'local' } });
    const [one, two] = await halls.startAll('n1', 'n2');
    const [ada, ben] = [await one!.enter(1), await two!.enter(2)];
    await Promise.all([ada.view.has('', 1), ben.view.has('', 2)]);
    expect([one!.ids(), two!.ids()]).to.deep.equal([[1], [2]]);
  });

  it('is the same with another adapter', async () => {
    class OwnAdapter extends Adapter {}
    const halls = new Halls({ io: { options: { adapter: OwnAdapter } } });
    const [one, two] = await halls.startAll('n1', 'n2');
    const [ada, ben] = [await one!.enter(1), await two!.enter(2)];
    await Promise.all([ada, ben].map(({ view }) => view.has('', 1, 2)));
    expectSame(halls.nodes);
  });

  it('keeps the meta of a device, and tells it to all nodes', async () => {
    const halls = new Halls();
    const [one, two] = await halls.startAll('n1', 'n2');
    const [ada, ben] = [await one!.enter(1), await two!.enter(2)];
    await ask(ada.client, 'update', { isTyping: true });
    await ben.view.until((view) => view.list().some(({ devices: [device] }) => device?.meta !== undefined));
    expectSame(halls.nodes);
    expect(ben.view.list()).to.have.deep.members(two!.list());
  });
});
