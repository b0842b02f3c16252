import { expect } from 'chai';
import { Errors } from 'moleculer';
import { createClient } from 'redis';
import { afterwards, ask, connected, newBroker, next, serviceOf } from '../support/run-gateway';
import { describeWithRedis } from './redis-server';
import {
  Cluster,
  sentAway,
  STYLES,
  until,
  type AdapterKind,
  type Link,
  type Member,
  type Style,
} from './two-nodes';

/** The ways to give an adapter. */
const FORMS = {
  'an adapter': async (link: Link) => {
    await link.connect();
    return link.adapter();
  },
  'an async function that connects first': (link: Link) => async () => {
    await link.connect();
    return link.adapter();
  },
};
type Form = keyof typeof FORMS;

/** How each style is given its adapter where all cases are run; the other way is only looked at. */
const COMBINATIONS: Record<string, { thorough: Form; brief: Form }> = {
  'decorated classes': { thorough: 'an async function that connects first', brief: 'an adapter' },
  SocketIOService: { thorough: 'an adapter', brief: 'an async function that connects first' },
};

/** Every test has a tenant of its own. */
let tenants = 0;

/** What every adapter for Redis must be able to do, whatever a gateway looks like and however it is given the adapter. */
export function clusterCases(name: string, kind: AdapterKind): void {
  describeWithRedis(name, (redis) => {
    adapterCases(kind, () => redis().url);

    describe('in the end', () => {
      it('no connection to Redis is open', async () => {
        await until(async () => (await connections(redis().url)) === 1);
      });
    });
  });
}

/** @param url where the servers of the nodes meet */
export function adapterCases(kind: AdapterKind, url: () => string): void {
  for (const [styleName, { thorough, brief }] of Object.entries(COMBINATIONS)) {
    const style = STYLES[styleName]!;

    describe(`two nodes of ${styleName}, given ${thorough}`, () => {
      let cluster: Cluster;
      before(async () => {
        cluster = await Cluster.start(kind, url(), style, FORMS[thorough]);
      });
      after(() => cluster.stop());
      // A client that has left is still counted for a moment.
      beforeEach(() => until(async () => (await cluster.one.x('getClients')).length === 0));

      pushCases(() => cluster);
      roomCases(() => cluster);
      disconnectCases(() => cluster);
      requestCases(() => cluster);
      tenantCases(() => cluster);
      if (styleName === 'decorated classes') forgettingCase(() => cluster);
    });

    describe(`two nodes of ${styleName}, given ${brief}`, () => {
      it('hear each other', async () => {
        const cluster = await Cluster.start(kind, url(), style, FORMS[brief], kind.transporter !== undefined);
        afterwards(() => cluster.stop());
        const members = [await cluster.one.join(), await cluster.two.join()];
        await cluster.one.x('broadcast', { event: 'news' });
        await cluster.settled(...members);
        expect(members.map(({ received }) => received)).to.deep.equal([[['news']], [['news']]]);
        expect(await cluster.one.x('getClients')).to.have.members(members.map(({ id }) => id));
      });
    });

    describe(`nodes of ${styleName} that come and go`, () => {
      comingAndGoing(kind, url, style);
    });
  }
}

