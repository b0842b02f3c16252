import { expect } from 'chai';
import { Context, Errors as MoleculerErrors, type Middleware } from 'moleculer';
import { Action, Service as ServiceDecorator } from 'moleculer-decorators';
import { Ctx, MessageBody, SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import { ask, connect, newBroker, signal, start, type Client, type Running } from '../support/run-in-memory';

const settings = { port: 0 };

async function rejection(promise: Promise<unknown>): Promise<any> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`nothing was thrown, but ${String(value)} returned`);
}

describe('handlers as actions', () => {
  let runs: unknown[];
  let client: Client;
  let running: Running;

  beforeEach(() => {
    runs = [];
  });

  async function serve(type: typeof SocketGateway, options?: object): Promise<void> {
    running = await start(type, options);
    client = await connect(running);
  }

  describe('params', () => {
    @SocketNamespace('/x', { settings })
    class CheckedGateway extends SocketGateway {
      @SocketEvent('create', {
        params: { name: 'string', size: { type: 'number', optional: true, convert: true, default: 1 } },
      })
      create(@MessageBody() body: any, @Ctx() ctx: SocketContext) {
        runs.push(body);
        return [body, ctx.params];
      }
    }
    beforeEach(() => serve(CheckedGateway));

    it("are checked by Moleculer's validator, and the handler is not run", async () => {
      for (const args of [[], [{}], [{ name: 5 }], [null], ['text'], [[]], [{ name: 'a', size: 'big' }]]) {
        const { error } = await ask(client, 'create', ...args);
        expect(error, JSON.stringify(args)).to.include({ name: 'ValidationError', code: 422 });
      }
      expect(runs).to.deep.equal([]);
    });

    it('reach the handler as the validator has changed them', async () => {
      expect(await ask(client, 'create', { name: 'a', size: '3' })).to.deep.equal({
        error: null,
        result: [
          { name: 'a', size: 3 },
          { name: 'a', size: 3 },
        ],
      });
      expect((await ask(client, 'create', { name: 'a' })).result[0]).to.deep.equal({ name: 'a', size: 1 });
    });

    it('are checked without a socket too', async () => {
      expect(await rejection(running.gateway.actions['create']!({ name: 5 }))).to.be.instanceOf(
        MoleculerErrors.ValidationError,
      );
    });
  });

  it('end after their timeout', async () => {
    @SocketNamespace('/x', { settings })
    class SlowGateway extends SocketGateway {
      @SocketEvent('slow', { timeout: 20 })
      slow() {
        return new Promise(() => undefined);
      }
      @SocketEvent()
      byDefault() {
        return new Promise(() => undefined);
      }
    }
    await serve(SlowGateway, { requestTimeout: 40 });
    for (const event of ['slow', 'byDefault']) {
      expect((await ask(client, event)).error).to.include({ code: 504, type: 'REQUEST_TIMEOUT' });
    }
  });

  describe('cache', () => {
    @SocketNamespace('/x', { settings })
    class CachedGateway extends SocketGateway {
      @SocketEvent('cached', { cache: true })
      cached(@MessageBody({ unchecked: true }) body: any) {
        runs.push(body);
        return runs.length;
      }
      @SocketEvent('byUser', { cache: { keys: ['id', '#$socketId'] } })
      byUser(ctx: SocketContext) {
        runs.push(ctx.params);
        return runs.length;
      }
    }

    it('answers from the cache what was asked before', async () => {
      await serve(CachedGateway, { cacher: 'Memory' });
      expect((await ask(client, 'cached', { id: 1 })).result).to.equal(1);
      expect((await ask(client, 'cached', { id: 1 })).result).to.equal(1);
      expect((await ask(client, 'cached', { id: 2 })).result).to.equal(2);
      expect((await ask(await connect(running), 'cached', { id: 1 })).result).to.equal(1);
      expect(runs).to.have.length(2);
    });

    it('takes meta into the key where the options say so', async () => {
      await serve(CachedGateway, { cacher: 'Memory' });
      expect((await ask(client, 'byUser', { id: 1 })).result).to.equal(1);
      expect((await ask(client, 'byUser', { id: 1 })).result).to.equal(1);
      expect((await ask(await connect(running), 'byUser', { id: 1 })).result).to.equal(2);
    });
  });

  it('are held back by a bulkhead', async () => {
    const go = signal();

    @SocketNamespace('/x', { settings })
    class NarrowGateway extends SocketGateway {
      @SocketEvent('narrow', { bulkhead: { enabled: true, concurrency: 1, maxQueueSize: 1 } })
      async narrow(@MessageBody() n: number) {
        runs.push(n);
        await go;
        return n;
      }
    }
    await serve(NarrowGateway);
    const first = ask(client, 'narrow', 1);
    const second = ask(client, 'narrow', 2);
    expect((await ask(client, 'narrow', 3)).error).to.include({ name: 'QueueIsFullError', code: 429 });
    expect(runs).to.deep.equal([1]);
    go.fire();
    expect((await first).result).to.equal(1);
    expect((await second).result).to.equal(2);
  });

  it('are tried again by a retry policy', async () => {
    @SocketNamespace('/x', { settings })
    class StubbornGateway extends SocketGateway {
      @SocketEvent('stubborn', {
        retryPolicy: { enabled: true, retries: 2, delay: 1, maxDelay: 2, factor: 1 },
      })
      stubborn(@MessageBody({ unchecked: true }) body: any, @Ctx() ctx: SocketContext) {
        runs.push([body, ctx.socket?.id === client.id, ctx.event]);
        if (runs.length < 3) throw new MoleculerErrors.MoleculerRetryableError('again', 503, 'AGAIN');
        return 'done';
      }
    }
    await serve(StubbornGateway);
    expect(await ask(client, 'stubborn', { a: 1 })).to.deep.equal({ error: null, result: 'done' });
    const once = [{ a: 1 }, true, 'stubborn'];
    expect(runs).to.deep.equal([once, once, once]);
  });

  it('are cut off by a circuit breaker', async () => {
    @SocketNamespace('/x', { settings })
    class FragileGateway extends SocketGateway {
      @SocketEvent('fragile', {
        circuitBreaker: {
          enabled: true,
          threshold: 0.5,
          minRequestCount: 2,
          windowTime: 60,
          halfOpenTime: 60_000,
          check: () => true,
        },
      })
      fragile() {
        runs.push(1);
        throw new Error('broken');
      }
    }
    await serve(FragileGateway, {
      circuitBreaker: {
        enabled: true,
        threshold: 0.9,
        windowTime: 60,
        minRequestCount: 100,
        halfOpenTime: 60_000,
        check: () => true,
      },
    });
    for (let i = 0; i < 4; i++) await ask(client, 'fragile');
    const { error } = await ask(client, 'fragile');
    expect(runs).to.have.length(2);
    // Moleculer says so of an endpoint whose circuit is open.
    expect(error).to.include({ name: 'ServiceNotAvailableError', code: 404, type: 'SERVICE_NOT_AVAILABLE' });
  });

  it('have a fallback', async () => {
    @SocketNamespace('/x', { settings })
    class CautiousGateway extends SocketGateway {
      @SocketEvent('byFunction', {
        fallback: ((ctx: any, error: Error) => [ctx.params, error.message]) as never,
      })
      byFunction() {
        throw new Error('broken');
      }
      @SocketEvent('byName', { fallback: 'instead' })
      byName() {
        throw new Error('broken');
      }
      instead(ctx: SocketContext) {
        return ['instead', ctx.params];
      }
    }
    await serve(CautiousGateway);
    expect(await ask(client, 'byFunction', 1)).to.deep.equal({ error: null, result: [1, 'broken'] });
    expect(await ask(client, 'byName', 1)).to.deep.equal({ error: null, result: ['instead', 1] });
  });

  describe('hooks', () => {
    const note = (name: string) =>
      function (this: SocketGateway, ctx: any, value?: any) {
        runs.push([name, this.name, ctx.socket?.id === client.id]);
        return value;
      };

    it('of the service match the name of the method', async () => {
      @SocketNamespace('/x', {
        settings,
        hooks: {
          before: {
            '*': note('all'),
            'create*': note('create*'),
            order: note('order'),
            'user.created': note('event'),
          },
          after: { 'create*': note('after') },
          error: {
            failing(_ctx: unknown, error: Error) {
              runs.push(error.message);
              throw new MoleculerErrors.MoleculerClientError('rewritten', 418);
            },
          },
        },
      })
      class HookedGateway extends SocketGateway {
        @SocketEvent('user.created')
        createUser() {
          return 1;
        }
        @SocketEvent()
        failing() {
          throw new Error('broken');
        }
        @SocketEvent()
        other() {
          return 2;
        }
      }
      await serve(HookedGateway);
      expect((await ask(client, 'user.created')).result).to.equal(1);
      expect(runs).to.deep.equal(['all', 'create*', 'after'].map((name) => [name, 'hooked', true]));
      runs.length = 0;
      expect((await ask(client, 'failing')).error).to.include({ message: 'rewritten', code: 418 });
      expect(runs).to.deep.equal([['all', 'hooked', true], 'broken']);
      runs.length = 0;
      expect((await ask(client, 'other')).result).to.equal(2);
      expect(runs).to.deep.equal([['all', 'hooked', true]]);
    });

    it('of the action run around it, and may change params and result', async () => {
      @SocketNamespace('/x', { settings })
      class HookedGateway extends SocketGateway {
        @SocketEvent('hooked', {
          hooks: {
            before: [
              function (ctx: any) {
                ctx.params = { ...ctx.params, added: 1 };
              },
              'remember',
            ],
            after: (_ctx: unknown, result: unknown) => ({ wrapped: result }),
          },
        })
        hooked(@MessageBody({ unchecked: true }) body: any) {
          return body;
        }
        remember(ctx: any) {
          runs.push(ctx.params);
        }
      }
      await serve(HookedGateway);
      expect((await ask(client, 'hooked', { a: 1 })).result).to.deep.equal({ wrapped: { a: 1, added: 1 } });
      expect(runs).to.deep.equal([{ a: 1, added: 1 }]);
    });
  });

  describe('visibility', () => {
    @SocketNamespace('/x', { settings })
    class VisibleGateway extends SocketGateway {
      @SocketEvent()
      hidden() {
        return 'hidden';
      }
      @SocketEvent('open', { visibility: 'published' })
      open() {
        return 'open';
      }
      @SocketEvent('shared', { visibility: 'public' })
      shared() {
        return 'shared';
      }
    }

    it('is private unless it is said otherwise', async () => {
      await serve(VisibleGateway);
      const error = await rejection(running.broker.call('visible.hidden'));
      expect(error).to.include({ code: 404 });
      expect(await running.broker.call('visible.open')).to.equal('open');
      expect(await running.broker.call('visible.shared')).to.equal('shared');
      for (const event of ['hidden', 'open', 'shared'])
        expect((await ask(client, event)).result).to.equal(event);
    });

    it('holds for other nodes', async () => {
      const far = newBroker([], { transporter: 'Fake', nodeID: 'far' });
      await far.start();
      await serve(VisibleGateway, { transporter: 'Fake', nodeID: 'near' });
      await far.waitForServices('visible', 2000, 5);
      expect(await far.call('visible.open')).to.equal('open');
      expect((await rejection(far.call('visible.hidden'))).code).to.equal(404);
    });
  });

  it('are seen by middlewares', async () => {
    const middleware: Middleware = {
      localAction(nextHandler: any, action: any) {
        if (action.rawName !== 'seen') return nextHandler;
        return async (ctx: any) => {
          runs.push([
            action.name,
            ctx.action.name,
            ctx.event,
            ctx.socket.id === client.id,
            ctx instanceof Context,
          ]);
          return [await nextHandler(ctx)];
        };
      },
    };

    @SocketNamespace('/x', { settings })
    class SeenGateway extends SocketGateway {
      @SocketEvent('see')
      seen() {
        return 1;
      }
    }
    await serve(SeenGateway, { middlewares: [middleware] });
    expect((await ask(client, 'see')).result).to.deep.equal([1]);
    expect(runs).to.deep.equal([['seen.seen', 'seen.seen', 'see', true, true]]);
  });

  it('are counted by the metrics of Moleculer', async () => {
    @SocketNamespace('/x', { settings })
    class CountedGateway extends SocketGateway {
      @SocketEvent()
      counted() {}
    }
    await serve(CountedGateway, { metrics: { enabled: true, reporter: [] } });
    for (let i = 0; i < 3; i++) await ask(client, 'counted');
    const metric = (running.broker.metrics as any).getMetric('moleculer.request.total');
    expect(
      metric.get({ action: 'counted.counted', type: 'local', caller: null, service: 'counted' }).value,
    ).to.equal(3);
  });

  it('get a context of Moleculer, whose calls carry meta', async () => {
    const other = {
      name: 'other',
      actions: {
        look(ctx: any) {
          return {
            meta: ctx.meta,
            caller: ctx.caller,
            level: ctx.level,
            sameRequest: ctx.requestID === ctx.params.requestID,
          };
        },
      },
      events: {
        'something.happened'(ctx: any) {
          runs.push([ctx.params, ctx.meta.$socketId]);
        },
      },
    };

    @SocketNamespace('/x', { settings })
    class CallingGateway extends SocketGateway {
      @SocketEvent()
      async call(ctx: SocketContext<unknown, { added?: string }>) {
        expect(ctx).to.be.instanceOf(Context);
        expect(ctx.action!.name).to.equal('calling.call');
        expect(ctx.service).to.equal(this);
        ctx.meta.added = 'yes';
        await ctx.emit('something.happened', { a: 1 });
        return ctx.call('other.look', { requestID: ctx.requestID });
      }
    }
    running = await start([CallingGateway, other as never]);
    client = await connect(running);
    const { result } = await ask(client, 'call');
    expect(result.meta).to.deep.equal({ $socketId: client.id, $rooms: [client.id], added: 'yes' });
    expect(result).to.include({ caller: 'calling', level: 2, sameRequest: true });
    expect(runs).to.deep.equal([[{ a: 1 }, client.id]]);
  });

  it('have two doors where the method has @Action too', async () => {
    @ServiceDecorator()
    @SocketNamespace('/x', { settings })
    class DoorsGateway extends SocketGateway {
      @SocketEvent('socket')
      @Action({ params: { n: 'number' } })
      double(ctx: SocketContext<{ n: number }>) {
        return [ctx.params.n * 2, Boolean(ctx.socket)];
      }
    }
    await serve(DoorsGateway);
    expect((await ask(client, 'socket', { n: 2 })).result).to.deep.equal([4, true]);
    expect((await ask(client, 'socket', { n: '2' })).error.code).to.equal(422);
    const name = running.gateway.name;
    expect(name).to.equal('doors');
    expect(await running.broker.call('doors.double', { n: 3 })).to.deep.equal([6, false]);
    expect((await rejection(running.broker.call('doors.double', { n: '3' }))).code).to.equal(422);
  });

  it('can be called without a socket', async () => {
    @SocketNamespace('/x', { settings })
    class TestedGateway extends SocketGateway {
      @SocketEvent()
      sum(@MessageBody({ unchecked: true }) { a, b }: any) {
        return Number(a) + Number(b);
      }
      @SocketEvent()
      fails() {
        throw new MoleculerErrors.MoleculerError('broken', 418);
      }
    }
    await serve(TestedGateway);
    expect(await running.gateway.actions['sum']!({ a: 1, b: 2 })).to.equal(3);
    expect((await rejection(running.gateway.actions['fails']!())).code).to.equal(418);
  });
});
