import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Context, ServiceSchema } from 'moleculer';
import ApiGateway from 'moleculer-web';
import type { Namespace, Socket } from 'socket.io';
import { Adapter } from 'socket.io-adapter';
import {
  Authenticate,
  ConnectedSocket,
  Errors,
  MessageBody,
  NamespaceMiddleware,
  OnAfterCall,
  OnBeforeCall,
  PacketMiddleware,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import {
  afterwards,
  ask,
  askRaw,
  CollectingLogger,
  connect,
  newBroker,
  newClient,
  next,
  portOf,
  refused,
  serviceOf,
  start,
} from '../support/run-gateway';

/*
 * The examples of moleculer-io's README again, in its order, as classes.
 */

const settings = { port: 0 };

const math: ServiceSchema = {
  name: 'math',
  actions: {
    add(ctx: Context<{ a: unknown; b: unknown }>) {
      return Number(ctx.params.a) + Number(ctx.params.b);
    },
    sub(ctx: Context<{ a: unknown; b: unknown }>) {
      return Number(ctx.params.a) - Number(ctx.params.b);
    },
  },
};
const rooms: ServiceSchema = {
  name: 'rooms',
  actions: {
    join(ctx: Context<{ room: string }, { $join: string }>) {
      ctx.meta.$join = ctx.params.room;
    },
    leave(ctx: Context<{ room: string }, { $leave: string }>) {
      ctx.meta.$leave = ctx.params.room;
    },
    list(ctx: Context<unknown, { $rooms: string[] }>) {
      return ctx.meta.$rooms;
    },
  },
};

@SocketNamespace('/', { settings })
class IoGateway extends SocketGateway {
  @SocketEvent('call', { whitelist: ['**', '$node.*'] })
  call!: ActionProxy;
}

describe("moleculer-io's README as classes", () => {
  describe('Init server', () => {
    it('with a Node http server', async () => {
      @SocketNamespace('/')
      class AttachedGateway extends IoGateway {}
      const broker = newBroker([AttachedGateway, math]);
      const server = createServer((_request, response) => response.end('app'));
      afterwards(() => server.close());
      void (serviceOf(broker, 'attached') as object as AttachedGateway).initSocketIO(server);
      await broker.start();
      await once(server.listen(0), 'listening');

      const url = `http://localhost:${(server.address() as AddressInfo).port}`;
      const client = await connect({ url }, '/');
      expect(await ask(client, 'call', 'math.add', { a: 25, b: 13 })).to.deep.equal({
        error: null,
        result: 38,
      });
      expect(await (await fetch(url)).text()).to.equal('app');
    });

    it('with a server of its own', async () => {
      const { broker } = await start([IoGateway, math]);
      const client = await connect({ url: `http://localhost:${portOf(serviceOf(broker, 'io'))}` }, '/');
      expect(await ask(client, 'call', 'math.add', { a: 25, b: 13 })).to.deep.equal({
        error: null,
        result: 38,
      });
    });

    it('with moleculer-web', async () => {
      @SocketNamespace('/', { mixins: [ApiGateway], settings })
      class WebGateway extends IoGateway {}
      const { broker } = await start([WebGateway, math]);
      const { port } = (serviceOf(broker, 'web') as any).server.address() as AddressInfo;
      const client = await connect({ url: `http://localhost:${port}` }, '/');
      expect(await ask(client, 'call', 'math.add', { a: 25, b: 13 })).to.deep.equal({
        error: null,
        result: 38,
      });
      const response = await fetch(`http://localhost:${port}/math/add?a=25&b=13`);
      expect(await response.json()).to.equal(38);
    });
  });

  it('Handle socket events', async () => {
    const test: ServiceSchema = { name: 'test', actions: { hello: () => 'Hello' } };
    const client = await connect(await start([IoGateway, math, test], { internalServices: true }), '/');
    expect(await askRaw(client, 'call', 'test.hello')).to.deep.equal([null, 'Hello']);
    expect(await askRaw(client, 'call', 'math.add', { a: 25, b: 13 })).to.deep.equal([null, 38]);
    expect((await ask(client, 'call', '$node.health')).result.process.pid).to.equal(process.pid);
    const { result } = await ask(client, 'call', '$node.actions');
    expect(result.map(({ name }: any) => name)).to.include('math.add');
  });

  it('Handle multiple events', async () => {
    @SocketNamespace('/', { settings })
    class AdminGateway extends SocketGateway {
      @SocketEvent({ whitelist: ['math.add'] })
      call!: ActionProxy;

      @SocketEvent({ whitelist: ['users.*', '$node.*'] })
      adminCall!: ActionProxy;
    }
    const users: ServiceSchema = { name: 'users', actions: { list: () => ['Ada'] } };
    const client = await connect(await start([AdminGateway, math, users], { internalServices: true }), '/');
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
    expect((await ask(client, 'adminCall', 'users.list')).result).to.deep.equal(['Ada']);
    expect((await ask(client, 'adminCall', '$node.list')).result).to.have.length(1);
    for (const [event, action] of [
      ['call', 'math.sub'],
      ['call', 'users.list'],
      ['adminCall', 'math.add'],
    ] as const) {
      expect((await ask(client, event, action, {})).error, `${event} ${action}`).to.include({ code: 404 });
    }
  });

  it('Aliases, and mapping policy', async () => {
    @SocketNamespace('/', { settings })
    class AliasGateway extends SocketGateway {
      @SocketEvent({ aliases: { add: 'math.add' }, whitelist: ['math.add'] })
      call!: ActionProxy;

      @SocketEvent({ aliases: { add: 'math.add' }, mappingPolicy: 'restrict' })
      strict!: ActionProxy;
    }
    const client = await connect(await start([AliasGateway, math]), '/');
    const sum = { error: null, result: 38 };
    expect(await ask(client, 'call', 'add', { a: 25, b: 13 })).to.deep.equal(sum);
    expect(await ask(client, 'call', 'math.add', { a: 25, b: 13 })).to.deep.equal(sum);
    expect(await ask(client, 'strict', 'add', { a: 25, b: 13 })).to.deep.equal(sum);
    expect((await ask(client, 'strict', 'math.add', { a: 25, b: 13 })).error).to.include({ code: 404 });
  });

  it('Custom handler', async () => {
    @SocketNamespace('/', { settings })
    class CustomGateway extends SocketGateway {
      @SocketEvent()
      async myCustomEventHandler(@MessageBody() data: string, @ConnectedSocket() socket: Socket) {
        socket.emit('hello', 'world');
        return { data, sum: await this.broker.call('math.add', { a: 123, b: 456 }) };
      }
    }
    const client = await connect(await start([CustomGateway, math]), '/');
    const hello = next(client, 'hello');
    expect((await ask(client, 'myCustomEventHandler', 'data')).result).to.deep.equal({
      data: 'data',
      sum: 579,
    });
    expect(await hello).to.deep.equal(['world']);
  });

  it('Handler hooks', async () => {
    const seen: unknown[] = [];
    @SocketNamespace('/', { settings })
    class HookGateway extends SocketGateway {
      @SocketEvent({ whitelist: ['math.*'] })
      call!: ActionProxy;

      @OnBeforeCall('call')
      async before(_ctx: SocketContext, _socket: Socket, action: string, params: unknown) {
        seen.push([action, params]);
      }
      @OnAfterCall('call')
      async after(_ctx: SocketContext, _socket: Socket, res: unknown) {
        seen.push(res);
      }
    }
    const client = await connect(await start([HookGateway, math]), '/');
    expect(await ask(client, 'call', 'math.add', { a: 1, b: 2 })).to.deep.equal({ error: null, result: 3 });
    expect(seen).to.deep.equal([['math.add', { a: 1, b: 2 }], 3]);
  });

  it('Calling options', async () => {
    @SocketNamespace('/', { settings })
    class CautiousGateway extends SocketGateway {
      @SocketEvent({
        whitelist: ['slow.*'],
        callOptions: { timeout: 50, retries: 0, fallbackResponse: (_ctx, err) => `instead of ${err.name}` },
      })
      call!: ActionProxy;

      @SocketEvent({ whitelist: ['slow.*'], callOptions: { meta: { from: 'options' } } })
      callWithMeta!: ActionProxy;
    }
    const slow: ServiceSchema = {
      name: 'slow',
      actions: {
        never: () => new Promise((resolve) => setTimeout(resolve, 1000).unref()),
        meta: (ctx) => ctx.meta,
      },
    };
    const client = await connect(await start([CautiousGateway, slow]), '/');
    expect((await ask(client, 'call', 'slow.never')).result).to.equal('instead of RequestTimeoutError');
    expect((await ask(client, 'callWithMeta', 'slow.meta')).result).to.deep.equal({ from: 'options' });
  });

  it('Middlewares', async () => {
    const thises: unknown[] = [];
    @SocketNamespace('/', { settings })
    class DogeGateway extends IoGateway {
      @NamespaceMiddleware()
      cookies(socket: Socket, next: (error?: Error) => void) {
        thises.push(this);
        if (socket.request.headers.cookie) return next();
        next(new Error('Authentication error'));
      }
      @PacketMiddleware()
      doge(packet: unknown[], next: () => void) {
        thises.push(this);
        if (packet[1] !== 'math.add') throw new Errors.ForbiddenError('NOT_A_DOGE');
        next();
      }
    }
    const running = await start([DogeGateway, math]);
    expect((await refused(newClient(running, '/'))).message).to.equal('Authentication error');
    const client = await connect(running, '/', { extraHeaders: { cookie: 'a=b' } });
    expect((await ask(client, 'call', 'math.sub', {})).error).to.include({ code: 403, type: 'NOT_A_DOGE' });
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
    expect(thises).to.have.length(4);
    for (const one of thises) expect(one).to.equal(running.gateway);
  });

  it('Authorization', async () => {
    @SocketNamespace('/', { settings })
    class AuthorizingGateway extends SocketGateway {
      @Authenticate()
      async authenticate(socket: Socket) {
        const accessToken = socket.handshake.query['token'];
        if (!accessToken) return; // anonymous user
        try {
          const user: object = await this.broker.call('user.verifyToken', { accessToken });
          return { ...user, token: accessToken };
        } catch {
          throw new Errors.UnAuthorizedError();
        }
      }

      @SocketEvent({ whitelist: ['accounts.*'] })
      call!: ActionProxy;

      override socketGetMeta(socket: Socket) {
        return { ...super.socketGetMeta(socket), socketId: socket.id };
      }
    }
    const user: ServiceSchema = {
      name: 'user',
      actions: {
        verifyToken(ctx: Context<{ accessToken: string }>) {
          if (ctx.params.accessToken !== '12345') throw new Error('no such token');
          return { id: 7 };
        },
      },
    };
    const accounts: ServiceSchema = {
      name: 'accounts',
      actions: {
        login(ctx: Context<{ user: string; password: string }, { user: object }>) {
          if (ctx.params.user === 'tiaod' && ctx.params.password === 'pass') ctx.meta.user = { id: 'tiaod' };
        },
        getUserInfo: (ctx: Context<unknown, { user?: object }>) => ctx.meta.user,
        getSocketId: (ctx: Context<unknown, { socketId: string }>) => ctx.meta.socketId,
      },
    };
    const running = await start([AuthorizingGateway, user, accounts]);
    const known = await connect(running, '/', { query: { token: '12345' } });
    expect((await ask(known, 'call', 'accounts.getUserInfo')).result).to.deep.equal({
      id: 7,
      token: '12345',
    });
    expect((await ask(known, 'call', 'accounts.getSocketId')).result).to.equal(known.id);

    const error = await refused(newClient(running, '/', { query: { token: '54321' } }));
    expect(error.data).to.include({ name: 'UnAuthorizedError', code: 401 });

    const client = await connect(running, '/');
    await ask(client, 'call', 'accounts.login', { user: 'tiaod', password: 'wrong' });
    expect((await ask(client, 'call', 'accounts.getUserInfo')).result ?? null).to.equal(null);
    await ask(client, 'call', 'accounts.login', { user: 'tiaod', password: 'pass' });
    expect((await ask(client, 'call', 'accounts.getUserInfo')).result).to.deep.equal({ id: 'tiaod' });
  });

  it('Joining and leaving rooms', async () => {
    const client = await connect(await start([IoGateway, rooms]), '/');
    const list = async () => (await ask(client, 'call', 'rooms.list')).result;
    await ask(client, 'call', 'rooms.join', { room: 'room1' });
    expect(await list()).to.deep.equal([client.id, 'room1']);
    await ask(client, 'call', 'rooms.join', { room: ['room1', 'room2'] });
    expect(await list()).to.deep.equal([client.id, 'room1', 'room2']);
    await ask(client, 'call', 'rooms.leave', { room: ['room1', 'room2'] });
    expect(await list()).to.deep.equal([client.id]);
  });

  it('Broadcast', async () => {
    const running = await start([IoGateway, rooms]);
    const [inside, outside] = [await connect(running, '/'), await connect(running, '/')];
    await ask(inside, 'call', 'rooms.join', { room: 'room2' });
    const heard: unknown[] = [];
    outside.on('hello', (...args) => heard.push(args));
    const hello = next(inside, 'hello');
    await running.broker.call('io.broadcast', {
      namespace: '/',
      event: 'hello',
      args: ['my', 'friends', '!'],
      volatile: true,
      local: true,
      rooms: ['room1', 'room2'],
    });
    expect(await hello).to.deep.equal(['my', 'friends', '!']);
    const everybody = [next(inside, 'hello'), next(outside, 'hello')];
    await running.broker.call('io.broadcast', { event: 'hello' });
    await Promise.all(everybody);
    expect(heard).to.deep.equal([[]]);
  });

  it('CORS', async () => {
    @SocketNamespace('/', {
      settings: { port: 0, cors: { origin: ['http://example.com'], methods: ['GET', 'OPTIONS', 'POST'] } },
    })
    class StrictGateway extends IoGateway {}
    const running = await start([StrictGateway, math]);
    for (const transport of ['polling', 'websocket']) {
      const from = (origin: string) => ({ transports: [transport], extraHeaders: { origin } });
      const client = await connect(running, '/', from('http://example.com'));
      expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result, transport).to.equal(3);
      await refused(newClient(running, '/', from('http://evil.example')));
    }
  });

  it('Using multiple instances', async () => {
    const bus = new Set<Adapter>();
    /** In place of Redis: adapters of several servers that hand their broadcasts on. */
    class BusAdapter extends Adapter {
      constructor(namespace: Namespace) {
        super(namespace);
        bus.add(this);
      }
      override broadcast(...args: Parameters<Adapter['broadcast']>) {
        for (const adapter of bus) {
          if (adapter.nsp.name === this.nsp.name) Adapter.prototype.broadcast.apply(adapter, args);
        }
      }
    }
    @SocketNamespace('/', { settings: { port: 0, io: { options: { adapter: BusAdapter } } } })
    class ClusterGateway extends IoGateway {}
    const [one, two] = [await start(ClusterGateway), await start(ClusterGateway)];
    const clients = [await connect(one, '/'), await connect(two, '/')];
    const heard = clients.map((client) => next(client, 'hello'));
    await one.broker.call('cluster.broadcast', { event: 'hello', args: ['all'] });
    expect(await Promise.all(heard)).to.deep.equal([['all'], ['all']]);
  });

  it('Logging settings', async () => {
    @SocketNamespace('/', { settings: { logClientConnection: 'info', port: 0 } })
    class TalkativeGateway extends IoGateway {}
    const logger = new CollectingLogger();
    const client = await connect(await start(TalkativeGateway, { logger }), '/');
    await ask(client, 'call', 'math.add');
    const lines = logger.having(client.id!);
    expect(lines.map(({ level }) => level)).to.deep.equal(['info']);
  });

  it('Full settings', async () => {
    @SocketNamespace('/', { settings: { port: 0, io: { options: {} } } })
    class FullGateway extends SocketGateway {
      @SocketEvent('call', {
        mappingPolicy: 'all',
        aliases: { add: 'math.add' },
        whitelist: ['math.*'],
        callOptions: {},
        onBeforeCall: async (ctx, socket) => {
          ctx.meta['socketid'] = socket.id;
        },
        onAfterCall: async (_ctx, socket, res) => {
          socket.emit('afterCall', res);
        },
      })
      call!: ActionProxy;
    }
    const client = await connect(await start([FullGateway, math]), '/');
    const after = next(client, 'afterCall');
    expect(await ask(client, 'call', 'add', { a: 1, b: 2 })).to.deep.equal({ error: null, result: 3 });
    expect(await after).to.deep.equal([3]);
    expect((await ask(client, 'call', 'test.hello')).error).to.include({ code: 404 });
  });
});
