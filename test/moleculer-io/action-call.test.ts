import { expect } from 'chai';
import { Errors, type Context, type ServiceSchema } from 'moleculer';
import { Socket } from 'socket.io';
import { SocketIOService } from '../../src';
import { ask, askRaw, connect, CollectingLogger, METRICS, valuesOf } from '../support/run-gateway';
import { MATH, startIo, type Parts } from './start-io';

/*
 * All calls of clients run inside of the action `call` of the service: an application hooks, overrides or removes it to restrict
 * its clients, as with moleculer-io.
 */

const CALL = { '/': { events: { call: {}, admin: { whitelist: ['math.*'] } } } };
const membersOnly = (): never => {
  throw new Errors.MoleculerClientError('members only', 403, 'MEMBERS_ONLY');
};

/** The context that a hook of the action `call` gets. */
type CallContext = Context<any, any>;

async function callWith(parts: Parts, namespaces: object = CALL) {
  const running = await startIo(namespaces, parts);
  return { ...running, client: await connect(running, '/') };
}

describe("moleculer-io's action call", () => {
  describe('is refused by what throws before it', () => {
    const refusals: Record<string, Parts> = {
      "a hook of the service for '*'": { hooks: { before: { '*': membersOnly } } },
      "a hook of the service for 'call'": { hooks: { before: { call: membersOnly } } },
      'a hook for a pattern': { hooks: { before: { 'c*': membersOnly } } },
      'a hook for alternatives': { hooks: { before: { 'broadcast|call': membersOnly } } },
      'a list of hooks': { hooks: { before: { call: [() => undefined, membersOnly] } } },
      'an async hook': { hooks: { before: { '*': () => Promise.reject(membersOnlyError()) } } },
      'the name of a method': { hooks: { before: { call: 'check' } }, methods: { check: membersOnly } },
      'a list with the name of a method': {
        hooks: { before: { '*': ['check'] } },
        methods: { check: membersOnly },
      },
      'a hook in the action': { actions: { call: { hooks: { before: membersOnly } } } },
      'an action that replaces it': { actions: { call: membersOnly } },
      'a handler that replaces its own': { actions: { call: { handler: membersOnly } } },
      'a hook of a mixin': { mixins: [{ hooks: { before: { call: membersOnly } } }, SocketIOService] },
    };
    for (const [what, parts] of Object.entries(refusals)) {
      it(what, async () => {
        const { client } = await callWith(parts);
        for (const event of ['call', 'admin']) {
          const { error, result } = await ask(client, event, 'math.add', { a: 1, b: 2 });
          expect(result, event).to.equal(undefined);
          expect(error, event).to.include({ message: 'members only', code: 403, type: 'MEMBERS_ONLY' });
        }
      });
    }

    it('a middleware of the broker around actions', async () => {
      const around: string[] = [];
      const middleware = {
        localAction(next: (ctx: unknown) => unknown, action: { name: string }) {
          if (action.name !== 'io.call') return next;
          return (ctx: CallContext) => {
            around.push(ctx.params.action);
            if (ctx.params.action === 'math.add') return membersOnly();
            return next(ctx);
          };
        },
      };
      const running = await startIo(CALL, {}, [MATH], { middlewares: [middleware] as never });
      const client = await connect(running, '/');
      expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).error).to.include({ code: 403 });
      expect((await ask(client, 'call', 'math.params', { c: 3 })).result).to.deep.equal({ c: 3 });
      expect(around).to.deep.equal(['math.add', 'math.params']);
    });

    it('params of the action, which Moleculer validates', async () => {
      const { client } = await callWith({
        actions: { call: { params: { action: { type: 'string', pattern: /^math\.params$/ } } } },
      });
      expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).error).to.include({ code: 422 });
      expect((await ask(client, 'call', 'math.params', { c: 3 })).result).to.deep.equal({ c: 3 });
    });
  });

  it('is called for each call of a packet, and for exposed actions', async () => {
    const orders: ServiceSchema = {
      name: 'orders',
      actions: { list: { socket: 'orders', visibility: 'published', handler: () => [1] } as object },
    };
    const asked: unknown[] = [];
    const running = await startIo(
      { '/': { autoExpose: true, events: { call: { multi: true } } } },
      {
        hooks: {
          before: {
            call(ctx: CallContext) {
              asked.push([ctx.params.action, ctx.params.params]);
              if (ctx.params.action === 'math.meta') membersOnly();
            },
          },
        },
      },
      [MATH, orders],
    );
    const client = await connect(running, '/');
    const calls = [{ action: 'math.add', params: { a: 1, b: 2 } }, { action: 'math.meta' }];
    const { result } = await ask(client, 'call', calls, { settled: true });
    expect(result[0]).to.deep.equal({ status: 'fulfilled', value: 3 });
    expect(result[1]).to.have.nested.property('reason.type', 'MEMBERS_ONLY');
    expect((await ask(client, 'orders', { page: 1 })).result).to.deep.equal([1]);
    expect(asked).to.deep.equal([
      ['math.add', { a: 1, b: 2 }],
      ['math.meta', {}],
      ['orders.list', { page: 1 }],
    ]);
  });

  it('has the socket, the action, the params and the settings of the event as params', async () => {
    const seen: any[] = [];
    const { client, gateway } = await callWith({
      hooks: {
        before: {
          call(this: unknown, ctx: CallContext) {
            seen.push([this, ctx.action?.name, { ...ctx.params }]);
          },
        },
      },
    });
    await ask(client, 'admin', 'math.add', { a: 1, b: 2 });
    const [[self, name, { socket, action, params, handlerItem }]] = seen;
    expect(self).to.equal(gateway);
    expect(name).to.equal('io.call');
    expect(socket).to.be.instanceOf(Socket).with.property('id', client.id);
    expect(action).to.equal('math.add');
    expect(params).to.deep.equal({ a: 1, b: 2 });
    expect(handlerItem).to.deep.equal({ whitelist: ['math.*'] });
  });

  it('has hooks after it, which know the action and replace the result', async () => {
    const { client } = await callWith({
      hooks: {
        after: {
          call: (ctx: CallContext, result: unknown) => [ctx.params.action, ctx.params.params, result],
        },
      },
    });
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.deep.equal([
      'math.add',
      { a: 1, b: 2 },
      3,
    ]);
  });

  it('has hooks for its errors, which know the action and give a result', async () => {
    const { client } = await callWith({
      hooks: {
        error: {
          '*': (ctx: CallContext, error: { code: number }) => `${ctx.params.action} failed: ${error.code}`,
        },
      },
    });
    expect((await ask(client, 'call', 'no.such')).result).to.equal('no.such failed: 404');
    expect((await ask(client, 'call', 'math.add', {})).result).to.equal('math.add failed: 422');
  });

  it('calls what a hook has put in place of the action and its params, if the whitelist allows it', async () => {
    const { client } = await callWith({
      hooks: {
        before: {
          call({ params }: CallContext) {
            params.action = params.action.replace('sum', 'math.add');
            if (params.action === 'math.add') params.params = { a: 10, b: 20 };
          },
        },
      },
    });
    expect((await ask(client, 'admin', 'sum', {})).result).to.equal(30);
    expect((await ask(client, 'admin', 'io.getClients', {})).error).to.include({ code: 404 });
  });

  it('takes another whitelist from a hook', async () => {
    const { client } = await callWith({
      hooks: {
        before: {
          call({ params }: CallContext) {
            params.handlerItem = { ...params.handlerItem, whitelist: ['math.params'] };
          },
        },
      },
    });
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).error).to.include({ code: 404 });
    expect((await ask(client, 'call', 'math.params', { c: 3 })).result).to.deep.equal({ c: 3 });
  });

  it('may be overridden, and the original be called', async () => {
    const original = (SocketIOService.actions as any).call.handler as (
      this: unknown,
      ctx: unknown,
    ) => unknown;
    const { client } = await callWith({
      actions: {
        async call(this: unknown, ctx: CallContext) {
          if (ctx.params.action === 'math.meta') return 'overridden';
          return { wrapped: await original.call(this, ctx) };
        },
      },
    });
    expect((await ask(client, 'call', 'math.meta')).result).to.equal('overridden');
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.deep.equal({ wrapped: 3 });
  });

  it('may have a timeout of its own, and takes none from the broker', async () => {
    const slow: ServiceSchema = {
      name: 'slow',
      actions: { work: () => new Promise((resolve) => setTimeout(resolve, 200, 'done')) },
    };
    const events = { call: { callOptions: { timeout: 10_000 } } };
    const options = { requestTimeout: 50 };
    const patient = await startIo({ '/': { events } }, {}, [slow], options);
    expect((await ask(await connect(patient, '/'), 'call', 'slow.work')).result).to.equal('done');
    const hasty = await startIo({ '/': { events } }, { actions: { call: { timeout: 30 } } }, [slow], options);
    expect((await ask(await connect(hasty, '/'), 'call', 'slow.work')).error).to.include({ code: 504 });
  });

  it('is not repeated where the broker retries: the called action is', async () => {
    let attempts = 0;
    const failing: ServiceSchema = {
      name: 'failing',
      actions: {
        work() {
          attempts += 1;
          throw new Errors.MoleculerRetryableError('busy', 500, 'BUSY', {});
        },
      },
    };
    const running = await startIo(CALL, {}, [failing], {
      retryPolicy: { enabled: true, retries: 2, delay: 1, maxDelay: 1, factor: 1, check: () => true },
    });
    const client = await connect(running, '/');
    expect((await ask(client, 'call', 'failing.work')).error).to.include({ type: 'BUSY' });
    expect(attempts).to.equal(3);
  });

  it('is counted by Moleculer like any action', async () => {
    const running = await startIo(CALL, {}, [MATH], METRICS);
    await ask(await connect(running, '/'), 'call', 'math.add', { a: 1, b: 2 });
    const calls = Object.entries(valuesOf(running, 'moleculer.request.total'));
    expect(calls.filter(([labels]) => labels.includes('io.call')).map(([, value]) => value)).to.deep.equal([
      1,
    ]);
  });

  it('is closed to clients, to other services, and to params without a socket', async () => {
    const { broker, client, gateway } = await callWith({});
    expect((await ask(client, 'call', 'io.call', { action: 'math.add' })).error).to.include({ code: 404 });
    const failed = await broker.call('io.call', { action: 'math.add' }).catch((error: unknown) => error);
    expect(failed).to.include({ code: 404 });
    for (const socket of [undefined, null, 1, {}, { id: client.id }]) {
      const refused = await gateway.actions['call']!({ socket, action: 'math.add', handlerItem: {} }).catch(
        (error: unknown) => error,
      );
      expect(refused).to.include({ code: 400, type: 'ERR_INVALID_FORMAT' });
    }
  });

  it('refuses calls of clients even if the application publishes it', async () => {
    const { client } = await callWith({ actions: { call: { visibility: 'published' } } });
    const { error } = await ask(client, 'call', 'io.call', {
      action: 'math.add',
      params: { a: 1, b: 2 },
      handlerItem: { whitelist: ['**'] },
      socket: { id: client.id },
    });
    expect(error).to.include({ code: 400, type: 'ERR_INVALID_FORMAT' });
  });

  it('can be removed: the service starts with a warning, and clients can call nothing', async () => {
    const logger = new CollectingLogger();
    const events = { call: {}, hello: (ack: (error: null, text: string) => void) => ack(null, 'hello') };
    const running = await startIo({ '/': { events } }, { actions: { call: false } }, [MATH], { logger });
    const client = await connect(running, '/');
    const { error } = await ask(client, 'call', 'math.add', { a: 1, b: 2 });
    expect(error).to.deep.include({ name: 'ServiceNotFoundError', code: 404, data: { action: 'math.add' } });
    expect((await ask(client, 'hello')).result).to.equal('hello');
    expect(logger.having("the action 'call' was removed").map(({ level }) => level)).to.deep.equal(['warn']);
  });

  describe('called by a custom function', () => {
    const custom = async function (this: any, params: unknown, ack: (...answer: unknown[]) => void) {
      const { settings, actions } = this.$service;
      const handlerItem = settings.io.namespaces['/'].events.call;
      const call = { socket: this, action: 'math.meta', params, handlerItem };
      await actions.call(call, { meta: { from: 'custom' } }).then(
        (result: unknown) => ack(null, result),
        (error: { code: number }) => ack({ code: error.code }),
      );
    };

    it('calls with the meta of the socket, and saves user and rooms', async () => {
      const before: unknown[] = [];
      const accounts: ServiceSchema = {
        name: 'accounts',
        actions: {
          login(ctx: CallContext) {
            Object.assign(ctx.meta, { user: { id: 1 }, $join: 'members' });
          },
        },
      };
      const login = async function (this: any, ack: (...answer: unknown[]) => void) {
        const call = { socket: this, action: 'accounts.login', params: {}, handlerItem: {} };
        await this.$service.actions.call(call);
        ack(null, [...this.rooms]);
      };
      const call = { whitelist: ['math.*'], onBeforeCall: (...args: unknown[]) => before.push(args[4]) };
      const running = await startIo({ '/': { events: { call, custom, login } } }, {}, [MATH, accounts]);
      const client = await connect(running, '/');
      expect((await ask(client, 'login')).result).to.include('members');
      const { result } = await ask(client, 'custom', {});
      const meta = { $socketId: client.id, user: { id: 1 }, $rooms: [client.id, 'members'] };
      expect(result).to.deep.equal({ ...meta, from: 'custom' });
      expect(before).to.deep.equal([{ meta }]);
    });

    it('keeps to the whitelist', async () => {
      const running = await startIo({ '/': { events: { call: { whitelist: ['math.add'] }, custom } } });
      expect(await askRaw(await connect(running, '/'), 'custom', {})).to.deep.equal([{ code: 404 }]);
    });

    it('fails with a sentence for settings of an event that are wrong', async () => {
      const wrong = async function (this: any, ack: (...answer: unknown[]) => void) {
        const call = { socket: this, action: 'math.add', params: {}, handlerItem: { mappingPolicy: 'open' } };
        ack(await this.$service.actions.call(call).catch((error: Error) => error.message));
      };
      const running = await startIo({ '/': { events: { wrong } } });
      const [message] = await askRaw(await connect(running, '/'), 'wrong');
      expect(message).to.include("mappingPolicy must be 'all' or 'restrict', not 'open'");
    });
  });
});

function membersOnlyError(): Error {
  return new Errors.MoleculerClientError('members only', 403, 'MEMBERS_ONLY');
}
