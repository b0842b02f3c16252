import { expect } from 'chai';
import { IsInt } from 'class-validator';
import { Errors as MoleculerErrors, ServiceBroker, type BrokerOptions, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Ack,
  Authenticate,
  Authorize,
  Errors,
  MessageBody,
  NamespaceMiddleware,
  OnBeforeCall,
  OnCallError,
  OnConnect,
  OnDisconnect,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
  type SocketEventDescription,
  type SocketEventOptions,
  type SocketMiddleware,
} from '../../src';
import {
  acksOn,
  ask,
  CollectingLogger,
  connect,
  newBroker,
  newClient,
  next as nextEvent,
  refused,
  signal,
  start,
  type Client,
  type Options,
} from '../support/run-gateway';

const settings = { port: 0 };

class Amount {
  @IsInt()
  amount!: number;
}

const math = {
  name: 'math',
  actions: { add: (ctx: any) => Number(ctx.params.a) + Number(ctx.params.b) },
};

describe('middlewares of the broker', () => {
  let calls: unknown[];
  beforeEach(() => {
    calls = [];
  });

  const withMiddlewares = (...middlewares: SocketMiddleware[]): Options => ({ middlewares });

  @SocketNamespace('/x', { name: 'gateway', settings })
  class LifeGateway extends SocketGateway {
    @NamespaceMiddleware()
    enter(_socket: Socket, next: () => void) {
      calls.push('@NamespaceMiddleware');
      next();
    }
    @Authenticate()
    authenticate(socket: Socket): unknown {
      calls.push('@Authenticate');
      return socket.handshake.auth['user'];
    }
    @OnConnect()
    came() {
      calls.push('@OnConnect');
    }
    @OnDisconnect()
    left() {
      calls.push('@OnDisconnect');
    }
    @SocketEvent()
    echo(ctx: SocketContext) {
      return ctx.params;
    }
  }

  /** A middleware that notes when it is called. */
  const noting = (name: string): SocketMiddleware => ({
    socketConnecting: (socket) => void calls.push([name, 'connecting', socket.id]),
    socketConnected: (socket) => void calls.push([name, 'connected', socket.id]),
    socketDisconnected: (socket, reason) => void calls.push([name, 'disconnected', socket.id, reason]),
  });

  /** Resolves when a socket has gone, and everybody was told. */
  const gone = (): { middleware: SocketMiddleware; all: Promise<void> } => {
    const all = signal();
    // The first middleware is told last.
    return { all, middleware: { socketDisconnected: () => all.fire() } };
  };

  describe('socketConnecting, socketConnected, socketDisconnected', () => {
    it('stand around what the gateway does, in the order of the middlewares', async () => {
      const { middleware, all } = gone();
      const running = await start(LifeGateway, withMiddlewares(middleware, noting('one'), noting('two')));
      const client = await connect(running);
      await ask(client, 'echo');
      const { id } = client;
      client.disconnect();
      await all;
      expect(calls).to.deep.equal([
        ['one', 'connecting', id],
        ['two', 'connecting', id],
        '@NamespaceMiddleware',
        '@Authenticate',
        ['one', 'connected', id],
        ['two', 'connected', id],
        '@OnConnect',
        '@OnDisconnect',
        ['two', 'disconnected', id, 'client namespace disconnect'],
        ['one', 'disconnected', id, 'client namespace disconnect'],
      ]);
    });

    it('are called on the broker', async () => {
      const { middleware, all } = gone();
      const seen: unknown[] = [];
      const note = function (this: unknown): void {
        seen.push(this);
      };
      const own = { socketConnecting: note, socketConnected: note, socketDisconnected: note };
      const running = await start(LifeGateway, withMiddlewares(middleware, own));
      (await connect(running)).disconnect();
      await all;
      expect(seen.map((one) => one === running.broker)).to.deep.equal([true, true, true]);
    });

    it("act on dynamic namespaces, on those registered later, and on moleculer-io's service", async () => {
      const namespaces: string[] = [];
      const middleware: SocketMiddleware = {
        socketConnected: (socket) => void namespaces.push(socket.nsp.name),
      };
      @SocketNamespace('/tenants/:id', { settings })
      class TenantGateway extends SocketGateway {}
      const io = { name: 'io', mixins: [SocketIOService], settings: { port: 0 } } as ServiceSchema;
      const running = await start([TenantGateway, io], withMiddlewares(middleware));
      (running.gateway as unknown as SocketGateway).registerNamespace('/later');
      for (const name of ['/tenants/7', '/later', '/']) {
        const client = await connect(running, name);
        // An answer of any kind: the socket is connected on the server, too.
        await ask(client, 'nothing');
      }
      expect(namespaces).to.deep.equal(['/tenants/7', '/later', '/']);
    });

    for (const [name, make] of Object.entries<() => unknown>({
      'an Error': () => new Error('secret'),
      null: () => null,
      undefined: () => undefined,
      'a string': () => 'secret',
    })) {
      it(`refuse a socket where socketConnecting throws or rejects with ${name}`, async () => {
        for (const socketConnecting of [
          () => {
            throw make();
          },
          () => Promise.reject(make()),
        ]) {
          const running = await start(LifeGateway, withMiddlewares({ socketConnecting }, noting('other')));
          const error = await refused(newClient(running));
          expect(error.message).to.equal('Internal Server Error');
          expect(error.data).to.include({ code: 500, type: 'INTERNAL_SERVER_ERROR' });
        }
        expect(calls).to.deep.equal([]);
      });
    }

    it('refuse with an error that clients may see', async () => {
      const socketConnecting = async () => {
        throw new Errors.ForbiddenError('CLOSED', { until: 'monday' });
      };
      const error = await refused(newClient(await start(LifeGateway, withMiddlewares({ socketConnecting }))));
      expect(error.message).to.equal('Forbidden');
      expect(error.data).to.include({ code: 403, type: 'CLOSED' });
      expect(error.data.data).to.deep.equal({ until: 'monday' });
    });

    it('wait for an async socketConnecting, for as long as the handshake may take', async () => {
      const proceed = signal();
      const waiting = await start(LifeGateway, withMiddlewares({ socketConnecting: () => proceed }));
      const client = newClient(waiting);
      const entered = nextEvent(client, 'connect');
      proceed.fire();
      await entered;

      @SocketNamespace('/x', { name: 'gateway', settings, limits: { handshakeTimeout: 20 } })
      class ImpatientGateway extends SocketGateway {}
      const never: SocketMiddleware = { socketConnecting: () => new Promise(() => undefined) };
      const error = await refused(newClient(await start(ImpatientGateway, withMiddlewares(never))));
      expect(error.data).to.include({ code: 503, type: 'HANDSHAKE_TIMEOUT' });
    });

    it('keep packets, in order, until an async socketConnected is done, and @OnConnect waits too', async () => {
      const proceed = signal();
      const running = await start(LifeGateway, withMiddlewares({ socketConnected: () => proceed }));
      const client = await connect(running);
      const answers = Promise.all([1, 2, 3].map((number) => ask(client, 'echo', number)));
      const arrived = new Promise((resolve) => {
        running.gateway.io.of('/x').sockets.get(client.id!)!.conn.on('packet', resolve);
      });
      await arrived;
      calls.push('proceed');
      proceed.fire();
      expect((await answers).map(({ result }) => result)).to.deep.equal([1, 2, 3]);
      expect(calls.slice(-2)).to.deep.equal(['proceed', '@OnConnect']);
    });

    it('disconnect a socket where socketConnected throws or rejects, and say so in the log', async () => {
      for (const socketConnected of [
        () => {
          throw new Error('no seat');
        },
        () => Promise.reject(new Error('no seat')),
      ]) {
        const logger = new CollectingLogger('error');
        const { middleware, all } = gone();
        const options = { ...withMiddlewares(middleware, { socketConnected }), logger };
        const client = newClient(await start(LifeGateway, options));
        expect(await nextEvent(client, 'disconnect')).to.include('io server disconnect');
        await all;
        expect(logger.lines).to.have.length(1);
        expect(logger.lines[0]!.text).to.match(
          /LifeGateway: the socketConnected of a middleware failed, \S+ is disconnected: Error: no seat/,
        );
        expect(calls).not.to.include('@OnConnect');
      }
    });

    it('only log what socketDisconnected throws or rejects with', async () => {
      const logger = new CollectingLogger('error');
      const { middleware, all } = gone();
      const running = await start(LifeGateway, {
        ...withMiddlewares(
          middleware,
          {
            socketDisconnected() {
              throw new Error('late');
            },
          },
          { socketDisconnected: () => Promise.reject(new Error('later')) },
        ),
        logger,
      });
      (await connect(running)).disconnect();
      await all;
      expect((await ask(await connect(running), 'echo', 1)).result).to.equal(1);
      expect(
        logger.lines.map(({ text }) => /the socketDisconnected .*$/m.exec(text)?.[0]).sort(),
      ).to.deep.equal([
        'the socketDisconnected of a middleware failed: Error: late',
        'the socketDisconnected of a middleware failed: Error: later',
      ]);
    });

    it('tell socketDisconnected nothing of a socket that was never in', async () => {
      const told: unknown[] = [];
      const running = await start(
        LifeGateway,
        withMiddlewares({
          socketConnecting(socket) {
            if (socket.handshake.auth['wrong']) throw new Errors.ForbiddenError();
          },
          socketDisconnected: (socket) => void told.push(socket.handshake.auth['wrong']),
        }),
      );
      const wrong = newClient(running, '/x', { auth: { wrong: true } });
      await refused(wrong);
      wrong.io.engine.close();
      const right = await connect(running);
      const left = nextEvent(right, 'disconnect');
      right.disconnect();
      await left;
      await running.broker.stop();
      expect(told).to.deep.equal([undefined]);
    });
  });

  describe('localSocketEvent', () => {
    @SocketNamespace(['/x', '/tenants/:id'], { name: 'gateway', settings })
    class EventGateway extends SocketGateway {
      @SocketEvent('echo', { audit: true } as SocketEventOptions)
      echo(ctx: SocketContext) {
        calls.push('echo');
        return ctx.params;
      }
      @SocketEvent()
      pay(@MessageBody() amount: Amount) {
        return { paid: amount.amount, checked: amount instanceof Amount };
      }
      @SocketEvent()
      body(
        @MessageBody({ unchecked: true }) body: unknown,
        @MessageBody(1, { unchecked: true }) second: unknown,
      ) {
        return [body ?? 'nothing', second ?? 'nothing'];
      }
      @Authorize()
      @SocketEvent()
      secret() {
        return 'secret';
      }
      @SocketEvent()
      fail() {
        throw new MoleculerErrors.MoleculerError('failed', 418);
      }
      @SocketEvent()
      self(@Ack() ack: Ack) {
        ack('self');
      }
      @SocketEvent('call', { whitelist: ['math.*'], aliases: { plus: 'math.add' } })
      call!: ActionProxy;
      @SocketEvent('*')
      rest(ctx: SocketContext) {
        return ctx.event;
      }
    }

    const around = (
      handle: (ctx: SocketContext, go: () => Promise<unknown>) => unknown,
    ): SocketMiddleware => ({
      localSocketEvent: (next) => async (ctx) => handle(ctx, () => next(ctx)),
    });
    const client = async (...middlewares: SocketMiddleware[]): Promise<Client> =>
      connect(await start([EventGateway, math], withMiddlewares(...middlewares)));

    it('is called once for every event, with a frozen description, on the broker', async () => {
      const described: SocketEventDescription[] = [];
      let onBroker = false;
      const running = await start(
        [EventGateway, math],
        withMiddlewares({
          localSocketEvent(this: unknown, next, event) {
            described.push(event);
            onBroker = this instanceof ServiceBroker;
            return next;
          },
        }),
      );
      const asking = await connect(running);
      for (const event of ['echo', 'echo', 'other']) await ask(asking, event, 1);
      await ask(asking, 'call', 'plus', { a: 1, b: 2 });

      expect(onBroker).to.equal(true);
      expect(described.map(({ name, answeredBy }) => [name, answeredBy])).to.deep.equal([
        ['echo', 'handler'],
        ['pay', 'handler'],
        ['body', 'handler'],
        ['secret', 'handler'],
        ['fail', 'handler'],
        ['self', 'handler'],
        ['call', 'proxy'],
        ['*', 'handler'],
      ]);
      for (const event of described) {
        expect(event).to.be.frozen;
        expect(event.namespaces).to.be.frozen;
        expect(event.namespaces).to.deep.equal(['/x', '/tenants/:id']);
        expect(event.service).to.equal(running.gateway);
      }
      expect(described[0]!.action).to.include({ name: 'gateway.echo', rawName: 'echo', audit: true });
      expect(described[6]!.action).to.equal(undefined);
    });

    it('sees handlers, proxies and the catch-all, with what the client sent', async () => {
      const seen: unknown[] = [];
      const asking = await client(
        around(async (ctx, go) => {
          const before = [ctx.event, ctx.params, ctx.namespace];
          seen.push([...before, await go()]);
          return 'replaced';
        }),
      );
      for (const args of [['echo', { a: 1 }], ['body'], ['call', 'plus', { a: 1, b: 2 }], ['other', 5]]) {
        expect((await ask(asking, ...(args as [string]))).result).to.equal('replaced');
      }
      expect(seen).to.deep.equal([
        ['echo', { a: 1 }, '/x', { a: 1 }],
        ['body', {}, '/x', ['nothing', 'nothing']],
        ['call', { a: 1, b: 2 }, '/x', 3],
        ['other', 5, '/x', 'other'],
      ]);
    });

    it("sees the functions of moleculer-io's settings, and its proxies", async () => {
      const seen: unknown[] = [];
      const io = {
        name: 'io',
        mixins: [SocketIOService],
        settings: {
          port: 0,
          io: {
            namespaces: {
              '/': {
                events: {
                  call: { whitelist: ['math.*'] },
                  hello: (name: string, ack: (error: unknown, text: string) => void) => {
                    ack(null, `Hello ${name}`);
                  },
                },
              },
            },
          },
        },
      } as unknown as ServiceSchema;
      const running = await start(
        [io, math],
        withMiddlewares({
          localSocketEvent: (next, event) => async (ctx) => {
            seen.push([event.name, event.answeredBy, event.namespaces, ctx.params]);
            if (event.name === 'hello') ctx.params = 'Ada';
            return next(ctx);
          },
        }),
      );
      const asking = await connect(running, '/');
      expect((await ask(asking, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
      expect((await ask(asking, 'hello', 'Ben')).result).to.equal('Hello Ada');
      expect(seen).to.deep.equal([
        ['call', 'proxy', ['/'], { a: 1, b: 2 }],
        ['hello', 'function', ['/'], 'Ben'],
      ]);
    });

    it('stands the further outside the later it is in the list, as localAction does', async () => {
      const noting = (name: string) =>
        around(async (_ctx, go) => {
          calls.push(`${name} in`);
          const result = await go();
          calls.push(`${name} out`);
          return result;
        });
      await ask(await client(noting('inner'), noting('outer')), 'echo');
      expect(calls).to.deep.equal(['outer in', 'inner in', 'echo', 'inner out', 'outer out']);
    });

    it('may replace the params: they are validated and given on as if the client had sent them', async () => {
      let params: unknown;
      const asking = await client(
        around((ctx, go) => {
          ctx.params = params;
          return go();
        }),
      );
      params = { amount: 7, other: 1 };
      expect((await ask(asking, 'pay', { amount: 'x' })).result).to.deep.equal({ paid: 7, checked: true });
      expect((await ask(asking, 'pay')).result).to.deep.equal({ paid: 7, checked: true });
      params = { amount: 'x' };
      const { error } = await ask(asking, 'pay', { amount: 7 });
      expect(error).to.include({ code: 422 });
      expect(error.data[0]).to.include({ field: 'amount' });
      params = 'first';
      expect((await ask(asking, 'body')).result).to.deep.equal(['first', 'nothing']);
      expect((await ask(asking, 'body', 'mine', 'second')).result).to.deep.equal(['first', 'second']);
      params = { a: 10, b: 20 };
      expect((await ask(asking, 'call', 'plus', { a: 1, b: 2 })).result).to.equal(30);
      expect((await ask(asking, 'call', 'plus')).result).to.equal(30);
    });

    it('sees the errors of guards, validation, actions and handlers, and may replace them', async () => {
      const seen: unknown[] = [];
      const asking = await client(
        around(async (ctx, go) => {
          try {
            return await go();
          } catch (error) {
            seen.push([ctx.event, (error as { code: number }).code]);
            if (ctx.params === 'recover') return 'recovered';
            throw error;
          }
        }),
      );
      expect((await ask(asking, 'secret')).error).to.include({ code: 401 });
      expect((await ask(asking, 'pay', {})).error).to.include({ code: 422 });
      expect((await ask(asking, 'call', 'users.list')).error).to.include({ code: 404 });
      expect((await ask(asking, 'fail')).error).to.include({ code: 418 });
      expect(await ask(asking, 'secret', 'recover')).to.deep.equal({ error: null, result: 'recovered' });
      expect(seen).to.deep.equal([
        ['secret', 401],
        ['pay', 422],
        ['call', 404],
        ['fail', 418],
        ['secret', 401],
      ]);
    });

    it('stands around before hooks and error hooks', async () => {
      @SocketNamespace('/x', { settings })
      class HookedGateway extends SocketGateway {
        @OnBeforeCall()
        before() {
          calls.push('before hook');
        }
        @OnCallError()
        failed() {
          calls.push('error hook');
          return 'recovered';
        }
        @SocketEvent()
        fail() {
          throw new Error('failed');
        }
      }
      const note = around(async (_ctx, go) => {
        calls.push('in');
        const result = await go();
        calls.push('out');
        return result;
      });
      const asking = await connect(await start(HookedGateway, withMiddlewares(note)));
      expect((await ask(asking, 'fail')).result).to.equal('recovered');
      expect(calls).to.deep.equal(['in', 'before hook', 'error hook', 'out']);
    });

    for (const [name, deny] of Object.entries<() => unknown>({
      'a throw': () => {
        throw new Errors.ForbiddenError('NO');
      },
      'a rejection': () => Promise.reject(new Errors.ForbiddenError('NO')),
    })) {
      it(`denies by ${name}: the ack is answered once, and nothing is run`, async () => {
        const denying: SocketMiddleware = { localSocketEvent: () => deny as () => Promise<unknown> };
        const asking = await client(denying);
        const acks = acksOn(asking);
        for (const event of ['echo', 'self', 'call', 'other'])
          expect((await ask(asking, event, 'x')).error).to.include({ code: 403, type: 'NO' });
        asking.emit('echo', 'without an ack');
        await ask(asking, 'echo');
        expect(acks).to.have.length(5);
        expect(calls).to.deep.equal([]);
      });
    }

    it('masks what is not meant for clients', async () => {
      const asking = await client(
        around(() => {
          throw new Error('secret');
        }),
      );
      const { error } = await ask(asking, 'echo');
      expect(error).to.include({ code: 500, message: 'Internal Server Error' });
      expect(error.data.requestID).to.be.a('string');
    });

    it('may answer in the place of the handler', async () => {
      const asking = await client(around((ctx) => ({ instead: ctx.event })));
      expect((await ask(asking, 'echo')).result).to.deep.equal({ instead: 'echo' });
      expect(calls).to.deep.equal([]);
    });

    it('may let the event go on again, guards and validation included', async () => {
      const asking = await client(
        around(async (ctx, go) => {
          const first = await go().catch(() => 'failed');
          ctx.meta.user = { id: 1 };
          ctx.params = { amount: 5 };
          return [first, await go()];
        }),
      );
      expect((await ask(asking, 'secret')).result).to.deep.equal(['failed', 'secret']);
      expect((await ask(asking, 'pay', {})).result).to.deep.equal(['failed', { paid: 5, checked: true }]);
    });

    it('leaves a handler that injects the ack to answer by itself', async () => {
      const asking = await client(around((_ctx, go) => go()));
      const acks = acksOn(asking);
      expect((await ask(asking, 'self')).error).to.equal('self');
      await ask(asking, 'echo');
      expect(acks).to.have.length(2);
    });

    it('counts as one event, for limits and metrics', async () => {
      @SocketNamespace('/x', { settings, limits: { maxPending: 1, concurrency: 1 } })
      class NarrowGateway extends SocketGateway {
        @SocketEvent()
        echo(ctx: SocketContext) {
          return ctx.params;
        }
      }
      const metrics: BrokerOptions['metrics'] = { enabled: true, collectProcessMetrics: false };
      const running = await start(NarrowGateway, { ...withMiddlewares(around((_ctx, go) => go())), metrics });
      const asking = await connect(running);
      for (const number of [1, 2, 3]) expect((await ask(asking, 'echo', number)).result).to.equal(number);
      const total = running.broker.metrics.getMetric('moleculer.io.messages.total') as any;
      expect(total.get({ namespace: '/x', event: 'echo' }).value).to.equal(3);
      const active = running.broker.metrics.getMetric('moleculer.io.messages.active') as any;
      expect(active.get({ namespace: '/x', event: 'echo' }).value).to.equal(0);
    });

    it('must give a handler: else the gateway says which event it is', () => {
      const forgetful = { localSocketEvent: () => undefined } as unknown as SocketMiddleware;
      const broker = newBroker([], withMiddlewares(forgetful));
      expect(() => broker.createService(EventGateway as never)).to.throw(
        "EventGateway: the localSocketEvent of a middleware returned no handler for 'echo'; it must return a function " +
          '(ctx) => Promise, or next itself if it has nothing to do',
      );
    });

    it('may come from a function that is given the broker', async () => {
      const middleware = (broker: { nodeID: string }): SocketMiddleware => ({
        localSocketEvent: () => () => Promise.resolve(broker.nodeID),
      });
      const options = { nodeID: 'node-7', middlewares: [middleware as never] };
      const asking = await connect(await start(EventGateway, options));
      expect((await ask(asking, 'echo')).result).to.equal('node-7');
    });
  });

  describe("Moleculer's own hooks", () => {
    it('act on gateways as on any service', async () => {
      @SocketNamespace('/x', { name: 'gateway', settings, events: { 'order.updated': () => undefined } })
      class PlainGateway extends SocketGateway {
        @SocketEvent()
        echo(ctx: SocketContext) {
          return this.twice(ctx.params as string);
        }
        twice(text: string) {
          return text + text;
        }
      }
      const seen: string[] = [];
      const note =
        (what: string) =>
        (service: { name: string }): void => {
          if (service.name === 'gateway') seen.push(what);
        };
      const middleware = {
        localAction: (next: any, action: any) => (ctx: any) => {
          if (action.name === 'gateway.echo') seen.push(`action of ${ctx.event}`);
          return next(ctx);
        },
        localEvent: (next: any, event: any) => (ctx: any) => {
          if (event.service.name === 'gateway') seen.push(`event ${ctx.eventName}`);
          return next(ctx);
        },
        localMethod:
          (next: any, method: any) =>
          (...args: unknown[]) => {
            if (method.name === 'twice') seen.push('method twice');
            return next(...args);
          },
        serviceCreating: (_service: unknown, schema: { name: string }) => note('creating')(schema),
        serviceCreated: note('created'),
        serviceStarting: note('starting'),
        serviceStarted: note('started'),
        serviceStopping: note('stopping'),
        serviceStopped: note('stopped'),
      };
      const running = await start(PlainGateway, { middlewares: [middleware as never] });
      expect((await ask(await connect(running), 'echo', 'ha')).result).to.equal('haha');
      await running.broker.emit('order.updated');
      await running.broker.stop();
      expect(seen).to.deep.equal([
        'creating',
        'created',
        'starting',
        'started',
        'action of echo',
        'method twice',
        'event order.updated',
        'stopping',
        'stopped',
      ]);
    });
  });
});
