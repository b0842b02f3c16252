import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { ServiceSchema } from 'moleculer';
import { Adapter } from 'socket.io-adapter';
import type { Namespace, Server, Socket as ServerSocket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type NamespacePattern,
  type SocketContext,
} from '../../src';
import { RawClient } from '../support/raw-client';
import {
  afterwards,
  ask,
  connect,
  connected,
  newBroker,
  newClient,
  next,
  refused,
  serviceOf,
  start,
  type Registered,
  type Running,
  type RunningGateway,
} from '../support/run-gateway';

const settings = { port: 0, ip: '127.0.0.1' };
const AUTH = { auth: { id: 1 } };

/** A gateway that admits clients with an id. */
function guarded(
  paths: NamespacePattern | readonly NamespacePattern[],
  name = 'guarded',
  own: Record<string, unknown> = settings,
): typeof SocketGateway {
  @SocketNamespace(paths, { name, settings: own })
  @Authorize()
  class GuardedGateway extends SocketGateway {
    @Authenticate()
    authenticate(socket: ServerSocket) {
      return socket.handshake.auth['id'] && { id: socket.handshake.auth['id'] };
    }
    @SocketEvent()
    where(ctx: SocketContext) {
      return { name, namespace: ctx.namespace, params: { ...ctx.nspParams } };
    }
  }
  return GuardedGateway;
}

@SocketNamespace('/lobby', { settings })
class LobbyGateway extends SocketGateway {
  @SocketEvent()
  ping() {
    return 'pong';
  }
}

/** Checks that a namespace is the gateway's: guarded, answered, listed, and reached by actions. */
async function expectGuarded(
  running: Running,
  namespace: string,
  params: object,
  name = 'guarded',
): Promise<void> {
  expect((await refused(newClient(running, namespace))).data).to.include({ code: 401 });
  const client = await connect(running, namespace, AUTH);
  expect((await ask(client, 'where')).result).to.deep.equal({ name, namespace, params });
  expect([...serviceOf(running.broker, name).namespaces.keys()]).to.include(namespace);
  const told = next(client, 'told');
  await running.broker.call(`${name}.broadcast`, { event: 'told', namespace, args: ['x'] });
  expect(await told).to.deep.equal(['x']);
  client.disconnect();
}

/** A plain namespace that the application serves itself lets the client in. */
async function enter(running: Pick<Running, 'url' | 'port'>, namespace: string): Promise<RawClient> {
  return RawClient.enter(running, namespace);
}

