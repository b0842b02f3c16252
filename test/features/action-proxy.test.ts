import { expect } from 'chai';
import { Errors, ServiceBroker, type BrokerOptions, type Context, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  OnAfterCall,
  OnBeforeCall,
  OnCallError,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type ActionProxyOptions,
  type SocketContext,
} from '../../src';
import {
  ask,
  askRaw,
  connect,
  start,
  type Answer,
  type Client,
  type Registered,
  type RunningGateway,
} from '../support/run-gateway';

const settings = { port: 0 };

/** A gateway with one proxy, `call`, that opens everything unless the options say otherwise. */
function proxyGateway(options: ActionProxyOptions = {}): new (...args: never[]) => SocketGateway {
  @SocketNamespace('/x', { name: 'gateway', settings })
  class ProxyGateway extends SocketGateway {
    @SocketEvent({ whitelist: ['**'], ...options })
    call!: ActionProxy;
  }
  return ProxyGateway;
}

/** Starts such a gateway beside `math` and other services, and connects a client. */
async function proxied(options: ActionProxyOptions = {}, ...others: Registered[]): Promise<Client> {
  return connect(await start([proxyGateway(options), math, ...others]));
}

/** What `math` was called with. */
let calls: { action: string; params: unknown; meta: object; requestID: unknown; headers: unknown }[];
beforeEach(() => {
  calls = [];
});

function record(ctx: Context) {
  const { headers } = ctx as { headers?: object };
  calls.push({
    action: ctx.action!.name!,
    params: ctx.params,
    meta: structuredClone(ctx.meta),
    requestID: ctx.requestID,
    headers,
  });
}

const math: ServiceSchema = {
  name: 'math',
  actions: {
    add(ctx: Context<{ a: number; b: number }>) {
      record(ctx);
      return ctx.params.a + ctx.params.b;
    },
    secret: {
      visibility: 'private',
      handler: record,
    },
    internal: {
      visibility: 'protected',
      handler: record,
    },
    neighbours: {
      visibility: 'public',
      handler: record,
    },
    open: {
      visibility: 'published',
      handler: record,
    },
    fail(ctx: Context) {
      record(ctx);
      throw new Errors.MoleculerClientError('No tea', 418, 'TEAPOT');
    },
    mark(ctx: Context<{ mark: unknown }, { marks: unknown[] }>) {
      record(ctx);
      ctx.meta.marks.push(ctx.params.mark);
    },
  },
};

function notFound(action: string): Answer {
  return {
    error: {
      name: 'ServiceNotFoundError',
      message: `Service '${action}' is not found.`,
      code: 404,
      type: 'SERVICE_NOT_FOUND',
      data: { action },
    },
    result: undefined,
  };
}

