import { expect } from 'chai';
import { IsString } from 'class-validator';
import type { ServiceSchema } from 'moleculer';
import type { Socket as ServerSocket } from 'socket.io';
import { z } from 'zod';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type ListedEvent,
} from '../../src';
import { plainData } from '../../src/runtime/push/plain-data';
import { ask, connect, start, type Running } from '../support/run-in-memory';

const settings = { port: 0 };

function list(running: Running, params: object = {}, service = 'gateway'): Promise<ListedEvent[]> {
  return running.broker.call(`${service}.listEvents`, params);
}

const orders: ServiceSchema = {
  name: 'orders',
  actions: {
    create: { socket: 'order.create', params: { item: 'string|min:1' }, handler: () => 1 },
    list: {
      socket: { event: 'order.list', namespace: '/x', authorize: ['clerk', 'boss'] },
      handler: () => 1,
    },
    old: { socket: ['a', { event: 'b', namespace: ['/y'] }], handler: () => 1 },
  },
};

describe('listEvents', () => {
  it('tells declared events, proxies and exposed actions, and who may send them', async () => {
    @SocketNamespace('/x', {
      name: 'gateway',
      settings,
      autoExpose: { callOptions: { meta: { key: 'token-1234' } } },
    })
    @Authorize('user')
    @Authorize(() => true)
    class FullGateway extends SocketGateway {
      @Authenticate()
      authenticate({ handshake }: ServerSocket): unknown {
        return handshake.auth['user'];
      }
      @Authorize('admin', 'editor')
      @SocketEvent(['publish', 'print'], { params: { id: { type: 'number', convert: true } } })
      publish() {
        return 1;
      }
      @AllowAnonymous()
      @SocketEvent()
      login() {
        return 1;
      }
      @SocketEvent('call', {
        whitelist: ['math.*', /^users\.get$/],
        blacklist: ['math.secret'],
        aliases: { add: 'math.add' },
        callOptions: { meta: { key: 'token-1234' } },
        multi: true,
      })
      call!: ActionProxy;
      @AllowAnonymous()
      @SocketEvent('fixed', { mappingPolicy: 'restrict', aliases: { add: 'math.add' } })
      fixed!: ActionProxy;
      @AllowAnonymous()
      @SocketEvent('*')
      rest() {
        return 1;
      }
    }
    const users = { roles: [['user']], policies: 1 };
    const events = await list(await start([FullGateway, orders]));
    expect(events).to.deep.equal([
      ...['publish', 'print'].map((event) => ({
        event,
        namespaces: ['/x'],
        kind: 'handler',
        action: 'gateway.publish',
        params: { id: { type: 'number', convert: true } },
        authorize: { roles: [['user'], ['admin', 'editor']], policies: 1 },
      })),
      { event: 'login', namespaces: ['/x'], kind: 'handler', action: 'gateway.login' },
      {
        event: 'call',
        namespaces: ['/x'],
        kind: 'proxy',
        calls: {
          mappingPolicy: 'all',
          whitelist: ['math.*', '/^users\\.get$/'],
          blacklist: ['math.secret'],
          aliases: { add: 'math.add' },
          multi: true,
        },
        authorize: users,
      },
      {
        event: 'fixed',
        namespaces: ['/x'],
        kind: 'proxy',
        calls: { mappingPolicy: 'restrict', aliases: { add: 'math.add' }, multi: false },
      },
      {
        event: 'order.create',
        namespaces: ['/x'],
        kind: 'action',
        action: 'orders.create',
        params: { item: 'string|min:1' },
        authorize: users,
      },
      {
        event: 'order.list',
        namespaces: ['/x'],
        kind: 'action',
        action: 'orders.list',
        authorize: { roles: [['user'], ['clerk', 'boss']], policies: 1 },
      },
      { event: 'a', namespaces: ['/x'], kind: 'action', action: 'orders.old', authorize: users },
      { event: '*', namespaces: ['/x'], kind: 'handler', action: 'gateway.rest' },
    ]);
    expect(JSON.stringify(events)).to.not.include('token-1234');
    expect(structuredClone(events)).to.deep.equal(events);
  });

  it('tells what is checked, what comes back, and what an event is for', async () => {
    class Note {
      @IsString()
      text!: string;
    }
    const schema = z.object({ id: z.number() });

    @SocketNamespace('/x', { name: 'gateway', settings })
    class DescribedGateway extends SocketGateway {
      @SocketEvent('save', { returns: schema, description: 'Keeps a note.', deprecated: 'send store' })
      save(@MessageBody() note: Note, @MessageBody(2, { type: [Number], optional: true }) _marks?: number[]) {
        return { id: note.text.length };
      }
      @SocketEvent('find', { payload: [schema], returns: [String], deprecated: true })
      find() {
        return [];
      }
      @SocketEvent('call', { whitelist: ['math.*'], description: 'Does sums.' })
      call!: ActionProxy;
    }
    expect(await list(await start(DescribedGateway))).to.deep.equal([
      {
        event: 'save',
        namespaces: ['/x'],
        kind: 'handler',
        action: 'gateway.save',
        payload: [
          { index: 0, kind: 'class', name: 'Note' },
          { index: 2, kind: 'primitive', name: 'number', array: true, optional: true },
        ],
        returns: { kind: 'schema', name: 'zod' },
        description: 'Keeps a note.',
        deprecated: 'send store',
      },
      {
        event: 'find',
        namespaces: ['/x'],
        kind: 'handler',
        action: 'gateway.find',
        payload: [{ index: 0, kind: 'schema', name: 'zod', array: true }],
        returns: { kind: 'primitive', name: 'string', array: true },
        deprecated: true,
      },
      {
        event: 'call',
        namespaces: ['/x'],
        kind: 'proxy',
        calls: { mappingPolicy: 'all', whitelist: ['math.*'], multi: false },
        description: 'Does sums.',
      },
    ]);
  });

  describe('namespaces', () => {
    @SocketNamespace(['/x', '/y', '/tenants/:id'], { name: 'gateway', settings, autoExpose: true })
    class ManyGateway extends SocketGateway {
      @SocketEvent()
      own() {
        return 1;
      }
    }
    const names = (events: readonly ListedEvent[]) =>
      Object.fromEntries(events.map(({ event, namespaces }) => [event, namespaces]));

    it('are told as they are written, an event that several have once', async () => {
      const running = await start([ManyGateway, orders]);
      await ask(await connect(running, '/tenants/7'), 'own');
      expect(names(await list(running))).to.deep.equal({
        own: ['/x', '/y', '/tenants/:id'],
        'order.create': ['/x', '/y', '/tenants/:id'],
        'order.list': ['/x'],
        a: ['/x', '/y', '/tenants/:id'],
        b: ['/y'],
      });
    });

    it('may be asked for, by name or as they are written', async () => {
      const running = await start([ManyGateway, orders]);
      const all = ['/tenants/:id'];
      for (const namespace of ['/tenants/:id', '/tenants/7', 'tenants/7'])
        expect(names(await list(running, { namespace }))).to.deep.equal({
          own: all,
          'order.create': all,
          a: all,
        });
      expect(Object.keys(names(await list(running, { namespace: '/y' })))).to.include('b');
      expect(running.gateway.namespaces.has('/tenants/7')).to.equal(false);
    });

    it('that come and go while the gateway runs are told, and not told', async () => {
      const running = await start([ManyGateway, orders]);
      const gateway = running.gateway as unknown as SocketGateway;
      gateway.registerNamespace('/late');
      expect(names(await list(running))['a']).to.deep.equal(['/x', '/y', '/late', '/tenants/:id']);
      await gateway.removeNamespace('/late');
      await gateway.removeNamespace('/y');
      expect(names(await list(running))['a']).to.deep.equal(['/x', '/tenants/:id']);
      expect(names(await list(running))).to.not.have.property('b');
    });
  });

  it("tells of moleculer-io's settings, too", async () => {
    const running = await start({
      name: 'io',
      mixins: [SocketIOService],
      settings: {
        port: 0,
        io: {
          namespaces: { '/': { events: { call: {}, hello: () => 1 } }, '/y': { events: { hello: () => 1 } } },
        },
      },
    } as unknown as ServiceSchema);
    expect(await list(running, {}, 'io')).to.deep.equal([
      { event: 'call', namespaces: ['/'], kind: 'proxy', calls: { mappingPolicy: 'all', multi: false } },
      { event: 'hello', namespaces: ['/', '/y'], kind: 'function' },
    ]);
  });
});

