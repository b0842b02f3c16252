import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { ServiceBroker, type BrokerOptions, type Context, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Meta,
  OnAfterCall,
  OnBeforeCall,
  OnCallError,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  User,
  type ActionProxy,
  type SocketContext,
  type SocketMeta,
} from '../../src';
import {
  ask,
  connect,
  signal,
  start,
  type Client,
  type Running,
  type RunningGateway,
  type Signal,
} from '../support/run-gateway';

const settings = { port: 0 };
type UserMeta = { user?: unknown };

/** Calls of `work.wait` tell that they have begun, and go on when they are let. */
let began: Signal;
let goOn: Signal;
/** The meta that actions have seen. */
let seen: object[];
beforeEach(() => {
  began = signal();
  goOn = signal();
  seen = [];
});

const work: ServiceSchema = {
  name: 'work',
  actions: {
    meta(ctx) {
      seen.push({ ...ctx.meta });
    },
    user: (ctx: Context<unknown, UserMeta>) => ctx.meta.user ?? null,
    login(ctx: Context<object, UserMeta>) {
      ctx.meta.user = ctx.params;
    },
    logout(ctx: Context<unknown, UserMeta>) {
      ctx.meta.user = null;
    },
    async wait(ctx: Context<{ login?: object; fail?: boolean }, UserMeta>) {
      began.fire();
      await goOn;
      if (ctx.params.login) ctx.meta.user = ctx.params.login;
      if (ctx.params.fail) throw new Error('failed');
    },
    loginAndFail(ctx: Context<object, UserMeta & { $join: string }>) {
      ctx.meta.user = ctx.params;
      ctx.meta.$join = 'room';
      throw new Error('failed');
    },
    echo: (ctx) => ctx.params,
  },
};

/** The user goes in with the handshake: `auth: { id }`. */
@SocketNamespace('/x', { name: 'gateway', settings })
class UserGateway extends SocketGateway {
  @Authenticate()
  who(socket: Socket) {
    const { id } = socket.handshake.auth;
    return id === undefined ? undefined : { id };
  }

  @SocketEvent({ whitelist: ['**'] })
  call!: ActionProxy;

  @SocketEvent()
  user(@User() user: unknown) {
    return user ?? null;
  }
  @SocketEvent()
  set(ctx: SocketContext<object>) {
    Object.assign(ctx.meta, ctx.params);
  }
  @SocketEvent()
  rooms(ctx: SocketContext) {
    return ctx.meta.$rooms;
  }
}

const as = (running: Pick<Running, 'url'>, id?: unknown, namespace = '/x') =>
  connect(running, namespace, { auth: { id } });
const userOf = async (client: Client) => (await ask(client, 'user')).result;
/** The socket of a client, at the server. */
const socketOf = ({ gateway }: Pick<Running, 'gateway'>, client: Client, namespace = '/x') =>
  gateway.namespaces.get(namespace)!.sockets.get(client.id!)!;

