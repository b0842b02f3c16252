import { expect } from 'chai';
import { Errors, type Context, type ServiceBroker, type ServiceSchema } from 'moleculer';
import type { Socket as ServerSocket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  compileGateway,
  OnAfterCall,
  OnBeforeCall,
  OnCallError,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type AutoExpose,
  type SocketContext,
  type SocketMeta,
  type SocketMiddleware,
  type SocketNamespaceOptions,
} from '../../src';
import { problemsOf } from '../compiler/problems-of';
import {
  ask,
  askRaw,
  CollectingLogger,
  connect,
  newBroker,
  next,
  portOf,
  serviceOf,
  start,
  type Answer,
  type Client,
  type Options,
  type Registered,
  type Running,
} from '../support/run-gateway';

const settings = { port: 0 };

/** What was called, in order. */
let calls: { action: string; params: unknown; meta: any }[];
beforeEach(() => {
  calls = [];
});

function record(ctx: Context): string {
  calls.push({ action: ctx.action!.name!, params: ctx.params, meta: structuredClone(ctx.meta) });
  return ctx.action!.name!;
}

/** A service whose actions are these: each returns its name. What is no definition is the value of `socket`. */
function service(name: string, sockets: Record<string, unknown>, more: object = {}): ServiceSchema {
  const actions = Object.fromEntries(
    Object.entries(sockets).map(([action, socket]) => [action, { socket, handler: record, ...more }]),
  );
  return { name, actions } as ServiceSchema;
}

const orders: ServiceSchema = {
  name: 'orders',
  actions: {
    create: {
      params: { item: 'string' },
      socket: 'order.create',
      handler(ctx: Context<{ item: string }>) {
        record(ctx);
        return { id: 1, item: ctx.params.item };
      },
    },
    list: { socket: ['order.list', { event: 'orders' }], handler: record },
    fail: {
      socket: 'order.fail',
      handler() {
        throw new Errors.MoleculerClientError('No tea', 418, 'TEAPOT');
      },
    },
    quiet: { handler: record },
  },
};

/** A gateway of `/x` that exposes what asks for it. */
function exposing(
  autoExpose: AutoExpose = true,
  options: SocketNamespaceOptions = {},
): new (...args: never[]) => SocketGateway {
  @SocketNamespace('/x', { name: 'gateway', settings, autoExpose, ...options })
  class OpenGateway extends SocketGateway {
    @SocketEvent()
    own() {
      return 'own';
    }
  }
  return OpenGateway;
}

function exposed(services: readonly Registered[], options?: Options): Promise<Running> {
  return start([exposing(), ...services], options);
}

/** Starts such a gateway beside other services, and connects a client. */
async function client(...services: Registered[]): Promise<Client> {
  return connect(await exposed(services));
}

function unknown(event: string): Answer {
  return {
    error: {
      name: 'NotFoundError',
      message: 'Not found',
      code: 404,
      type: 'EVENT_NOT_FOUND',
      data: { event },
    },
    result: undefined,
  };
}

/** What the gateway says of actions that it does not expose, without its name. */
function told(logger: CollectingLogger): string[] {
  return logger.lines
    .filter(({ level, text }) => level === 'warn' && /: \w+Gateway: /.test(text))
    .map(({ text }) => text.replace(/^.*?: \w+Gateway: /, ''));
}

function add(broker: ServiceBroker, schema: ServiceSchema): Promise<void> {
  broker.createService(schema);
  return broker.waitForServices(schema.name, 1000, 2);
}

function remove(broker: ServiceBroker, name: string): Promise<void> {
  return broker.destroyService(serviceOf(broker, name));
}

/** Long enough for the gateway to look at the services again. */
const AGAIN = 150;
const lookedAgain = () => new Promise((resolve) => setTimeout(resolve, AGAIN));