describe('plainData', () => {
  it('leaves JSON as it is, in a copy', () => {
    const value = { a: [1, 'b', null, true, { c: {} }], d: undefined };
    expect(plainData(value)).to.deep.equal(value);
    expect(plainData(value)).to.not.equal(value);
  });

  it('describes what is no JSON', () => {
    class Item {}
    const circle: Record<string, unknown> = { again: 1 };
    circle['self'] = [circle];
    const shared = { one: 1 };
    const value = {
      pattern: /^a+$/gi,
      check: function check() {
        return 1;
      },
      type: Item,
      item: new Item(),
      date: new Date(0),
      map: new Map(),
      none: Object.assign(Object.create(null) as object, { a: 1 }),
      big: 10n,
      symbol: Symbol('s'),
      numbers: [NaN, -Infinity],
      circle,
      shared: [shared, shared],
      bare: Object.create(Object.create(null) as object) as unknown,
    };
    const plain = plainData(value);
    expect(plain).to.deep.equal({
      pattern: '/^a+$/gi',
      check: '[function check]',
      type: '[function Item]',
      item: '[Item]',
      date: '[Date]',
      map: '[Map]',
      none: { a: 1 },
      big: '[10]',
      symbol: '[Symbol(s)]',
      numbers: ['[NaN]', '[-Infinity]'],
      circle: { again: 1, self: ['[…]'] },
      shared: [{ one: 1 }, { one: 1 }],
      bare: '[object]',
    });
    expect(JSON.parse(JSON.stringify(plain))).to.deep.equal(plain);
  });

  it('ends where nobody reads any more', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 10_000; level++) deep = { deep };
    expect(JSON.stringify(plainData(deep)))
      .to.include('[…]')
      .and.to.not.include('bottom');
  });
});
