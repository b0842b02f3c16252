import { expect } from 'chai';
import { IsInt } from 'class-validator';
import {
  Context as MoleculerContext,
  Errors as MoleculerErrors,
  type Context,
  type ServiceSchema,
} from 'moleculer';
import {
  Authenticate,
  Authorize,
  ForwardEvent,
  MessageBody,
  OnAfterCall,
  OnBeforeCall,
  OnCallError,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
  type SocketMiddleware,
} from '../../src';
import { CollectingExporter } from '../support/collecting-exporter';
import {
  ask,
  CollectingLogger,
  connect,
  expectedMask,
  newClient,
  refused,
  start,
  type Client,
  type Options,
  type Running,
} from '../support/run-in-memory';

const settings = { port: 0 };

/** A span as exporters get it. */
interface Span {
  readonly name: string;
  readonly type: string;
  readonly id: string;
  readonly traceID: string;
  readonly parentID: string | null | undefined;
  readonly service: { readonly fullName: string };
  readonly tags: Record<string, any>;
  readonly error: any;
  readonly duration: number;
}

describe('tracing', () => {
  let exporter: CollectingExporter<Span>;
  beforeEach(() => {
    exporter = new CollectingExporter<Span>();
  });

  function traced(tracing: object = {}, options: Options = {}): Options {
    return { ...options, tracing: { enabled: true, exporter, ...tracing } as object };
  }

  /** The only span that there is now. */
  function onlySpan(): Span {
    expect(exporter.spans.map(({ name }) => name)).to.have.length(1);
    expect(exporter.started).to.have.length(1);
    return exporter.spans[0]!;
  }

  function spanOf(name: string): Span {
    const found = exporter.spans.filter((span) => span.name === name);
    expect(found, exporter.spans.map((span) => span.name).join(', ')).to.have.length(1);
    return found[0]!;
  }

  class Amount {
    @IsInt()
    amount!: number;
  }

  const math: ServiceSchema = {
    name: 'math',
    actions: {
      add: (ctx: Context<{ a: number; b: number }>) => ctx.params.a + ctx.params.b,
      ids: (ctx: Context) => ({ requestID: ctx.requestID, parentID: ctx.parentID, level: ctx.level }),
      fail() {
        throw new MoleculerErrors.MoleculerError('failed', 418);
      },
    },
  };

  let inHandler: (ctx: SocketContext<any>) => unknown;
  beforeEach(() => {
    inHandler = () => null;
  });

  @SocketNamespace(['/x', '/tenants/:id'], { name: 'gateway', version: 2, settings })
  class TracedGateway extends SocketGateway {
    @Authenticate()
    authenticate(socket: { handshake: { auth: Record<string, unknown> } }) {
      if (socket.handshake.auth['wrong']) throw new Error('a wrong token');
    }
    @SocketEvent('do it')
    act(ctx: SocketContext) {
      return inHandler.call(this, ctx);
    }
    @SocketEvent()
    pay(@MessageBody() amount: Amount) {
      return amount;
    }
    @Authorize()
    @SocketEvent()
    secret() {
      return null;
    }
    @SocketEvent({ tracing: false })
    untraced(ctx: SocketContext) {
      return inHandler.call(this, ctx);
    }
    @SocketEvent({ tracing: { enabled: false } })
    disabled() {
      return null;
    }
    @SocketEvent({ tracing: { spanName: 'my own', tags: { params: ['id'] } } })
    named() {
      return null;
    }
    @SocketEvent({ cache: { keys: ['id'] } })
    cached() {
      return 'cached';
    }
    @SocketEvent({ timeout: 5 })
    slow() {
      return new Promise((resolve) => setTimeout(resolve, 100));
    }
    @SocketEvent('call', { whitelist: ['math.*'] })
    call!: ActionProxy;
    @SocketEvent('quiet call', { whitelist: ['math.*'], tracing: false })
    quiet!: ActionProxy;
    @SocketEvent('*')
    rest() {
      return null;
    }
  }

  async function serve(options = traced()): Promise<{ running: Running; client: Client }> {
    const running = await start([TracedGateway, math], options);
    const client = await connect(running);
    // What Moleculer itself calls.
    exporter.spans.length = exporter.started.length = 0;
    return { running, client };
  }

  describe('makes one span of an event', () => {
    it('named after it, with its namespace, service and socket', async () => {
      let ids: unknown;
      inHandler = (ctx) => {
        ids = { id: ctx.id, traceID: ctx.requestID };
        return null;
      };
      const { client, running } = await serve();
      await ask(client, 'do it', { id: 1, text: 'hello' });
      const span = onlySpan();
      expect(span).to.deep.include({ name: "event 'do it' in '/x'", type: 'event', error: null });
      expect({ id: span.id, traceID: span.traceID }).to.deep.equal(ids);
      expect(span.parentID ?? undefined).to.equal(undefined);
      expect(span.service.fullName).to.equal('v2.gateway');
      expect(span.duration).to.be.above(0);
      expect(span.tags).to.deep.include({
        event: 'do it',
        namespace: '/x',
        socketID: client.id,
        requestID: span.traceID,
        nodeID: running.broker.nodeID,
        action: { name: 'v2.gateway.act', rawName: 'act' },
        params: { id: 1, text: 'hello' },
      });
    });

    it('under the path of a dynamic namespace, and the star of a catch-all', async () => {
      const { running } = await serve();
      const client = await connect(running, '/tenants/7');
      const event = 'e'.repeat(256);
      await ask(client, event);
      expect(onlySpan()).to.include({ name: "event '*' in '/tenants/:id'" });
      expect(onlySpan().tags).to.include({ namespace: '/tenants/:id', event: 'e'.repeat(100) });
    });

    it('with the params, and under the name, that the tracing options say', async () => {
      const { client } = await serve();
      await ask(client, 'named', { id: 1, secret: 'x' });
      expect(onlySpan().name).to.equal('my own');
      expect(onlySpan().tags['params']).to.deep.equal({ id: 1 });

      const none = await serve(traced({ tags: { action: { params: false } } }));
      await ask(none.client, 'do it', { secret: 'x' });
      expect(onlySpan().tags['params']).to.equal(undefined);
    });

    it('of a proxy, and the span of the action is its child', async () => {
      const { client } = await serve();
      expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
      expect(exporter.spans).to.have.length(2);
      const [event, action] = [spanOf("event 'call' in '/x'"), spanOf("action 'math.add'")];
      expect(action).to.include({ parentID: event.id, traceID: event.traceID });
      expect(event.service.fullName).to.equal('v2.gateway');
      expect(event.tags).to.include({ event: 'call', namespace: '/x', socketID: client.id });
      expect(event.tags['params']).to.equal(undefined);
    });

    it("of the proxies and functions of moleculer-io's service", async () => {
      const io = {
        name: 'io',
        mixins: [SocketIOService],
        settings: {
          port: 0,
          io: { namespaces: { '/': { events: { call: {}, mine: (ack: () => void) => ack() } } } },
        },
      } as ServiceSchema;
      const running = await start([io, math], traced());
      const client = await connect(running, '/');
      exporter.spans.length = 0;
      await ask(client, 'call', 'math.add', { a: 1, b: 2 });
      await ask(client, 'mine');
      await running.chat.settled();
      expect(exporter.spans.map(({ name }) => name)).to.have.members([
        "event 'call' in '/'",
        "action 'math.add'",
        "event 'mine' in '/'",
      ]);
    });

    it('of an action that asks for an event, and of each of several calls', async () => {
      @SocketNamespace('/x', { name: 'open', settings, autoExpose: true })
      class OpenGateway extends SocketGateway {
        @SocketEvent('call', { whitelist: ['math.*'], multi: true })
        call!: ActionProxy;
      }
      const asking: ServiceSchema = {
        name: 'asking',
        actions: { hello: { socket: 'hello', visibility: 'published', handler: () => 'hello' } as object },
      };
      const running = await start([OpenGateway, math, asking], traced());
      const client = await connect(running);
      exporter.spans.length = 0;
      expect((await ask(client, 'hello')).result).to.equal('hello');
      const event = spanOf("event 'hello' in '/x'");
      expect(spanOf("action 'asking.hello'")).to.include({ parentID: event.id, traceID: event.traceID });
      exporter.spans.length = 0;
      await ask(client, 'call', [{ action: 'math.ids' }, { action: 'math.ids' }]);
      const ids = exporter.spans.filter(({ type }) => type === 'event').map(({ id }) => id);
      const parents = exporter.spans.filter(({ type }) => type === 'action').map(({ parentID }) => parentID);
      expect(parents).to.have.members(ids);
      expect(new Set(ids).size).to.equal(2);
    });

    it('also where the result was cached', async () => {
      const { client } = await serve(traced({}, { cacher: 'Memory' }));
      for (const times of [1, 2]) {
        await ask(client, 'cached', { id: 1 });
        expect(exporter.spans).to.have.length(times);
      }
      expect(exporter.spans.map(({ tags }) => tags['fromCache'])).to.deep.equal([false, true]);
    });

    it('also where a middleware lets it go on twice', async () => {
      const middleware: SocketMiddleware = {
        localSocketEvent: (next) => async (ctx) => [await next(ctx).catch(() => 'failed'), await next(ctx)],
      };
      const { client } = await serve(traced({}, { middlewares: [middleware] }));
      let failures = 1;
      inHandler = () => {
        if (failures-- > 0) throw new Error('failed');
        return 'done';
      };
      expect((await ask(client, 'do it')).result).to.deep.equal(['failed', 'done']);
      expect(onlySpan()).to.include({ name: "event 'do it' in '/x'", error: null });
    });

    it('and where Moleculer tries its action again, a span below it for every further try', async () => {
      const retryPolicy = { enabled: true, retries: 2, delay: 1 };
      const { client } = await serve(traced({}, { retryPolicy }));
      let failures = 2;
      inHandler = (ctx) => {
        if (failures-- > 0) throw new MoleculerErrors.MoleculerRetryableError('again', 500, 'AGAIN', {});
        return ctx.event;
      };
      expect((await ask(client, 'do it')).result).to.equal('do it');
      const event = spanOf("event 'do it' in '/x'");
      expect(event).to.include({ error: null });
      const tries = exporter.spans.filter(({ name }) => name === "action 'v2.gateway.act'");
      expect(tries).to.have.length(2);
      for (const one of tries) expect(one.traceID).to.equal(event.traceID);
      expect(tries.map(({ parentID }) => parentID)).to.deep.equal([event.id, event.id]);
    });
  });

  describe('puts everything that an event does below its span', () => {
    it('calls of handlers, and spans of their own making', async () => {
      inHandler = async (ctx) => {
        const span = ctx.startSpan('my own');
        await ctx.call('math.add', { a: 1, b: 2 });
        ctx.finishSpan(span);
        return ctx.call('math.ids');
      };
      const { client } = await serve();
      const { result } = await ask(client, 'do it');
      const event = spanOf("event 'do it' in '/x'");
      const own = spanOf('my own');
      expect(own).to.include({ parentID: event.id, traceID: event.traceID });
      expect(spanOf("action 'math.add'")).to.include({ parentID: own.id, traceID: event.traceID });
      expect(spanOf("action 'math.ids'")).to.include({ parentID: event.id, traceID: event.traceID });
      expect(result).to.deep.equal({ requestID: event.traceID, parentID: event.id, level: 2 });
    });

    it('calls of policies and hooks', async () => {
      @SocketNamespace('/x', { settings })
      class HookedGateway extends SocketGateway {
        @Authorize(async (ctx) => (await ctx.call<number, object>('math.add', { a: 1, b: 2 })) === 3)
        @SocketEvent()
        guarded() {
          return null;
        }
        @OnBeforeCall()
        async before(ctx: SocketContext) {
          await ctx.call('math.ids');
        }
        @OnAfterCall()
        async after(ctx: SocketContext) {
          await ctx.call('late.ids');
        }
        override socketGetMeta() {
          return { user: { id: 1 } };
        }
      }
      const late = { name: 'late', actions: { ids: () => null } };
      const client = await connect(await start([HookedGateway, math, late], traced()));
      exporter.spans.length = 0;
      expect((await ask(client, 'guarded')).error).to.equal(null);
      const event = spanOf("event 'guarded' in '/x'");
      for (const name of ["action 'math.add'", "action 'math.ids'", "action 'late.ids'"])
        expect(spanOf(name)).to.include({ parentID: event.id, traceID: event.traceID });
      expect(exporter.spans).to.have.length(4);
      // It lasts until everything is done.
      expect(exporter.spans.at(-1)).to.equal(event);
    });

    it('the span of an action that a service calls is its own', async () => {
      @SocketNamespace('/x', { name: 'open', settings })
      class OpenGateway extends SocketGateway {
        @SocketEvent({ visibility: 'public' })
        hello() {
          return 'hello';
        }
      }
      const { broker } = await start(OpenGateway, traced());
      exporter.spans.length = 0;
      await broker.call('open.hello');
      expect(exporter.spans.map(({ name, type }) => [name, type])).to.deep.equal([
        ["action 'open.hello'", 'action'],
      ]);
    });

    it('forwarded events have the span that Moleculer makes of events, and nothing is made of how they get there', async () => {
      @SocketNamespace('/x', { name: 'forwarding', settings })
      class ForwardingGateway extends SocketGateway {
        @ForwardEvent('order.updated')
        updated() {
          return 1;
        }
      }
      const { broker } = await start(ForwardingGateway, traced({ events: true }, { transporter: 'Fake' }));
      exporter.spans.length = 0;
      await broker.emit('order.updated');
      expect(onlySpan().name).to.equal("event 'order.updated' in 'forwarding'");
    });
  });

  describe('records what goes wrong', () => {
    for (const [what, event, args, expected] of [
      ['a denial', 'secret', [], { code: 401 }],
      ['an invalid payload', 'pay', [{ amount: 'x' }], { code: 422 }],
      ['an unknown action', 'call', ['users.list'], { code: 404 }],
      ['an action that is none', 'call', [7], { code: 400 }],
      ['a timeout', 'slow', [], { code: 504 }],
    ] as [string, string, unknown[], object][]) {
      it(what, async () => {
        const { client } = await serve();
        expect((await ask(client, event, ...args)).error).to.include(expected);
        expect(onlySpan()).to.include({ name: `event '${event}' in '/x'` });
        expect(onlySpan().error).to.include(expected);
      });
    }

    it('an error of a handler or an action, in full', async () => {
      const { client } = await serve();
      const error = new Error('secret');
      inHandler = () => {
        throw error;
      };
      const answer = await ask(client, 'do it');
      expect(onlySpan().error).to.equal(error);
      expect(answer.error).to.deep.equal(expectedMask(onlySpan().traceID));
      exporter.spans.length = 0;
      await ask(client, 'call', 'math.fail');
      for (const name of ["event 'call' in '/x'", "action 'math.fail'"])
        expect(spanOf(name).error).to.include({ code: 418 });
    });

    it('a throw of nothing', async () => {
      const { client } = await serve();
      const middleware: SocketMiddleware = { localSocketEvent: () => () => Promise.reject(undefined) };
      inHandler = () => {
        throw null;
      };
      await ask(client, 'do it');
      expect(Boolean(onlySpan().error)).to.equal(true);
      const other = await serve(traced({}, { middlewares: [middleware] }));
      await ask(other.client, 'do it');
      expect(onlySpan().error).to.equal(true);
    });

    it('and not what an error hook has made good', async () => {
      @SocketNamespace('/x', { settings })
      class RecoveringGateway extends SocketGateway {
        @SocketEvent()
        fail() {
          throw new Error('failed');
        }
        @OnCallError()
        recover() {
          return 'recovered';
        }
      }
      const client = await connect(await start(RecoveringGateway, traced()));
      exporter.spans.length = exporter.started.length = 0;
      expect((await ask(client, 'fail')).result).to.equal('recovered');
      expect(onlySpan()).to.include({ name: "event 'fail' in '/x'", error: null });
    });
  });

  describe('makes none', () => {
    it('with tracing: false on an event, and what that calls is still traced', async () => {
      inHandler = (ctx) => ctx.call('math.ids');
      const { client } = await serve();
      for (const event of ['untraced', 'disabled']) expect((await ask(client, event)).error).to.equal(null);
      await ask(client, 'quiet call', 'math.add', { a: 1, b: 2 });
      expect(exporter.spans.map(({ name }) => name)).to.deep.equal([
        "action 'math.ids'",
        "action 'math.add'",
      ]);
    });

    it('where sampling leaves it out, and then of nothing that the event calls', async () => {
      inHandler = (ctx) => ctx.call('math.ids');
      const { client } = await serve(traced({ sampling: { rate: 0 } }));
      await ask(client, 'do it');
      await ask(client, 'call', 'math.add', { a: 1, b: 2 });
      expect(exporter.started).to.deep.equal([]);

      const half = await serve(traced({ sampling: { rate: 0.5 } }));
      for (let time = 0; time < 5; time++) {
        await ask(half.client, 'do it');
        await ask(half.client, 'call', 'math.ids');
      }
      const events = exporter.spans.filter(({ type }) => type === 'event');
      expect(events.length).to.be.within(4, 6);
      expect(
        exporter.spans.filter(({ type }) => type === 'action').map(({ parentID }) => parentID),
      ).to.have.members(events.map(({ id }) => id));
    });

    for (const [what, options] of Object.entries<() => Options>({
      'where the broker does not trace': () => ({}),
      'where it is switched off': () => traced({ enabled: false }),
      'where it traces no actions': () => traced({ actions: false }),
    })) {
      it(what, async () => {
        let span: unknown;
        inHandler = (ctx) => {
          ({ span } = ctx);
          return null;
        };
        const { client } = await serve(options());
        await ask(client, 'do it');
        await ask(client, 'call', 'math.add', { a: 1, b: 2 });
        expect(span ?? null).to.equal(null);
        expect(exporter.started).to.deep.equal([]);
      });
    }
  });

  describe('has spans', () => {
    interface LiveSpan extends Span {
      readonly tracer: object;
      readonly logger: object;
      readonly meta: Record<string, unknown>;
      readonly opts: Record<string, unknown> & { ctx: Context };
      startSpan(name: string): LiveSpan;
      finish(): void;
    }

    /** What an exporter finds in every span of a few events; ids and times are another's. */
    async function spansOf(byMoleculer: boolean): Promise<unknown[]> {
      inHandler = async (ctx) => {
        const part = ctx.startSpan('a part', { tags: { of: 'the event' } } as object);
        ctx.finishSpan(part);
        return ctx.call('math.add', { a: 1, b: 2 });
      };
      const { client, running } = await serve(traced({ defaultTags: { zone: 'eu' } }));
      const { tracer } = running.broker as unknown as { tracer: { startSpan: () => Span; logger: object } };
      // Where the tracer has a method of its own, it is asked for every span.
      if (byMoleculer) tracer.startSpan = tracer.startSpan.bind(tracer);
      await ask(client, 'do it', { id: 1 });
      await ask(client, 'pay', { amount: 'none' });
      await ask(client, 'call', 'math.add', { a: 1, b: 2 });
      await ask(client, 'call', 'math.fail');
      return (exporter.started as LiveSpan[]).map((span) => {
        const { id, traceID, parentID, duration, opts, error, ...rest } = span;
        const inner = span.startSpan('inner');
        inner.finish();
        span.meta['vendor'] = 'kept';
        const { ctx, service, ...given } = opts;
        return {
          ...Object.fromEntries(Object.entries(rest).filter(([key]) => !/^(start|finish)/.test(key))),
          keys: Object.keys(span).sort(),
          error: error?.name,
          tags: { ...span.tags, requestID: undefined, socketID: undefined },
          // Below which of the spans it is.
          parent: exporter.spans.find((other) => other.id === parentID)?.name,
          inner: [inner.name, inner.parentID === id, inner.traceID === traceID, inner.service],
          took: typeof duration,
          of: span.tracer === tracer && span.logger === tracer.logger,
          meta: span.meta,
          context: ctx.id === id || ctx.span === undefined,
          serviceName: (service as { fullName?: string } | undefined)?.fullName,
          opts: Object.keys(given).sort(),
        };
      });
    }

    it('as Moleculer makes them, down to what exporters do not copy', async () => {
      const moleculers = await spansOf(true);
      exporter = new CollectingExporter<Span>();
      const ours = await spansOf(false);
      expect(ours).to.have.length(8);
      expect(ours).to.deep.equal(moleculers);
    });

    it("and asks the application's own contexts for them, where it has any", async () => {
      const asked: string[] = [];
      class OwnContext extends MoleculerContext {
        override startSpan(name: string, options?: Record<string, any>): ReturnType<Context['startSpan']> {
          asked.push(name);
          return super.startSpan(name, options);
        }
      }
      inHandler = (ctx) => ctx.call('math.ids');
      const { client } = await serve({ ...traced(), ContextFactory: OwnContext as never });
      for (let times = 0; times < 2; times++) await ask(client, 'do it');
      await ask(client, 'call', 'math.ids');
      const expected = ["event 'do it' in '/x'", "action 'math.ids'"];
      expect(asked.filter((name) => !name.includes('$node'))).to.deep.equal([
        ...expected,
        ...expected,
        "event 'call' in '/x'",
        "action 'math.ids'",
      ]);
      expect(exporter.spans).to.have.length(6);
    });
  });

  describe('requestID', () => {
    const ids = (ctx: SocketContext): unknown => ctx.call('math.ids');

    it('is one for each event, and that of all that it calls', async () => {
      const own: unknown[] = [];
      inHandler = async (ctx) => {
        own.push(ctx.requestID);
        return ids(ctx);
      };
      const { client } = await serve({});
      const results = [await ask(client, 'do it'), await ask(client, 'do it')].map(({ result }) => result);
      const calls = [await ask(client, 'call', 'math.ids'), await ask(client, 'call', 'math.ids')];
      expect(results.map(({ requestID }) => requestID)).to.deep.equal(own);
      const all = [...own, ...calls.map(({ result }) => result.requestID)];
      expect(new Set(all).size).to.equal(4);
      for (const id of all) expect(id).to.be.a('string').and.not.to.equal('');
    });

    it('is what the client gave in auth, then for all events of the connection', async () => {
      inHandler = ids;
      const { running } = await serve(traced());
      const requestID = 'page:7f.A_b-3';
      const client = await connect(running, '/x', { auth: { requestID } });
      for (const event of ['do it', 'do it'])
        expect((await ask(client, event)).result).to.include({ requestID });
      expect((await ask(client, 'call', 'math.ids')).result).to.include({ requestID });
      expect(exporter.spans.map(({ traceID }) => traceID)).to.deep.equal(exporter.spans.map(() => requestID));
    });

    it('leads from what a client is told to the log', async () => {
      const logger = new CollectingLogger('error');
      const { running, client } = await serve({ logger });
      const named = await connect(running, '/x', { auth: { requestID: 'page-7' } });
      inHandler = () => {
        throw new Error('secret');
      };
      const first = await ask(client, 'do it');
      const second = await ask(named, 'do it');
      expect(second.error).to.deep.equal(expectedMask('page-7'));
      for (const { error } of [first, second]) {
        expect(logger.having(error.data.requestID)).to.have.length(1);
        expect(logger.having(error.data.requestID)[0]!.text).to.include('secret');
      }
    });

    it('is in what is said of a refused connection, and of a packet that is no event', async () => {
      const logger = new CollectingLogger('warn');
      @SocketNamespace('/x', { name: 'closed', settings, log4XXResponses: true } as never)
      class ClosedGateway extends SocketGateway {
        @SocketEvent()
        hello() {
          return 1;
        }
        override socketGetMeta(): object {
          throw new Error('secret');
        }
      }
      const middleware: SocketMiddleware = {
        socketConnecting(socket) {
          if (socket.handshake.auth['wrong']) throw new Error('secret');
        },
      };
      const running = await start(ClosedGateway, { logger, middlewares: [middleware] });
      const error = await refused(newClient(running, '/x', { auth: { requestID: 'page-8', wrong: true } }));
      expect(error.data).to.deep.equal(expectedMask('page-8'));
      const client = await connect(running, '/x', { auth: { requestID: 'page-9' } });
      expect((await ask(client, 'hello')).error).to.deep.equal(expectedMask('page-9'));
      for (const id of ['page-8', 'page-9']) expect(logger.having(`requestID ${id}`)).to.have.length(1);
    });

    it('is that of a header of the handshake, as with moleculer-web, unless the client gave one', async () => {
      inHandler = ids;
      const { running } = await serve({});
      const headers = { 'x-request-id': 'from-a-header' };
      const idOf = async (options: object): Promise<unknown> =>
        (await ask(await connect(running, '/x', options), 'do it')).result.requestID;
      expect(await idOf({ extraHeaders: headers })).to.equal('from-a-header');
      expect(await idOf({ extraHeaders: { ...headers, 'x-correlation-id': 'c' } })).to.equal('c');
      expect(await idOf({ extraHeaders: headers, auth: { requestID: 'own' } })).to.equal('own');
      expect(await idOf({ extraHeaders: { 'x-request-id': 'a b' } })).to.not.equal('a b');
    });

    it('is made where the client gave something else', async () => {
      inHandler = ids;
      const { running } = await serve({});
      const given = ['', 'a b', 'a\nb', '<b>', 'é', 'x'.repeat(101), 7, {}, ['a'], null, true];
      for (const requestID of given) {
        const client = await connect(running, '/x', { auth: { requestID } });
        const { result } = await ask(client, 'do it');
        expect(result.requestID).to.be.a('string');
        expect(given).not.to.include(result.requestID);
      }
      const longest = await connect(running, '/x', { auth: { requestID: 'x'.repeat(100) } });
      expect((await ask(longest, 'do it')).result.requestID).to.equal('x'.repeat(100));
    });
  });
});