describe('an action proxy', () => {
  describe('what is called', () => {
    it('is the action, and its result is the answer', async () => {
      const client = await proxied();
      expect(await askRaw(client, 'call', 'math.add', { a: 2, b: 3 })).to.deep.equal([null, 5]);
      expect(calls.map(({ action }) => action)).to.deep.equal(['math.add']);
    });

    it('gets {} where the client sends no params', async () => {
      await ask(await proxied(), 'call', 'math.open');
      expect(calls[0]!.params).to.deep.equal({});
    });

    it('gets of null what it gets of null in every call', async () => {
      const running = await start([proxyGateway(), math]);
      await running.broker.call('math.open', null as never);
      expect(await ask(await connect(running), 'call', 'math.open', null)).to.deep.equal({
        error: null,
        result: null,
      });
      expect(calls[1]!.params).to.deep.equal(calls[0]!.params);
    });

    for (const params of [[1, 2], 'text', 7, true, { a: { b: [null] } }]) {
      it(`gets the params ${JSON.stringify(params)} as they came`, async () => {
        await ask(await proxied(), 'call', 'math.open', params);
        expect(calls[0]!.params).to.deep.equal(params);
      });
    }

    it('gets nothing of extra arguments', async () => {
      const client = await proxied();
      expect(await askRaw(client, 'call', 'math.add', { a: 1, b: 2 }, { a: 10 }, 'more')).to.deep.equal([
        null,
        3,
      ]);
      expect(calls[0]!.params).to.deep.equal({ a: 1, b: 2 });
    });

    it('runs where the client asks for no answer, too', async () => {
      const client = await proxied();
      client.emit('call', 'math.add', { a: 1, b: 2 });
      client.emit('call', 'no.such');
      client.emit('call');
      await ask(client, 'call', 'math.open');
      expect(calls.map(({ action }) => action)).to.deep.equal(['math.add', 'math.open']);
    });

    it('fails with the error of the action', async () => {
      expect(await ask(await proxied(), 'call', 'math.fail')).to.deep.equal({
        error: { name: 'MoleculerClientError', message: 'No tea', code: 418, type: 'TEAPOT' },
        result: undefined,
      });
    });

    it('checks its own params', async () => {
      const strict: ServiceSchema = {
        name: 'strict',
        actions: { double: { params: { n: 'number' }, handler: (ctx) => ctx.params.n * 2 } },
      };
      const client = await proxied({}, strict);
      expect((await ask(client, 'call', 'strict.double', { n: 4 })).result).to.equal(8);
      const { error } = await ask(client, 'call', 'strict.double', { n: 'four' });
      expect(error).to.include({ name: 'ValidationError', code: 422 });
      expect(error.data).to.have.length(1);
      expect(error.data[0]).to.include({ field: 'n', type: 'number' });
    });

    it('is a call of the event: it belongs to the same request', async () => {
      const levels: unknown[] = [];
      const tracer: ServiceSchema = {
        name: 'tracer',
        actions: { look: (ctx) => void levels.push([ctx.level, ctx.caller, typeof ctx.parentID]) },
      };
      const client = await proxied({}, tracer);
      expect((await ask(client, 'call', 'tracer.look')).error).to.equal(null);
      expect((levels[0] as unknown[])[0]).to.equal(2);
      expect((levels[0] as unknown[])[2]).to.equal('string');
    });
  });

  describe('a name that is no string', () => {
    for (const name of [undefined, null, 0, 7, true, {}, [], ['math.add'], { toString: 'math.add' }]) {
      it(`${JSON.stringify(name)} is a bad request`, async () => {
        const client = await proxied();
        for (const args of name === undefined ? [[]] : [[name], [name, { a: 1, b: 2 }]]) {
          const { error } = await ask(client, 'call', ...args);
          expect(error).to.include({ name: 'BadRequestError', code: 400 });
        }
        expect(calls).to.deep.equal([]);
      });
    }

    it('is refused before anything else is looked at', async () => {
      const client = await proxied({
        mappingPolicy: 'restrict',
        aliases: { add: 'math.add' },
        blacklist: ['**'],
      });
      expect((await ask(client, 'call', 7)).error).to.include({ code: 400 });
    });
  });

  for (const name of [
    ' ',
    '.',
    '..',
    'math',
    'math.',
    '.add',
    'math.add ',
    'MATH.ADD',
    'math.add\u0000',
    '*',
    '**',
    'math.*',
    '$node',
    'x'.repeat(1000),
  ]) {
    it(`the odd name ${JSON.stringify(name.slice(0, 12))} is not found`, async () => {
      const shown = name.slice(0, 100).replaceAll('\u0000', '\ufffd');
      expect(await ask(await proxied(), 'call', name)).to.deep.equal(notFound(shown));
    });
  }

  describe('aliases', () => {
    it('stand for actions', async () => {
      const client = await proxied({ aliases: { add: 'math.add', 'sums/add': 'math.add' } });
      for (const name of ['add', 'sums/add', 'math.add']) {
        expect((await ask(client, 'call', name, { a: 1, b: 2 })).result, name).to.equal(3);
      }
    });

    it('may be called like another action, and win', async () => {
      const client = await proxied({ aliases: { 'math.open': 'math.add' } });
      await ask(client, 'call', 'math.open', { a: 1, b: 2 });
      expect(calls.map(({ action }) => action)).to.deep.equal(['math.add']);
    });

    it('are not looked up twice', async () => {
      const client = await proxied({ aliases: { one: 'two', two: 'math.add' } });
      expect(await ask(client, 'call', 'one')).to.deep.equal(notFound('two'));
    });

    it('are own keys only', async () => {
      for (const mappingPolicy of ['all', 'restrict'] as const) {
        const client = await proxied({ aliases: { add: 'math.add' }, mappingPolicy });
        for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'size', 'get']) {
          expect(await ask(client, 'call', name), name).to.deep.equal(notFound(name));
        }
      }
    });

    it('may have such names, as own keys', async () => {
      const aliases = JSON.parse('{ "__proto__": "math.add", "constructor": "math.add" }');
      const client = await proxied({ aliases, mappingPolicy: 'restrict' });
      for (const name of ['__proto__', 'constructor']) {
        expect((await ask(client, 'call', name, { a: 1, b: 2 })).result, name).to.equal(3);
      }
    });

    it('are the only names under mappingPolicy restrict', async () => {
      const client = await proxied({ aliases: { add: 'math.add' }, mappingPolicy: 'restrict' });
      expect((await ask(client, 'call', 'add', { a: 1, b: 2 })).result).to.equal(3);
      expect(await ask(client, 'call', 'math.add', { a: 1, b: 2 })).to.deep.equal(notFound('math.add'));
    });
  });

  describe('whitelist and blacklist', () => {
    const WHITELISTS: [string, ActionProxyOptions, Record<string, boolean>][] = [
      ['an exact name', { whitelist: ['math.add'] }, { 'math.add': true, 'math.open': false }],
      ['a glob', { whitelist: ['math.o*'] }, { 'math.open': true, 'math.add': false, mathXopen: false }],
      ['a question mark', { whitelist: ['math.a??'] }, { 'math.add': true, 'math.open': false }],
      ['one star for one level', { whitelist: ['*'] }, { 'math.add': false }],
      ['two stars for all levels', { whitelist: ['**'] }, { 'math.add': true, 'math.open': true }],
      [
        'a regular expression',
        { whitelist: [/^math\.(add|sub)$/] },
        { 'math.add': true, 'math.open': false },
      ],
      [
        'several patterns',
        { whitelist: ['x.y', /open$/, 'math.a*'] },
        { 'math.add': true, 'math.open': true },
      ],
      ['a blacklist', { blacklist: ['math.o*'] }, { 'math.add': true, 'math.open': false }],
      [
        'a blacklist of the same',
        { whitelist: ['math.add'], blacklist: ['math.add'] },
        { 'math.add': false },
      ],
      ['a blacklist of all', { blacklist: ['**'] }, { 'math.add': false, 'math.open': false }],
      ['a blacklist by expression', { blacklist: [/ADD/i] }, { 'math.add': false, 'math.open': true }],
    ];
    for (const [what, options, expected] of WHITELISTS) {
      it(`are understood as ${what}`, async () => {
        const client = await proxied(options);
        for (const [action, allowed] of Object.entries(expected)) {
          const answer = await ask(client, 'call', action, { a: 1, b: 2 });
          if (allowed) expect(answer.error, action).to.equal(null);
          else expect(answer, action).to.deep.equal(notFound(action));
        }
      });
    }

    for (const flags of ['g', 'y', 'gi', 'gy']) {
      it(`remember nothing of an expression with the flags ${flags}`, async () => {
        const client = await proxied({
          whitelist: [new RegExp('math\\.\\w+', flags)],
          blacklist: [new RegExp('math\\.open', flags)],
        });
        for (let i = 0; i < 4; i++) {
          expect((await ask(client, 'call', 'math.add', { a: 1, b: i })).result).to.equal(1 + i);
          expect((await ask(client, 'call', 'math.open')).error).to.include({ code: 404 });
        }
      });
    }

    it('are about the action, not about its alias', async () => {
      const client = await proxied({
        aliases: { add: 'math.add', 'math.sub': 'math.open' },
        whitelist: ['math.add', 'math.sub'],
      });
      expect((await ask(client, 'call', 'add', { a: 1, b: 2 })).result).to.equal(3);
      expect(await ask(client, 'call', 'math.sub')).to.deep.equal(notFound('math.open'));
    });

    it('hold for aliases under mappingPolicy restrict as well', async () => {
      const client = await proxied({
        aliases: { add: 'math.add', open: 'math.open' },
        mappingPolicy: 'restrict',
        whitelist: ['math.add'],
      });
      expect((await ask(client, 'call', 'add', { a: 1, b: 2 })).result).to.equal(3);
      expect(await ask(client, 'call', 'open')).to.deep.equal(notFound('math.open'));
    });
  });

  describe('what clients may not see', () => {
    it('answers like what does not exist', async () => {
      const client = await proxied({ whitelist: ['math.*', 'math2.*'], blacklist: ['math.mark'] });
      for (const action of [
        'math.nothing',
        'math2.add',
        'math.secret',
        'math.internal',
        'math.neighbours',
        'math.mark',
        'users.list',
      ]) {
        expect(await ask(client, 'call', action), action).to.deep.equal(notFound(action));
      }
      expect(calls).to.deep.equal([]);
      expect((await ask(client, 'call', 'math.open')).error).to.equal(null);
    });

    it('answers so through an alias too', async () => {
      const client = await proxied({ aliases: { s: 'math.secret', n: 'math.nothing' } });
      expect(await ask(client, 'call', 's')).to.deep.equal(notFound('math.secret'));
      expect(await ask(client, 'call', 'n')).to.deep.equal(notFound('math.nothing'));
    });

    it('answers so before guards and hooks run', async () => {
      const order: string[] = [];
      @SocketNamespace('/x', { settings })
      class GuardedGateway extends SocketGateway {
        @Authenticate()
        nobody() {
          return undefined;
        }
        @OnBeforeCall()
        before() {
          order.push('before');
        }
        @Authorize()
        @SocketEvent({ whitelist: ['math.*'] })
        call!: ActionProxy;
      }
      const client = await connect(await start([GuardedGateway, math]));
      expect(await ask(client, 'call', 'math.nothing')).to.deep.equal(notFound('math.nothing'));
      expect(await ask(client, 'call', 'users.list')).to.deep.equal(notFound('users.list'));
      expect((await ask(client, 'call', 'math.add')).error).to.include({ code: 401 });
      expect(order).to.deep.equal([]);
    });
  });

  describe("the gateway's own management actions", () => {
    const ACTIONS = [
      'broadcast',
      'getClients',
      'joinRooms',
      'leaveRooms',
      'disconnect',
      'request',
      'listEvents',
      'contract',
    ];
    const PARAMS = {
      event: 'e',
      join: 'r',
      leave: 'r',
      socketIds: 'x',
      rooms: 'r',
      socketId: 'x',
      timeout: 50,
    };

    for (const whitelist of [
      ['**'],
      ['*.*'],
      ['g*'],
      ['*ateway.*'],
      [/./],
      [/getClients/],
      ['gateway2.*', '**'],
      ['gate*.*'],
    ]) {
      it(`are not opened by ${String(whitelist)}`, async () => {
        const client = await proxied({ whitelist });
        for (const action of ACTIONS) {
          const answer = await ask(client, 'call', `gateway.${action}`, PARAMS);
          expect(answer, action).to.deep.equal(notFound(`gateway.${action}`));
        }
      });
    }

    it('are not opened by an alias', async () => {
      const client = await proxied({ aliases: { all: 'gateway.getClients' }, mappingPolicy: 'restrict' });
      expect(await ask(client, 'call', 'all')).to.deep.equal(notFound('gateway.getClients'));
    });

    for (const whitelist of [
      ['gateway.getClients'],
      ['gateway.*'],
      ['gateway.get*'],
      [/^gateway\.getClients$/],
    ]) {
      it(`are opened by ${String(whitelist)}`, async () => {
        const client = await proxied({ whitelist });
        expect(await ask(client, 'call', 'gateway.getClients')).to.deep.equal({
          error: null,
          result: [client.id],
        });
      });
    }

    it('are opened one by one', async () => {
      const client = await proxied({ whitelist: ['gateway.getClients'] });
      expect((await ask(client, 'call', 'gateway.getClients')).error).to.equal(null);
      expect(await ask(client, 'call', 'gateway.broadcast', PARAMS)).to.deep.equal(
        notFound('gateway.broadcast'),
      );
    });

    it("are not opened by naming another gateway's", async () => {
      @SocketNamespace('/admin', { name: 'admin', settings })
      class AdminGateway extends SocketGateway {
        @SocketEvent()
        nothing() {
          return null;
        }
      }
      const client = await proxied({ whitelist: ['gateway.*', '**'] }, AdminGateway);
      expect((await ask(client, 'call', 'gateway.getClients')).error).to.equal(null);
      expect(await ask(client, 'call', 'admin.getClients')).to.deep.equal(notFound('admin.getClients'));
    });

    it('are not opened where their names have no prefix, unless by exactly these', async () => {
      for (const [whitelist, opened] of [
        [['**'], false],
        [['get*'], false],
        [['getClients'], true],
      ] as const) {
        @SocketNamespace('/bare', { name: 'bare', settings: { ...settings, $noServiceNamePrefix: true } })
        class BareGateway extends SocketGateway {
          @SocketEvent('call', { whitelist })
          call!: ActionProxy;
        }
        const running = await start(BareGateway);
        const client = await connect(running, '/bare');
        const answer = await ask(client, 'call', 'getClients');
        expect(answer, String(whitelist)).to.deep.equal(
          opened ? { error: null, result: [client.id] } : notFound('getClients'),
        );
        await running.broker.stop();
      }
    });

    it('do not stand for actions that the application has written under such names', async () => {
      const chat: ServiceSchema = { name: 'chat', actions: { broadcast: () => 'mine' } };
      expect((await ask(await proxied({}, chat), 'call', 'chat.broadcast')).result).to.equal('mine');
    });
  });

  describe('guards', () => {
    it('come before the hooks, and refuse', async () => {
      const order: unknown[] = [];
      @SocketNamespace('/x', { settings })
      class RoleGateway extends SocketGateway {
        @Authenticate()
        who(socket: Socket) {
          const { role } = socket.handshake.auth;
          return role ? { id: 1, role } : undefined;
        }
        @Authorize('admin', (ctx: SocketContext) => {
          order.push(['policy', ctx.params]);
          return (ctx.params as any).a > 0;
        })
        @SocketEvent({ whitelist: ['math.*'], onBeforeCall: () => void order.push('before') })
        call!: ActionProxy;
      }
      const running = await start([RoleGateway, math]);
      const codes = async (auth: object, params: object) =>
        (await ask(await connect(running, '/x', { auth }), 'call', 'math.add', params)).error?.code;
      expect(await codes({}, { a: 1, b: 1 })).to.equal(401);
      expect(await codes({ role: 'guest' }, { a: 1, b: 1 })).to.equal(403);
      expect(await codes({ role: 'admin' }, { a: 0, b: 1 })).to.equal(403);
      expect(order).to.deep.equal([['policy', { a: 0, b: 1 }]]);
      expect(await codes({ role: 'admin' }, { a: 1, b: 1 })).to.equal(undefined);
      expect(order.slice(1)).to.deep.equal([['policy', { a: 1, b: 1 }], 'before']);
      expect(calls).to.have.length(1);
    });
  });

  describe('hooks', () => {
    it('run around the call, with exactly these arguments, on the service', async () => {
      const seen: [string, unknown[], unknown][] = [];
      function note(this: unknown, name: string, args: unknown[]) {
        seen.push([name, args, this]);
      }
      @SocketNamespace('/x', { settings })
      class HookGateway extends SocketGateway {
        @OnBeforeCall()
        before(...args: unknown[]) {
          note.call(this, 'gateway before', args);
        }
        @OnBeforeCall('call')
        beforeCall(...args: unknown[]) {
          note.call(this, 'event before', args);
        }
        @OnAfterCall()
        after(...args: unknown[]) {
          note.call(this, 'gateway after', args);
        }
        @OnAfterCall('call')
        afterCall(...args: unknown[]) {
          note.call(this, 'event after', args);
        }
        @OnBeforeCall('other')
        other(...args: unknown[]) {
          note.call(this, 'other', args);
        }
        @SocketEvent({
          whitelist: ['math.*'],
          aliases: { add: 'math.add' },
          callOptions: { timeout: 500 },
          onBeforeCall(...args) {
            note.call(this, 'own before', args);
          },
          onAfterCall(...args) {
            note.call(this, 'own after', args);
          },
        })
        call!: ActionProxy;
      }
      const { gateway, ...running } = await start([HookGateway, math]);
      const client = await connect(running);
      await ask(client, 'call', 'add', { a: 1, b: 2 }, 'extra');
      expect(seen.map(([name]) => name)).to.deep.equal([
        'gateway before',
        'event before',
        'own before',
        'own after',
        'event after',
        'gateway after',
      ]);
      const socket = gateway.namespaces.get('/x')!.sockets.get(client.id!);
      const [ctx] = seen[0]![1] as [SocketContext];
      expect(ctx).to.include({ socket, event: 'call', namespace: '/x' });
      expect(ctx.args).to.deep.equal(['add', { a: 1, b: 2 }, 'extra']);
      for (const [name, args, self] of seen) {
        expect(self, name).to.equal(gateway);
        expect(args[0], name).to.equal(ctx);
        expect(args[1], name).to.equal(socket);
        if (name.includes('before')) {
          expect(args).to.have.length(5);
          expect(args[2]).to.equal('math.add');
          expect(args[3]).to.deep.equal({ a: 1, b: 2 });
          expect(args[4]).to.include({ timeout: 500 });
        } else {
          expect(args.slice(2)).to.deep.equal([3]);
        }
      }
    });

    it('before the call may change params, meta and options', async () => {
      const client = await proxied({
        async onBeforeCall(ctx, _socket, _action, params, options) {
          (params as any).b = 10;
          ctx.meta['added'] = 'by the hook';
          options.requestID = 'my-request';
        },
      });
      expect((await ask(client, 'call', 'math.add', { a: 1 })).result).to.equal(11);
      expect(calls[0]).to.include({ requestID: 'my-request' });
      expect(calls[0]!.meta).to.include({ added: 'by the hook' });
    });

    it('before the call may replace the params altogether', async () => {
      const client = await proxied({
        onBeforeCall(ctx) {
          ctx.params = { a: 20, b: 1 };
        },
      });
      expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(21);
    });

    it('before the call may refuse it', async () => {
      const client = await proxied({
        onBeforeCall() {
          throw new Errors.MoleculerClientError('Not now', 423, 'LOCKED');
        },
      });
      expect((await ask(client, 'call', 'math.add')).error).to.include({ code: 423, type: 'LOCKED' });
      expect(calls).to.deep.equal([]);
    });

    for (const value of [null, 0, '', false, NaN, [], {}, 'text']) {
      it(`after the call replace the result by ${JSON.stringify(value)}`, async () => {
        const seen: unknown[] = [];
        @SocketNamespace('/x', { settings })
        class ReplacingGateway extends SocketGateway {
          @SocketEvent({ whitelist: ['math.*'], onAfterCall: async () => value })
          call!: ActionProxy;

          @OnAfterCall()
          later(_ctx: SocketContext, _socket: Socket, result: unknown) {
            seen.push(result);
          }
        }
        const client = await connect(await start([ReplacingGateway, math]));
        const wire = JSON.parse(JSON.stringify(value));
        expect(await askRaw(client, 'call', 'math.add', { a: 1, b: 2 })).to.deep.equal([null, wire]);
        expect(seen).to.deep.equal([value]);
      });
    }

    it('after the call keep the result with undefined', async () => {
      const client = await proxied({ onAfterCall: async () => undefined });
      expect(await askRaw(client, 'call', 'math.add', { a: 1, b: 2 })).to.deep.equal([null, 3]);
    });

    it('after the call do not run where it failed; hooks of errors do', async () => {
      const seen: unknown[] = [];
      @SocketNamespace('/x', { settings })
      class SavingGateway extends SocketGateway {
        @SocketEvent({ whitelist: ['math.*'], onAfterCall: () => void seen.push('after') })
        call!: ActionProxy;

        @OnCallError('call')
        save(_ctx: SocketContext, _socket: Socket, error: any) {
          seen.push(error.type);
          return 'saved';
        }
      }
      const client = await connect(await start([SavingGateway, math]));
      expect(await ask(client, 'call', 'math.fail')).to.deep.equal({ error: null, result: 'saved' });
      expect(seen).to.deep.equal(['TEAPOT']);
    });
  });

  describe('callOptions', () => {
    it('give the call a timeout', async () => {
      const slow: ServiceSchema = {
        name: 'slow',
        actions: { never: () => new Promise((resolve) => setTimeout(resolve, 1000).unref()) },
      };
      const client = await proxied({ callOptions: { timeout: 30 } }, slow);
      expect((await ask(client, 'call', 'slow.never')).error).to.include({
        name: 'RequestTimeoutError',
        code: 504,
      });
    });

    it('give the call retries', async () => {
      let tries = 0;
      const flaky: ServiceSchema = {
        name: 'flaky',
        actions: {
          third() {
            if (++tries < 3) throw new Errors.MoleculerRetryableError('again');
            return tries;
          },
        },
      };
      const running = await start([proxyGateway({ callOptions: { retries: 2 } }), flaky], {
        retryPolicy: { enabled: true, delay: 1, maxDelay: 1 },
      });
      expect((await ask(await connect(running), 'call', 'flaky.third')).result).to.equal(3);
    });

    it('give the call a fallback, a value or a function', async () => {
      for (const fallbackResponse of [
        'instead',
        (_ctx: Context, error: Error) => `instead of ${error.name}`,
      ]) {
        const client = await proxied({ callOptions: { fallbackResponse: fallbackResponse as never } });
        const { result } = await ask(client, 'call', 'math.fail');
        expect(result).to.equal(
          fallbackResponse === 'instead' ? 'instead' : 'instead of MoleculerClientError',
        );
        expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
        // What is not open stays so.
        expect(await ask(client, 'call', 'math.secret')).to.deep.equal(notFound('math.secret'));
      }
    });

    it('give the call a requestID', async () => {
      await ask(await proxied({ callOptions: { requestID: 'my-request' } }), 'call', 'math.open');
      expect(calls[0]!.requestID).to.equal('my-request');
    });

    it('give the call headers, where Moleculer has them', async () => {
      await ask(await proxied({ callOptions: { headers: { tenant: 'a' } } as never }), 'call', 'math.open');
      const hasHeaders = !ServiceBroker.MOLECULER_VERSION.startsWith('0.14.');
      expect(calls[0]!.headers).to.deep.equal(hasHeaders ? { tenant: 'a' } : undefined);
    });

    describe('with a meta', () => {
      it("replace the socket's", async () => {
        const client = await proxied({ callOptions: { meta: { from: 'options' } } });
        await ask(client, 'call', 'math.open');
        expect(calls[0]!.meta).to.deep.equal({ from: 'options' });
      });

      it('leave what hooks have added', async () => {
        const client = await proxied({
          callOptions: { meta: { from: 'options' } },
          onBeforeCall(ctx) {
            ctx.meta['added'] = 1;
          },
        });
        await ask(client, 'call', 'math.open');
        expect(calls[0]!.meta).to.deep.equal({ from: 'options', added: 1 });
      });

      it('count where a hook has set the same name in the meta of the context', async () => {
        const client = await proxied({
          callOptions: { meta: { from: 'options' } },
          onBeforeCall(ctx) {
            Object.assign(ctx.meta, { from: 'hook', added: 1 });
          },
        });
        await ask(client, 'call', 'math.open');
        expect(calls[0]!.meta).to.deep.equal({ from: 'options', added: 1 });
      });

      it('leave the socket logged in', async () => {
        @SocketNamespace('/x', { settings })
        class LoggedInGateway extends SocketGateway {
          @Authenticate()
          who() {
            return { id: 1 };
          }
          @SocketEvent({ whitelist: ['math.*'], callOptions: { meta: { from: 'options' } } })
          call!: ActionProxy;

          @SocketEvent({ whitelist: ['math.*'] })
          plain!: ActionProxy;
        }
        const client = await connect(await start([LoggedInGateway, math]));
        await ask(client, 'call', 'math.open');
        await ask(client, 'plain', 'math.open');
        expect(calls[0]!.meta).to.deep.equal({ from: 'options' });
        expect(calls[1]!.meta).to.deep.equal({ $socketId: client.id, $rooms: [client.id], user: { id: 1 } });
      });
    });

    it('are made by a function of the context and the socket, for every call', async () => {
      const given: unknown[][] = [];
      const running = await start([
        proxyGateway({
          callOptions(...args) {
            given.push(args);
            const [ctx, socket] = args;
            return { requestID: `${socket.id}:${String((ctx.params as any).n)}` };
          },
        }),
        math,
      ]);
      const clients = [await connect(running), await connect(running)];
      for (const [n, client] of clients.entries()) await ask(client, 'call', 'math.open', { n });
      expect(calls.map(({ requestID }) => requestID)).to.deep.equal(clients.map(({ id }, n) => `${id}:${n}`));
      expect(given.map((args) => args.length)).to.deep.equal([2, 2]);
      expect((given[0]![1] as Socket).id).to.equal(clients[0]!.id);
    });

    it('do not replace the context of the call', async () => {
      const client = await proxied({
        callOptions({ broker }) {
          const ctx = broker.ContextFactory.create(broker, undefined as never, { a: 10, b: 10 }, {
            meta: { foreign: true },
          } as never);
          return { ctx, parentCtx: ctx, requestID: 'own' } as never;
        },
      });
      expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
      expect(calls[0]).to.deep.include({ params: { a: 1, b: 2 }, requestID: 'own' });
      expect(calls[0]!.meta).to.deep.include({ $socketId: client.id }).and.not.have.property('foreign');
    });

    it('may be made of nothing', async () => {
      const client = await proxied({ callOptions: () => undefined });
      expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
    });

    it('answer the error of a function that throws', async () => {
      const client = await proxied({
        callOptions() {
          throw new Errors.MoleculerClientError('Not now', 423, 'LOCKED');
        },
      });
      expect((await ask(client, 'call', 'math.add')).error).to.include({ code: 423 });
      expect(calls).to.deep.equal([]);
    });

    const shared = { meta: { marks: [] as unknown[], deep: { list: [] as unknown[] } }, requestID: 'one' };
    for (const [what, callOptions] of [
      ['an object', shared],
      ['a function that always returns the same object', () => shared],
    ] as const) {
      it(`are a fresh copy for every call, made of ${what}`, async () => {
        const running = await start([
          proxyGateway({
            callOptions,
            onBeforeCall(_ctx, socket, _action, _params, options) {
              expect(options.requestID).to.equal('one');
              options.requestID = socket.id;
              (options.meta as any).deep.list.push(socket.id);
            },
          }),
          math,
        ]);
        const [a, b] = [await connect(running), await connect(running)];
        for (const client of [a, b, a]) {
          expect((await ask(client, 'call', 'math.mark', { mark: client.id })).error).to.equal(null);
        }
        expect(calls.map(({ meta }) => meta)).to.deep.equal(
          [a, b, a].map(({ id }) => ({ marks: [], deep: { list: [id] } })),
        );
        expect(shared).to.deep.equal({ meta: { marks: [], deep: { list: [] } }, requestID: 'one' });
      });
    }

    it('keep the identity of what is no plain object', async () => {
      class Tenant {}
      const tenant = new Tenant();
      const seen: unknown[] = [];
      const client = await proxied({
        callOptions: { meta: { tenant } },
        onBeforeCall: (_ctx, _socket, _action, _params, options) =>
          void seen.push((options.meta as any).tenant),
      });
      await ask(client, 'call', 'math.add', { a: 1, b: 1 });
      expect(seen[0]).to.equal(tenant);
    });
  });

  describe('one of several', () => {
    it('has its own events, lists, aliases, hooks and options', async () => {
      const seen: unknown[] = [];
      @SocketNamespace('/x', { settings })
      class TwoGateway extends SocketGateway {
        @SocketEvent({
          whitelist: ['math.add'],
          aliases: { go: 'math.add' },
          callOptions: { requestID: 'first' },
          onBeforeCall: () => void seen.push('first'),
        })
        first!: ActionProxy;

        @SocketEvent(['second', 'again'], {
          whitelist: ['math.open'],
          aliases: { go: 'math.open' },
          onAfterCall: () => 'second',
        })
        second!: ActionProxy;
      }
      const client = await connect(await start([TwoGateway, math]));
      expect((await ask(client, 'first', 'go', { a: 1, b: 2 })).result).to.equal(3);
      for (const event of ['second', 'again'])
        expect((await ask(client, event, 'go')).result).to.equal('second');
      expect(calls.map(({ action }) => action)).to.deep.equal(['math.add', 'math.open', 'math.open']);
      expect(calls.map(({ requestID }) => requestID === 'first')).to.deep.equal([true, false, false]);
      expect(seen).to.deep.equal(['first']);
      expect(await ask(client, 'first', 'math.open')).to.deep.equal(notFound('math.open'));
      expect(await ask(client, 'second', 'math.add')).to.deep.equal(notFound('math.add'));
    });
  });

  it('leaves handlers of the same gateway alone, which are actions that nobody may call', async () => {
    @SocketNamespace('/x', { name: 'gateway', settings })
    class HandlerGateway extends SocketGateway {
      @SocketEvent({ whitelist: ['**', 'gateway.*'] })
      call!: ActionProxy;

      @SocketEvent()
      handler() {
        return 'handled';
      }
      @SocketEvent({ visibility: 'published' })
      published() {
        return 'published';
      }
    }
    const client = await connect(await start([HandlerGateway, math]));
    expect((await ask(client, 'handler')).result).to.equal('handled');
    expect(await ask(client, 'call', 'gateway.handler')).to.deep.equal(notFound('gateway.handler'));
    expect((await ask(client, 'call', 'gateway.published')).result).to.equal('published');
  });

  describe('in a cluster', () => {
    const workers: ServiceBroker[] = [];
    let broker: ServiceBroker;
    let url: string;

    @SocketNamespace('/x', { name: 'gateway', settings })
    class ClusterGateway extends SocketGateway {
      @SocketEvent({ whitelist: ['**'] })
      call!: ActionProxy;

      @SocketEvent({ whitelist: ['**'], callOptions: { nodeID: 'worker-2' } })
      second!: ActionProxy;

      @SocketEvent({
        whitelist: ['**'],
        onBeforeCall: (_ctx, _socket, _action, _params, options) => {
          options.nodeID = 'worker-2';
        },
      })
      moved!: ActionProxy;

      @SocketEvent({
        whitelist: ['**'],
        onBeforeCall: (_ctx, _socket, _action, _params, options) => {
          options.nodeID = 'nowhere';
        },
      })
      lost!: ActionProxy;

      @SocketEvent({ whitelist: ['**'], callOptions: { nodeID: 'nowhere' } })
      nowhere!: ActionProxy;
    }

    before(async () => {
      const registry: object = { stopDelay: 0 };
      const options: BrokerOptions = {
        logger: false,
        skipProcessEventRegistration: true,
        transporter: 'Fake',
        namespace: 'action-proxy',
        registry,
      };
      for (const nodeID of ['worker-1', 'worker-2']) {
        const worker = new ServiceBroker({ ...options, nodeID });
        worker.createService({
          name: 'work',
          actions: {
            where: () => nodeID,
            hidden: { visibility: 'public', handler: () => nodeID },
            /** Open on one node only. */
            mixed: { visibility: nodeID === 'worker-1' ? 'published' : 'public', handler: () => nodeID },
            fail() {
              throw new Errors.MoleculerClientError('No tea', 418, 'TEAPOT', { mine: 1 });
            },
          },
        });
        workers.push(worker);
      }
      await Promise.all(workers.map((worker) => worker.start()));
      broker = new ServiceBroker({ ...options, nodeID: 'gateway' });
      const gateway = broker.createService(ClusterGateway as never) as unknown as RunningGateway;
      await broker.start();
      url = `http://localhost:${(gateway.io.httpServer.address() as import('node:net').AddressInfo).port}`;
    });
    after(async () => {
      await broker.stop();
      await Promise.all(workers.map((worker) => worker.stop()));
    });

    const nodes = async (client: Client, event: string, count: number) => {
      const answers: string[] = [];
      for (let i = 0; i < count; i++) answers.push((await ask(client, event, 'work.where')).result);
      return answers;
    };

    it('reaches the node that a hook chose', async () => {
      const client = await connect({ url });
      expect(await nodes(client, 'moved', 4)).to.deep.equal(Array(4).fill('worker-2'));
      expect((await ask(client, 'lost', 'work.where')).error).to.include({
        code: 404,
        name: 'ServiceNotFoundError',
      });
    });

    it('reaches the nodes one after the other', async () => {
      const client = await connect({ url });
      const turns = await nodes(client, 'call', 6);
      expect(new Set(turns.slice(0, 2))).to.deep.equal(new Set(['worker-1', 'worker-2']));
      for (let i = 2; i < 6; i++) expect(turns[i]).to.equal(turns[i - 2]);
    });

    it('calls the node that was looked up, whose action was found to be open', async () => {
      const client = await connect({ url });
      const answers: unknown[] = [];
      for (let i = 0; i < 6; i++) {
        const { error, result } = await ask(client, 'call', 'work.mixed');
        answers.push(error?.code ?? result);
      }
      expect(answers.slice(0, 2)).to.have.members(['worker-1', 404]);
      expect(answers.slice(2)).to.deep.equal([...answers.slice(0, 2), ...answers.slice(0, 2)]);
    });

    it('reaches the node that callOptions name, and none where that does not have the action', async () => {
      const client = await connect({ url });
      expect(await nodes(client, 'second', 3)).to.deep.equal(['worker-2', 'worker-2', 'worker-2']);
      const { error } = await ask(client, 'nowhere', 'work.where');
      expect(error).to.include({ name: 'ServiceNotFoundError', code: 404 });
    });

    it('hides remote actions that are not published', async () => {
      const client = await connect({ url });
      expect(await ask(client, 'call', 'work.hidden')).to.deep.equal(notFound('work.hidden'));
    });

    it('tells clients nothing of nodes', async () => {
      const client = await connect({ url });
      expect((await ask(client, 'call', 'work.fail')).error).to.deep.equal({
        name: 'MoleculerClientError',
        message: 'No tea',
        code: 418,
        type: 'TEAPOT',
        data: { mine: 1 },
      });
    });
  });
});