function pushCases(cluster: () => Cluster): void {
  describe('broadcast', () => {
    it('reaches the clients of both nodes, once', async () => {
      const { one, two } = cluster();
      const members = [await one.join(), await two.join(), await two.join()];
      await one.x('broadcast', { event: 'news', args: ['from one', { deep: [1] }] });
      await two.x('broadcast', { event: 'news', args: ['from two', { deep: [2] }] });
      await cluster().settled(...members);
      for (const { received } of members) {
        expect(received).to.have.deep.members([
          ['news', 'from one', { deep: [1] }],
          ['news', 'from two', { deep: [2] }],
        ]);
      }
    });

    it('takes binary data to the other node', async () => {
      const { one, two } = cluster();
      const member = await two.join();
      await one.x('broadcast', { event: 'picture', args: [{ bytes: Buffer.from([1, 2, 3]) }] });
      await cluster().settled(member);
      expect(member.received).to.deep.equal([['picture', { bytes: Buffer.from([1, 2, 3]) }]]);
    });

    it('reaches rooms on both nodes, and only them', async () => {
      const { one, two } = cluster();
      const [a, b, both] = [
        await one.joinRooms('a'),
        await two.joinRooms('b'),
        await two.joinRooms('a', 'b'),
      ];
      const [none, other] = [await one.join(), await two.joinRooms('c')];
      await one.x('broadcast', { event: 'a', rooms: 'a' });
      await one.x('broadcast', { event: 'ab', rooms: ['a', 'b'] });
      await one.x('broadcast', { event: 'nobody', rooms: [] });
      await cluster().settled(a, b, both, none, other);
      expect(a.received).to.deep.equal([['a'], ['ab']]);
      expect(b.received).to.deep.equal([['ab']]);
      expect(both.received).to.deep.equal([['a'], ['ab']]);
      expect(none.received).to.deep.equal([]);
      expect(other.received).to.deep.equal([]);
    });

    it('spares the rooms of except on both nodes', async () => {
      const { one, two } = cluster();
      const members = [
        await one.joinRooms('a'),
        await two.joinRooms('a'),
        await one.joinRooms('a', 'quiet'),
        await two.joinRooms('a', 'quiet'),
        await two.joinRooms('quiet'),
      ];
      await one.x('broadcast', { event: 'loud', rooms: ['a'], except: 'quiet' });
      await two.x('broadcast', { event: 'to all', except: ['quiet', members[0]!.id] });
      await cluster().settled(...members);
      expect(members.map(({ received }) => received.flat().sort())).to.deep.equal([
        ['loud'],
        ['loud', 'to all'],
        [],
        [],
        [],
      ]);
    });

    it('stays on the node where it is local', async () => {
      const { one, two } = cluster();
      const members = [await one.joinRooms('a'), await two.joinRooms('a'), await one.join()];
      await one.x('broadcast', { event: 'here', local: true });
      await one.x('broadcast', { event: 'room', rooms: 'a', local: true });
      await two.x('broadcast', { event: 'there', local: true });
      await cluster().settled(...members);
      expect(members.map(({ received }) => received.flat().sort())).to.deep.equal([
        ['here', 'room'],
        ['there'],
        ['here'],
      ]);
    });

    it('reaches a client of the other node where it is volatile', async () => {
      const { one, two } = cluster();
      const member = await two.join();
      await one.x('broadcast', { event: 'tick', args: [1], volatile: true });
      await cluster().settled(member);
      expect(member.received).to.deep.equal([['tick', 1]]);
    });
  });
}

