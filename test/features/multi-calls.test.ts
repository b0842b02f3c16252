import { expect } from 'chai';
import fc from 'fast-check';
import { Errors, type Context, type ServiceSchema } from 'moleculer';
import type { Socket as ServerSocket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  OnAfterCall,
  OnBeforeCall,
  OnCallError,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type ActionProxyOptions,
  type SocketContext,
  type SocketMeta,
  type SocketMiddleware,
  type SocketNamespaceOptions,
} from '../../src';
import { problemsOf, untyped } from '../compiler/problems-of';
import {
  acksOn,
  afterwards,
  ask,
  askRaw,
  CollectingLogger,
  connect,
  expectedMask,
  signal,
  start,
  type Client,
  type Options,
  type Running,
} from '../support/run-in-memory';

/** What was called, in order. */
let calls: { action: string; params: unknown; meta: any }[];
/** The gates behind which `math.wait` waits, by name, and the most that waited at once. */
let gates: Map<string, () => void>;
let most: number;
beforeEach(() => {
  calls = [];
  gates = new Map();
  most = 0;
});

function record(ctx: Context) {
  calls.push({ action: ctx.action!.name!, params: ctx.params, meta: structuredClone(ctx.meta) });
}

const math: ServiceSchema = {
  name: 'math',
  actions: {
    add(ctx: Context<{ a: number; b: number }>) {
      record(ctx);
      return ctx.params.a + ctx.params.b;
    },
    void: (ctx: Context) => record(ctx),
    echo(ctx: Context) {
      record(ctx);
      return ctx.params;
    },
    secret: { visibility: 'protected', handler: record },
    fail(ctx: Context<{ type?: string }>) {
      record(ctx);
      throw new Errors.MoleculerClientError('No tea', 418, ctx.params.type ?? 'TEAPOT');
    },
    crash() {
      throw new Error('the password is 1234');
    },
    circle() {
      const circle: Record<string, unknown> = {};
      return (circle['self'] = circle);
    },
    wait(ctx: Context<{ gate: string }>) {
      const gate = signal();
      gates.set(ctx.params.gate, () => gate.fire());
      most = Math.max(most, gates.size);
      return gate.then(() => {
        gates.delete(ctx.params.gate);
        return ctx.params.gate;
      });
    },
    login(ctx: Context<{ id: number; gate?: string }, SocketMeta>) {
      ctx.meta.user = { id: ctx.params.id };
      ctx.meta.$join = `of:${ctx.params.id}`;
      return ctx.params.id;
    },
    leave(ctx: Context<{ rooms: string[] }, SocketMeta>) {
      ctx.meta.$leave = ctx.params.rooms;
    },
    async lateLogin(ctx: Context<{ id: number; gate: string }, SocketMeta>) {
      const gate = signal();
      gates.set(ctx.params.gate, () => gate.fire());
      await gate;
      ctx.meta.user = { id: ctx.params.id };
    },
  },
};

const OPEN: ActionProxyOptions = { whitelist: ['math.*'], multi: true };

/** Starts a gateway whose proxy `call` takes several calls, beside `math`. */
async function started(
  proxy: ActionProxyOptions = {},
  options: SocketNamespaceOptions = {},
  broker?: Options,
): Promise<Running> {
  @SocketNamespace('/x', { name: 'gateway', settings: { port: 0 }, ...options })
  class MultiGateway extends SocketGateway {
    @SocketEvent({ ...OPEN, ...proxy })
    call!: ActionProxy;
  }
  return start([MultiGateway, math], broker);
}

async function connected(...args: Parameters<typeof started>): Promise<Client> {
  return connect(await started(...args));
}

const add = (a: number, b: number) => ({ action: 'math.add', params: { a, b } });
const wait = (gate: string) => ({ action: 'math.wait', params: { gate } });
const TEAPOT = {
  name: 'MoleculerClientError',
  message: 'No tea',
  code: 418,
  type: 'TEAPOT',
};

