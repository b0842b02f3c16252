import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { ServiceBroker, type BrokerOptions } from 'moleculer';
import type { Namespace, Socket } from 'socket.io';
import { Adapter } from 'socket.io-adapter';
import {
  Authenticate,
  OnDisconnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import {
  afterwards,
  ask,
  connect,
  newClient,
  next,
  refused,
  signal,
  start,
  type Client,
  type Running,
  type RunningGateway,
} from '../support/run-gateway';

const settings = { port: 0 };

@SocketNamespace('/x', { name: 'gateway', settings })
class PlainGateway extends SocketGateway {
  @SocketEvent()
  rooms(ctx: SocketContext) {
    return ctx.meta.$rooms;
  }
  @SocketEvent()
  async enter(ctx: SocketContext<string | string[]>) {
    await ctx.socket.join(ctx.params);
  }
}

const ALL = [
  'broadcast',
  'getClients',
  'joinRooms',
  'leaveRooms',
  'disconnect',
  'request',
  'listEvents',
  'contract',
] as const;
type Action = (typeof ALL)[number];

/** Parameters with which each of the actions works. */
const GOOD: Record<Action, object> = {
  broadcast: { event: 'hello' },
  getClients: {},
  joinRooms: { socketIds: 'id', join: 'room' },
  leaveRooms: { socketIds: 'id', leave: 'room' },
  disconnect: { socketIds: 'id' },
  request: { socketId: 'id', event: 'hello', timeout: 50 },
  listEvents: {},
  contract: {},
};

/** Calls an action of the gateway. */
function manage(running: Pick<Running, 'broker'>, action: Action, params: object): Promise<any> {
  return running.broker.call(`gateway.${action}`, params);
}

/** Why an action fails; rejects if it does not. */
async function failure(running: Pick<Running, 'broker'>, action: Action, params: object): Promise<any> {
  try {
    await manage(running, action, params);
  } catch (error) {
    return error;
  }
  throw new Error(`${action} did not fail`);
}

/** Connects clients and gives what each of them hears of 'hello'; `heard()` waits until nothing is on its way. */
async function listeners(running: Pick<Running, 'url'>, ...namespaces: string[]) {
  const clients: Client[] = [];
  const lists: unknown[][][] = [];
  for (const namespace of namespaces) {
    const client = await connect(running, namespace);
    const list: unknown[][] = [];
    client.on('hello', (...args: unknown[]) => list.push(args));
    clients.push(client);
    lists.push(list);
  }
  const heard = async () => {
    for (const client of clients) await ask(client, 'rooms');
    return lists;
  };
  return { clients, heard };
}

describe('management actions', () => {
  describe('broadcast', () => {
    it('reaches everybody in the namespace, with the arguments', async () => {
      const running = await start(PlainGateway);
      const { heard } = await listeners(running, '/x', '/x');
      await manage(running, 'broadcast', { event: 'hello', args: [1, null, { a: ['b'] }] });
      await manage(running, 'broadcast', { event: 'hello' });
      await manage(running, 'broadcast', { event: 'hello', args: [] });
      const all = [[1, null, { a: ['b'] }], [], []];
      expect(await heard()).to.deep.equal([all, all]);
    });

    const IN_ROOMS: [string, object, boolean[]][] = [
      ['a room', { rooms: 'one' }, [true, false, true, false]],
      ['a list of one room', { rooms: ['one'] }, [true, false, true, false]],
      ['two rooms, once', { rooms: ['one', 'two'] }, [true, true, true, false]],
      ['all but a room', { except: 'one' }, [false, true, false, true]],
      ['all but two rooms', { except: ['one', 'two'] }, [false, false, false, true]],
      ['a room but not another', { rooms: ['one'], except: ['two'] }, [true, false, false, false]],
      ['nobody where the list of rooms is empty', { rooms: [] }, [false, false, false, false]],
      [
        'nobody of an empty list, whatever is excepted',
        { rooms: [], except: 'one' },
        [false, false, false, false],
      ],
      ['everybody where nobody is excepted', { except: [] }, [true, true, true, true]],
      ['nobody in a room that there is not', { rooms: 'nowhere' }, [false, false, false, false]],
    ];
    for (const [what, params, expected] of IN_ROOMS) {
      it(`reaches ${what}`, async () => {
        const running = await start(PlainGateway);
        const { clients, heard } = await listeners(running, '/x', '/x', '/x', '/x');
        await ask(clients[0]!, 'enter', 'one');
        await ask(clients[1]!, 'enter', 'two');
        await ask(clients[2]!, 'enter', ['one', 'two']);
        await manage(running, 'broadcast', { event: 'hello', ...params });
        expect((await heard()).map((list) => list.length)).to.deep.equal(expected.map(Number));
      });
    }

    it('reaches one socket by its id', async () => {
      const running = await start(PlainGateway);
      const { clients, heard } = await listeners(running, '/x', '/x');
      await manage(running, 'broadcast', { event: 'hello', rooms: clients[1]!.id });
      expect(await heard()).to.deep.equal([[], [[]]]);
    });

    it('hands volatile and local on to Socket.IO', async () => {
      const flags: object[] = [];
      class CuriousAdapter extends Adapter {
        override broadcast(...[packet, options]: Parameters<Adapter['broadcast']>) {
          flags.push({ ...options.flags });
          super.broadcast(packet, options);
        }
      }
      @SocketNamespace('/x', {
        name: 'gateway',
        settings: { port: 0, io: { options: { adapter: CuriousAdapter } } },
      })
      class CuriousGateway extends PlainGateway {}
      const running = await start(CuriousGateway);
      await connect(running);
      for (const params of [
        {},
        { volatile: true },
        { local: true },
        { volatile: true, local: true, rooms: ['r'] },
      ]) {
        await manage(running, 'broadcast', { event: 'hello', ...params });
      }
      await manage(running, 'broadcast', { event: 'hello', volatile: false, local: false });
      expect(flags).to.deep.equal([
        {},
        { volatile: true },
        { local: true },
        { volatile: true, local: true },
        {},
      ]);
    });

    for (const event of [
      'connect',
      'connect_error',
      'disconnect',
      'disconnecting',
      'newListener',
      'removeListener',
    ]) {
      it(`refuses the reserved event '${event}'`, async () => {
        const running = await start(PlainGateway);
        const client = await connect(running);
        expect(await failure(running, 'broadcast', { event })).to.include({
          code: 400,
          type: 'RESERVED_EVENT',
        });
        const request = { socketId: client.id, event, timeout: 100 };
        expect(await failure(running, 'request', request)).to.include({ code: 400, type: 'RESERVED_EVENT' });
        expect((await ask(client, 'rooms')).error).to.equal(null);
      });
    }
  });

  describe('a namespace', () => {
    @SocketNamespace(['/x', '/y'], { name: 'gateway', settings })
    class TwoGateway extends PlainGateway {}

    @SocketNamespace('/other', { name: 'other', settings })
    class OtherGateway extends PlainGateway {}

    it('is one of the gateway, or all of them where none is named', async () => {
      const running = await start([TwoGateway, OtherGateway]);
      const { heard, clients } = await listeners(running, '/x', '/y', '/other');
      await manage(running, 'broadcast', { event: 'hello', args: ['one'], namespace: '/y' });
      await manage(running, 'broadcast', { event: 'hello', args: ['all'] });
      expect(await heard()).to.deep.equal([[['all']], [['one'], ['all']], []]);
      const ids = clients.map(({ id }) => id);
      expect(await manage(running, 'getClients', { namespace: '/x' })).to.deep.equal([ids[0]]);
      expect((await manage(running, 'getClients', {})).sort()).to.deep.equal(ids.slice(0, 2).sort());
    });

    for (const namespace of ['/nowhere', '/other', '/', '/x/', '/X', '__proto__', '*', '/x?a']) {
      it(`${namespace} is a 404 for every action, and is not created`, async () => {
        const running = await start([TwoGateway, OtherGateway]);
        const before = [...running.gateway.io._nsps.keys()];
        for (const action of ALL) {
          const error = await failure(running, action, { ...GOOD[action], namespace });
          expect(error, action).to.include({ code: 404, type: 'NAMESPACE_NOT_FOUND' });
        }
        expect([...running.gateway.io._nsps.keys()]).to.deep.equal(before);
        if (namespace === '/nowhere') await refused(newClient(running, namespace));
      });
    }

    it('that there is not is a 404 for an empty list of rooms or sockets, too', async () => {
      const running = await start(TwoGateway);
      for (const [action, params] of [
        ['broadcast', { event: 'hello', rooms: [] }],
        ['joinRooms', { socketIds: [], join: 'room' }],
        ['leaveRooms', { rooms: [], leave: 'room' }],
        ['disconnect', { socketIds: [] }],
      ] as const) {
        expect(await failure(running, action, { ...params, namespace: '/nowhere' }), action).to.include({
          code: 404,
        });
      }
    });
  });

  describe('getClients', () => {
    it('gives the ids of the sockets, of all or of a room', async () => {
      const running = await start(PlainGateway);
      expect(await manage(running, 'getClients', {})).to.deep.equal([]);
      const [a, b] = [await connect(running), await connect(running)];
      await ask(b, 'enter', 'room');
      expect((await manage(running, 'getClients', {})).sort()).to.deep.equal([a.id, b.id].sort());
      expect(await manage(running, 'getClients', { room: 'room' })).to.deep.equal([b.id]);
      expect(await manage(running, 'getClients', { room: a.id })).to.deep.equal([a.id]);
      expect(await manage(running, 'getClients', { room: 'nowhere' })).to.deep.equal([]);
    });
  });

  describe('joinRooms and leaveRooms', () => {
    const roomsOf = async (client: Client) => {
      const { result } = await ask(client, 'rooms');
      return result.filter((room: string) => room !== client.id);
    };

    it('move sockets by their ids', async () => {
      const running = await start(PlainGateway);
      const [a, b] = [await connect(running), await connect(running)];
      await manage(running, 'joinRooms', { socketIds: a.id, join: 'one' });
      await manage(running, 'joinRooms', { socketIds: [a.id, b.id], join: ['two', 'three'] });
      expect([await roomsOf(a), await roomsOf(b)]).to.deep.equal([
        ['one', 'two', 'three'],
        ['two', 'three'],
      ]);
      await manage(running, 'leaveRooms', { socketIds: [a.id], leave: ['one', 'two'] });
      await manage(running, 'leaveRooms', { socketIds: b.id, leave: 'three' });
      expect([await roomsOf(a), await roomsOf(b)]).to.deep.equal([['three'], ['two']]);
    });

    it('move sockets by their rooms', async () => {
      const running = await start(PlainGateway);
      const [a, b, c] = [await connect(running), await connect(running), await connect(running)];
      await ask(a, 'enter', 'one');
      await ask(b, 'enter', 'two');
      await manage(running, 'joinRooms', { rooms: ['one', 'two'], join: 'both' });
      expect([await roomsOf(a), await roomsOf(b), await roomsOf(c)]).to.deep.equal([
        ['one', 'both'],
        ['two', 'both'],
        [],
      ]);
      await manage(running, 'leaveRooms', { rooms: 'one', leave: 'both' });
      expect([await roomsOf(a), await roomsOf(b)]).to.deep.equal([['one'], ['two', 'both']]);
    });

    it('do nothing for sockets and rooms that there are not, and for empty lists', async () => {
      const running = await start(PlainGateway);
      const client = await connect(running);
      for (const target of [
        { socketIds: 'nobody' },
        { rooms: 'nowhere' },
        { socketIds: [] },
        { rooms: [] },
      ]) {
        await manage(running, 'joinRooms', { ...target, join: 'room' });
        await manage(running, 'leaveRooms', { ...target, leave: 'room' });
        await manage(running, 'disconnect', target);
      }
      expect((await ask(client, 'rooms')).result).to.deep.equal([client.id]);
    });

    it('ask for a target', async () => {
      const running = await start(PlainGateway);
      const client = await connect(running);
      expect(await failure(running, 'joinRooms', { join: 'room' })).to.include({
        code: 400,
        type: 'NO_TARGET',
      });
      expect(await failure(running, 'leaveRooms', { leave: 'room' })).to.include({
        code: 400,
        type: 'NO_TARGET',
      });
      expect(await failure(running, 'disconnect', {})).to.include({ code: 400, type: 'NO_TARGET' });
      expect((await ask(client, 'rooms')).result).to.deep.equal([client.id]);
    });
  });

  describe('disconnect', () => {
    @SocketNamespace('/x', { name: 'gateway', settings })
    class UserGateway extends PlainGateway {
      @Authenticate()
      who(socket: Socket) {
        const { id } = socket.handshake.auth;
        return id === undefined ? undefined : { id };
      }
    }
    const gone = (client: Client) => next(client, 'disconnect').then(([reason]) => reason);

    it('ends sockets by their ids', async () => {
      const running = await start(PlainGateway);
      const [a, b, c] = [await connect(running), await connect(running), await connect(running)];
      const ids = [a.id, b.id];
      let gones = gone(a);
      await manage(running, 'disconnect', { socketIds: ids[0] });
      expect(await gones).to.equal('io server disconnect');
      gones = gone(b);
      await manage(running, 'disconnect', { socketIds: ids });
      await gones;
      expect(await manage(running, 'getClients', {})).to.deep.equal([c.id]);
    });

    it('ends sockets by their rooms', async () => {
      const running = await start(PlainGateway);
      const [a, b] = [await connect(running), await connect(running)];
      await ask(a, 'enter', 'room');
      const gones = gone(a);
      await manage(running, 'disconnect', { rooms: ['room', 'nowhere'] });
      await gones;
      expect(await manage(running, 'getClients', {})).to.deep.equal([b.id]);
    });

    it('ends all sockets of a user, by the id', async () => {
      const running = await start(UserGateway);
      const as = (id?: unknown) => connect(running, '/x', { auth: { id } });
      const [phone, laptop, other, anonymous] = [
        await as('ada'),
        await as('ada'),
        await as('ben'),
        await as(),
      ];
      const gones = [gone(phone), gone(laptop)];
      await manage(running, 'disconnect', { user: 'ada' });
      await Promise.all(gones);
      const left = await manage(running, 'getClients', {});
      expect(left.sort()).to.deep.equal([other.id, anonymous.id].sort());
    });

    it('ends the sockets of a user whose id is a number', async () => {
      const running = await start(UserGateway);
      const client = await connect(running, '/x', { auth: { id: 7 } });
      const gones = gone(client);
      await manage(running, 'disconnect', { user: 70 });
      await manage(running, 'disconnect', { user: 7 });
      await gones;
    });

    it('ends nobody for a user who is a room, or a part of one', async () => {
      const running = await start(UserGateway);
      const client = await connect(running, '/x', { auth: { id: 'ada' } });
      await ask(client, 'enter', 'ben');
      for (const user of ['ben', 'ad', client.id, '']) {
        await manage(running, 'disconnect', { user }).catch((error: unknown) =>
          expect(error).to.include({ code: 422 }),
        );
      }
      expect((await ask(client, 'rooms')).error).to.equal(null);
    });

    it('follows a user who logs in and out', async () => {
      @SocketNamespace('/x', { name: 'gateway', settings })
      class LoginGateway extends PlainGateway {
        @SocketEvent()
        login(ctx: SocketContext<{ id: string } | null>) {
          ctx.meta.user = ctx.params;
        }
      }
      const running = await start(LoginGateway);
      const [a, b] = [await connect(running), await connect(running)];
      await ask(a, 'login', { id: 'ada' });
      await ask(b, 'login', { id: 'ada' });
      await ask(b, 'login', null);
      // What keeps a user's sockets together is no room of the application's.
      expect((await ask(a, 'rooms')).result).to.deep.equal([a.id]);
      const gones = gone(a);
      await manage(running, 'disconnect', { user: 'ada' });
      await gones;
      expect(await manage(running, 'getClients', {})).to.deep.equal([b.id]);
    });

    it('leaves the connection and its other namespaces, unless close is true', async () => {
      @SocketNamespace('/y', { name: 'other', settings })
      class OtherGateway extends PlainGateway {}
      const running = await start([PlainGateway, OtherGateway]);
      for (const close of [false, true]) {
        const client = await connect(running);
        const sibling = client.io.socket('/y');
        await new Promise<void>((resolve) => sibling.once('connect', resolve));
        const ended = gone(client);
        const siblingEnded = gone(sibling);
        await manage(running, 'disconnect', { socketIds: client.id, close });
        await ended;
        if (close) await siblingEnded;
        else expect((await ask(sibling, 'rooms')).result).to.deep.equal([sibling.id]);
      }
    });

    it('tells @OnDisconnect', async () => {
      const told = signal<string>();
      @SocketNamespace('/x', { name: 'gateway', settings })
      class ToldGateway extends PlainGateway {
        @OnDisconnect()
        left(_socket: Socket, reason: string) {
          told.fire(reason);
        }
      }
      const running = await start(ToldGateway);
      const client = await connect(running);
      await manage(running, 'disconnect', { socketIds: client.id });
      expect(await told).to.equal('server namespace disconnect');
    });
  });

  describe('request', () => {
    it('asks one client and returns its answer', async () => {
      const running = await start(PlainGateway);
      const [a, b] = [await connect(running), await connect(running)];
      a.on('question', (x: number, y: number, answer: (sum: number) => void) => answer(x + y));
      b.on('question', (...args: any[]) => args.pop()('not you'));
      const params = { socketId: a.id, event: 'question', args: [2, 3], timeout: 1000 };
      expect(await manage(running, 'request', params)).to.equal(5);
    });

    for (const value of [null, 0, '', false, [1], { a: { b: 1 } }]) {
      it(`returns the answer ${JSON.stringify(value)} as it is`, async () => {
        const running = await start(PlainGateway);
        const client = await connect(running);
        client.on('question', (answer: (value: unknown) => void) => answer(value));
        const params = { socketId: client.id, event: 'question', timeout: 1000 };
        expect(await manage(running, 'request', params)).to.deep.equal(value);
      });
    }

    it('fails after its timeout, with 504', async () => {
      const running = await start(PlainGateway);
      const client = await connect(running);
      client.on('question', () => undefined);
      const begin = Date.now();
      const error = await failure(running, 'request', {
        socketId: client.id,
        event: 'question',
        timeout: 60,
      });
      expect(error).to.include({ name: 'RequestTimeoutError', code: 504 });
      expect(Date.now() - begin).to.be.within(40, 10_000);
    });

    it('fails after the limit ackTimeout where it names none', async () => {
      @SocketNamespace('/x', { name: 'gateway', settings, limits: { ackTimeout: 40 } })
      class ImpatientGateway extends PlainGateway {}
      const running = await start(ImpatientGateway);
      const client = await connect(running);
      const error = await failure(running, 'request', { socketId: client.id, event: 'question' });
      expect(error).to.include({ code: 504 });
    });

    it('fails for a socket that there is not, with 404', async () => {
      const running = await start(PlainGateway);
      await connect(running);
      const error = await failure(running, 'request', {
        socketId: 'nobody',
        event: 'question',
        timeout: 100,
      });
      expect(error).to.include({ code: 404, type: 'SOCKET_NOT_FOUND' });
    });

    it('fails for a room, which is no socket, with 404', async () => {
      const running = await start(PlainGateway);
      const clients = [await connect(running), await connect(running)];
      for (const client of clients) {
        client.on('question', (answer: (value: unknown) => void) => answer('from a room'));
        await ask(client, 'enter', 'room');
      }
      const error = await failure(running, 'request', { socketId: 'room', event: 'question', timeout: 100 });
      expect(error).to.include({ code: 404, type: 'SOCKET_NOT_FOUND' });
    });
  });

  describe('params', () => {
    const BAD: [Action, object][] = [
      ['broadcast', {}],
      ['broadcast', { event: '' }],
      ['broadcast', { event: 7 }],
      ['broadcast', { event: 'e', args: 'a' }],
      ['broadcast', { event: 'e', args: {} }],
      ['broadcast', { event: 'e', rooms: 7 }],
      ['broadcast', { event: 'e', rooms: '' }],
      ['broadcast', { event: 'e', rooms: [7] }],
      ['broadcast', { event: 'e', rooms: [['r']] }],
      ['broadcast', { event: 'e', rooms: {} }],
      ['broadcast', { event: 'e', except: [null] }],
      ['broadcast', { event: 'e', volatile: 'yes' }],
      ['broadcast', { event: 'e', local: 1 }],
      ['broadcast', { event: 'e', namespace: 7 }],
      ['broadcast', { event: 'e', namespace: '' }],
      ['getClients', { room: ['r'] }],
      ['getClients', { room: '' }],
      ['getClients', { namespace: ['/x'] }],
      ['joinRooms', { socketIds: 'id' }],
      ['joinRooms', { socketIds: 'id', join: '' }],
      ['joinRooms', { socketIds: 'id', join: [7] }],
      ['joinRooms', { socketIds: 7, join: 'r' }],
      ['joinRooms', { rooms: {}, join: 'r' }],
      ['leaveRooms', { socketIds: 'id' }],
      ['leaveRooms', { socketIds: [null], leave: 'r' }],
      ['disconnect', { socketIds: 7 }],
      ['disconnect', { user: {} }],
      ['disconnect', { user: '' }],
      ['disconnect', { user: ['ada'] }],
      ['disconnect', { socketIds: 'id', close: 'yes' }],
      ['request', { event: 'e', timeout: 50 }],
      ['request', { socketId: 'id', timeout: 50 }],
      ['request', { socketId: ['id'], event: 'e', timeout: 50 }],
      ['request', { socketId: 'id', event: 'e', timeout: -1 }],
      ['request', { socketId: 'id', event: 'e', timeout: 0 }],
      ['request', { socketId: 'id', event: 'e', timeout: '50' }],
      ['request', { socketId: 'id', event: 'e', args: 7, timeout: 50 }],
    ];
    it('are validated', async () => {
      const running = await start(PlainGateway);
      await connect(running);
      for (const [action, params] of BAD) {
        const error = await failure(running, action, params);
        expect(error, `${action} ${JSON.stringify(params)}`).to.include({
          name: 'ValidationError',
          code: 422,
        });
      }
      expect(await manage(running, 'getClients', {})).to.have.length(1);
    });
  });

  describe('with dynamic namespaces', () => {
    @SocketNamespace('/tenants/:tenantId', { name: 'gateway', settings })
    class TenantGateway extends PlainGateway {}

    it('are about one of them, or about all that are there', async () => {
      const running = await start(TenantGateway);
      const { clients, heard } = await listeners(running, '/tenants/a', '/tenants/a', '/tenants/b');
      await manage(running, 'broadcast', { event: 'hello', args: ['a'], namespace: '/tenants/a' });
      await manage(running, 'broadcast', { event: 'hello', args: ['all'] });
      expect(await heard()).to.deep.equal([[['a'], ['all']], [['a'], ['all']], [['all']]]);
      expect(await manage(running, 'getClients', { namespace: '/tenants/b' })).to.deep.equal([
        clients[2]!.id,
      ]);

      const gone = next(clients[2]!, 'disconnect');
      await manage(running, 'disconnect', {
        socketIds: clients.map(({ id }) => id),
        namespace: '/tenants/b',
      });
      await gone;
      expect((await manage(running, 'getClients', {})).sort()).to.deep.equal(
        [clients[0]!.id, clients[1]!.id].sort(),
      );
    });

    it('find nobody in one that nobody is in, and leave nothing behind', async () => {
      const running = await start(TenantGateway);
      await manage(running, 'broadcast', { event: 'hello', namespace: '/tenants/empty' });
      expect(await manage(running, 'getClients', { namespace: '/tenants/empty' })).to.deep.equal([]);
      await manage(running, 'joinRooms', { ...GOOD.joinRooms, namespace: '/tenants/empty' });
      await manage(running, 'disconnect', { ...GOOD.disconnect, namespace: '/tenants/empty' });
      const request = { ...GOOD.request, namespace: '/tenants/empty' };
      expect(await failure(running, 'request', request)).to.include({ code: 404 });
      // It is kept for a moment, for those who ask again.
      for (let tries = 0; running.gateway.namespaces.size > 0 && tries < 300; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect([...running.gateway.namespaces.keys()]).to.deep.equal([]);
      expect([...running.gateway.io._nsps.keys()]).to.deep.equal(['/']);
    });

    it('know no name that does not match', async () => {
      const running = await start(TenantGateway);
      await connect(running, '/tenants/a');
      for (const namespace of ['/tenants', '/tenants/', '/tenants/a/b']) {
        for (const action of ALL) {
          const error = await failure(running, action, { ...GOOD[action], namespace });
          expect(error, `${action} ${namespace}`).to.include({ code: 404, type: 'NAMESPACE_NOT_FOUND' });
        }
      }
      expect([...running.gateway.io._nsps.keys()].sort()).to.deep.equal(['/', '/tenants/a']);
    });

    it('reach sockets of one that are on another node only', async () => {
      const bus = new Set<Adapter>();
      /** Adapters of several servers that hand their broadcasts on. */
      class BusAdapter extends Adapter {
        constructor(namespace: Namespace) {
          super(namespace);
          bus.add(this);
        }
        override close() {
          bus.delete(this);
        }
        override broadcast(...args: Parameters<Adapter['broadcast']>) {
          for (const adapter of bus) {
            if (adapter.nsp.name === this.nsp.name) Adapter.prototype.broadcast.apply(adapter, args);
          }
        }
      }
      @SocketNamespace('/tenants/:tenantId', {
        name: 'gateway',
        settings: { port: 0, io: { options: { adapter: BusAdapter } } },
      })
      class ClusterGateway extends PlainGateway {}
      const [one, two] = [await start(ClusterGateway), await start(ClusterGateway)];
      const client = await connect(one, '/tenants/a');
      const hello = next(client, 'hello');
      await manage(two, 'broadcast', { event: 'hello', args: ['far'], namespace: '/tenants/a' });
      expect(await hello).to.deep.equal(['far']);
    });
  });

  describe('of another broker', () => {
    let remote: ServiceBroker;
    let broker: ServiceBroker;
    let running: Pick<Running, 'broker' | 'url'>;

    before(async () => {
      const registry: object = { stopDelay: 0 };
      const options: BrokerOptions = {
        logger: false,
        skipProcessEventRegistration: true,
        transporter: 'Fake',
        namespace: 'management-actions',
        registry,
      };
      broker = new ServiceBroker({ ...options, nodeID: 'gateway' });
      const gateway = broker.createService(PlainGateway as never) as unknown as RunningGateway;
      await broker.start();
      remote = new ServiceBroker({ ...options, nodeID: 'remote' });
      await remote.start();
      await remote.waitForServices('gateway', 2000, 5);
      const { port } = gateway.io.httpServer.address() as AddressInfo;
      running = { broker: remote, url: `http://localhost:${port}` };
    });
    after(async () => {
      await remote.stop();
      await broker.stop();
    });

    it('reach the sockets', async () => {
      const { clients, heard } = await listeners(running, '/x', '/x');
      const [a, b] = clients as [Client, Client];
      expect((await manage(running, 'getClients', {})).sort()).to.deep.equal([a.id, b.id].sort());
      await manage(running, 'joinRooms', { socketIds: a.id, join: 'room' });
      expect(await manage(running, 'getClients', { room: 'room' })).to.deep.equal([a.id]);
      await manage(running, 'broadcast', { event: 'hello', args: [1], rooms: 'room' });
      expect(await heard()).to.deep.equal([[[1]], []]);
      await manage(running, 'leaveRooms', { rooms: 'room', leave: 'room' });
      expect(await manage(running, 'getClients', { room: 'room' })).to.deep.equal([]);

      a.on('question', (x: number, answer: (value: number) => void) => answer(x + 1));
      const request = { socketId: a.id, event: 'question', args: [1], timeout: 1000 };
      expect(await manage(running, 'request', request)).to.equal(2);

      const gone = next(a, 'disconnect');
      await manage(running, 'disconnect', { socketIds: a.id });
      await gone;
      expect(await manage(running, 'getClients', {})).to.deep.equal([b.id]);
    });

    it('fail with errors that keep name, code, type and data', async () => {
      const client = await connect(running);
      expect(await failure(running, 'broadcast', { event: 'e', namespace: '/nowhere' })).to.deep.include({
        code: 404,
        type: 'NAMESPACE_NOT_FOUND',
        data: { namespace: '/nowhere' },
      });
      expect(await failure(running, 'broadcast', { event: 'connect' })).to.include({ code: 400 });
      expect(await failure(running, 'broadcast', {})).to.include({ name: 'ValidationError', code: 422 });
      const request = { socketId: client.id, event: 'question', timeout: 50 };
      expect(await failure(running, 'request', request)).to.include({ code: 504 });
    });
  });

  it('find no sockets where the gateway is attached to no server', async () => {
    @SocketNamespace('/x', { name: 'gateway', settings: { server: false } })
    class DetachedGateway extends PlainGateway {}
    const broker = new ServiceBroker({ logger: false, skipProcessEventRegistration: true });
    afterwards(() => broker.stop());
    broker.createService(DetachedGateway as never);
    await broker.start();
    for (const action of ALL) {
      const params = { ...GOOD[action], namespace: '/x' };
      if (action === 'request') expect(await failure({ broker }, action, params)).to.include({ code: 404 });
      else if (action === 'getClients') expect(await manage({ broker }, action, params)).to.deep.equal([]);
      else await manage({ broker }, action, params);
      const nowhere = { ...params, namespace: '/nowhere' };
      expect(await failure({ broker }, action, nowhere), action).to.include({ type: 'NAMESPACE_NOT_FOUND' });
    }
  });
});