function roomCases(cluster: () => Cluster): void {
  it('getClients sees those of both nodes, and of a room', async () => {
    const { one, two } = cluster();
    const [a, b, c] = [await one.joinRooms('a'), await two.joinRooms('a'), await two.join()];
    for (const node of cluster().nodes) {
      expect(await node.x('getClients')).to.have.members([a.id, b.id, c.id]);
      expect(await node.x('getClients', { room: 'a' })).to.have.members([a.id, b.id]);
      expect(await node.x('getClients', { room: 'nobody' })).to.deep.equal([]);
    }
  });

  /** `socket.io` cannot be asked to wait: what the adapter passes on arrives in its own time. */
  async function untilIn(room: string, ...members: Member[]): Promise<void> {
    const expected = members.map(({ id }) => id).sort();
    for (const node of cluster().nodes) {
      await until(async () => {
        const ids: string[] = await node.x('getClients', { room });
        return ids.sort().join() === expected.join();
      });
    }
  }

  it('joinRooms and leaveRooms reach sockets of the other node by id', async () => {
    const { one, two } = cluster();
    const [near, far, other] = [await one.join(), await two.join(), await two.join()];
    await one.x('joinRooms', { socketIds: [near.id, far.id], join: ['a', 'b'] });
    await untilIn('a', near, far);
    await one.x('broadcast', { event: 'joined', rooms: 'a' });
    await one.x('leaveRooms', { socketIds: far.id, leave: 'a' });
    await untilIn('a', near);
    await untilIn('b', near, far);
    await one.x('broadcast', { event: 'left a', rooms: 'a' });
    await one.x('broadcast', { event: 'still in b', rooms: 'b' });
    await cluster().settled(near, far, other);
    expect(near.received).to.deep.equal([['joined'], ['left a'], ['still in b']]);
    expect(far.received).to.deep.equal([['joined'], ['still in b']]);
    expect(other.received).to.deep.equal([]);
  });

  it('joinRooms and leaveRooms reach sockets of both nodes by their rooms', async () => {
    const { one, two } = cluster();
    const [near, far, other] = [await one.joinRooms('old'), await two.joinRooms('old'), await two.join()];
    await two.x('joinRooms', { rooms: 'old', join: 'new' });
    await untilIn('new', near, far);
    await two.x('broadcast', { event: 'joined', rooms: 'new' });
    await two.x('leaveRooms', { rooms: ['new'], leave: ['old', 'new'] });
    await untilIn('new');
    await untilIn('old');
    await two.x('broadcast', { event: 'left', rooms: ['old', 'new'] });
    await cluster().settled(near, far, other);
    expect(near.received).to.deep.equal([['joined']]);
    expect(far.received).to.deep.equal([['joined']]);
    expect(other.received).to.deep.equal([]);
  });

  it('a client is in the room that an action of the other node put it in, before its ack', async () => {
    const { one, two } = cluster();
    const [member, other] = [await one.join(), await two.join()];
    expect(await ask(member.client, 'call', 'rooms.enter', { rooms: ['a', 'b'] })).to.deep.equal({
      error: null,
      result: 'two',
    });
    await two.x('broadcast', { event: 'welcome', rooms: 'b' });
    expect(await two.x('getClients', { room: 'a' })).to.deep.equal([member.id]);
    await ask(member.client, 'call', 'rooms.leave', { rooms: 'b' });
    await two.x('broadcast', { event: 'gone', rooms: 'b' });
    await cluster().settled(member, other);
    expect(member.received).to.deep.equal([['welcome']]);
    expect(other.received).to.deep.equal([]);
  });
}

function disconnectCases(cluster: () => Cluster): void {
  describe('disconnect', () => {
    /** Those are sent away from the other node, and nobody else. */
    async function expectOnlyGone(gone: Member[], stay: Member[], params: object): Promise<void> {
      const reasons = Promise.all(gone.map(sentAway));
      await cluster().one.x('disconnect', params);
      expect(await reasons).to.deep.equal(gone.map(() => 'io server disconnect'));
      for (const node of cluster().nodes) {
        await until(async () => (await node.x('getClients')).length === stay.length);
        expect(await node.x('getClients')).to.have.members(stay.map(({ id }) => id));
      }
      await cluster().settled(...stay);
    }

    it('sends sockets of the other node away by id', async () => {
      const { one, two } = cluster();
      const [near, far, farther] = [await one.join(), await two.join(), await two.join()];
      await expectOnlyGone([far], [near, farther], { socketIds: far.id });
      await expectOnlyGone([near, farther], [], { socketIds: [near.id, farther.id] });
    });

    it('sends the sockets of rooms away on both nodes', async () => {
      const { one, two } = cluster();
      const gone = [await one.joinRooms('a'), await two.joinRooms('a'), await two.joinRooms('b')];
      const stay = [await one.join(), await two.joinRooms('c')];
      await expectOnlyGone(gone, stay, { rooms: ['a', 'b'] });
    });

    it('sends all sockets of a user away, on both nodes', async () => {
      const { one, two } = cluster();
      const [user, another] = [{ id: 7 }, { id: 'ada' }];
      const gone = [await one.join({ user }), await two.join({ user }), await two.join({ user })];
      const stay = [
        await two.join({ user: another }),
        await two.join(),
        await one.join({ user: { id: 77 } }),
      ];
      await expectOnlyGone(gone, stay, { user: 7 });
      await expectOnlyGone([stay[0]!], stay.slice(1), { user: 'ada' });
    });

    it('knows a user whom an action has logged in', async () => {
      const { one, two } = cluster();
      const [far, before] = [await two.join({ user: { id: 1 } }), await one.join({ user: { id: 1 } })];
      const near = await one.join();
      for (const { client } of [far, near]) await ask(client, 'call', 'rooms.login', { id: 2 });
      await expectOnlyGone([far, near], [before], { user: 2 });
    });

    it('closes the whole connection where it is told to', async () => {
      const { one, two } = cluster();
      const far = await two.join();
      const beside = far.client.io.socket(`/tenants/${++tenants}`, {});
      beside.connect();
      await connected(beside);
      const gone = next(beside, 'disconnect');
      await one.x('disconnect', { socketIds: far.id, close: true });
      await gone;
    });
  });
}