describe('a namespace that the application opens', () => {
  const PATHS: Record<string, [NamespacePattern | NamespacePattern[], string, object]> = {
    'a path with a parameter': ['/tenants/:id', '/tenants/7', { id: '7' }],
    'a path with several': ['/:country/cities/:city', '/fr/cities/paris', { country: 'fr', city: 'paris' }],
    'a regular expression': [/^\/room-(?<n>\d+)$/, '/room-7', { n: '7' }],
    'one that is not anchored': [/tenants/, '/my/tenants/7', {}],
    'one of a list of paths': [['/plain', '/tenants/:id', /^\/x/], '/tenants/7', { id: '7' }],
    'the last of a list': [['/plain', '/tenants/:id', /^\/x/], '/xyz', {}],
  };
  for (const [what, [path, name, params]] of Object.entries(PATHS)) {
    it(`belongs to the gateway whose path it matches: ${what}`, async () => {
      const running = await start(guarded(path));
      running.gateway.io.of(name).emit('told', 1);
      await expectGuarded(running, name, params);
    });
  }

  const WAYS: Record<string, (io: Server) => unknown> = {
    'emit()': (io) => io.of('/tenants/7').emit('x'),
    'to()': (io) => io.of('/tenants/7').to('room').emit('x'),
    'fetchSockets()': (io) => io.of('/tenants/7').fetchSockets(),
    'on()': (io) => io.of('/tenants/7').on('connection', () => undefined),
    'of() with a listener': (io) => io.of('/tenants/7', () => undefined),
    'a name without a slash': (io) => io.of('tenants/7'),
    'use()': (io) => io.of('/tenants/7').use((_socket, go) => go()),
  };
  for (const [way, open] of Object.entries(WAYS)) {
    it(`belongs to the gateway, opened by ${way}`, async () => {
      const running = await start(guarded('/tenants/:id'));
      open(running.gateway.io);
      await expectGuarded(running, '/tenants/7', { id: '7' });
    });
  }

  it('belongs to the gateway, opened in started(), and before clients are let in', async () => {
    @SocketNamespace('/tenants/:id', { name: 'guarded', settings })
    class EagerGateway extends guarded('/never') {
      started() {
        this.io.of('/tenants/7').emit('told', 1);
      }
    }
    await expectGuarded(await start(EagerGateway), '/tenants/7', { id: '7' });
  });

  it('belongs to the gateway, opened by another service', async () => {
    const other: ServiceSchema = {
      name: 'other',
      started() {
        serviceOf(this.broker, 'guarded').io.of('/tenants/7').emit('told', 1);
      },
      dependencies: ['guarded'],
    };
    await expectGuarded(await start([guarded('/tenants/:id'), other]), '/tenants/7', { id: '7' });
  });

  it('belongs to the gateway, opened by an adapter', async () => {
    class OpeningAdapter extends Adapter {
      override init(): void {
        const { name, server } = this.nsp as Namespace;
        if (name === '/lobby') setImmediate(() => server.of('/tenants/7'));
      }
    }
    const running = await start([
      guarded('/tenants/:id', 'guarded', { ...settings, io: { options: { adapter: OpeningAdapter } } }),
      LobbyGateway,
    ]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(running.gateway.io._nsps.has('/tenants/7')).to.equal(true);
    await expectGuarded(running, '/tenants/7', { id: '7' });
  });

  for (const [what, parent] of Object.entries<(io: Server) => unknown>({
    'a regular expression': (io) => io.of(/^\/tenants\/\d+$/),
    'a function': (io) =>
      io.of((name, _auth, allow) => {
        setImmediate(() => allow(null, name === '/tenants/7'));
      }),
  })) {
    it(`belongs to the gateway, made by ${what} of the application's own`, async () => {
      const running = await start(LobbyGateway);
      parent(running.gateway.io);
      running.broker.createService(guarded('/tenants/:id') as unknown as ServiceSchema);
      await running.broker.waitForServices('guarded', 2000, 5);
      await expectGuarded(running, '/tenants/7', { id: '7' });
      const parents = (
        running.gateway.io as unknown as { parentNsps: Map<unknown, { children: Set<unknown> }> }
      ).parentNsps;
      while (running.gateway.io._nsps.has('/tenants/7'))
        await new Promise((resolve) => setTimeout(resolve, 5));
      expect([...parents.values()].map(({ children }) => children.size)).to.deep.equal([0, 0]);
    });
  }

  describe('before the gateway is there', () => {
    const OPENED: Record<string, [NamespacePattern | NamespacePattern[], string, object]> = {
      'a literal path': ['/tenants', '/tenants', {}],
      'a path with a parameter': ['/tenants/:id', '/tenants/7', { id: '7' }],
      'a regular expression': [/^\/room-(?<n>\d+)$/, '/room-7', { n: '7' }],
    };
    for (const [what, [path, name, params]] of Object.entries(OPENED)) {
      it(`belongs to it when it comes, and clients that were in it are cut off: ${what}`, async () => {
        const running = await start(LobbyGateway);
        const passed: string[] = [];
        const opened = running.gateway.io.of(name);
        opened.use((_socket, go) => {
          passed.push('middleware');
          go();
        });
        opened.on('connection', () => passed.push('listener'));
        const early = await enter(running, name);
        const lobby = await connect(running, '/lobby');
        running.broker.createService(guarded(path) as unknown as ServiceSchema);
        await running.broker.waitForServices('guarded', 2000, 5);
        await early.closed;
        passed.length = 0;
        await expectGuarded(running, name, params);
        // What the application has added is still there, and comes after the guard.
        expect(passed).to.deep.equal(['middleware', 'listener']);
        expect((await ask(lobby, 'ping')).result).to.equal('pong');
      });
    }

    it('on an HTTP server of the application, too', async () => {
      const server = createServer();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      afterwards(() => server.close());
      const broker = newBroker([
        LobbyGateway,
        guarded('/tenants/:id', 'guarded', { server: false }),
      ] as Registered[]);
      const [lobby, late] = ['lobby', 'guarded'].map((name) => serviceOf(broker, name));
      await attach(lobby!);
      lobby!.io.of('/tenants/7').emit('told', 1);
      await broker.start();
      const { port } = server.address() as AddressInfo;
      const running = { broker, gateway: late!, port, url: `http://127.0.0.1:${port}` };
      const early = await enter(running, '/tenants/7');
      await attach(late!);
      await early.closed;
      await expectGuarded(running, '/tenants/7', { id: '7' });

      function attach(service: RunningGateway): Promise<void> {
        return (service as unknown as SocketGateway).initSocketIO(server);
      }
    });

    it('does not end the process by what it throws later', async () => {
      const running = await start(LobbyGateway);
      const opened = running.gateway.io.of('/tenants/7');
      opened.use((socket) => {
        if (socket.handshake.auth['id'] === 2) throw new Error('not you');
      });
      opened.on('connection', () => {
        throw new Error('cannot connect');
      });
      running.broker.createService(guarded('/tenants/:id') as unknown as ServiceSchema);
      await running.broker.waitForServices('guarded', 2000, 5);
      expect((await refused(newClient(running, '/tenants/7', { auth: { id: 2 } }))).message).to.equal(
        'not you',
      );
    });
  });

  it('belongs to the gateway with the literal path, although a dynamic path matches it', async () => {
    const running = await start([guarded('/tenants/:id', 'dynamic'), LobbyGateway]);
    running.gateway.io.of('/tenants/main').emit('x');
    expect([...serviceOf(running.broker, 'dynamic').namespaces.keys()]).to.deep.equal(['/tenants/main']);
    const client = await connect(running, '/tenants/main', AUTH);
    const gone = next(client, 'disconnect');
    running.broker.createService(guarded('/tenants/main', 'literal') as unknown as ServiceSchema);
    await running.broker.waitForServices('literal', 2000, 5);
    expect(await gone).to.include('transport close');
    await expectGuarded(running, '/tenants/main', {}, 'literal');
    await expectGuarded(running, '/tenants/other', { id: 'other' }, 'dynamic');
    expect([...serviceOf(running.broker, 'dynamic').namespaces.keys()]).to.not.include('/tenants/main');
    running.gateway.io.of('/tenants/main').emit('x');
    expect([...serviceOf(running.broker, 'dynamic').namespaces.keys()]).to.not.include('/tenants/main');
  });

  it('cannot be entered if its name is longer than 256 characters', async () => {
    const running = await start(guarded('/tenants/:id'));
    const name = `/tenants/${'x'.repeat(248)}`;
    running.gateway.io.of(name).emit('x');
    expect((await refused(newClient(running, name, AUTH))).message).to.equal('Invalid namespace');
    await expectGuarded(running, name.slice(0, 256), { id: 'x'.repeat(247) });
  });

  it('goes with its last client, unless the application has added to it', async () => {
    const running = await start(guarded('/tenants/:id'));
    const { io, namespaces } = running.gateway;
    io.of('/tenants/plain').emit('x');
    const passed: number[] = [];
    io.of('/tenants/own').use((_socket, go) => {
      passed.push(1);
      go();
    });
    for (const name of ['/tenants/plain', '/tenants/own']) {
      const client = await connect(running, name, AUTH);
      client.disconnect();
    }
    while (namespaces.has('/tenants/plain')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect([...namespaces.keys()]).to.deep.equal(['/tenants/own']);
    await connect(running, '/tenants/own', AUTH);
    expect(passed).to.deep.equal([1, 1]);
  });

  describe('when its gateway goes', () => {
    it('goes, too, and is served by nothing', async () => {
      const running = await start([LobbyGateway, guarded('/tenants/:id')]);
      running.gateway.io.of('/tenants/7').use((_socket, go) => go());
      const client = await connect(running, '/tenants/7', AUTH);
      const gone = next(client, 'disconnect');
      await running.broker.destroyService(serviceOf(running.broker, 'guarded'));
      await gone;
      expect((await refused(newClient(running, '/tenants/7', AUTH))).message).to.equal('Invalid namespace');
      expect([...running.gateway.io._nsps.keys()].sort()).to.deep.equal(['/', '/lobby']);
      const tables = running.gateway.io as unknown as Record<
        'parentNsps' | 'parentNamespacesFromRegExp',
        Map<unknown, unknown>
      >;
      expect([tables.parentNsps.size, tables.parentNamespacesFromRegExp.size]).to.deep.equal([0, 0]);
      // The name is the application's again.
      running.gateway.io.of('/tenants/7');
      await enter(running, '/tenants/7');
    });

    it('and comes back is guarded again', async () => {
      const running = await start([LobbyGateway, guarded('/tenants/:id')]);
      running.gateway.io.of('/tenants/7').emit('x');
      for (let time = 0; time < 3; time++) {
        await running.broker.destroyService(serviceOf(running.broker, 'guarded'));
        running.gateway.io.of('/tenants/7').emit('x');
        running.broker.createService(guarded('/tenants/:id') as unknown as ServiceSchema);
        await running.broker.waitForServices('guarded', 2000, 5);
        await expectGuarded(running, '/tenants/7', { id: '7' });
      }
    });

    it('is not open to clients during a reload', async () => {
      const running = await start([LobbyGateway, guarded('/tenants/:id')], { hotReload: true });
      const service = serviceOf(running.broker, 'guarded');
      (service as { __filename?: string }).__filename = '/guarded.service.js';
      await running.broker.destroyService(service);
      running.gateway.io.of('/tenants/7').emit('x');
      const waiting = [newClient(running, '/tenants/7'), newClient(running, '/tenants/7', AUTH)] as const;
      const outcomes = [refused(waiting[0]), connected(waiting[1])] as const;
      running.broker.createService(guarded('/tenants/:id') as unknown as ServiceSchema);
      await running.broker.waitForServices('guarded', 2000, 5);
      expect((await outcomes[0]).data).to.include({ code: 401 });
      await outcomes[1];
      expect((await ask(waiting[1], 'where')).result).to.include({ namespace: '/tenants/7' });
    });
  });
});