/** Waits until that many gates are there. */
async function waiting(count: number): Promise<void> {
  while (gates.size < count) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('several calls at once', () => {
  describe('an array', () => {
    it('is answered by the results, in the order of the calls', async () => {
      const client = await connected();
      const asked = askRaw(client, 'call', [wait('slow'), add(1, 2), add(3, 4)]);
      await waiting(1);
      gates.get('slow')!();
      expect(await asked).to.deep.equal([null, ['slow', 3, 7]]);
    });

    it('that is empty is answered by an empty array', async () => {
      expect(await askRaw(await connected(), 'call', [])).to.deep.equal([null, []]);
    });

    it('has null where an action returns nothing', async () => {
      const answer = await askRaw(await connected(), 'call', [{ action: 'math.void' }, add(1, 2)]);
      expect(answer).to.deep.equal([null, [null, 3]]);
    });

    it('gives an action {} where it has no params, and what it has otherwise', async () => {
      const bytes = Buffer.from([1, 2]);
      const several = [undefined, 'text', 7, [1], bytes].map((params) => ({ action: 'math.echo', params }));
      const answer = await ask(await connected(), 'call', several);
      expect(answer.result).to.deep.equal([{}, 'text', 7, [1], bytes]);
    });
  });

  describe('an object', () => {
    it('is answered by the results, under the names of the calls', async () => {
      const answer = await askRaw(await connected(), 'call', {
        sum: add(1, 2),
        none: { action: 'math.void' },
      });
      expect(answer).to.deep.equal([null, { sum: 3, none: null }]);
    });

    it('that is empty is answered by an empty object', async () => {
      expect(await askRaw(await connected(), 'call', {})).to.deep.equal([null, {}]);
    });

    it('may have any names', async () => {
      const text =
        '{"__proto__":{"action":"math.echo","params":{"polluted":1}},"constructor":{"action":"math.void"}}';
      const client = await connected();
      const { error, result } = await ask(client, 'call', JSON.parse(text));
      expect(error).to.equal(null);
      expect(Object.keys(result as object)).to.have.members(['__proto__', 'constructor']);
      expect(Object.getOwnPropertyDescriptor(result, '__proto__')!.value).to.deep.equal({ polluted: 1 });
      expect(({} as any).polluted).to.equal(undefined);
      const settled = await ask(client, 'call', JSON.parse(text), { settled: true });
      expect(Object.getOwnPropertyDescriptor(settled.result, '__proto__')!.value).to.deep.equal({
        status: 'fulfilled',
        value: { polluted: 1 },
      });
    });
  });

  it('run at the same time', async () => {
    const client = await connected();
    const asked = ask(client, 'call', [wait('a'), wait('b'), wait('c')]);
    await waiting(3);
    for (const open of gates.values()) open();
    expect((await asked).result).to.deep.equal(['a', 'b', 'c']);
  });

  it('may be sent without an ack', async () => {
    const client = await connected();
    client.emit('call', [add(1, 2), { action: 'math.fail' }]);
    client.emit('call', ['nonsense']);
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 1 })).result).to.equal(2);
    expect(calls.map(({ action }) => action)).to.deep.equal(['math.add', 'math.fail', 'math.add']);
  });

  it("are answered in the gateway's format", async () => {
    const client = await connected({}, { ack: 'object' });
    expect(await askRaw(client, 'call', [add(1, 2)])).to.deep.equal([{ ok: true, data: [3] }]);
    expect(await askRaw(client, 'call', [{ action: 'math.fail' }])).to.deep.equal([
      { ok: false, error: TEAPOT },
    ]);
    expect(
      await askRaw(client, 'call', [add(1, 2), { action: 'math.fail' }], { settled: true }),
    ).to.deep.equal([
      {
        ok: true,
        data: [
          { status: 'fulfilled', value: 3 },
          { status: 'rejected', reason: TEAPOT },
        ],
      },
    ]);
  });

  it('leave a single call as it is', async () => {
    const client = await connected();
    expect(await askRaw(client, 'call', 'math.add', { a: 1, b: 2 })).to.deep.equal([null, 3]);
    expect((await ask(client, 'call')).error).to.include({ code: 400, type: 'ACTION_NOT_A_STRING' });
    expect((await ask(client, 'call', null)).error).to.include({ code: 400, type: 'ACTION_NOT_A_STRING' });
  });

  it('are refused where the proxy does not allow them', async () => {
    const client = await connected({ multi: false });
    for (const several of [[add(1, 2)], { sum: add(1, 2) }, []]) {
      const { error } = await ask(client, 'call', several);
      expect(error).to.include({ name: 'BadRequestError', code: 400, type: 'ACTION_NOT_A_STRING' });
    }
    expect(calls).to.deep.equal([]);
  });

  describe('a failure', () => {
    it('is the answer, at once, and the other calls go on', async () => {
      const client = await connected();
      const acks = acksOn(client);
      const { error, result } = await ask(client, 'call', [wait('a'), { action: 'math.fail' }, add(1, 2)]);
      expect(error).to.deep.equal(TEAPOT);
      expect(result).to.equal(undefined);
      expect(calls.map(({ action }) => action)).to.deep.equal(['math.fail', 'math.add']);
      gates.get('a')!();
      // What comes after is answered after: a second ack of the calls would have come before.
      await ask(client, 'call', 'math.void');
      expect(acks).to.deep.equal([[TEAPOT], [null, null]]);
    });

    it('is the first in time', async () => {
      const client = await connected();
      const failing = (type: string) => ({ action: 'math.fail', params: { type } });
      const { error } = await ask(client, 'call', [failing('FIRST'), failing('SECOND')]);
      expect(error).to.include({ type: 'FIRST' });
    });

    it('is masked, and logged in full under the id that the client gets', async () => {
      const logger = new CollectingLogger();
      const client = await connected({}, {}, { logger });
      const { error } = await ask(client, 'call', [{ action: 'math.crash' }]);
      expect(error).to.deep.equal(expectedMask(error.data.requestID));
      expect(logger.having('the password is 1234').map(({ text }) => text)[0]).to.include(
        error.data.requestID,
      );
    });

    it('of a method that answers errors in its own time is waited for', async () => {
      const running = await start([
        {
          name: 'io',
          mixins: [SocketIOService],
          settings: { port: 0, io: { namespaces: { '/x': { events: { call: OPEN } } } } },
          methods: {
            socketOnError(error: Error, respond: (error: unknown) => void) {
              setTimeout(() => respond(`sorry: ${error.message}`), 20);
            },
          },
        } as unknown as ServiceSchema,
        math,
      ]);
      const client = await connect(running);
      const several = [add(1, 2), { action: 'math.fail' }];
      expect(await askRaw(client, 'call', several)).to.deep.equal(['sorry: No tea']);
      expect(await askRaw(client, 'call', several, { settled: true })).to.deep.equal([
        null,
        [
          { status: 'fulfilled', value: 3 },
          { status: 'rejected', reason: 'sorry: No tea' },
        ],
      ]);
    });
  });

  describe('with { settled: true }', () => {
    it('all are waited for, and each has an outcome', async () => {
      const client = await connected();
      const settled = { settled: true };
      const outcomes = [
        { status: 'fulfilled', value: 3 },
        { status: 'rejected', reason: TEAPOT },
        { status: 'fulfilled', value: null },
      ];
      const several = [add(1, 2), { action: 'math.fail' }, { action: 'math.void' }];
      expect(await askRaw(client, 'call', several, settled)).to.deep.equal([null, outcomes]);
      const [a, b, c] = several;
      expect(await askRaw(client, 'call', { a, b, c }, settled)).to.deep.equal([
        null,
        { a: outcomes[0], b: outcomes[1], c: outcomes[2] },
      ]);
    });

    it('reasons are masked and logged, each under an id of its own', async () => {
      const logger = new CollectingLogger();
      const client = await connected({}, {}, { logger });
      const crash = { action: 'math.crash' };
      const { result } = await ask(client, 'call', [crash, crash], { settled: true });
      const ids = result.map(({ reason }: any) => reason.data.requestID as string);
      expect(ids[0]).to.not.equal(ids[1]);
      result.forEach(({ status, reason }: any, at: number) => {
        expect(status).to.equal('rejected');
        expect(reason).to.deep.equal(expectedMask(ids[at]));
        expect(logger.having(ids[at])[0]!.text).to.include('the password is 1234');
      });
    });

    it('a result that cannot be written fails the whole answer', async () => {
      const logger = new CollectingLogger();
      const client = await connected({}, {}, { logger });
      for (const args of [[], [{ settled: true }]]) {
        const { error } = await ask(client, 'call', [add(1, 2), { action: 'math.circle' }], ...args);
        expect(error).to.deep.equal(expectedMask(error.data.requestID));
        expect(logger.having(error.data.requestID)[0]!.text).to.include('the results cannot be serialized');
      }
    });

    it('{ settled: false } and {} are as without', async () => {
      const client = await connected();
      for (const options of [{ settled: false }, {}, null]) {
        expect((await ask(client, 'call', [{ action: 'math.fail' }], options)).error).to.deep.equal(TEAPOT);
      }
    });
  });

  describe('each', () => {
    it('has to be one that the client may make', async () => {
      const client = await connected({ blacklist: ['math.fail'], aliases: { plus: 'math.add' } });
      const { result } = await ask(
        client,
        'call',
        [
          { action: 'plus', params: { a: 1, b: 2 } },
          ...['math.fail', 'math.secret', 'math.none', 'users.list', '$node.health'].map((action) => ({
            action,
          })),
        ],
        { settled: true },
      );
      expect(result[0]).to.deep.equal({ status: 'fulfilled', value: 3 });
      expect(result.slice(1).map(({ reason }: any) => [reason.name, reason.code, reason.data])).to.deep.equal(
        ['math.fail', 'math.secret', 'math.none', 'users.list', '$node.health'].map((action) => [
          'ServiceNotFoundError',
          404,
          { action },
        ]),
      );
      expect(calls.map(({ action }) => action)).to.deep.equal(['math.add']);
    });

    it('has to be an alias where the policy says so', async () => {
      const client = await connected({
        whitelist: undefined as never,
        mappingPolicy: 'restrict',
        aliases: { plus: 'math.add' },
      });
      const { result } = await ask(client, 'call', [{ action: 'plus', params: { a: 1, b: 1 } }, add(1, 2)], {
        settled: true,
      });
      expect(result.map(({ status }: any) => status)).to.deep.equal(['fulfilled', 'rejected']);
    });

    it('passes the guards and the hooks with a context of its own', async () => {
      const seen: unknown[] = [];
      const contexts = new Set<SocketContext>();
      @SocketNamespace('/x', { name: 'gateway', settings: { port: 0 } })
      class HookedGateway extends SocketGateway {
        @Authenticate()
        authenticate() {
          return { id: 1 };
        }
        @OnBeforeCall()
        before(
          ctx: SocketContext<any>,
          _socket: ServerSocket,
          action: string,
          params: { a: number; b: number },
          options: any,
        ) {
          contexts.add(ctx);
          seen.push(['before', action, params.a, ctx.args]);
          ctx.meta['mark'] = params.a;
          options.meta.own = params.a;
          ctx.params = { ...params, b: params.b + 1 };
        }
        @OnAfterCall()
        after(ctx: SocketContext<any>, _socket: ServerSocket, result: number) {
          contexts.add(ctx);
          return { result, mark: ctx.meta['mark'] as unknown };
        }
        @OnCallError()
        failed(ctx: SocketContext<any>, _socket: ServerSocket, error: Error) {
          contexts.add(ctx);
          if (ctx.params.rescue) return `rescued: ${error.message}`;
          throw error;
        }
        @Authorize((ctx: SocketContext<any>) => ctx.params?.forbidden !== true)
        @SocketEvent('call', OPEN)
        call!: ActionProxy;
      }
      const client = await connect(await start([HookedGateway, math]));
      const { result } = await ask(
        client,
        'call',
        [
          add(1, 2),
          { action: 'math.add', params: { forbidden: true } },
          { action: 'math.fail', params: { rescue: true } },
          add(10, 20),
        ],
        { settled: true },
      );
      expect(result.map(({ value, reason }: any) => value ?? reason.code)).to.deep.equal([
        { result: 4, mark: 1 },
        403,
        'rescued: No tea',
        { result: 31, mark: 10 },
      ]);
      expect(seen).to.have.deep.members([
        ['before', 'math.add', 1, ['math.add', { a: 1, b: 2 }]],
        ['before', 'math.fail', undefined, ['math.fail', { rescue: true }]],
        ['before', 'math.add', 10, ['math.add', { a: 10, b: 20 }]],
      ]);
      expect(contexts.size).to.equal(3);
      const marks = calls
        .filter(({ action }) => action === 'math.add')
        .map(({ meta }) => meta.mark as unknown);
      expect(marks).to.deep.equal([1, 10]);
    });

    it('gets call options of its own', async () => {
      const given: object[] = [];
      const client = await connected({
        callOptions: (ctx) => ({ meta: { who: (ctx.params as { a: number }).a } }),
        onBeforeCall: (_ctx, _socket, _action, _params, callOptions) => given.push(callOptions),
      });
      await ask(client, 'call', [add(1, 2), add(3, 4)]);
      expect(calls.map(({ meta }) => meta.who as unknown)).to.deep.equal([1, 3]);
      expect(given[0]).to.not.equal(given[1]);
    });

    it('saves its user and its rooms', async () => {
      const running = await started();
      const client = await connect(running);
      const socket = running.gateway.io.of('/x').sockets.get(client.id!)!;
      void socket.join(['a', 'b']);
      const leave = { action: 'math.leave', params: { rooms: ['a'] } };
      await ask(client, 'call', [
        { action: 'math.login', params: { id: 7 } },
        leave,
        { action: 'math.void' },
      ]);
      expect(socket.data.user).to.deep.equal({ id: 7 });
      expect([...socket.rooms]).to.have.members([client.id, 'b', 'of:7', '$user:7']);
    });
  });

  describe('that log in', () => {
    const late = (id: number) => ({ action: 'math.lateLogin', params: { id, gate: String(id) } });

    it('leave the user of the one that is done last', async () => {
      const running = await started();
      const client = await connect(running);
      const socket = running.gateway.io.of('/x').sockets.get(client.id!)!;
      const asked = ask(client, 'call', [late(1), late(2), late(3)]);
      await waiting(3);
      for (const id of [3, 1, 2]) {
        gates.get(String(id))!();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect((await asked).error).to.equal(null);
      expect(socket.data.user).to.deep.equal({ id: 2 });
      expect([...socket.rooms]).to.have.members([client.id, '$user:2']);
    });

    it('at the same moment leave the rooms of one of them', async () => {
      const running = await started();
      const client = await connect(running);
      const socket = running.gateway.io.of('/x').sockets.get(client.id!)!;
      const asked = ask(client, 'call', [late(1), late(2), late(3)]);
      await waiting(3);
      for (const open of gates.values()) open();
      expect((await asked).error).to.equal(null);
      const { id } = socket.data.user as { id: number };
      expect([...socket.rooms]).to.have.members([client.id, `$user:${id}`]);
    });

    it('do not let a failing call log in', async () => {
      const running = await started({
        onAfterCall: (ctx) => {
          if ((ctx.params as { id?: number }).id === 2) throw new Errors.MoleculerClientError('no');
        },
      });
      const client = await connect(running);
      const login = (id: number) => ({ action: 'math.login', params: { id } });
      await ask(client, 'call', [login(1), login(2)], { settled: true });
      const socket = running.gateway.io.of('/x').sockets.get(client.id!)!;
      expect(socket.data.user).to.deep.equal({ id: 1 });
    });
  });

  describe('the limits', () => {
    const TOO_MANY = { name: 'RateLimitExceeded', code: 429, type: 'TOO_MANY_PENDING' };

    it('count every call: what does not fit is refused as a whole', async () => {
      const client = await connected({}, { limits: { maxPending: 3 } });
      const several = (count: number) => Array.from({ length: count }, () => add(1, 2));
      expect((await ask(client, 'call', several(3))).result).to.deep.equal([3, 3, 3]);
      const { error } = await ask(client, 'call', several(4));
      expect(error).to.include(TOO_MANY);
      expect(error.data).to.deep.equal({ maxPending: 3 });
      expect(
        (await ask(client, 'call', { a: add(1, 2), b: add(1, 2), c: add(1, 2), d: add(1, 2) })).error,
      ).to.include(TOO_MANY);
      expect(calls).to.have.length(3);
    });

    it('count the calls that run already', async () => {
      const client = await connected({}, { limits: { maxPending: 3 } });
      const first = ask(client, 'call', [wait('a'), wait('b')]);
      await waiting(2);
      expect((await ask(client, 'call', [add(1, 2), add(1, 2)])).error).to.include(TOO_MANY);
      expect(calls).to.deep.equal([]);
      expect((await ask(client, 'call', [add(1, 2)])).result).to.deep.equal([3]);
      const third = ask(client, 'call', 'math.wait', { gate: 'c' });
      await waiting(3);
      expect((await ask(client, 'call', 'math.void')).error).to.include(TOO_MANY);
      for (const open of gates.values()) open();
      await Promise.all([first, third]);
      expect((await ask(client, 'call', [add(1, 2), add(1, 2), add(1, 2)])).result).to.deep.equal([3, 3, 3]);
    });

    it('bear as many as fit into a packet', async () => {
      const client = await connected();
      expect((await ask(client, 'call', new Array(60_000).fill({ action: 'a' }))).error).to.include(TOO_MANY);
      const named = Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [at, 1]));
      expect((await ask(client, 'call', named)).error).to.include(TOO_MANY);
    });

    it('of rates count every call', async () => {
      @SocketNamespace('/x', { name: 'gateway', settings: { port: 0 } })
      class RatedGateway extends SocketGateway {
        @RateLimit({ points: 3, duration: 60 })
        @SocketEvent('call', OPEN)
        call!: ActionProxy;
      }
      const client = await connect(await start([RatedGateway, math]));
      const several = [add(1, 2), add(1, 2), add(1, 2), add(1, 2)];
      const { result } = await ask(client, 'call', several, { settled: true });
      expect(result.map(({ value, reason }: any) => value ?? reason.code)).to.deep.equal([3, 3, 3, 429]);
      expect((await ask(client, 'call', [add(1, 2)])).error).to.include({ code: 429 });
    });

    it('let only so many run at the same time', async () => {
      const client = await connected({}, { limits: { concurrency: 2 } });
      const names = ['a', 'b', 'c', 'd', 'e'];
      const asked = ask(client, 'call', names.map(wait));
      for (const name of names) {
        while (!gates.has(name)) await new Promise((resolve) => setTimeout(resolve, 2));
        gates.get(name)!();
      }
      expect((await asked).result).to.deep.equal(names);
      expect(most).to.equal(2);
    });

    it('keep strict order where it is asked for', async () => {
      const client = await connected({}, { limits: { concurrency: 1 } });
      const both = Promise.all([
        ask(client, 'call', [wait('a'), { action: 'math.echo', params: 1 }]),
        ask(client, 'call', 'math.echo', 2),
      ]);
      await waiting(1);
      gates.get('a')!();
      await both;
      expect(calls.map(({ params }) => params)).to.deep.equal([1, 2]);
    });

    it('look at the depth of the params of each', async () => {
      const client = await connected({}, { limits: { maxDepth: 2 } });
      const deep = (params: unknown) => ({ action: 'math.echo', params });
      const { result } = await ask(client, 'call', [deep({ a: [] }), deep({ a: [{}] })], { settled: true });
      expect(result[0]).to.deep.equal({ status: 'fulfilled', value: { a: [] } });
      expect(result[1].reason).to.include({ code: 413 });
    });
  });

  it('of a client that goes end with it', async () => {
    const logger = new CollectingLogger();
    const running = await started({}, { limits: { concurrency: 1 } }, { logger });
    const client = await connect(running);
    const socket = running.gateway.io.of('/x').sockets.get(client.id!)!;
    const gone = signal();
    socket.on('disconnect', () => gone.fire());
    client.emit('call', [wait('a'), add(1, 2)], () => undefined);
    await waiting(1);
    client.disconnect();
    await gone;
    gates.get('a')!();
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).to.deep.equal([]);
    expect(logger.errors).to.deep.equal([]);
  });

  describe('of a wrong shape are a 400, and none of them is made:', () => {
    const good = add(1, 2);
    const CASES: Record<string, [unknown[], string, unknown?]> = {
      'a call that is a string': [[[good, 'math.add']], 'CALL_NOT_VALID', 1],
      'a call that is null': [[[null, good]], 'CALL_NOT_VALID', 0],
      'a call that is an array': [[[good, ['math.add', {}]]], 'CALL_NOT_VALID', 1],
      'a call without an action': [[{ sum: good, other: { params: {} } }], 'CALL_NOT_VALID', 'other'],
      'an action that is no string': [[[good, { action: 7 }]], 'CALL_NOT_VALID', 1],
      'a call that is not in a list': [[good], 'CALL_NOT_VALID', 'action'],
      'options of a call': [[[good, { ...good, options: { timeout: 1 } }]], 'CALL_NOT_VALID', 1],
      'the meta of a call': [[[good, { ...good, meta: { user: { id: 1 } } }]], 'CALL_NOT_VALID', 1],
      'a __proto__ of a call': [
        [[good, JSON.parse('{"action":"math.add","__proto__":{"options":{}}}')]],
        'CALL_NOT_VALID',
        1,
      ],
      bytes: [[Buffer.from([1, 2, 3])], 'CALLS_NOT_VALID'],
      'options that are no object': [[[good], true], 'CALL_OPTIONS_NOT_VALID'],
      'options in an array': [[[good], [{ settled: true }]], 'CALL_OPTIONS_NOT_VALID'],
      'settled that is no boolean': [[[good], { settled: 'yes' }], 'CALL_OPTIONS_NOT_VALID'],
      'options that are not for clients': [[[good], { settled: true, timeout: 1 }], 'CALL_OPTIONS_NOT_VALID'],
    };
    for (const [name, [args, type, call]] of Object.entries(CASES)) {
      it(name, async () => {
        const { error } = await ask(await connected(), 'call', ...args);
        expect(error).to.include({ name: 'BadRequestError', code: 400, type });
        if (type === 'CALL_NOT_VALID')
          expect(error.data).to.deep.equal({ call, allowed: ['action', 'params'] });
        if (type === 'CALL_OPTIONS_NOT_VALID') expect(error.data).to.deep.equal({ allowed: ['settled'] });
        expect(calls).to.deep.equal([]);
      });
    }
  });

  it('are answered once, whatever is sent', async () => {
    const client = await connected();
    const acks = acksOn(client);
    const call = fc.record({
      action: fc.constantFrom('math.echo', 'math.void', 'x', ''),
      params: fc.jsonValue(),
    });
    const calls = fc.oneof(fc.jsonValue(), fc.array(call), fc.dictionary(fc.string(), call));
    const options = fc.oneof(fc.jsonValue(), fc.record({ settled: fc.boolean() }, { requiredKeys: [] }));
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(calls, options, async (several, settled) => {
        sent++;
        const [error, results] = await askRaw(client, 'call', several, settled);
        if (error) expect(error.code).to.be.oneOf([400, 404]);
        else if (Array.isArray(several)) expect(results).to.have.length(several.length);
        else expect(Object.keys(results)).to.have.members(Object.keys(several as object));
      }),
      { numRuns: 200 },
    );
    await ask(client, 'call', 'math.void');
    expect(acks).to.have.length(sent + 1);
  });

  it('each pass the middlewares of the broker', async () => {
    const seen: SocketContext[] = [];
    const middleware: SocketMiddleware = {
      localSocketEvent: (next) => async (ctx) => {
        seen.push(ctx);
        ctx.params = { ...(ctx.params as object), b: 10 };
        return next(ctx);
      },
    };
    const client = await connected({}, {}, { middlewares: [middleware] });
    expect((await ask(client, 'call', [add(1, 2), add(3, 4)])).result).to.deep.equal([11, 13]);
    expect(new Set(seen).size).to.equal(2);
  });

  it('count in the metrics one by one, and a packet that is refused counts once', async () => {
    const running = await started({}, {}, { metrics: { enabled: true } });
    const client = await connect(running);
    await ask(client, 'call', [add(1, 2), add(3, 4), { action: 'math.fail' }], { settled: true });
    await ask(client, 'call', ['nonsense']);
    await running.chat.settled();
    const metric = (name: string) => (running.broker.metrics as any).getMetric(name).snapshot();
    const labels = { namespace: '/x', event: 'call' };
    expect(metric('moleculer.io.messages.total')).to.deep.include({
      ...metric('moleculer.io.messages.total')[0],
      labels,
      value: 4,
    });
    expect(metric('moleculer.io.messages.active')[0]).to.deep.include({ labels, value: 0 });
    expect(
      metric('moleculer.io.messages.refused.total').map(({ labels: { code }, value }: any) => [code, value]),
    ).to.have.deep.members([
      [418, 1],
      [400, 1],
    ]);
  });

  it("work in moleculer-io's settings, too", async () => {
    const running = await start([
      {
        name: 'io',
        mixins: [SocketIOService],
        settings: { port: 0, io: { namespaces: { '/x': { events: { call: OPEN } } } } },
      } as unknown as ServiceSchema,
      math,
    ]);
    const client = await connect(running);
    expect(await askRaw(client, 'call', { sum: add(1, 2) })).to.deep.equal([null, { sum: 3 }]);
    afterwards(() => client.close());
  });

  it('need true or false in the declaration', () => {
    @SocketNamespace('/x')
    class WrongGateway extends SocketGateway {
      @(untyped(SocketEvent)('call', { whitelist: ['**'], multi: 'yes' }))
      call!: ActionProxy;

      @(untyped(SocketEvent)('send', { multi: true }))
      send() {
        return 1;
      }
    }
    expect(problemsOf(WrongGateway)).to.deep.equal([
      'WrongGateway.call: multi must be true or false, not "yes"',
      'WrongGateway.send: multi work on a property of type ActionProxy only, not on a method; take them away',
    ]);
  });
});