function requestCases(cluster: () => Cluster): void {
  describe('request', () => {
    it('asks one client of the other node, and gives its answer', async () => {
      const { one, two } = cluster();
      const [near, far] = [await one.join(), await two.join()];
      for (const { client, id } of [near, far])
        client.on('what', (a: number, b: number, answer: (sum: unknown) => void) =>
          answer({ sum: a + b, id }),
        );
      for (const node of cluster().nodes) {
        for (const { id } of [near, far]) {
          const params = { socketId: id, event: 'what', args: [2, 3], timeout: 1000 };
          expect(await node.x('request', params)).to.deep.equal({ sum: 5, id });
        }
      }
      expect(near.received.concat(far.received)).to.have.length(4);
    });

    it('is a timeout where the client of the other node does not answer', async () => {
      const { one, two } = cluster();
      const far = await two.join();
      const error = await one
        .x('request', { socketId: far.id, event: 'what', timeout: 50 })
        .then(String, (reason: unknown) => reason);
      expect(error).to.be.instanceOf(Errors.RequestTimeoutError);
    });

    it('is 404 at once where the client of the other node goes before it answers', async () => {
      const { one, two } = cluster();
      const ways: Record<string, (member: Member) => unknown> = {
        leaves: ({ client }) => client.disconnect(),
        'is cut off': ({ client }) => client.io.engine.close(),
        'is thrown out': ({ id }) => two.x('disconnect', { socketIds: id }),
      };
      for (const [way, go] of Object.entries(ways)) {
        const far = await two.join();
        far.client.on('what', () => void go(far));
        const error = await one
          .x('request', { socketId: far.id, event: 'what', timeout: 4_000 })
          .then(String, (reason: unknown) => reason);
        expect(error, way).to.include({ code: 404, type: 'SOCKET_NOT_FOUND' });
      }
    });

    it('reaches the client that it names, though others may want to hear it', async () => {
      const { one, two } = cluster();
      const [eve, far] = [await one.join(), await two.join()];
      eve.client.on('what', (answer: (value: string) => void) => answer('forged'));
      far.client.on('what', (answer: (value: string) => void) => setTimeout(() => answer('true'), 50));
      for (const node of cluster().nodes) {
        for (const room of [far.id, '$user:1']) {
          const refusal = await node
            .x('joinRooms', { socketIds: eve.id, join: room })
            .then(String, (reason: unknown) => reason);
          expect(refusal).to.include({ code: 400, type: 'ROOM_RESERVED' });
        }
        expect(await node.x('request', { socketId: far.id, event: 'what', timeout: 1000 })).to.equal('true');
      }
    });

    it('is 404 where no node has the client', async () => {
      const { one, two } = cluster();
      await two.join();
      const error = await one
        .x('request', { socketId: 'nobody', event: 'what', timeout: 1000 })
        .then(String, (reason: unknown) => reason);
      expect(error).to.include({ code: 404, type: 'SOCKET_NOT_FOUND' });
    });
  });
}

