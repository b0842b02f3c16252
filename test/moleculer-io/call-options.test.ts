import { expect } from 'chai';
import type { ServiceSchema } from 'moleculer';
import { ask, connect, newBroker, type Options } from '../support/run-gateway';
import { MATH, startIo } from './start-io';

/*
 * A before hook sees the options of the call as moleculer-io gives them. The call is made with what the hook leaves in them.
 */

type Hook = (ctx: any, socket: any, action: string, params: any, callOptions: any) => unknown;

async function callWith(call: object, parts = {}, others: ServiceSchema[] = [MATH]) {
  const running = await startIo({ '/': { events: { call } } }, parts, others);
  return { ...running, client: await connect(running, '/') };
}

describe("callOptions of moleculer-io's before hooks", () => {
  it('are the meta of the socket and the declared options, and stay so after the call', async () => {
    const given: object[] = [];
    const { client } = await callWith({
      callOptions: { timeout: 500 },
      onBeforeCall: (...args: unknown[]) => void given.push(args[4] as object),
    });
    const set: ServiceSchema = {
      name: 'set',
      actions: {
        meta(ctx) {
          Object.assign(ctx.meta, { added: true });
        },
      },
    };
    const other = await callWith(
      { onBeforeCall: (...args: unknown[]) => void given.push(args[4] as object) },
      {},
      [set],
    );
    await ask(client, 'call', 'math.meta');
    await ask(other.client, 'call', 'set.meta');
    expect(given).to.deep.equal([
      { timeout: 500, meta: { $socketId: client.id, user: undefined, $rooms: [client.id] } },
      { meta: { $socketId: other.client.id, user: undefined, $rooms: [other.client.id] } },
    ]);
  });

  const changes: Record<string, { readonly hook: Hook; readonly meta: (id: string) => object }> = {
    'a key added to their meta': {
      hook: (_ctx, _socket, _action, _params, options) => {
        options.meta.a = 1;
      },
      meta: (id) => ({ $socketId: id, user: null, $rooms: [id], a: 1 }),
    },
    'another meta': {
      hook: (_ctx, _socket, _action, _params, options) => {
        options.meta = { a: 1 };
      },
      meta: () => ({ a: 1 }),
    },
    'no meta': {
      hook: (_ctx, _socket, _action, _params, options) => {
        delete options.meta;
      },
      meta: () => ({}),
    },
    'a key less': {
      hook: async (_ctx, _socket, _action, _params, options) => {
        delete options.meta.$rooms;
      },
      meta: (id) => ({ $socketId: id, user: null }),
    },
    'another user': {
      hook: (_ctx, _socket, _action, _params, options) => {
        options.meta.user = { id: 2 };
      },
      meta: (id) => ({ $socketId: id, user: { id: 2 }, $rooms: [id] }),
    },
    'a key in ctx.meta': {
      hook: (ctx) => {
        ctx.meta.b = 2;
      },
      meta: (id) => ({ $socketId: id, user: null, $rooms: [id], b: 2 }),
    },
    'keys in both, of which the options count': {
      hook: (ctx, _socket, _action, _params, options) => {
        ctx.meta.a = 'context';
        options.meta.a = 'options';
      },
      meta: (id) => ({ $socketId: id, user: null, $rooms: [id], a: 'options' }),
    },
    'a user in ctx.meta': {
      hook: (ctx) => {
        ctx.meta.user = { id: 3 };
      },
      meta: (id) => ({ $socketId: id, user: { id: 3 }, $rooms: [id] }),
    },
    'a user taken out of ctx.meta': {
      hook: (ctx) => {
        delete ctx.meta.user;
      },
      meta: (id) => ({ $socketId: id, $rooms: [id] }),
    },
  };
  for (const [what, { hook, meta }] of Object.entries(changes)) {
    it(`make the call with what the hook leaves: ${what}`, async () => {
      const { client } = await callWith(
        { onBeforeCall: hook },
        { methods: { socketGetMeta: (socket: any) => metaOf(socket) } },
      );
      expect((await ask(client, 'call', 'math.meta')).result).to.deep.equal(meta(client.id!));
    });
  }

  it('replace the meta of an overridden socketGetMeta, and keep what hooks of the service add', async () => {
    const { client } = await callWith(
      { callOptions: { meta: { only: 1 } } },
      {
        methods: { socketGetMeta: () => ({ mine: true }) },
        hooks: {
          before: {
            call(ctx: any) {
              ctx.meta.added = 2;
            },
          },
        },
      },
    );
    expect((await ask(client, 'call', 'math.meta')).result).to.deep.equal({ only: 1, added: 2 });
  });

  it('choose the node, and show none before', async () => {
    const options: Options = { transporter: 'Fake', namespace: 'call-options' };
    for (const nodeID of ['worker-1', 'worker-2']) await newBroker(MATH, { ...options, nodeID }).start();
    const shown: boolean[] = [];
    const call = {
      onBeforeCall: ((_ctx, _socket, _action, params, callOptions) => {
        shown.push('nodeID' in callOptions);
        callOptions.nodeID = params.on;
      }) as Hook,
    };
    const running = await startIo({ '/': { events: { call } } }, {}, [], { ...options, nodeID: 'gateway' });
    const client = await connect(running, '/');
    for (const on of ['worker-2', 'worker-1', 'worker-1', 'worker-2', 'worker-2']) {
      expect((await ask(client, 'call', 'math.where', { on })).result).to.equal(on);
    }
    expect((await ask(client, 'call', 'math.where', { on: 'worker-3' })).error).to.include({ code: 404 });
    expect(shown).to.deep.equal(Array(6).fill(false));
  });

  it('take effect: a timeout that a hook sets', async () => {
    const slow: ServiceSchema = { name: 'slow', actions: { work: () => new Promise(() => undefined) } };
    const onBeforeCall: Hook = (_ctx, _socket, _action, _params, callOptions) => {
      callOptions.timeout = 20;
    };
    const { client } = await callWith({ onBeforeCall }, {}, [slow]);
    expect((await ask(client, 'call', 'slow.work')).error).to.include({ code: 504 });
  });

  it('go with params that the hook may change, and a context that knows the call', async () => {
    const asked: unknown[] = [];
    const { client } = await callWith({
      aliases: { sum: 'math.params' },
      onBeforeCall(ctx: any, _socket: unknown, action: string, params: any) {
        params.b = 2;
        asked.push(['before', action, ctx.params.action, ctx.params.params === params]);
      },
      onAfterCall(ctx: any, _socket: unknown, result: unknown) {
        asked.push(['after', ctx.params.action, result]);
      },
    });
    expect((await ask(client, 'call', 'sum', { a: 1 })).result).to.deep.equal({ a: 1, b: 2 });
    expect(asked).to.deep.equal([
      ['before', 'math.params', 'sum', true],
      ['after', 'sum', { a: 1, b: 2 }],
    ]);
    expect((await ask(client, 'call', 'sum')).result).to.deep.equal({ b: 2 });
  });
});

/** As moleculer-io makes it; null survives on the way to the client. */
function metaOf(socket: { id: string; rooms: Set<string>; client: { user?: unknown } }): object {
  return { $socketId: socket.id, user: socket.client.user ?? null, $rooms: [...socket.rooms] };
}
