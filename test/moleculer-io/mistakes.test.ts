import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { expect } from 'chai';
import type { BrokerOptions, Context, ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import { SocketIOService } from '../../src';
import {
  afterwards,
  ask,
  askRaw,
  CollectingLogger,
  connect,
  newBroker,
  newClient,
  next,
  refused,
  signal,
  start,
  type Client,
  type Options,
  type Registered,
  type Running,
} from '../support/run-gateway';

/*
 * Where moleculer-io goes wrong, and this mixin must not.
 */

type Namespaces = Record<string, object>;
/** A part of a schema; Moleculer's types know the settings of no service. */
type Part = Omit<Partial<ServiceSchema>, 'settings'> & { readonly settings?: object };

/** A service with moleculer-io's settings. */
function ioService(namespaces: Namespaces | undefined, rest: Part = {}): ServiceSchema {
  return {
    name: 'io',
    mixins: [SocketIOService],
    ...rest,
    settings: { port: 0, ...(namespaces && { io: { namespaces } }), ...rest.settings },
  } as ServiceSchema;
}

function startIo(
  namespaces: Namespaces | undefined,
  rest?: Part,
  others: Registered[] = [],
  options?: Options,
): Promise<Running> {
  return start([ioService(namespaces, rest), ...others], options);
}

const accounts: ServiceSchema = {
  name: 'accounts',
  actions: {
    login(ctx: Context<{ id: string }, { user: object }>) {
      ctx.meta.user = { id: ctx.params.id };
    },
    logout(ctx: Context<unknown, { user: null }>) {
      ctx.meta.user = null;
    },
    whoAmI(ctx: Context<unknown, { user?: object }>) {
      return ctx.meta.user ?? null;
    },
  },
};
const whoIs = async (client: Client) => (await ask(client, 'call', 'accounts.whoAmI')).result;
const OPEN = { events: { call: {} } };

describe("moleculer-io's mistakes", () => {
  describe('an authorizer', () => {
    const refusals: Record<string, (socket?: Socket) => unknown> = {
      'rejects without a value': () => Promise.reject(),
      'rejects with null': () => Promise.reject(null),
      'rejects with a string': () => Promise.reject('no'),
      'throws undefined': () => {
        throw undefined;
      },
      'throws an error': () => {
        throw new Error('no');
      },
    };
    for (const [how, socketAuthorize] of Object.entries(refusals)) {
      it(`that ${how} refuses the connection`, async () => {
        const running = await startIo(
          { '/': { authorization: true, ...OPEN } },
          { methods: { socketAuthorize: socketAuthorize as () => unknown } },
          [accounts],
        );
        const error = await refused(newClient(running, '/'));
        expect(error.data).to.include({ name: 'UnAuthorizedError', code: 401 });
        expect(running.gateway.io.of('/').sockets.size).to.equal(0);
      });
    }

    it('that is missing keeps everybody out: the service is not created', () => {
      const broker = newBroker([]);
      expect(() => broker.createService(ioService({ '/': { authorization: true, ...OPEN } })))
        .to.throw(/socketAuthorize/)
        .with.property('name', 'DeclarationError');
    });
  });

  describe('the user', () => {
    const TWO = { '/': OPEN, '/admin': OPEN };

    it('of one namespace is not that of another one of the same connection', async () => {
      const running = await startIo(TWO, {}, [accounts]);
      const client = await connect(running, '/');
      const admin = client.io.socket('/admin');
      await once(admin as never, 'connect');
      expect(running.gateway.io.engine.clientsCount).to.equal(1);

      await ask(client, 'call', 'accounts.login', { id: 'ada' });
      expect(await whoIs(client)).to.deep.equal({ id: 'ada' });
      expect(await whoIs(admin)).to.equal(null);
      await ask(admin, 'call', 'accounts.login', { id: 'ben' });
      expect(await whoIs(client)).to.deep.equal({ id: 'ada' });
      expect(await whoIs(admin)).to.deep.equal({ id: 'ben' });
    });

    it('is authorized in each namespace by itself', async () => {
      const running = await startIo(
        { '/': { authorization: true, ...OPEN }, '/open': OPEN },
        { methods: { socketAuthorize: () => ({ id: 'ada' }) } },
        [accounts],
      );
      const client = await connect(running, '/');
      const open = client.io.socket('/open');
      await once(open as never, 'connect');
      expect(await whoIs(client)).to.deep.equal({ id: 'ada' });
      expect(await whoIs(open)).to.equal(null);
    });

    for (const [what, methods] of [
      ['', {}],
      [
        ', where socketSaveMeta is written as in the README',
        {
          socketSaveMeta(socket: any, ctx: any) {
            socket.client.user = ctx.meta.user;
          },
        },
      ],
    ] as const) {
      it(`stays logged out when a call ends that was slower than the logout${what}`, async () => {
        const [arrived, release] = [signal(), signal()];
        const slow: ServiceSchema = {
          name: 'slow',
          actions: {
            async work() {
              arrived.fire();
              await release;
            },
          },
        };
        const running = await startIo(undefined, { methods: { ...methods } as never }, [accounts, slow]);
        const client = await connect(running, '/');
        await ask(client, 'call', 'accounts.login', { id: 'ada' });
        const work = ask(client, 'call', 'slow.work');
        await arrived;
        await ask(client, 'call', 'accounts.logout');
        release.fire();
        await work;
        expect(await whoIs(client)).to.equal(null);
      });
    }

    it('is not changed by a call that fails', async () => {
      const failing: ServiceSchema = {
        name: 'failing',
        actions: {
          login(ctx: Context<unknown, { user: object; $join: string }>) {
            ctx.meta.user = { id: 'ada' };
            ctx.meta.$join = 'room';
            throw new Error('failed');
          },
        },
      };
      const running = await startIo(undefined, {}, [accounts, failing]);
      const client = await connect(running, '/');
      expect((await ask(client, 'call', 'failing.login')).error).to.include({ message: 'failed' });
      expect(await whoIs(client)).to.equal(null);
      expect([...running.gateway.io.of('/').adapter.rooms.keys()]).to.deep.equal([client.id]);
    });
  });

  it('meta of callOptions is not shared between calls and clients', async () => {
    const seen: object[] = [];
    const meta: ServiceSchema = {
      name: 'meta',
      actions: {
        leave(ctx: Context<{ mark: string }, { marks: string[]; mark: string }>) {
          seen.push(structuredClone({ ...ctx.meta }));
          ctx.meta.marks.push(ctx.params.mark);
          ctx.meta.mark = ctx.params.mark;
        },
      },
    };
    const call = { callOptions: { meta: { marks: [] } } };
    const running = await startIo({ '/': { events: { call } } }, {}, [meta]);
    const [a, b] = [await connect(running, '/'), await connect(running, '/')];
    for (const client of [a, b, a]) {
      expect((await ask(client, 'call', 'meta.leave', { mark: client.id })).error).to.equal(null);
    }
    expect(seen).to.deep.equal([{ marks: [] }, { marks: [] }, { marks: [] }]);
    expect(call.callOptions.meta.marks).to.deep.equal([]);
  });

  for (const value of [null, 0, '', false]) {
    it(`the result ${JSON.stringify(value)} of an after hook replaces the action's`, async () => {
      const running = await startIo({ '/': { events: { call: { onAfterCall: async () => value } } } }, {}, [
        accounts,
      ]);
      const client = await connect(running, '/');
      await ask(client, 'call', 'accounts.login', { id: 'ada' });
      expect(await askRaw(client, 'call', 'accounts.whoAmI')).to.deep.equal([null, value]);
    });
  }

  for (const alias of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']) {
    for (const mappingPolicy of ['all', 'restrict']) {
      it(`'${alias}' is no alias that everybody has (mappingPolicy '${mappingPolicy}')`, async () => {
        const call = { mappingPolicy, aliases: { who: 'accounts.whoAmI' } };
        const client = await connect(await startIo({ '/': { events: { call } } }, {}, [accounts]), '/');
        expect(await ask(client, 'call', 'who')).to.deep.equal({ error: null, result: null });
        const { error } = await ask(client, 'call', alias);
        expect(error).to.deep.include({ name: 'ServiceNotFoundError', code: 404, data: { action: alias } });
      });
    }
  }

  it('no namespace comes into being because somebody asks for it', async () => {
    const { broker, gateway, ...running } = await startIo({ '/': OPEN, '/admin': OPEN });
    const before = [...gateway.io._nsps.keys()].sort();
    expect(before).to.deep.equal(['/', '/admin']);
    for (const [action, params] of [
      ['broadcast', { event: 'hello' }],
      ['getClients', { room: 'room' }],
      ['joinRooms', { socketIds: 'id', join: 'room' }],
      ['leaveRooms', { socketIds: 'id', leave: 'room' }],
      ['disconnect', { socketIds: 'id' }],
      ['request', { socketId: 'id', event: 'hello' }],
    ] as const) {
      const error: any = await broker.call(`io.${action}`, { ...params, namespace: '/nowhere' }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error, action).to.include({ code: 404, type: 'NAMESPACE_NOT_FOUND' });
    }
    expect([...gateway.io._nsps.keys()].sort()).to.deep.equal(before);
    expect((await refused(newClient(running, '/nowhere'))).message).to.equal('Invalid namespace');
  });

  it('the balancer gives each node its turn', async () => {
    const options: BrokerOptions = { transporter: 'Fake', namespace: 'balancer' };
    const workers = ['worker-1', 'worker-2'].map((nodeID) =>
      newBroker({ name: 'work', actions: { where: (ctx) => ctx.broker.nodeID } }, { ...options, nodeID }),
    );
    await Promise.all(workers.map((worker) => worker.start()));
    // The last one to start finds the others there.
    const running = await startIo(undefined, {}, [], { ...options, nodeID: 'gateway' });

    const client = await connect(running, '/');
    const turns: string[] = [];
    for (let i = 0; i < 6; i++) turns.push((await ask(client, 'call', 'work.where')).result);
    expect(new Set(turns.slice(0, 2)).size).to.equal(2);
    expect(turns.slice(2)).to.deep.equal([...turns.slice(0, 2), ...turns.slice(0, 2)]);
  });

  it('an ack is not lost to an extra argument', async () => {
    const client = await connect(await startIo(undefined, {}, [accounts]), '/');
    expect(await askRaw(client, 'call', 'accounts.whoAmI', {}, 'extra')).to.deep.equal([null, null]);
    expect(await askRaw(client, 'call', 'accounts.whoAmI', null)).to.deep.equal([null, null]);
    const [error] = await askRaw(client, 'call');
    expect(error).to.include({ name: 'BadRequestError', code: 400 });
  });

  it('an unknown event is answered', async () => {
    const client = await connect(await startIo(undefined), '/');
    expect((await ask(client, 'nothing')).error).to.include({ code: 404, type: 'EVENT_NOT_FOUND' });
  });

  for (const transport of ['websocket', 'polling']) {
    it(`broker.stop() does not wait for clients over ${transport}`, async () => {
      const running = await startIo(undefined);
      const client = await connect(running, '/', { transports: [transport] });
      const reason = next(client, 'disconnect');
      const begin = Date.now();
      await running.broker.stop();
      expect(Date.now() - begin).to.be.below(15_000);
      await reason;
    });
  }

  it("broker.stop() leaves a server alone that is the application's", async () => {
    const server = createServer((_request, response) => response.end('app'));
    afterwards(() => server.close());
    await once(server.listen(0), 'listening');
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    const broker = newBroker(accounts);
    const io: any = broker.createService({ name: 'io', mixins: [SocketIOService] });
    void io.initSocketIO(server);
    await broker.start();
    const client = await connect({ url }, '/');
    const gone = next(client, 'disconnect');
    await broker.stop();
    await gone;
    expect(server.listening).to.equal(true);
    expect(await (await fetch(url)).text()).to.equal('app');
  });

  it('settings are not published to other nodes', async () => {
    const secret = 'a-secret-of-the-settings';
    const options: BrokerOptions = { transporter: 'Fake', internalServices: true, namespace: 'secrets' };
    const { broker } = await startIo(
      {
        '/': {
          events: {
            call: {
              callOptions: { meta: { token: secret } },
              aliases: { [secret]: 'accounts.whoAmI' },
              whitelist: [secret],
            },
          },
        },
      },
      { settings: { cors: { origin: `https://${secret}.example` }, visible: 'yes' } },
      [],
      { ...options, nodeID: 'gateway' },
    );
    const watcher = newBroker([], { ...options, nodeID: 'watcher' });
    await watcher.start();
    await watcher.waitForServices('io', 2000, 5);
    for (const asked of [watcher, broker]) {
      const services: any[] = await asked.call('$node.services', { withActions: true, withEvents: true });
      const known = services.find(({ name }) => name === 'io');
      expect(known.settings, asked.nodeID).to.deep.equal({ visible: 'yes' });
      expect(inspect(known, { depth: 20 }), asked.nodeID).not.to.include(secret);
    }
    const { rawInfo } = (watcher as any).registry.nodes.get('gateway');
    expect(inspect(rawInfo, { depth: 20 }))
      .to.include('visible')
      .and.not.to.include(secret);
  });

  it('settings that are no settings are found, all at once, and open nothing', () => {
    const broker = newBroker([accounts]);
    const wrong = {
      '/': { events: { call: 'accounts.whoAmI', list: ['accounts.*'], number: 7, nothing: null, good: {} } },
      '/a': null,
      '/b': 'accounts.*',
      '/c': { events: 'call' },
      '/d': { events: { call: { mappingPolicy: 'strict', aliases: [], onBeforeCall: 'before' } } },
      '/e': { middlewares: 'none', packetMiddlewares: [1] },
    };
    let error: any;
    try {
      broker.createService(ioService(wrong as unknown as Namespaces));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).to.have.property('name', 'DeclarationError');
    const message = String(error?.message);
    for (const where of [
      "['/'].events['call']",
      "['list']",
      "['number']",
      "['nothing']",
      "['/a']",
      "['/b']",
      "['/c']",
    ]) {
      expect(message).to.include(where);
    }
    for (const what of ['mappingPolicy', 'aliases', 'onBeforeCall', 'middlewares', 'packetMiddlewares']) {
      expect(message).to.include(what);
    }
    expect(message).not.to.include("['good']");
  });

  it("'/' is not open where the settings declare other namespaces only", async () => {
    const running = await startIo({ '/chat': OPEN }, {}, [accounts]);
    expect((await refused(newClient(running, '/'))).message).to.equal('Invalid namespace');
    expect((await ask(await connect(running, '/chat'), 'call', 'accounts.whoAmI')).error).to.equal(null);
  });

  it("clients do not reach the service's own actions, unless a whitelist names them", async () => {
    const running = await startIo({
      '/': { events: { call: {}, glob: { whitelist: ['**'] }, own: { whitelist: ['io.getClients'] } } },
    });
    const client = await connect(running, '/');
    for (const event of ['call', 'glob']) {
      for (const action of ['broadcast', 'getClients', 'joinRooms', 'leaveRooms', 'disconnect', 'request']) {
        const { error } = await ask(client, event, `io.${action}`, { event: 'x' });
        expect(error, `${event} ${action}`).to.include({ name: 'ServiceNotFoundError', code: 404 });
      }
    }
    expect((await ask(client, 'own', 'io.getClients', { room: client.id })).result).to.deep.equal([
      client.id,
    ]);
    expect((await ask(client, 'own', 'io.broadcast', { event: 'x' })).error).to.include({ code: 404 });
  });

  describe('what is thrown does not end the process, and is answered', () => {
    const thrown: Record<string, () => unknown> = {
      'an error': () => new Error('oops'),
      null: () => null,
      undefined: () => undefined,
      'a string': () => 'oops',
    };
    for (const [what, make] of Object.entries(thrown)) {
      for (const [how, fail] of [
        [
          'throws',
          () => {
            throw make();
          },
        ],
        ['rejects with', () => Promise.reject(make())],
      ] as const) {
        it(`where a custom function ${how} ${what}`, async () => {
          const running = await startIo({ '/': { events: { bad: fail, call: {} } } }, {}, [accounts]);
          const client = await connect(running, '/');
          const { error } = await ask(client, 'bad', 'data');
          expect(error).to.include({ code: 500 });
          if (what === 'an error') expect(error).to.include({ name: 'Error', message: 'oops' });
          expect(error).not.to.have.property('stack');
          client.emit('bad');
          expect((await ask(client, 'call', 'accounts.whoAmI')).error).to.equal(null);
        });

        it(`where a packet middleware ${how} ${what}`, async () => {
          const packetMiddlewares = [
            (packet: unknown[], next: () => void) => (packet[0] === 'call' ? next() : fail()),
          ];
          const running = await startIo({ '/': { ...OPEN, packetMiddlewares } }, {}, [accounts]);
          const client = await connect(running, '/');
          expect((await ask(client, 'other')).error).to.include({ code: 500 });
          client.emit('other');
          expect((await ask(client, 'call', 'accounts.whoAmI')).error).to.equal(null);
        });

        it(`where a middleware ${how} ${what}`, async () => {
          const middlewares = [
            (socket: Socket, next: () => void) => (socket.handshake.query['good'] ? next() : fail()),
          ];
          const running = await startIo({ '/': { ...OPEN, middlewares } }, {}, [accounts]);
          expect((await refused(newClient(running, '/'))).data).to.include({ code: 500 });
          const client = await connect(running, '/', { query: { good: 'yes' } });
          expect((await ask(client, 'call', 'accounts.whoAmI')).error).to.equal(null);
        });

        it(`where a hook ${how} ${what}`, async () => {
          const events = { before: { onBeforeCall: fail }, after: { onAfterCall: fail }, call: {} };
          const running = await startIo({ '/': { events } }, {}, [accounts]);
          const client = await connect(running, '/');
          for (const event of ['before', 'after']) {
            expect((await ask(client, event, 'accounts.whoAmI')).error, event).to.include({ code: 500 });
          }
          expect((await ask(client, 'call', 'accounts.whoAmI')).error).to.equal(null);
        });
      }
    }

    for (const method of [
      'socketGetMeta',
      'socketSaveMeta',
      'socketSaveUser',
      'socketJoinRooms',
      'socketLeaveRoom',
    ]) {
      for (const how of ['throws', 'rejects']) {
        it(`where ${method} ${how}`, async () => {
          const logger = new CollectingLogger();
          const fail = () => {
            if (how === 'rejects') return Promise.reject(new Error('oops'));
            throw new Error('oops');
          };
          const all: ServiceSchema = {
            name: 'all',
            actions: {
              change(ctx: Context<unknown, { user: object; $join: string; $leave: string }>) {
                Object.assign(ctx.meta, { user: { id: 1 }, $join: 'a', $leave: 'b' });
              },
            },
          };
          const running = await startIo(undefined, { methods: { [method]: fail } }, [all], { logger });
          const client = await connect(running, '/');
          expect((await ask(client, 'call', 'all.change')).error).to.include({ message: 'oops', code: 500 });
          expect(logger.errors.filter(({ text }) => text.includes('oops'))).to.have.length(1);
        });
      }
    }

    for (const how of ['throws', 'rejects', 'does not respond']) {
      it(`where socketOnError ${how}`, async () => {
        const logger = new CollectingLogger();
        const running = await startIo(
          undefined,
          {
            methods: {
              socketOnError() {
                if (how === 'throws') throw new Error('oops');
                return how === 'rejects' ? Promise.reject(new Error('oops')) : undefined;
              },
            },
          },
          [accounts],
          { logger },
        );
        const client = await connect(running, '/');
        if (how === 'does not respond') client.emit('call', 'no.such');
        else {
          expect((await ask(client, 'call', 'no.such')).error).to.include({ code: 404 });
          expect(logger.errors.filter(({ text }) => text.includes('oops'))).to.have.length(1);
        }
        expect((await ask(client, 'call', 'accounts.whoAmI')).error).to.equal(null);
      });
    }
  });

  it('an action that is not open is like one that does not exist', async () => {
    const hidden: ServiceSchema = {
      name: 'hidden',
      actions: {
        private: { visibility: 'private', handler: () => 'secret' },
        protected: { visibility: 'protected', handler: () => 'secret' },
        public: { visibility: 'public', handler: () => 'secret' },
        published: { visibility: 'published', handler: () => 'open' },
      },
    };
    const client = await connect(await startIo(undefined, {}, [hidden]), '/');
    for (const action of ['hidden.private', 'hidden.protected', 'hidden.public', 'hidden.nothing']) {
      expect((await ask(client, 'call', action)).error, action).to.deep.equal({
        name: 'ServiceNotFoundError',
        message: `Service '${action}' is not found.`,
        code: 404,
        type: 'SERVICE_NOT_FOUND',
        data: { action },
      });
    }
    expect((await ask(client, 'call', 'hidden.published')).result).to.equal('open');
  });
});