describe('meta', () => {
  it('that an action gets is $socketId, user and $rooms, and nothing else', async () => {
    const running = await start([UserGateway, work]);
    const [ada, anonymous] = [await as(running, 'ada'), await as(running)];
    for (const client of [ada, anonymous]) await ask(client, 'call', 'work.meta');
    expect(seen).to.deep.equal([
      { $socketId: ada.id, user: { id: 'ada' }, $rooms: [ada.id] },
      { $socketId: anonymous.id, user: undefined, $rooms: [anonymous.id] },
    ]);
  });

  it('that a handler has is the same', async () => {
    @SocketNamespace('/x', { settings })
    class MetaGateway extends UserGateway {
      @SocketEvent()
      meta(@Meta() meta: object, @Meta('$socketId') id: string) {
        seen.push({ ...meta });
        return id;
      }
    }
    const client = await as(await start(MetaGateway), 'ada');
    expect((await ask(client, 'meta')).result).to.equal(client.id);
    expect(seen).to.deep.equal([{ $socketId: client.id, user: { id: 'ada' }, $rooms: [client.id] }]);
  });

  it('has the rooms of the moment, and flows into the calls of a handler', async () => {
    @SocketNamespace('/x', { settings })
    class CallingGateway extends UserGateway {
      @SocketEvent()
      async nested(ctx: SocketContext) {
        ctx.meta['added'] = 1;
        await ctx.call('work.meta');
      }
    }
    const client = await as(await start([CallingGateway, work]), 'ada');
    await ask(client, 'set', { $join: ['a', 'b'] });
    await ask(client, 'nested');
    expect(seen).to.deep.equal([
      { $socketId: client.id, user: { id: 'ada' }, $rooms: [client.id, 'a', 'b'], added: 1 },
    ]);
  });

  it('is never shared between events, nor between clients', async () => {
    const running = await start([UserGateway, work]);
    const [a, b] = [await as(running), await as(running)];
    await ask(a, 'set', { secret: 1, $rooms: ['fake'] });
    for (const client of [a, b]) await ask(client, 'call', 'work.meta');
    expect(seen).to.deep.equal([a, b].map(({ id }) => ({ $socketId: id, user: undefined, $rooms: [id] })));
  });

  it('is what clients send in no way', async () => {
    const client = await as(await start([UserGateway, work]));
    await ask(client, 'call', 'work.meta', { meta: { user: 'me' }, $join: 'a' }, { meta: { user: 'me' } });
    expect(seen).to.deep.equal([{ $socketId: client.id, user: undefined, $rooms: [client.id] }]);
  });

  describe('of an overridden socketGetMeta', () => {
    for (const how of ['returned', 'promised', 'promised by another kind of promise']) {
      it(`is what is ${how}`, async () => {
        @SocketNamespace('/x', { settings })
        class OwnMetaGateway extends UserGateway {
          override socketGetMeta(socket: Socket): SocketMeta | Promise<SocketMeta> {
            const meta = { ...(super.socketGetMeta(socket) as SocketMeta), node: this.broker.nodeID };
            if (how === 'returned') return meta;
            if (how === 'promised') return Promise.resolve(meta);
            const thenable: PromiseLike<SocketMeta> = {
              then: (...args) => Promise.resolve(meta).then(...args),
            };
            return thenable as Promise<SocketMeta>;
          }
        }
        const { broker, ...running } = await start([OwnMetaGateway, work]);
        const client = await as(running, 'ada');
        expect((await ask(client, 'call', 'work.meta')).error).to.equal(null);
        expect(seen).to.deep.equal([
          { $socketId: client.id, user: { id: 'ada' }, $rooms: [client.id], node: broker.nodeID },
        ]);
      });
    }

    it('is copied: what a call adds does not show in the next one', async () => {
      const shared = { tenant: 'one' };
      @SocketNamespace('/x', { settings })
      class SharedMetaGateway extends UserGateway {
        override socketGetMeta() {
          return shared;
        }
        @SocketEvent()
        note(ctx: SocketContext) {
          ctx.meta['secret'] = ctx.socket.id;
          ctx.meta.user = { id: 'ada' };
        }
        @OnBeforeCall()
        before(ctx: SocketContext) {
          ctx.meta['hook'] = ctx.socket.id;
        }
      }
      const running = await start([SharedMetaGateway, work]);
      const [a, b] = [await as(running), await as(running)];
      await ask(a, 'note');
      await ask(a, 'call', 'work.login', { id: 'ben' });
      await ask(b, 'call', 'work.meta');
      expect(seen).to.deep.equal([{ tenant: 'one', hook: b.id }]);
      expect(shared).to.deep.equal({ tenant: 'one' });
    });

    for (const how of ['throws', 'rejects']) {
      it(`answers with an error where it ${how}`, async () => {
        @SocketNamespace('/x', { settings })
        class FailingMetaGateway extends UserGateway {
          override socketGetMeta(): Promise<SocketMeta> {
            const error = new Error('no meta');
            if (how === 'rejects') return Promise.reject(error);
            throw error;
          }
        }
        const client = await as(await start([FailingMetaGateway, work]));
        expect((await ask(client, 'call', 'work.meta')).error).to.include({ code: 500 });
        expect(seen).to.deep.equal([]);
      });
    }
  });
});

