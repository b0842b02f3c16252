import { expect } from 'chai';
import { Context, MOLECULER_VERSION } from 'moleculer';
import { SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import { ask, connect, start, type Client, type Options, type Running } from '../support/run-gateway';

const settings = { port: 0 };
const isOlder = MOLECULER_VERSION.startsWith('0.14');

/** What handlers do with their context, as with that of any action. */
describe('calls from handlers', () => {
  let attempts: unknown[];
  let handler: (this: SocketGateway, ctx: any) => unknown;
  let running: Running;
  let client: Client;

  @SocketNamespace('/x', {
    settings,
    actions: { inner: { visibility: 'private', handler: (ctx: any) => describeContext(ctx) } },
  })
  class ChatGateway extends SocketGateway {
    @SocketEvent()
    run(ctx: SocketContext) {
      return handler.call(this, ctx);
    }
    @SocketEvent()
    other(ctx: SocketContext) {
      return describeContext(ctx);
    }
  }

  const users = {
    name: 'users',
    actions: {
      look: (ctx: any) => describeContext(ctx),
      late: () => new Promise(() => undefined),
      fails: (ctx: any) => {
        attempts.push(ctx.params);
        throw Object.assign(new Error('broken'), { retryable: true });
      },
      change(ctx: any) {
        ctx.params.changed = true;
      },
      login: (ctx: any) => void (ctx.meta.user = ctx.params),
    },
  };

  function describeContext(ctx: any) {
    return {
      params: ctx.params,
      meta: ctx.meta,
      caller: ctx.caller,
      level: ctx.level,
      requestID: ctx.requestID,
      parentID: ctx.parentID,
      nodeID: ctx.nodeID,
      headers: ctx.headers,
      locals: ctx.locals,
      timeout: ctx.options.timeout,
      hasSocket: 'socket' in ctx && Boolean(ctx.socket),
    };
  }

  beforeEach(() => {
    attempts = [];
  });

  /** What the handler gives, run for an event of a client. */
  async function run(does: typeof handler, options?: Options): Promise<any> {
    handler = does;
    running = await start([ChatGateway, users], options);
    client = await connect(running);
    const { error, result } = await ask(client, 'run', { a: 1 });
    if (error) throw Object.assign(new Error(error.message), error);
    return result;
  }

  it('are of the same request, one level below, in the name of the gateway', async () => {
    const [own, look] = await run(async (ctx) => [
      { id: ctx.id, requestID: ctx.requestID, isContext: ctx instanceof Context },
      await ctx.call('users.look', { b: 2 }),
    ]);
    expect(own.isContext).to.equal(true);
    expect(look).to.deep.include({
      params: { b: 2 },
      meta: { $socketId: client.id, $rooms: [client.id] },
      caller: 'chat',
      level: 2,
      requestID: own.requestID,
      parentID: own.id,
      nodeID: running.broker.nodeID,
      locals: {},
      hasSocket: false,
    });
  });

  describe('take every calling option:', () => {
    it('timeout', async () => {
      expect(
        await run((ctx) => ctx.call('users.late', {}, { timeout: 10 }).catch((e: any) => e.code)),
      ).to.equal(504);
    });

    it('retries', async () => {
      const retryPolicy = { enabled: true, retries: 0, delay: 1, maxDelay: 1, factor: 1, check: () => true };
      await run((ctx) => ctx.call('users.fails', {}, { retries: 2 }).catch(() => 1), { retryPolicy });
      expect(attempts).to.have.length(3);
    });

    it('fallbackResponse, as a value and as a function', async () => {
      const fallback = (ctx: Context, error: Error) => [ctx.action!.name, error.message];
      expect(
        await run(async (ctx) => [
          await ctx.call('users.fails', {}, { fallbackResponse: 'instead' }),
          await ctx.call('users.fails', {}, { fallbackResponse: fallback }),
        ]),
      ).to.deep.equal(['instead', ['users.fails', 'broken']]);
    });

    it('nodeID', async () => {
      const here = (ctx: any) => ctx.call('users.look', {}, { nodeID: ctx.broker.nodeID });
      expect((await run(here)).nodeID).to.equal(running.broker.nodeID);
      expect(
        await run((ctx) => ctx.call('users.look', {}, { nodeID: 'nowhere' }).catch((e: any) => e.name)),
      ).to.equal('ServiceNotFoundError');
    });

    it('meta, which is added to that of the event', async () => {
      const { meta } = await run((ctx) => ctx.call('users.look', {}, { meta: { extra: 1, $rooms: 'mine' } }));
      expect(meta).to.deep.equal({ $socketId: client.id, $rooms: 'mine', extra: 1 });
    });

    it('requestID and caller', async () => {
      const options = { requestID: 'my-request', caller: 'somebody' };
      expect(await run((ctx) => ctx.call('users.look', {}, options))).to.include(options);
    });

    it('parentCtx, of calls that are made with broker.call', async () => {
      const [id, look] = await run(async function (ctx) {
        return [ctx.requestID, await this.broker.call('users.look', {}, { parentCtx: ctx })];
      });
      expect(look).to.include({ requestID: id, level: 2, caller: 'chat' });
    });

    it('tracking', async () => {
      const look = await run((ctx) => ctx.call('users.look', {}, { tracking: true }), {
        tracking: { enabled: true },
      });
      expect(look.caller).to.equal('chat');
    });

    it('paramsCloning', async () => {
      expect(
        await run(async (ctx) => {
          const [mine, cloned] = [{}, {}];
          await ctx.call('users.change', mine, { paramsCloning: false });
          await ctx.call('users.change', cloned, { paramsCloning: true });
          return [mine, cloned];
        }),
      ).to.deep.equal([{ changed: true }, {}]);
    });

    if (!isOlder) {
      it('headers', async () => {
        const look = await run((ctx) => ctx.call('users.look', {}, { headers: { trace: 'yes' } }));
        expect(look.headers).to.deep.equal({ trace: 'yes' });
      });
    }
  });

  it('may be many at once, with mcall', async () => {
    const [list, map, settled] = await run(async (ctx) => [
      (
        await ctx.mcall([
          { action: 'users.look', params: 1 },
          { action: 'users.look', params: 2 },
        ])
      ).map((one: any) => [one.params, one.caller, one.meta.$socketId]),
      Object.keys(await ctx.mcall({ a: { action: 'users.look' }, b: { action: 'users.look' } })),
      (await ctx.mcall([{ action: 'users.look' }, { action: 'users.fails' }], { settled: true })).map(
        (one: any) => one.status,
      ),
    ]);
    expect(list).to.deep.equal([1, 2].map((params) => [params, 'chat', client.id]));
    expect(map).to.deep.equal(['a', 'b']);
    expect(settled).to.deep.equal(['fulfilled', 'rejected']);
  });

  it('may go to actions of the gateway itself, with parentCtx and without', async () => {
    const [id, inner, alone, other] = await run(async function (ctx) {
      ctx.meta.added = 1;
      return [
        ctx.requestID,
        await this.actions['inner']!({ n: 1 }, { parentCtx: ctx }),
        await this.actions['inner']!({ n: 2 }),
        await this.actions['other']!({ n: 3 }, { parentCtx: ctx }),
      ];
    });
    const expected = { params: { n: 1 }, requestID: id, caller: 'chat', level: 2 };
    expect(inner).to.deep.include(expected);
    expect(inner.meta).to.deep.equal({ $socketId: client.id, $rooms: [client.id], added: 1 });
    expect(alone).to.deep.include({ params: { n: 2 }, meta: {}, level: 1 });
    expect(alone.requestID).not.to.equal(id);
    expect(other).to.deep.include({ ...expected, params: { n: 3 }, hasSocket: false });
  });

  it('bring back the user that an action has logged in', async () => {
    await run((ctx) => ctx.call('users.login', { name: 'ada' }));
    handler = (ctx) => ctx.meta.user;
    expect((await ask(client, 'run')).result).to.deep.equal({ name: 'ada' });
  });

  it('may wait for services', async () => {
    expect(
      await run(async function () {
        setImmediate(() => this.broker.createService({ name: 'late', version: 2 }));
        await this.waitForServices([{ name: 'late', version: 2 }], 1000, 5);
        return this.waitForServices('never', 10, 5).catch((error: unknown) => (error as Error).name);
      }),
    ).to.equal('MoleculerServerError');
  });

  it('have no more time than the handler has left', async () => {
    expect((await run((ctx) => ctx.call('users.look'), { requestTimeout: 1234 })).timeout).to.be.within(
      1,
      1234,
    );
  });

  it('can be written as JSON, the context of an event too', async () => {
    const [text] = await run((ctx) => [JSON.stringify(ctx)]);
    expect(JSON.parse(text)).to.deep.include({ params: { a: 1 }, level: 1 });
  });

  it('keep locals, which belong to one event and to no call', async () => {
    const twice = await run(async (ctx) => {
      const before = { ...ctx.locals };
      ctx.locals.mine = 1;
      return [before, (await ctx.call('users.look')).locals, ctx.locals];
    });
    expect(twice).to.deep.equal([{}, {}, { mine: 1 }]);
    expect((await ask(client, 'run')).result).to.deep.equal(twice);
  });

  it('go up to maxCallLevel and no further', async () => {
    const look = (ctx: any) => ctx.call('users.look').catch((error: any) => error.type ?? error.name);
    expect(await run(look, { maxCallLevel: 1 })).to.equal('MAX_CALL_LEVEL');
  });
});