function tenantCases(cluster: () => Cluster): void {
  describe('a tenant whose clients are on the other node only', () => {
    let namespace: string;
    let far: Member;
    beforeEach(async () => {
      namespace = `/tenants/${++tenants}`;
      far = await cluster().tenant(cluster().two, namespace);
    });

    it('gets a broadcast, once', async () => {
      const { one, two } = cluster();
      await one.tenant('broadcast', { namespace, event: 'news', args: ['far'] });
      await one.tenant('broadcast', { namespace: '/tenants/other', event: 'others' });
      await one.tenant('broadcast', { namespace, event: 'room', rooms: [far.id] });
      await one.tenant('broadcast', { namespace, event: 'not you', except: far.id });
      await one.tenant('broadcast', { namespace, event: 'not here', local: true });
      await one.tenant('broadcast', { namespace, event: 'end' });
      await until(() => far.received.some(([event]) => event === 'end'));
      expect(far.received).to.deep.equal([['news', 'far'], ['room'], ['end']]);
      expect(two.tenants.namespaces.has('/tenants/other')).to.equal(false);
    });

    it('is seen by getClients and answers a request, every time', async () => {
      const { one, two } = cluster();
      far.client.on('what', (value: number, answer: (value: number) => void) => answer(value));
      for (let time = 0; time < 4; time++) {
        expect(await one.tenant('getClients', { namespace }), `time ${time}`).to.deep.equal([far.id]);
        const params = { namespace, socketId: far.id, event: 'what', args: [time], timeout: 1000 };
        expect(await one.tenant('request', params)).to.equal(time);
      }
      expect(await two.tenant('getClients', { namespace })).to.deep.equal([far.id]);
    });

    it('answers a request that is the first thing he is asked', async () => {
      const { one } = cluster();
      far.client.on('what', (answer: (value: string) => void) => answer('this'));
      const params = { namespace, socketId: far.id, event: 'what', timeout: 1000 };
      expect(await one.tenant('request', params)).to.equal('this');
    });

    it('is found by many actions at once', async () => {
      const { one } = cluster();
      far.client.on('what', (value: number, answer: (value: number) => void) => answer(value));
      const numbers = Array.from({ length: 10 }, (_, at) => at);
      const answers = await Promise.all(
        numbers.flatMap((number) => [
          one.tenant('getClients', { namespace }),
          one.tenant('broadcast', { namespace, event: 'news', args: [number] }),
          one.tenant('request', {
            namespace,
            socketId: far.id,
            event: 'what',
            args: [number],
            timeout: 1000,
          }),
        ]),
      );
      expect(answers).to.deep.equal(numbers.flatMap((number) => [[far.id], undefined, number]));
      await until(() => far.received.filter(([event]) => event === 'news').length >= numbers.length);
      expect(far.received.filter(([event]) => event === 'news')).to.have.length(numbers.length);
    });

    it('joins and leaves rooms, and is sent away', async () => {
      const { one } = cluster();
      await one.tenant('joinRooms', { namespace, socketIds: far.id, join: 'a' });
      await one.tenant('broadcast', { namespace, event: 'joined', rooms: 'a' });
      await one.tenant('leaveRooms', { namespace, rooms: 'a', leave: 'a' });
      await one.tenant('broadcast', { namespace, event: 'left', rooms: 'a' });
      const reason = sentAway(far);
      await one.tenant('disconnect', { namespace, socketIds: [far.id] });
      expect(await reason).to.equal('io server disconnect');
      expect(far.received).to.deep.equal([['joined']]);
    });

    it('is not another tenant: a name that is none is 404, and nothing is made of it', async () => {
      const { one } = cluster();
      const error = await one
        .tenant('broadcast', { namespace: '/tenants', event: 'news' })
        .then(String, (reason: unknown) => reason);
      expect(error).to.include({ code: 404 });
      expect(one.tenants.namespaces.has('/tenants')).to.equal(false);
      expect(one.gateway.io._nsps.has('/tenants')).to.equal(false);
    });

    it('may have clients on this node, too, and still when they left and came back', async () => {
      const { one, two } = cluster();
      for (let time = 1; time <= 2; time++) {
        const near = await cluster().tenant(one, namespace);
        for (const node of [one, two]) {
          const ids = await node.tenant('getClients', { namespace });
          expect(ids, `time ${time}, asked on ${node.broker.nodeID}`).to.have.members([near.id, far.id]);
        }
        await two.tenant('broadcast', { namespace, event: 'news', args: [time] });
        await two.tenant('broadcast', { namespace, event: 'end' });
        await until(() => near.received.some(([event]) => event === 'end'));
        expect(near.received).to.deep.equal([['news', time], ['end']]);
        near.client.disconnect();
        await until(() => !one.tenants.namespaces.has(namespace));
      }
    });
  });
}