describe('the user', () => {
  const DOORS: [string, (client: Client, user: object | null) => Promise<unknown>][] = [
    ['a handler', (client, user) => ask(client, 'set', { user })],
    [
      'an action',
      (client, user) => (user ? ask(client, 'call', 'work.login', user) : ask(client, 'call', 'work.logout')),
    ],
  ];
  for (const [who, set] of DOORS) {
    it(`logs in, changes and logs out through ${who}`, async () => {
      const running = await start([UserGateway, work]);
      const client = await as(running);
      expect(await userOf(client)).to.equal(null);
      await set(client, { id: 'ada' });
      expect(await userOf(client)).to.deep.equal({ id: 'ada' });
      expect(socketOf(running, client).data.user).to.deep.equal({ id: 'ada' });
      await set(client, { id: 'ben', roles: ['admin'] });
      expect(await userOf(client)).to.deep.equal({ id: 'ben', roles: ['admin'] });
      await set(client, null);
      expect(await userOf(client)).to.equal(null);
      expect(socketOf(running, client).data.user).to.equal(null);
    });
  }

  it('logs in through an action that a handler calls', async () => {
    @SocketNamespace('/x', { settings })
    class NestedGateway extends UserGateway {
      @SocketEvent()
      async login(ctx: SocketContext<object>) {
        await ctx.call('work.login', ctx.params);
      }
    }
    const client = await as(await start([NestedGateway, work]));
    await ask(client, 'login', { id: 'ada' });
    expect(await userOf(client)).to.deep.equal({ id: 'ada' });
  });

  it('logs in through an action that was given other meta', async () => {
    @SocketNamespace('/x', { settings })
    class OtherMetaGateway extends UserGateway {
      @SocketEvent({ whitelist: ['**'], callOptions: { meta: { user: { id: 'service' } } } })
      asService!: ActionProxy;
    }
    const client = await as(await start([OtherMetaGateway, work]), 'ada');
    expect((await ask(client, 'asService', 'work.user')).result).to.deep.equal({ id: 'service' });
    expect(await userOf(client)).to.deep.equal({ id: 'ada' });
    await ask(client, 'asService', 'work.login', { id: 'ben' });
    expect(await userOf(client)).to.deep.equal({ id: 'ben' });
    await ask(client, 'asService', 'work.logout');
    expect(await userOf(client)).to.equal(null);
  });

  it('is one for each client', async () => {
    const running = await start([UserGateway, work]);
    const [a, b] = [await as(running), await as(running)];
    await ask(a, 'call', 'work.login', { id: 'ada' });
    expect([await userOf(a), await userOf(b)]).to.deep.equal([{ id: 'ada' }, null]);
  });

  it('of one namespace is not that of another one of the same connection', async () => {
    @SocketNamespace('/y', { name: 'other', settings })
    class OtherGateway extends SocketGateway {
      @SocketEvent()
      user(@User() user: unknown) {
        return user ?? null;
      }
      @SocketEvent()
      login(ctx: SocketContext<object>) {
        ctx.meta.user = ctx.params;
      }
    }
    const running = await start([UserGateway, OtherGateway]);
    const client = await as(running, 'ada');
    const sibling = client.io.socket('/y');
    await new Promise<void>((resolve) => sibling.once('connect', resolve));
    expect(running.gateway.io.engine.clientsCount).to.equal(1);
    expect([await userOf(client), await userOf(sibling)]).to.deep.equal([{ id: 'ada' }, null]);
    await ask(sibling, 'login', { id: 'ben' });
    expect([await userOf(client), await userOf(sibling)]).to.deep.equal([{ id: 'ada' }, { id: 'ben' }]);
    await ask(client, 'set', { user: null });
    expect([await userOf(client), await userOf(sibling)]).to.deep.equal([null, { id: 'ben' }]);
  });

  describe('stays as it is', () => {
    it('where a slow call ends after a logout', async () => {
      const client = await as(await start([UserGateway, work]), 'ada');
      const slow = ask(client, 'call', 'work.wait');
      await began;
      await ask(client, 'call', 'work.logout');
      goOn.fire();
      expect((await slow).error).to.equal(null);
      expect(await userOf(client)).to.equal(null);
    });

    it('where a slow call ends after a login, or after a change of user', async () => {
      for (const before of [undefined, 'ben']) {
        began = signal();
        goOn = signal();
        const client = await as(await start([UserGateway, work]), before);
        const slow = ask(client, 'call', 'work.wait');
        await began;
        await ask(client, 'call', 'work.login', { id: 'ada' });
        goOn.fire();
        await slow;
        expect(await userOf(client)).to.deep.equal({ id: 'ada' });
      }
    });

    it('where a slow handler ends after a logout', async () => {
      @SocketNamespace('/x', { settings })
      class SlowGateway extends UserGateway {
        @SocketEvent()
        async slow() {
          began.fire();
          await goOn;
        }
      }
      const client = await as(await start([SlowGateway, work]), 'ada');
      const slow = ask(client, 'slow');
      await began;
      await ask(client, 'set', { user: null });
      goOn.fire();
      await slow;
      expect(await userOf(client)).to.equal(null);
    });

    it('where a call fails', async () => {
      const client = await as(await start([UserGateway, work]), 'ada');
      expect((await ask(client, 'call', 'work.loginAndFail', { id: 'ben' })).error).to.include({ code: 500 });
      expect(await userOf(client)).to.deep.equal({ id: 'ada' });
      expect((await ask(client, 'rooms')).result).to.deep.equal([client.id]);
    });

    for (const [what, fail] of [
      ['a handler', 'handler'],
      ['an after hook', 'after'],
      ['an action whose error an error hook answers', 'saved'],
    ] as const) {
      it(`where ${what} fails`, async () => {
        @SocketNamespace('/x', { settings })
        class FailingGateway extends UserGateway {
          @SocketEvent()
          handler(ctx: SocketContext) {
            Object.assign(ctx.meta, { user: { id: 'ben' }, $join: 'room' });
            throw new Error('failed');
          }
          @SocketEvent()
          after(ctx: SocketContext) {
            Object.assign(ctx.meta, { user: { id: 'ben' }, $join: 'room' });
          }
          @OnAfterCall('after')
          afterAfter() {
            throw new Error('failed');
          }
          @SocketEvent({ whitelist: ['**'], aliases: { go: 'work.loginAndFail' } })
          saved!: ActionProxy;

          @OnCallError('saved')
          save() {
            return 'saved';
          }
        }
        const client = await as(await start([FailingGateway, work]), 'ada');
        const { error, result } = await ask(client, fail, 'go', { id: 'ben' });
        if (fail === 'saved') expect(result).to.equal('saved');
        else expect(error).to.include({ code: 500 });
        expect(await userOf(client)).to.deep.equal({ id: 'ada' });
        expect((await ask(client, 'rooms')).result).to.deep.equal([client.id]);
      });
    }
  });

  it('is the one of the call that ended last, where two change it', async () => {
    const client = await as(await start([UserGateway, work]));
    const slow = ask(client, 'call', 'work.wait', { login: { id: 'slow' } });
    await began;
    await ask(client, 'call', 'work.login', { id: 'fast' });
    expect(await userOf(client)).to.deep.equal({ id: 'fast' });
    goOn.fire();
    await slow;
    expect(await userOf(client)).to.deep.equal({ id: 'slow' });
  });

  describe('of an overridden socketSaveUser', () => {
    it('is what that saves, awaited before the ack; it is told of changes only', async () => {
      const saved: unknown[] = [];
      @SocketNamespace('/x', { settings })
      class SavingGateway extends UserGateway {
        override async socketSaveUser(socket: Socket, user: any) {
          saved.push([this.name, socket.id, user]);
          await new Promise((resolve) => setImmediate(resolve));
          await super.socketSaveUser(socket, user && { ...user, saved: true });
        }
      }
      const client = await as(await start([SavingGateway, work]));
      await ask(client, 'call', 'work.meta');
      await ask(client, 'set', { user: { id: 'ada' } });
      expect(await userOf(client)).to.deep.equal({ id: 'ada', saved: true });
      await ask(client, 'call', 'work.echo');
      await ask(client, 'call', 'work.login', { id: 'ada', saved: true });
      await ask(client, 'call', 'work.logout');
      expect(await userOf(client)).to.equal(null);
      expect(saved).to.deep.equal([
        ['saving', client.id, { id: 'ada' }],
        ['saving', client.id, null],
      ]);
    });

    it('is not saved where it rejects: the answer is the error', async () => {
      @SocketNamespace('/x', { settings })
      class RefusingGateway extends UserGateway {
        override async socketSaveUser() {
          throw new Error('not saved');
        }
      }
      const client = await as(await start([RefusingGateway, work]));
      expect((await ask(client, 'call', 'work.login', { id: 'ada' })).error).to.include({ code: 500 });
      expect(await userOf(client)).to.equal(null);
    });
  });

  describe('of a socketSaveMeta', () => {
    it('is what that saves, after every call that succeeds', async () => {
      const saved: unknown[] = [];
      @SocketNamespace('/x', { settings })
      class MetaSavingGateway extends UserGateway {
        async socketSaveMeta(socket: Socket, ctx: SocketContext) {
          await new Promise((resolve) => setImmediate(resolve));
          saved.push([socket.id, ctx.event, ctx.meta.user ?? null]);
          socket.data.user = ctx.meta.user;
        }
      }
      const client = await as(await start([MetaSavingGateway, work]));
      await ask(client, 'call', 'work.login', { id: 'ada' });
      await ask(client, 'call', 'work.loginAndFail', { id: 'ben' });
      expect(await userOf(client)).to.deep.equal({ id: 'ada' });
      expect(saved).to.deep.equal([
        [client.id, 'call', { id: 'ada' }],
        [client.id, 'user', { id: 'ada' }],
      ]);
    });

    it('stays logged out where a slow call ends after a logout', async () => {
      @SocketNamespace('/x', { settings })
      class MetaSavingGateway extends UserGateway {
        socketSaveMeta(socket: Socket, ctx: SocketContext) {
          socket.data.user = ctx.meta.user;
        }
      }
      const client = await as(await start([MetaSavingGateway, work]), 'ada');
      const slow = ask(client, 'call', 'work.wait');
      await began;
      await ask(client, 'call', 'work.logout');
      goOn.fire();
      await slow;
      expect(await userOf(client)).to.equal(null);
    });
  });

  describe('through actions of another node', () => {
    const saved: unknown[] = [];
    let worker: ServiceBroker;
    let broker: ServiceBroker;
    let running: Pick<Running, 'gateway' | 'url'>;

    @SocketNamespace('/x', { name: 'gateway', settings })
    class RemoteGateway extends UserGateway {
      @SocketEvent({ whitelist: ['**'], callOptions: { meta: { other: true } } })
      otherMeta!: ActionProxy;

      override async socketSaveUser(socket: Socket, user: unknown) {
        saved.push(user);
        await super.socketSaveUser(socket, user);
      }
    }

    before(async () => {
      const registry: object = { stopDelay: 0 };
      const options: BrokerOptions = {
        logger: false,
        skipProcessEventRegistration: true,
        transporter: 'Fake',
        namespace: 'meta-and-user',
        registry,
      };
      worker = new ServiceBroker({ ...options, nodeID: 'worker' });
      worker.createService(work);
      await worker.start();
      broker = new ServiceBroker({ ...options, nodeID: 'gateway' });
      const gateway = broker.createService(RemoteGateway as never) as unknown as RunningGateway;
      await broker.start();
      const { port } = gateway.io.httpServer.address() as AddressInfo;
      running = { gateway, url: `http://localhost:${port}` };
    });
    after(async () => {
      await broker.stop();
      await worker.stop();
    });
    beforeEach(() => {
      saved.length = 0;
    });

    it('logs in and out', async () => {
      const client = await as(running);
      await ask(client, 'call', 'work.login', { id: 'ada', roles: ['admin'] });
      expect(await userOf(client)).to.deep.equal({ id: 'ada', roles: ['admin'] });
      expect((await ask(client, 'call', 'work.user')).result).to.deep.equal({ id: 'ada', roles: ['admin'] });
      await ask(client, 'call', 'work.logout');
      expect(await userOf(client)).to.equal(null);
      expect(saved).to.deep.equal([{ id: 'ada', roles: ['admin'] }, null]);
    });

    it('is not saved by calls that leave it alone, though it comes back as a copy', async () => {
      const client = await as(running, 'ada');
      const before = socketOf(running, client).data.user;
      saved.length = 0;
      await ask(client, 'call', 'work.echo', { a: 1 });
      await ask(client, 'call', 'work.login', { id: 'ada' });
      expect(saved).to.deep.equal([]);
      expect(socketOf(running, client).data.user).to.equal(before);
    });

    it('logs in where the action was given other meta, and stays otherwise', async () => {
      const client = await as(running, 'ada');
      await ask(client, 'otherMeta', 'work.echo');
      expect(await userOf(client)).to.deep.equal({ id: 'ada' });
      await ask(client, 'otherMeta', 'work.login', { id: 'ben' });
      expect(await userOf(client)).to.deep.equal({ id: 'ben' });
    });

    it('stays where the call fails, or ends after a logout', async () => {
      const client = await as(running, 'ada');
      await ask(client, 'call', 'work.loginAndFail', { id: 'ben' });
      expect(await userOf(client)).to.deep.equal({ id: 'ada' });
      const slow = ask(client, 'call', 'work.wait');
      await began;
      await ask(client, 'call', 'work.logout');
      goOn.fire();
      await slow;
      expect(await userOf(client)).to.equal(null);
    });
  });
});
