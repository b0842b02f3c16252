import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { ServiceBroker } from 'moleculer';
import { type Context, type ServiceSchema } from 'moleculer';
import ApiGateway from 'moleculer-web';
import { Adapter } from 'socket.io-adapter';
import type { Namespace, Socket } from 'socket.io';
import { Errors, SocketIOService } from '../../src';
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
  start,
  type Running,
} from '../support/run-gateway';

/*
 * The examples of moleculer-io's README, in its order. They differ in the import, and in the port: any free one.
 */

const { UnAuthorizedError } = Errors;
type SocketWithService = Socket & { $service: any };

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
const test: ServiceSchema = { name: 'test', actions: { hello: () => 'Hello' } };

/** A part of a schema; Moleculer's types know the settings of no service. */
type Part = Omit<Partial<ServiceSchema>, 'settings'> & { readonly settings?: object };

/** A service as the README creates them, beside `math` and others. */
function service(schema: Part, ...others: ServiceSchema[]): Promise<Running> {
  return start([{ name: 'io', mixins: [SocketIOService], ...schema } as ServiceSchema, math, ...others]);
}

describe("moleculer-io's README", () => {
  describe('Init server', () => {
    it('with a Node http server', async () => {
      const broker = newBroker(math);
      const server = createServer((_request, response) => response.end('app'));
      afterwards(() => server.close());
      const ioService: any = broker.createService({
        name: 'io',
        mixins: [SocketIOService],
      });

      ioService.initSocketIO(server);

      // Once the initSocketIO() was called, you can access the io object from ioService.io
      expect(ioService.io.of, 'ioService.io').to.be.a('function');
      void broker.start();
      server.listen(0);

      await once(server, 'listening');
      const url = `http://localhost:${(server.address() as AddressInfo).port}`;
      const client = await connect({ url }, '/');
      expect(await ask(client, 'call', 'math.add', { a: 25, b: 13 })).to.deep.equal({
        error: null,
        result: 38,
      });
      expect(await (await fetch(url)).text()).to.equal('app');
    });

    it('with a server of its own', async () => {
      const broker = newBroker(math);
      const ioService = broker.createService({
        name: 'io',
        mixins: [SocketIOService],
        settings: {
          port: 0, //will call initSocketIO() on broker.start()
        },
      });
      await broker.start();

      const client = await connect({ url: `http://localhost:${portOf(ioService)}` }, '/');
      expect(await ask(client, 'call', 'math.add', { a: 25, b: 13 })).to.deep.equal({
        error: null,
        result: 38,
      });
    });

    for (const mixins of [
      [ApiGateway, SocketIOService], //Should after moleculer-web
      [SocketIOService, ApiGateway],
    ] as ServiceSchema[][]) {
      it(`with moleculer-web (${mixins[0] === SocketIOService ? 'after' : 'before'} the mixin)`, async () => {
        const broker = newBroker(math);
        const gateway = broker.createService({
          name: 'gateway',
          mixins,
          settings: {
            port: 0,
          },
        });
        await broker.start();

        const { port } = (gateway as any).server.address() as AddressInfo;
        const client = await connect({ url: `http://localhost:${port}` }, '/');
        expect(await ask(client, 'call', 'math.add', { a: 25, b: 13 })).to.deep.equal({
          error: null,
          result: 38,
        });
        const response = await fetch(`http://localhost:${port}/math/add?a=25&b=13`);
        expect(await response.json()).to.equal(38);
      });
    }
  });

  describe('Handle socket events', () => {
    const settings = { port: 0 };

    it("calls 'test.hello' without params", async () => {
      const client = await connect(await service({ settings }, test), '/');
      expect(await askRaw(client, 'call', 'test.hello')).to.deep.equal([null, 'Hello']);
    });

    it("calls 'math.add' with params", async () => {
      const client = await connect(await service({ settings }), '/');
      expect(await askRaw(client, 'call', 'math.add', { a: 25, b: 13 })).to.deep.equal([null, 38]);
      expect(await askRaw(client, 'call', 'math.add', { a: 123, b: 456 })).to.deep.equal([null, 579]);
    });

    it("calls '$node.health' and '$node.actions', where a whitelist names '$node'", async () => {
      const whitelist = ['math.*', '$node.*'];
      const io = { namespaces: { '/': { events: { call: { whitelist } } } } };
      const running = await start(
        [{ name: 'io', mixins: [SocketIOService], settings: { ...settings, io } } as ServiceSchema, math],
        {
          internalServices: true,
        },
      );
      const client = await connect(running, '/');
      const health = await ask(client, 'call', '$node.health');
      expect(health.error).to.equal(null);
      expect(health.result.process.pid).to.equal(process.pid);
      const actions = await ask(client, 'call', '$node.actions');
      expect(actions.result.map(({ name }: any) => name)).to.include('math.add');
    });

    it('answers an error as the first argument', async () => {
      const client = await connect(await service({ settings }), '/');
      const [err, res] = await askRaw(client, 'call', 'math.mul', {});
      expect(err).to.deep.include({
        name: 'ServiceNotFoundError',
        code: 404,
        type: 'SERVICE_NOT_FOUND',
        message: "Service 'math.mul' is not found.",
      });
      expect(res).to.equal(undefined);
    });
  });

  it('Handle multiple events', async () => {
    const users: ServiceSchema = { name: 'users', actions: { list: () => ['Ada'] } };
    const running = await start(
      [
        {
          name: 'io',
          mixins: [SocketIOService],
          settings: {
            port: 0,
            io: {
              namespaces: {
                '/': {
                  events: {
                    call: {
                      whitelist: ['math.add'],
                      callOptions: {},
                    },
                    adminCall: {
                      whitelist: ['users.*', '$node.*'],
                    },
                  },
                },
              },
            },
          },
        } as ServiceSchema,
        math,
        users,
      ],
      { internalServices: true },
    );
    const client = await connect(running, '/');
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
    expect((await ask(client, 'adminCall', 'users.list')).result).to.deep.equal(['Ada']);
    expect((await ask(client, 'adminCall', '$node.list')).result).to.have.length(1);
    for (const [event, action] of [
      ['call', 'math.sub'],
      ['call', 'users.list'],
      ['call', '$node.list'],
      ['adminCall', 'math.add'],
    ] as const) {
      const { error } = await ask(client, event, action, { a: 1, b: 2 });
      expect(error, `${event} ${action}`).to.include({ name: 'ServiceNotFoundError', code: 404 });
    }
  });

  it('Aliases', async () => {
    const running = await service({
      settings: {
        port: 0,
        io: {
          namespaces: {
            '/': {
              events: {
                call: {
                  aliases: {
                    add: 'math.add',
                  },
                  whitelist: ['math.add'],
                  callOptions: {},
                },
              },
            },
          },
        },
      },
    });
    const client = await connect(running, '/');
    for (const action of ['math.add', 'add']) {
      expect(await ask(client, 'call', action, { a: 25, b: 13 })).to.deep.equal({ error: null, result: 38 });
    }
  });

  it('Mapping policy', async () => {
    const running = await service({
      settings: {
        port: 0,
        io: {
          namespaces: {
            '/': {
              events: {
                call: {
                  mappingPolicy: 'restrict',
                  aliases: {
                    add: 'math.add',
                  },
                  callOptions: {},
                },
              },
            },
          },
        },
      },
    });
    const client = await connect(running, '/');
    expect(await ask(client, 'call', 'add', { a: 25, b: 13 })).to.deep.equal({ error: null, result: 38 });
    const { error } = await ask(client, 'call', 'math.add', { a: 25, b: 13 });
    expect(error).to.include({ name: 'ServiceNotFoundError', code: 404 });
  });

  it('Custom handler', async () => {
    const added: unknown[] = [];
    const running = await service({
      settings: {
        port: 0,
        io: {
          namespaces: {
            '/': {
              events: {
                call: {},
                async myCustomEventHandler(
                  this: SocketWithService,
                  data: unknown,
                  ack: (...args: unknown[]) => void,
                ) {
                  // eslint-disable-next-line @typescript-eslint/no-this-alias -- as in the README
                  const socket = this;
                  socket.emit('hello', 'world');
                  added.push(
                    await socket.$service.broker.call('math.add', {
                      a: 123,
                      b: 456,
                    }),
                  );
                  ack(data);
                },
              },
            },
          },
        },
      },
    });
    const client = await connect(running, '/');
    const hello = next(client, 'hello');
    expect(await askRaw(client, 'myCustomEventHandler', 'data')).to.deep.equal(['data']);
    expect(await hello).to.deep.equal(['world']);
    expect(added).to.deep.equal([579]);
  });

  it('Handler hooks', async () => {
    const printed: unknown[] = [];
    const running = await service({
      settings: {
        port: 0,
        io: {
          namespaces: {
            '/': {
              events: {
                call: {
                  whitelist: ['math.*'],
                  async onBeforeCall(
                    _ctx: unknown,
                    _socket: unknown,
                    _action: unknown,
                    params: unknown,
                    _callOptions: unknown,
                  ) {
                    //before hook
                    printed.push(['before hook:', params]);
                  },
                  async onAfterCall(_ctx: unknown, _socket: unknown, res: unknown) {
                    //after hook
                    printed.push(['after hook', res]);
                    // res: The respose data.
                  },
                },
              },
            },
          },
        },
      },
    });
    const client = await connect(running, '/');
    expect(await ask(client, 'call', 'math.add', { a: 1, b: 2 })).to.deep.equal({ error: null, result: 3 });
    expect(printed).to.deep.equal([
      ['before hook:', { a: 1, b: 2 }],
      ['after hook', 3],
    ]);
  });

  it('Calling options', async () => {
    let fail = true;
    const slow: ServiceSchema = {
      name: 'slow',
      actions: {
        never: () => new Promise((resolve) => setTimeout(resolve, 1000).unref()),
        sometimes() {
          if (fail) throw new Error('failed');
          return 'done';
        },
      },
    };
    const running = await service(
      {
        settings: {
          port: 0,
          io: {
            namespaces: {
              '/': {
                events: {
                  call: {
                    callOptions: {
                      timeout: 50,
                      retryCount: 0,
                      fallbackResponse(_ctx: unknown, err: Error) {
                        return `instead of ${err.name}`;
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
      slow,
    );
    const client = await connect(running, '/');
    expect((await ask(client, 'call', 'slow.sometimes')).result).to.equal('instead of Error');
    expect((await ask(client, 'call', 'slow.never')).result).to.equal('instead of RequestTimeoutError');
    fail = false;
    expect((await ask(client, 'call', 'slow.sometimes')).result).to.equal('done');
  });

  it('Calling options: a meta field replaces the result of socketGetMeta', async () => {
    const seen: object[] = [];
    const meta: ServiceSchema = { name: 'meta', actions: { show: (ctx) => void seen.push({ ...ctx.meta }) } };
    const running = await service(
      {
        settings: {
          port: 0,
          io: { namespaces: { '/': { events: { call: { callOptions: { meta: { from: 'options' } } } } } } },
        },
      },
      meta,
    );
    const client = await connect(running, '/');
    expect((await ask(client, 'call', 'meta.show')).error).to.equal(null);
    expect(seen).to.deep.equal([{ from: 'options' }]);
  });

  it('Middlewares', async () => {
    const thises: unknown[] = [];
    const running = await service({
      settings: {
        port: 0,
        io: {
          namespaces: {
            '/': {
              middlewares: [
                //Namespace level middlewares, equipment to namespace.use()
                function (this: unknown, socket: Socket, next: (error?: Error) => void) {
                  thises.push(this);
                  if (socket.request.headers.cookie) return next();
                  next(new Error('Authentication error'));
                },
              ],
              packetMiddlewares: [
                // equipment to socket.use()
                function (this: unknown, packet: any, next: (error?: Error) => void) {
                  thises.push(this);
                  if (packet.doge === true || packet[1] === 'math.add') return next();
                  next(new Error('Not a doge error'));
                },
              ],
              events: {
                call: {},
              },
            },
          },
        },
      },
    });
    expect((await refused(newClient(running, '/'))).message).to.equal('Authentication error');
    const client = await connect(running, '/', { extraHeaders: { cookie: 'a=b' } });
    expect((await ask(client, 'call', 'math.sub', {})).error).to.deep.include({
      name: 'Error',
      message: 'Not a doge error',
      code: 500,
    });
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
    // **Note:** In middlewares the `this` is always pointed to the Service instance.
    expect(thises).to.have.length(4);
    for (const one of thises) expect(one).to.equal(running.gateway);
  });

  describe('Authorization', () => {
    const user: ServiceSchema = {
      name: 'user',
      actions: {
        verifyToken(ctx: Context<{ accessToken: string }>) {
          if (ctx.params.accessToken !== '12345') throw new Error('no such token');
          return { id: 7, email: 'ada@example.com' };
        },
      },
    };
    const accounts: ServiceSchema = {
      name: 'accounts',
      actions: {
        login(ctx: Context<{ user: string; password: string }, { user: object }>) {
          if (ctx.params.user === 'tiaod' && ctx.params.password === 'pass') {
            ctx.meta.user = { id: 'tiaod' };
          }
        },
        getUserInfo(ctx: Context<unknown, { user: object }>) {
          return ctx.meta.user;
        },
      },
    };
    const authorizing = () =>
      service(
        {
          settings: {
            port: 0,
            io: {
              namespaces: {
                '/': {
                  authorization: true, // First thing
                  events: {
                    call: {
                      whitelist: ['math.*', 'accounts.*'],
                    },
                  },
                },
              },
            },
          },
          methods: {
            // Second thing
            async socketAuthorize(this: { broker: ServiceBroker }, socket: Socket, _eventHandler: unknown) {
              const accessToken = socket.handshake.query['token'];
              if (accessToken) {
                try {
                  const user: { id: number; email: string } = await this.broker.call('user.verifyToken', {
                    accessToken,
                  });
                  return { id: user.id, email: user.email, token: accessToken }; // valid credential, return the user
                } catch {
                  throw new UnAuthorizedError(); // invalid credentials
                }
              } else {
                // anonymous user
                return;
              }
            },
          },
        },
        user,
        accounts,
      );

    it('knows a client by its token', async () => {
      const socket = await connect(await authorizing(), '/', {
        query: {
          token: '12345',
        },
      });
      const { result } = await ask(socket, 'call', 'accounts.getUserInfo');
      expect(result).to.deep.equal({ id: 7, email: 'ada@example.com', token: '12345' });
    });

    it('refuses a wrong token', async () => {
      const error = await refused(newClient(await authorizing(), '/', { query: { token: '54321' } }));
      expect(error.message).to.equal('Unauthorized');
      expect(error.data).to.include({ name: 'UnAuthorizedError', code: 401 });
    });

    it('lets in an anonymous user, who can log in later', async () => {
      const client = await connect(await authorizing(), '/');
      expect((await ask(client, 'call', 'accounts.getUserInfo')).result ?? null).to.equal(null);
      await ask(client, 'call', 'accounts.login', { user: 'tiaod', password: 'wrong' });
      expect((await ask(client, 'call', 'accounts.getUserInfo')).result ?? null).to.equal(null);
      await ask(client, 'call', 'accounts.login', { user: 'tiaod', password: 'pass' });
      expect((await ask(client, 'call', 'accounts.getUserInfo')).result).to.deep.equal({ id: 'tiaod' });
    });

    it('lets socketGetMeta and socketSaveMeta be overwritten', async () => {
      const saved: unknown[] = [];
      const metas: object[] = [];
      const running = await service(
        {
          settings: { port: 0 },
          methods: {
            socketGetMeta(socket: any) {
              //construct the meta object.
              return {
                user: socket.client.user,
                $rooms: Object.keys(socket.rooms),
                socketId: socket.id,
              };
            },
            // In addition, you can also customize the place where user is stored.
            // Here is the default method the save user:
            socketSaveMeta(socket: any, ctx: Context<unknown, { user: unknown }>) {
              saved.push(ctx.meta.user);
              socket.client.user = ctx.meta.user;
            },
          },
        },
        accounts,
        { name: 'metas', actions: { show: (ctx) => void metas.push({ ...ctx.meta }) } },
      );
      const client = await connect(running, '/');
      await ask(client, 'call', 'accounts.login', { user: 'tiaod', password: 'pass' });
      expect(saved).to.deep.equal([{ id: 'tiaod' }]);
      await ask(client, 'call', 'metas.show');
      expect(metas).to.deep.equal([{ user: { id: 'tiaod' }, $rooms: [], socketId: client.id }]);
    });
  });

  it('Joining and leaving rooms', async () => {
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
    const client = await connect(await service({ settings: { port: 0 } }, rooms), '/');
    const list = async () => (await ask(client, 'call', 'rooms.list')).result;
    expect(await list()).to.deep.equal([client.id]);
    await ask(client, 'call', 'rooms.join', { room: 'room1' });
    expect(await list()).to.deep.equal([client.id, 'room1']);
    await ask(client, 'call', 'rooms.join', { room: ['room1', 'room2'] });
    expect(await list()).to.deep.equal([client.id, 'room1', 'room2']);
    await ask(client, 'call', 'rooms.leave', { room: 'room1' });
    expect(await list()).to.deep.equal([client.id, 'room2']);
    await ask(client, 'call', 'rooms.leave', { room: ['room1', 'room2'] });
    expect(await list()).to.deep.equal([client.id]);
  });

  it('Broadcast', async () => {
    const rooms: ServiceSchema = {
      name: 'rooms',
      actions: {
        join(ctx: Context<{ room: string }, { $join: string }>) {
          ctx.meta.$join = ctx.params.room;
        },
      },
    };
    const running = await service({ settings: { port: 0 } }, rooms);
    const [inside, outside] = [await connect(running, '/'), await connect(running, '/')];
    await ask(inside, 'call', 'rooms.join', { room: 'room2' });
    const overheard: unknown[] = [];
    outside.on('hello', (...args) => overheard.push(args));

    const hello = next(inside, 'hello');
    await running.broker.call('io.broadcast', {
      namespace: '/', //optional
      event: 'hello',
      args: ['my', 'friends', '!'], //optional
      volatile: true, //optional
      local: true, //optional
      rooms: ['room1', 'room2'], //optional
    });
    expect(await hello).to.deep.equal(['my', 'friends', '!']);

    const everybody = [next(inside, 'hello'), next(outside, 'hello')];
    await running.broker.call('io.broadcast', { event: 'hello' });
    expect(await Promise.all(everybody)).to.deep.equal([[], []]);
    expect(overheard).to.deep.equal([[]]);
  });

  it('CORS', async () => {
    const broker = newBroker(math);
    const io = broker.createService({
      name: 'io',
      mixins: [ApiGateway as unknown as ServiceSchema, SocketIOService],
      settings: {
        port: 0,
        cors: {
          origin: ['http://example.com'], //Moleculer-io only pick up this option and set it to io.origins()
          methods: ['GET', 'OPTIONS', 'POST', 'PUT', 'DELETE'],
          allowedHeaders: [],
          exposedHeaders: [],
          credentials: false,
          maxAge: 3600,
        },
      },
    });
    await broker.start();
    const url = `http://localhost:${(((io as any).server as import('node:http').Server).address() as AddressInfo).port}`;
    for (const transport of ['polling', 'websocket']) {
      const from = (origin: string) => ({ transports: [transport], extraHeaders: { origin } });
      const client = await connect({ url }, '/', from('http://example.com'));
      expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result, transport).to.equal(3);
      await refused(newClient({ url }, '/', from('http://evil.example')));
    }
    const allowed = async (origin: string) =>
      (await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } })).headers.get(
        'access-control-allow-origin',
      );
    expect(await allowed('http://example.com')).to.equal('http://example.com');
    expect(await allowed('http://evil.example')).to.equal(null);
  });

  it('Using multiple instances', async () => {
    /** In place of Redis: adapters of several servers that hand their broadcasts on. */
    const redis = (bus: Set<Adapter>) => {
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
      return BusAdapter;
    };
    const bus = new Set<Adapter>();
    const instance = () =>
      service({
        settings: {
          port: 0,
          io: {
            options: {
              adapter: redis(bus),
            },
          },
        },
      });
    const [one, two] = [await instance(), await instance()];
    const clients = [await connect(one, '/'), await connect(two, '/')];
    const heard = clients.map((client) => next(client, 'hello'));
    await one.broker.call('io.broadcast', { event: 'hello', args: ['all'] });
    expect(await Promise.all(heard)).to.deep.equal([['all'], ['all']]);
  });

  it('Logging settings', async () => {
    const logger = new CollectingLogger();
    const running = await start(
      {
        name: 'io',
        mixins: [SocketIOService],
        settings: {
          logClientConnection: 'info',
          port: 0,
        },
      } as ServiceSchema,
      { logger },
    );
    const client = await connect(running, '/');
    await ask(client, 'call', 'math.add');
    const lines = logger.lines.filter(({ text }) => text.startsWith('io:') && text.includes(client.id!));
    expect(lines.map(({ level }) => level)).to.deep.equal(['info']);
  });

  it('Full settings', async () => {
    const running = await service({
      settings: {
        port: 0,
        io: {
          options: {}, //socket.io options
          namespaces: {
            '/': {
              authorization: false,
              middlewares: [],
              packetMiddlewares: [],
              events: {
                call: {
                  mappingPolicy: 'all',
                  aliases: {
                    add: 'math.add',
                  },
                  whitelist: ['math.*'],
                  callOptions: {},
                  async onBeforeCall(ctx: Context<unknown, { socketid: string }>, socket: Socket) {
                    ctx.meta.socketid = socket.id;
                  },
                  async onAfterCall(_ctx: unknown, socket: Socket, res: unknown) {
                    socket.emit('afterCall', res);
                  },
                },
              },
            },
          },
        },
      },
    });
    const client = await connect(running, '/');
    const after = next(client, 'afterCall');
    expect(await ask(client, 'call', 'add', { a: 1, b: 2 })).to.deep.equal({ error: null, result: 3 });
    expect(await after).to.deep.equal([3]);
    expect((await ask(client, 'call', 'test.hello')).error).to.include({ code: 404 });
  });
});