describe('autoExpose', () => {
  describe('an action that carries `socket`', () => {
    it('answers the event, with the first argument as params', async () => {
      const one = await client(orders);
      expect(await askRaw(one, 'order.create', { item: 'tea' }, 'more')).to.deep.equal([
        null,
        { id: 1, item: 'tea' },
      ]);
      expect(calls[0]).to.deep.include({ action: 'orders.create', params: { item: 'tea' } });
      expect(calls[0]!.meta).to.include({ $socketId: one.id });
    });

    it('gets {} where the client sends nothing', async () => {
      await ask(await client(orders), 'orders');
      expect(calls[0]!.params).to.deep.equal({});
    });

    it('may have several events', async () => {
      const one = await client(orders);
      for (const event of ['order.list', 'orders'])
        expect((await ask(one, event)).result).to.equal('orders.list');
    });

    it('checks its own params', async () => {
      const { error } = await ask(await client(orders), 'order.create', { item: 7 });
      expect(error).to.include({ name: 'ValidationError', code: 422 });
      expect(error.data[0]).to.include({ field: 'item', type: 'string' });
    });

    it('fails like any other call', async () => {
      expect((await ask(await client(orders), 'order.fail')).error).to.deep.equal({
        name: 'MoleculerClientError',
        message: 'No tea',
        code: 418,
        type: 'TEAPOT',
      });
    });

    it('stands beside the events of the gateway', async () => {
      expect((await ask(await client(orders), 'own')).result).to.equal('own');
    });

    it('may belong to a version of a service', async () => {
      const one = await client({ ...service('news', { latest: 'latest' }), version: 2 });
      expect((await ask(one, 'latest')).result).to.equal('v2.news.latest');
    });

    it('may be that of another gateway', async () => {
      @SocketNamespace('/y', {
        name: 'other',
        actions: { ping: { socket: 'ping', handler: () => 'pong' } as never },
      })
      class OtherGateway extends SocketGateway {}
      expect((await ask(await client(OtherGateway), 'ping')).result).to.equal('pong');
    });
  });

  describe('nothing is exposed', () => {
    it('by a gateway that does not want it', async () => {
      for (const autoExpose of [false, undefined] as const) {
        @SocketNamespace('/x', { name: 'gateway', settings, ...(autoExpose === false && { autoExpose }) })
        class ClosedGateway extends SocketGateway {}
        const one = await connect(await start([ClosedGateway, orders]));
        expect(await ask(one, 'order.create', { item: 'tea' })).to.deep.equal(unknown('order.create'));
      }
    });

    it('that does not ask', async () => {
      const one = await client(orders, service('off', { a: false, b: null }));
      for (const event of ['quiet', 'orders.quiet', 'orders.create', 'create', 'a', 'b', 'off.a'])
        expect(await ask(one, event)).to.deep.equal(unknown(event));
    });

    for (const visibility of ['public', 'protected', 'private']) {
      it(`that is ${visibility}`, async () => {
        const one = await client(service('hidden', { act: 'act' }, { visibility }));
        expect(await ask(one, 'act')).to.deep.equal(unknown('act'));
      });
    }

    it('but published', async () => {
      const one = await client(service('open', { act: 'act' }, { visibility: 'published' }));
      expect((await ask(one, 'act')).result).to.equal('open.act');
    });

    it('that manages a gateway', async () => {
      @SocketNamespace('/y', { name: 'other' })
      class OtherGateway extends SocketGateway {}
      const broker = newBroker(exposing());
      const getClients = {
        visibility: 'published',
        socket: 'clients',
        managesGateway: true,
        handler: () => [],
      };
      broker.createService(OtherGateway, { actions: { getClients } } as object);
      await broker.start();
      expect(await broker.call('other.getClients')).to.deep.equal([]);
      const one = await connect({ url: `http://localhost:${portOf(serviceOf(broker, 'gateway'))}` });
      expect(await ask(one, 'clients')).to.deep.equal(unknown('clients'));
    });

    it('but what is on the whitelist', async () => {
      for (const whitelist of [['orders.*'], [/^orders\.(create|list)$/], ['orders.create', 'orders.list']]) {
        for (const autoExpose of [whitelist, { whitelist }]) {
          const running = await start([exposing(autoExpose), orders, service('news', { latest: 'latest' })]);
          const one = await connect(running);
          expect((await ask(one, 'orders')).result).to.equal('orders.list');
          expect(await ask(one, 'latest')).to.deep.equal(unknown('latest'));
          await running.broker.stop();
        }
      }
    });

    it("of the gateway's own, which is told", async () => {
      const logger = new CollectingLogger();
      @SocketNamespace('/x', {
        name: 'gateway',
        settings,
        autoExpose: true,
        actions: { ping: { socket: 'ping', handler: () => 'pong' } as never },
      })
      class OwnGateway extends SocketGateway {}
      const one = await connect(await start(OwnGateway, { logger }));
      expect(await ask(one, 'ping')).to.deep.equal(unknown('ping'));
      expect(told(logger)).to.deep.equal([
        "the action 'gateway.ping' is not exposed: it is the gateway's own; put @SocketEvent on its method",
      ]);
    });
  });

  describe('the namespace', () => {
    @SocketNamespace(['/x', '/y', '/tenants/:id', /^\/room-\d+$/], {
      name: 'gateway',
      settings,
      autoExpose: true,
    })
    class ManyGateway extends SocketGateway {
      @SocketEvent()
      own() {
        return 'own';
      }
    }
    const NAMES = ['/x', '/y', '/tenants/7', '/room-7'];

    /** In which of the namespaces an event is answered. */
    async function answered(running: Running, event: string, names = NAMES): Promise<string[]> {
      const found: string[] = [];
      for (const name of names) {
        const { error } = await ask(await connect(running, name), event);
        if (!error) found.push(name);
        else expect(error).to.deep.equal(unknown(event).error);
      }
      return found;
    }

    it('is every one where none is named', async () => {
      const running = await start([ManyGateway, service('a', { act: 'act' })]);
      expect(await answered(running, 'act')).to.deep.equal(NAMES);
      expect(await answered(running, 'own')).to.deep.equal(NAMES);
    });

    for (const [namespace, names] of [
      ['/x', ['/x']],
      [
        ['/x', '/y'],
        ['/x', '/y'],
      ],
      ['/tenants/:id', ['/tenants/7']],
      ['/^\\/room-\\d+$/', ['/room-7']],
      ['/tenants/7', []],
      ['/tenants/:other', []],
      ['/nowhere', []],
    ] as const) {
      it(`${String(namespace)} is that of the path as it is written`, async () => {
        const running = await start([ManyGateway, service('a', { act: { event: 'act', namespace } })]);
        expect(await answered(running, 'act')).to.deep.equal(names);
      });
    }

    it('decides where several gateways expose', async () => {
      @SocketNamespace('/y', { name: 'other', autoExpose: true })
      class OtherGateway extends SocketGateway {}
      @SocketNamespace('/z', { name: 'closed' })
      class ClosedGateway extends SocketGateway {}
      const running = await exposed([
        OtherGateway,
        ClosedGateway,
        service('a', { x: { event: 'act', namespace: '/x' }, y: { event: 'act', namespace: '/y' } }),
        service('b', { all: 'all' }),
      ]);
      expect((await ask(await connect(running, '/x'), 'act')).result).to.equal('a.x');
      expect((await ask(await connect(running, '/y'), 'act')).result).to.equal('a.y');
      expect(await answered(running, 'all', ['/x', '/y', '/z'])).to.deep.equal(['/x', '/y']);
    });

    it('may be registered while the gateway runs', async () => {
      const running = await exposed([
        service('a', { act: 'act', late: { event: 'late', namespace: '/late' } }),
      ]);
      (running.gateway as unknown as SocketGateway).registerNamespace('/late');
      expect(await answered(running, 'act', ['/x', '/late'])).to.deep.equal(['/x', '/late']);
      expect(await answered(running, 'late', ['/x', '/late'])).to.deep.equal(['/late']);
    });
  });

  describe('who may send an exposed event', () => {
    @SocketNamespace('/x', { name: 'gateway', settings, autoExpose: true })
    class UsersGateway extends SocketGateway {
      @Authenticate()
      authenticate({ handshake }: ServerSocket): unknown {
        return handshake.auth['user'];
      }
    }

    /** The code with which an event is answered, undefined where it is not refused. */
    async function code(running: Running, event: string, user?: object): Promise<unknown> {
      const { error } = await ask(await connect(running, '/x', { auth: { user } }), event);
      return error?.code;
    }

    it('is everybody, where nobody says anything', async () => {
      expect(await code(await start([UsersGateway, orders]), 'orders')).to.equal(undefined);
    });

    it('is who the action says', async () => {
      const running = await start([
        UsersGateway,
        service('a', {
          user: { event: 'user', authorize: true },
          role: { event: 'role', authorize: 'admin' },
          roles: { event: 'roles', authorize: ['admin', 'editor'] },
        }),
      ]);
      const codes = async (user?: object) => [
        await code(running, 'user', user),
        await code(running, 'role', user),
        await code(running, 'roles', user),
      ];
      expect(await codes()).to.deep.equal([401, 401, 401]);
      expect(await codes({ id: 1 })).to.deep.equal([undefined, 403, 403]);
      expect(await codes({ role: 'editor' })).to.deep.equal([undefined, 403, undefined]);
      expect(await codes({ roles: ['admin'] })).to.deep.equal([undefined, undefined, undefined]);
    });

    it('is who the class says, too', async () => {
      @SocketNamespace('/x', { name: 'gateway', settings, autoExpose: true })
      @Authorize('staff')
      @Authorize((ctx) => ctx.event !== 'never')
      class StaffGateway extends UsersGateway {
        @Authenticate()
        override authenticate(socket: ServerSocket): unknown {
          return super.authenticate(socket);
        }
      }
      const running = await start([
        StaffGateway,
        service('a', { act: 'act', never: 'never', admin: { event: 'admin', authorize: 'admin' } }),
      ]);
      const user = { roles: ['staff'] };
      expect(await code(running, 'act', user)).to.equal(undefined);
      expect(await code(running, 'never', user)).to.equal(403);
      expect(await code(running, 'admin', user)).to.equal(403);
      expect(await code(running, 'admin', { roles: ['staff', 'admin'] })).to.equal(undefined);
    });

    it('is nobody for whom one of several definitions does not hold', async () => {
      const both = ['act', { event: 'act', authorize: 'admin' }, { event: 'act', authorize: 'root' }];
      const running = await start([UsersGateway, service('a', { act: both })]);
      expect(await code(running, 'act', { roles: ['admin'] })).to.equal(403);
      expect(await code(running, 'act', { roles: ['admin', 'root'] })).to.equal(undefined);
    });
  });

  describe('what happens to an exposed event', () => {
    it('is what happens to all events: hooks, rooms, the user', async () => {
      const seen: unknown[] = [];
      @SocketNamespace('/x', {
        name: 'gateway',
        settings,
        autoExpose: {
          callOptions: (ctx) => ({ meta: { from: ctx.event } }),
        },
      })
      class HookedGateway extends SocketGateway {
        @OnBeforeCall('order.*')
        before(ctx: SocketContext, socket: ServerSocket, action: string, params: object, options: object) {
          seen.push(['before', ctx.event, action, params, 'meta' in options]);
          ctx.params = { ...params, hooked: socket.id };
        }
        @OnBeforeCall('other')
        never() {
          seen.push('never');
        }
        @OnAfterCall('order.*|auth.*')
        after(ctx: SocketContext, _socket: ServerSocket, result: unknown) {
          seen.push(['after', ctx.event, result]);
          return { result };
        }
        @OnCallError('order.fail')
        failed(_ctx: SocketContext, _socket: ServerSocket, error: Error) {
          return `rescued: ${error.message}`;
        }
      }
      const auth: ServiceSchema = {
        name: 'auth',
        actions: {
          login: {
            socket: 'auth.login',
            handler(ctx: Context<unknown, SocketMeta>) {
              record(ctx);
              ctx.meta.user = { id: 7 };
              ctx.meta.$join = 'users';
              return 'welcome';
            },
          },
        },
      };
      const running = await start([HookedGateway, orders, auth]);
      const one = await connect(running);
      expect((await ask(one, 'order.list', { a: 1 })).result).to.deep.equal({ result: 'orders.list' });
      expect(calls[0]).to.deep.include({ params: { a: 1, hooked: one.id } });
      expect(calls[0]!.meta).to.deep.equal({ from: 'order.list' });
      expect((await ask(one, 'order.fail')).result).to.equal('rescued: No tea');
      expect((await ask(one, 'auth.login')).result).to.deep.equal({ result: 'welcome' });
      expect(seen).to.deep.equal([
        ['before', 'order.list', 'orders.list', { a: 1 }, true],
        ['after', 'order.list', 'orders.list'],
        ['before', 'order.fail', 'orders.fail', {}, true],
        ['after', 'auth.login', 'welcome'],
      ]);
      const socket = running.gateway.io.of('/x').sockets.get(one.id!)!;
      expect(socket.data.user).to.deep.equal({ id: 7 });
      expect([...socket.rooms]).to.include('users');
    });

    it('are the options of the call', async () => {
      const slow: ServiceSchema = {
        name: 'slow',
        actions: {
          act: { socket: 'slow', handler: () => new Promise((resolve) => setTimeout(resolve, 100)) },
        },
      };
      const running = await start([exposing({ callOptions: { timeout: 10 } }), slow]);
      expect((await ask(await connect(running), 'slow')).error).to.include({ code: 504 });
    });

    it('are the limits', async () => {
      const running = await start([exposing(true, { limits: { maxDepth: 1 } }), orders]);
      expect((await ask(await connect(running), 'orders', { a: {} })).error).to.include({ code: 413 });
    });

    it('are the rates of the class, which all its events share', async () => {
      @SocketNamespace('/x', { name: 'gateway', settings, autoExpose: true })
      @RateLimit({ points: 2, duration: 60 })
      class RatedGateway extends SocketGateway {
        @SocketEvent()
        own() {
          return 'own';
        }
      }
      const running = await start([RatedGateway, orders]);
      const one = await connect(running);
      expect((await ask(one, 'own')).error).to.equal(null);
      expect((await ask(one, 'orders')).error).to.equal(null);
      expect((await ask(one, 'order.list')).error).to.include({ code: 429 });
      await remove(running.broker, 'orders');
      await add(running.broker, orders);
      await lookedAgain();
      expect((await ask(one, 'orders')).error).to.include({ code: 429 });
    });

    it('are the middlewares of the broker', async () => {
      const described: object[] = [];
      const middleware: SocketMiddleware = {
        localSocketEvent(next, { name, answeredBy, action }) {
          described.push({ name, answeredBy, action: action?.name });
          return async (ctx) => ({ around: await next(ctx) });
        },
      };
      const one = await connect(await exposed([orders], { middlewares: [middleware] }));
      expect((await ask(one, 'orders')).result).to.deep.equal({ around: 'orders.list' });
      expect(described).to.deep.include({ name: 'orders', answeredBy: 'action', action: 'orders.list' });
    });

    it('is nothing where one of them fails with it, which is told', async () => {
      const logger = new CollectingLogger();
      const middleware: SocketMiddleware = {
        localSocketEvent: (next, { name }) => (name === 'orders' ? (undefined as never) : next),
      };
      const one = await connect(await exposed([orders], { middlewares: [middleware], logger }));
      expect(await ask(one, 'orders')).to.deep.equal(unknown('orders'));
      expect((await ask(one, 'order.list')).result).to.equal('orders.list');
      expect(told(logger)).to.have.length(1);
      expect(told(logger)[0])
        .to.include("the event 'orders' of '/x' cannot call 'orders.list': TypeError: ")
        .and.to.include("returned no handler for 'orders'");
    });

    it('counts under its name, which a service has declared', async () => {
      const running = await exposed([orders], { metrics: { enabled: true } });
      const one = await connect(running);
      await ask(one, 'order.list');
      await ask(one, 'anything');
      const total = (running.broker.metrics as any).getMetric('moleculer.io.messages.total').snapshot();
      expect(total.map(({ labels, value }: any) => [labels.event, value])).to.deep.equal([
        ['order.list', 1],
        ['*', 1],
      ]);
    });
  });

  describe('the services', () => {
    it('are followed: what comes is served to clients that are connected', async () => {
      const running = await exposed([]);
      const one = await connect(running);
      expect(await ask(one, 'orders')).to.deep.equal(unknown('orders'));
      await lookedAgain();
      await add(running.broker, orders);
      expect((await ask(one, 'orders')).result).to.equal('orders.list');
    });

    it('are followed: what goes is an unknown event', async () => {
      const running = await exposed([orders]);
      const one = await connect(running);
      expect((await ask(one, 'orders')).result).to.equal('orders.list');
      await remove(running.broker, 'orders');
      expect(await ask(one, 'orders')).to.deep.equal(unknown('orders'));
      await lookedAgain();
      expect(await ask(one, 'orders')).to.deep.equal(unknown('orders'));
    });

    it('are followed: what changes', async () => {
      const running = await exposed([service('a', { act: 'before' })]);
      const one = await connect(running);
      await remove(running.broker, 'a');
      await add(running.broker, service('a', { act: { event: 'after', authorize: true }, open: 'open' }));
      await lookedAgain();
      expect(await ask(one, 'before')).to.deep.equal(unknown('before'));
      expect((await ask(one, 'after')).error).to.include({ code: 401 });
      expect((await ask(one, 'open')).result).to.equal('a.open');
      await remove(running.broker, 'a');
      await add(running.broker, service('a', { act: 'after' }));
      await lookedAgain();
      expect((await ask(one, 'after')).result).to.equal('a.act');
    });

    it('that come all at once are all served', async () => {
      const running = await exposed([]);
      const one = await connect(running);
      const names = Array.from({ length: 20 }, (_, at) => `s${at}`);
      await Promise.all(names.map((name) => add(running.broker, service(name, { act: name }))));
      await lookedAgain();
      for (const name of names) expect((await ask(one, name)).result).to.equal(`${name}.act`);
    });

    it('are looked at ten times a second at most, however often they change', async () => {
      const running = await exposed([]);
      const { registry } = running.broker as any;
      let looks = 0;
      const { actions } = registry.actions;
      const values = actions.values.bind(actions);
      actions.values = () => {
        looks++;
        return values();
      };
      const begin = performance.now();
      while (looks < 4) {
        (running.broker as any).servicesChanged(true);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      expect(performance.now() - begin).to.be.at.least(250);
      looks = 0;
      await lookedAgain();
      expect(looks).to.be.at.most(1);
    });

    it('are all there when the broker has started, whoever starts first', async () => {
      const late = {
        ...service('late', { act: 'late' }),
        started: () => new Promise<void>((resolve) => setTimeout(resolve, 50)),
      };
      for (const services of [
        [exposing(), late],
        [late, exposing()],
      ]) {
        const running = await start(services as Registered[]);
        expect((await ask(await connect(running), 'late')).result).to.equal('late.act');
      }
    });

    it('leave an event to the catch-all when they go', async () => {
      @SocketNamespace('/x', { name: 'gateway', settings, autoExpose: true })
      class CatchingGateway extends SocketGateway {
        @SocketEvent('*')
        rest(ctx: SocketContext) {
          return `caught ${ctx.event}`;
        }
      }
      const running = await start([CatchingGateway, orders]);
      const one = await connect(running);
      expect((await ask(one, 'orders')).result).to.equal('orders.list');
      await lookedAgain();
      await remove(running.broker, 'orders');
      await lookedAgain();
      expect((await ask(one, 'orders')).result).to.equal('caught orders');
    });

    it('whose nodes are all cut off are not available', async () => {
      const running = await exposed([orders]);
      const one = await connect(running);
      const endpoint = (running.broker as any).registry.actions.get('orders.list').endpoints[0];
      endpoint.state = false;
      expect((await ask(one, 'orders')).error).to.include({ name: 'ServiceNotAvailableError', code: 404 });
      endpoint.state = true;
      expect((await ask(one, 'orders')).result).to.equal('orders.list');
    });

    it('that hide an action hide it at once, before the gateway has looked again', async () => {
      const running = await exposed([orders]);
      const one = await connect(running);
      (running.broker as any).registry.actions.get('orders.list').endpoints[0].action.visibility =
        'protected';
      expect(await ask(one, 'orders')).to.deep.equal(unknown('orders'));
    });

    it('are not followed any more when the gateway has stopped', async () => {
      const { broker } = await exposed([orders]);
      const bus = (broker as any).localBus;
      const listeners = (event: string): number => bus.listeners(event).length;
      const before = listeners('$services.changed');
      expect(before).to.be.at.least(1);
      await remove(broker, 'gateway');
      expect(listeners('$services.changed')).to.equal(before - 1);
      expect(listeners('$node.disconnected')).to.equal(0);
      expect(listeners('$broker.started')).to.equal(0);
    });

    it('are followed again when the broker has started again', async () => {
      const running = await exposed([orders]);
      await running.broker.stop();
      await running.broker.start();
      const one = await connect({ url: `http://localhost:${portOf(serviceOf(running.broker, 'gateway'))}` });
      expect((await ask(one, 'orders')).result).to.equal('orders.list');
    });

    it('may come before a gateway that is added later', async () => {
      const broker = newBroker([orders]);
      await broker.start();
      broker.createService(exposing() as never);
      await broker.waitForServices('gateway', 1000, 2);
      const one = await connect({ url: `http://localhost:${portOf(serviceOf(broker, 'gateway'))}` });
      expect((await ask(one, 'orders')).result).to.equal('orders.list');
    });
  });

  describe('one event, asked for twice', () => {
    const a = service('a', { act: 'act' });
    const b = service('b', { act: 'act' });

    it('stays with the action that has it, and the other is told, once', async () => {
      const logger = new CollectingLogger();
      const running = await exposed([b], { logger });
      const one = await connect(running);
      await add(running.broker, a);
      await lookedAgain();
      await add(running.broker, service('c', { act: 'other' }));
      await lookedAgain();
      expect((await ask(one, 'act')).result).to.equal('b.act');
      expect(told(logger)).to.deep.equal([
        "the event 'act' of '/x' is asked for by 'a.act' and 'b.act': 'b.act' has had it and keeps it; give the others another event",
      ]);
    });

    it('at the same time is given to neither, whoever starts first', async () => {
      const slow = (schema: ServiceSchema, milliseconds: number) => ({
        ...schema,
        started: () => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
      });
      for (const services of [
        [a, b],
        [b, a],
        // Until all have started the gateway serves what is there.
        [a, slow(b, 130), slow(orders, 250)],
        [slow(a, 130), b, slow(orders, 250)],
      ]) {
        const logger = new CollectingLogger();
        const running = await exposed(services as Registered[], { logger });
        expect(await ask(await connect(running), 'act')).to.deep.equal(unknown('act'));
        await lookedAgain();
        expect(await ask(await connect(running), 'act')).to.deep.equal(unknown('act'));
        expect(told(logger)).to.deep.equal([
          "the event 'act' of '/x' is asked for by 'a.act' and 'b.act': none of them gets it; give all but one another event",
        ]);
      }
    });

    it('goes to the one that is left, which is told', async () => {
      const logger = new CollectingLogger();
      const running = await exposed([a], { logger });
      const one = await connect(running);
      await add(running.broker, b);
      await lookedAgain();
      await remove(running.broker, 'a');
      await lookedAgain();
      expect((await ask(one, 'act')).result).to.equal('b.act');
      expect(told(logger).slice(1)).to.deep.equal([
        "the event 'act' of '/x' calls 'b.act' from now on: 'a.act' does not ask for it any more",
      ]);
      await add(running.broker, a);
      await lookedAgain();
      expect((await ask(one, 'act')).result).to.equal('b.act');
    });

    it('is told again where it happens again', async () => {
      const logger = new CollectingLogger();
      const running = await exposed([a], { logger });
      for (let times = 0; times < 2; times++) {
        await add(running.broker, b);
        await lookedAgain();
        await remove(running.broker, 'b');
        await lookedAgain();
      }
      expect(told(logger)).to.have.length(2);
    });

    it("is the gateway's own where it declares it", async () => {
      const logger = new CollectingLogger();
      const running = await exposed([service('a', { act: ['own', 'act'] })], { logger });
      const one = await connect(running);
      expect((await ask(one, 'own')).result).to.equal('own');
      expect((await ask(one, 'act')).result).to.equal('a.act');
      expect(told(logger)).to.deep.equal([
        "the event 'own' of '/x' is declared by the gateway, and 'a.act' cannot have it; give the action another event",
      ]);
    });

    it('in two namespaces is no collision', async () => {
      const logger = new CollectingLogger();
      @SocketNamespace(['/x', '/y'], { name: 'gateway', settings, autoExpose: true })
      class TwoGateway extends SocketGateway {}
      const running = await start(
        [
          TwoGateway,
          service('a', { act: { event: 'act', namespace: '/x' } }),
          service('b', { act: { event: 'act', namespace: '/y' } }),
        ],
        { logger },
      );
      expect((await ask(await connect(running, '/x'), 'act')).result).to.equal('a.act');
      expect((await ask(await connect(running, '/y'), 'act')).result).to.equal('b.act');
      expect(told(logger)).to.deep.equal([]);
    });
  });

  describe('a definition that is wrong exposes nothing, and is told:', () => {
    const right = 'name of an event, { event, namespace, authorize } or an array of these, not ';
    const CASES: [unknown, string][] = [
      [true, `its socket must be the ${right}true`],
      [7, `its socket must be the ${right}7`],
      ['', "its socket.event must be the name of an event, not ''"],
      [['bad', ['nested']], `its socket must be the ${right}[ 'nested' ]`],
      [[null], `its socket must be the ${right}null`],
      [() => 'bad', `its socket must be the ${right}[Function (anonymous)]`],
      [{}, 'its socket.event must be the name of an event, not undefined'],
      [{ event: 7 }, 'its socket.event must be the name of an event, not 7'],
      ['*', "its socket asks for '*', which is no event; name one"],
      [
        'disconnect',
        "its socket asks for 'disconnect', an event of Socket.IO's own that no client can send; name another",
      ],
      [
        { event: 'bad', namespace: 'x' },
        "its socket.namespace must be a path like '/orders', or an array of these, not 'x'",
      ],
      [
        { event: 'bad', namespace: [] },
        "its socket.namespace must be a path like '/orders', or an array of these, not []",
      ],
      [
        { event: 'bad', namespace: null },
        "its socket.namespace must be a path like '/orders', or an array of these, not null",
      ],
      [
        { event: 'bad', authorize: false },
        'its socket.authorize must be true (any user), a role or an array of roles, not false',
      ],
      [
        { event: 'bad', authorize: [] },
        'its socket.authorize must be true (any user), a role or an array of roles, not []',
      ],
      [
        { event: 'bad', authorize: ['admin', ''] },
        "its socket.authorize must be true (any user), a role or an array of roles, not [ 'admin', '' ]",
      ],
      [
        { event: 'bad', authorize: () => true },
        'its socket.authorize must be true (any user), a role or an array of roles, not [Function: authorize]',
      ],
      [
        { event: 'bad', authorise: 'admin' },
        'its socket.authorise does not exist; there are event, namespace, authorize, streams',
      ],
      [
        { event: 'bad', roles: ['admin'] },
        'its socket.roles does not exist; there are event, namespace, authorize, streams',
      ],
    ];
    for (const [socket, why] of CASES) {
      it(why, async () => {
        const logger = new CollectingLogger();
        const running = await exposed([service('a', { act: socket, good: 'good' })], { logger });
        const one = await connect(running);
        for (const event of ['*', 'bad']) {
          const expected = Array.isArray(socket) && socket[0] === event ? null : unknown(event).error;
          expect((await ask(one, event)).error).to.deep.equal(expected);
        }
        expect((await ask(one, 'good')).result).to.equal('a.good');
        expect(told(logger)).to.deep.equal([`the action 'a.act' is not exposed: ${why}`]);
      });
    }

    it('not where the whitelist leaves it out', async () => {
      const logger = new CollectingLogger();
      await start([exposing(['orders.*']), orders, service('a', { act: 7 })], { logger });
      expect(told(logger)).to.deep.equal([]);
    });
  });

  it('logs what it registers at the level of logRouteRegistration', async () => {
    const logger = new CollectingLogger();
    const logged = { ...settings, logRouteRegistration: 'info' as const };
    const running = await start([exposing(true, { settings: logged })], { logger });
    await lookedAgain();
    await add(running.broker, orders);
    expect(logger.having("'/x' 'orders' calls 'orders.list'")).to.have.length(1);
  });

  it("works per namespace in moleculer-io's settings, too", async () => {
    const running = await start([
      {
        name: 'io',
        mixins: [SocketIOService],
        settings: { port: 0, io: { namespaces: { '/x': { autoExpose: ['orders.*'] }, '/y': {} } } },
      } as unknown as ServiceSchema,
      orders,
      service('news', { latest: 'latest' }),
    ]);
    const one = await connect(running, '/x');
    expect((await ask(one, 'orders')).result).to.equal('orders.list');
    expect(await ask(one, 'latest')).to.deep.equal(unknown('latest'));
    expect(await ask(await connect(running, '/y'), 'orders')).to.deep.equal(unknown('orders'));
  });

  it('gives the gateway a proxy beside it', async () => {
    @SocketNamespace('/x', { name: 'gateway', settings, autoExpose: true })
    class BothGateway extends SocketGateway {
      @SocketEvent({ whitelist: ['orders.quiet'] })
      call!: ActionProxy;
    }
    const one = await connect(await start([BothGateway, orders]));
    expect((await ask(one, 'call', 'orders.quiet')).result).to.equal('orders.quiet');
    expect((await ask(one, 'orders')).result).to.equal('orders.list');
  });

  describe('in a declaration', () => {
    const MUST =
      "autoExpose must be true, a list of actions: ['orders.*', /^users\\./], or { whitelist, callOptions }";
    const PATTERNS = "autoExpose must be an array of globs and regular expressions: ['math.*', /^users\\./]";
    const CASES: [unknown, string][] = [
      ['orders.*', MUST],
      [7, MUST],
      [/orders/, MUST],
      [() => true, MUST],
      [
        [],
        "autoExpose: [] exposes nothing; say which actions: ['orders.*'], or true for all that ask for it",
      ],
      [
        { whitelist: [] },
        "autoExpose: [] exposes nothing; say which actions: ['orders.*'], or true for all that ask for it",
      ],
      [[7], PATTERNS],
      [[''], PATTERNS],
      [{ whitelist: 'orders.*' }, PATTERNS],
      [{ whitlist: ['orders.*'] }, 'autoExpose.whitlist does not exist; did you mean `whitelist`?'],
      [
        { actions: ['orders.*'] },
        'autoExpose.actions does not exist; there are whitelist, callOptions, streams',
      ],
      [
        { callOptions: 7 },
        'autoExpose.callOptions must be an object, or a function (ctx, socket) that returns one',
      ],
    ];
    for (const [autoExpose, problem] of CASES) {
      it(`is wrong as ${JSON.stringify(autoExpose) ?? String(autoExpose)}`, () => {
        expect(problemsOf(exposing(autoExpose as AutoExpose))).to.deep.equal([`OpenGateway: ${problem}`]);
      });
    }

    it('is part of the plan, which is frozen', () => {
      const { autoExpose } = compileGateway(exposing(['orders.*']));
      expect(autoExpose).to.be.frozen;
      expect(['orders.list', 'users.list'].map(autoExpose!.whitelist!)).to.deep.equal([true, false]);
      expect(compileGateway(exposing(true)).autoExpose!.whitelist).to.equal(undefined);
      expect(compileGateway(exposing(false)).autoExpose).to.equal(undefined);
    });

    it('`socket` on a handler has no meaning', () => {
      @SocketNamespace('/x')
      class WrongGateway extends SocketGateway {
        @SocketEvent('a', { socket: 'b' } as object)
        a() {
          return 1;
        }
      }
      expect(problemsOf(WrongGateway)).to.deep.equal([
        "WrongGateway.a: socket is for actions of other services; the method answers its event as it is, or several: @SocketEvent(['a', 'b'])",
      ]);
    });
  });

  it('leaves the client its broadcasts', async () => {
    const running = await exposed([orders]);
    const one = await connect(running);
    const heard = next(one, 'orders');
    await running.broker.call('gateway.broadcast', { event: 'orders', args: [1] });
    expect(await heard).to.deep.equal([1]);
  });
});