/** What is the same for every way to write a gateway: it takes a while. */
function forgettingCase(cluster: () => Cluster): void {
  it('a tenant is forgotten by a node that only asked for him', async () => {
    const { one, two } = cluster();
    const namespace = `/tenants/${++tenants}`;
    await cluster().tenant(two, namespace);
    await one.tenant('broadcast', { namespace, event: 'news' });
    const known = (): string[] => [...one.tenants.namespaces.keys(), ...one.gateway.io._nsps.keys()];
    await until(() => !known().includes(namespace));
  });
}

function comingAndGoing(kind: AdapterKind, url: () => string, style: Style): void {
  it('hear each other again after one was stopped and started', async () => {
    const form = FORMS['an async function that connects first'];
    const cluster = await Cluster.start(kind, url(), style, form, kind.transporter !== undefined);
    afterwards(() => cluster.stop());
    const { one } = cluster;
    const far = await one.join();
    await cluster.two.broker.stop();
    await until(async () => (await one.namespace('/x').adapter.serverCount()) === 1);
    expect(await one.x('getClients')).to.deep.equal([far.id]);
    await one.x('broadcast', { event: 'alone' });
    await cluster.restart(kind);
    await cluster.connected();
    const near = await cluster.two.join();
    await one.x('broadcast', { event: 'news' });
    await cluster.settled(near, far);
    expect([near.received, far.received]).to.deep.equal([[['news']], [['alone'], ['news']]]);
  });

  it('do not start where the adapter cannot be connected, and say why', async () => {
    let calls = 0;
    const reason = new Error('no Redis here');
    const broker = newBroker(
      style.services(() => {
        calls++;
        return Promise.reject(reason);
      }),
    );
    const error = await broker.start().then(
      () => 'started',
      (failure: unknown) => failure,
    );
    expect(error).to.equal(reason);
    expect(calls).to.be.at.least(1);
  });

  it('connect once for all gateways of a server', async () => {
    let calls = 0;
    const link = kind.link(url(), `once-${++tenants}`);
    afterwards(() => link.close());
    const broker = newBroker(
      style.services(async () => {
        calls++;
        await link.connect();
        return link.adapter();
      }),
    );
    await broker.start();
    expect(calls).to.equal(1);
    // An adapter that is closed while it subscribes fails in its own way.
    for (const { adapter } of serviceOf(broker, 'node').io._nsps.values())
      await until(async () => (await adapter.serverCount()) === 1);
    await broker.stop();
  });
}

/** How many connections a Redis has, the one that asks included. */
async function connections(url: string): Promise<number> {
  const client = createClient({ url });
  await client.connect();
  const info = await client.info('clients');
  await client.close();
  return Number(/connected_clients:(\d+)/.exec(info)?.[1]);
}
