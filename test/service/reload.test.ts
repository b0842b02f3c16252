import { expect } from 'chai';
import type { ServiceBroker } from 'moleculer';
import * as sinon from 'sinon';
import type { Socket as ServerSocket } from 'socket.io';
import { Authenticate, SocketEvent, SocketGateway, SocketIOService, SocketNamespace } from '../../src';
import { AbsentNamespaces } from '../../src/runtime/server/absent-namespaces';
import { ServerRegistry } from '../../src/runtime/server/server-registry';
import {
  ask,
  connect,
  connected,
  newBroker,
  newClient,
  next,
  portOf,
  refused,
  serviceOf,
  signal,
  type Client,
  type Registered,
  type Running,
  type RunningGateway,
} from '../support/run-gateway';

/** Clients that come back in a moment: a gateway that is away for two tries is away for long. */
const back = { reconnection: true, reconnectionDelay: 5, reconnectionDelayMax: 10 };

let generation = 0;

/** A gateway whose clients can ask which of its generations answers. */
function gateway(name: string, path: string | string[], options: object = {}) {
  const mine = ++generation;
  @SocketNamespace(path, { name, ...options })
  class OneGateway extends SocketGateway {
    @SocketEvent()
    which() {
      return mine;
    }
  }
  return OneGateway;
}

/** A gateway that stays, and with it the server. */
const stays = () => gateway('stays', '/stays', { settings: { port: 0 } });

const which = async (client: Client) => (await ask(client, 'which')).result;

/** Resolves when the server has surely got the wish of a client to enter its namespace. */
async function knocked(client: Client): Promise<void> {
  // What comes after it on the same connection has an answer.
  const probe = client.io.socket('/stays');
  probe.connect();
  await connected(probe);
  probe.disconnect();
}

/** Resolves when a client has lost its connection, and the server has got its second try to come back. */
async function triedTwice(client: Client): Promise<void> {
  const tries = () => new Promise((resolve) => client.io.once('reconnect', resolve));
  await tries();
  await knocked(client);
  const again = tries();
  client.io.engine.close();
  await again;
  await knocked(client);
}

describe('a gateway that hot reload stops and starts anew beside another', () => {
  let running: Running;
  let broker: ServiceBroker;

  async function serve(...gateways: ReturnType<typeof gateway>[]): Promise<void> {
    await serveAll([stays(), ...gateways]);
  }
  /** Under hot reload, without Moleculer's watching all files of these tests. */
  async function serveAll(registered: Registered[]): Promise<void> {
    broker = newBroker(registered);
    Object.assign(broker.options, { hotReload: true });
    for (const service of broker.services)
      Object.assign(service, { __filename: `/${service.name}.service.js` });
    await broker.start();
    const first = broker.services.find((service) => 'namespaces' in service) as RunningGateway;
    const port = portOf(first);
    running = { broker, gateway: first, port, url: `http://localhost:${port}` };
  }
  const create = (type: ReturnType<typeof gateway>, mods?: object) =>
    broker.createService(type as never, mods as never);

  for (const [what, path, name] of [
    ['a namespace', '/a', '/a'],
    ['a dynamic namespace', '/tenants/:id', '/tenants/5'],
    ["'/'", '/', '/'],
  ] as const) {
    it(`gets the clients of ${what} back, however long it is away`, async () => {
      await serve(gateway('a', path));
      const client = await connect(running, name, back);
      const tried = triedTwice(client);
      const again = new Promise<void>((resolve) =>
        client.once('disconnect', () => client.once('connect', resolve)),
      );
      const errors: string[] = [];
      client.on('connect_error', (error) => errors.push(error.message));
      await broker.destroyService(serviceOf(broker, 'a'));
      await tried;
      create(gateway('a', path));
      await again;
      expect(await which(client)).to.equal(generation);
      expect(errors).to.deep.equal([]);
      expect([...serviceOf(broker, 'a').namespaces.keys()]).to.deep.equal([name]);
    });

    it(`lets new clients of ${what} wait for it`, async () => {
      await serve(gateway('a', path));
      await broker.destroyService(serviceOf(broker, 'a'));
      const client = newClient(running, name, back);
      const entered = connected(client);
      await knocked(client);
      create(gateway('a', path));
      await entered;
      expect(await which(client)).to.equal(generation);
    });
  }

  it('asks who has waited for it to log in, with the rules of the new one', async () => {
    let asked: number;
    for (const path of ['/a', '/']) {
      asked = 0;
      @SocketNamespace(path, { name: 'a' })
      class GuardedGateway extends SocketGateway {
        @Authenticate()
        authenticate(socket: ServerSocket) {
          asked++;
          if (socket.handshake.auth['token'] !== 'good') throw new Error('who are you?');
        }
      }
      await serve(gateway('a', path));
      await broker.destroyService(serviceOf(broker, 'a'));
      const clients = ['good', 'bad'].map((token) => newClient(running, path, { ...back, auth: { token } }));
      const [entered, denied] = [connected(clients[0]!), refused(clients[1]!)];
      await Promise.all(clients.map(knocked));
      // One of them asks twice, and is not there any longer the first time.
      const again = new Promise((resolve) => clients[0]!.io.once('reconnect', resolve));
      clients[0]!.io.engine.close();
      await again;
      await knocked(clients[0]!);
      create(GuardedGateway as never);
      await entered;
      expect((await denied).data).to.include({ code: 401 });
      expect(asked).to.equal(2);
    }
  });

  it('waits for its dependencies, and its clients with it', async () => {
    await serve(gateway('a', '/a'));
    const client = await connect(running, '/a', back);
    const tried = triedTwice(client);
    await broker.destroyService(serviceOf(broker, 'a'));
    create(gateway('a', '/a'), { dependencies: ['late'], settings: { $dependencyInterval: 5 } });
    await tried;
    broker.createService({ name: 'late' });
    await connected(client);
    expect(await which(client)).to.equal(generation);
  });

  it('leaves the other namespaces of a connection alone while one of them waits', async () => {
    await serve(gateway('a', '/a'));
    const stayed = newClient(running, '/stays', back);
    const manager = stayed.io;
    const waits = manager.socket('/a');
    await Promise.all([connected(stayed), connected(waits)]);
    const returned = new Promise((resolve) =>
      stayed.once('disconnect', () => stayed.once('connect', () => resolve(1))),
    );
    await broker.destroyService(serviceOf(broker, 'a'));
    await returned;
    let lost = 0;
    stayed.on('disconnect', () => lost++);
    expect(await which(stayed)).to.be.a('number');
    expect(waits.connected).to.equal(false);
    create(gateway('a', '/a'));
    await connected(waits);
    expect(await which(waits)).to.equal(generation);
    expect(lost).to.equal(0);
    waits.disconnect();
  });

  it('tells clients at once about namespaces that it has not brought back', async () => {
    await serve(gateway('a', ['/a', '/b', '/t/:id']));
    await broker.destroyService(serviceOf(broker, 'a'));
    const waiting = ['/a', '/b', '/t/1'].map((name) => newClient(running, name, back));
    const [entered, ...denied] = [
      connected(waiting[0]!),
      refused(waiting[1]!),
      refused(waiting[2]!),
    ] as const;
    await Promise.all(waiting.map(knocked));
    create(gateway('a', '/a'));
    await entered;
    for (const { message } of await Promise.all(denied)) expect(message).to.equal('Invalid namespace');
    expect((await refused(newClient(running, '/b'))).message).to.equal('Invalid namespace');
  });

  it('may leave its namespace to a gateway of another name', async () => {
    await serve(gateway('a', '/a'));
    await broker.destroyService(serviceOf(broker, 'a'));
    const client = newClient(running, '/a', back);
    const entered = connected(client);
    await knocked(client);
    create(gateway('renamed', '/a'));
    await entered;
    expect(await which(client)).to.equal(generation);
  });

  it('may be one of moleculer-io with several namespaces', async () => {
    const io = () => {
      const mine = ++generation;
      const events = { which: (answer: (...args: unknown[]) => void) => answer(null, mine) };
      return {
        name: 'io',
        mixins: [SocketIOService],
        settings: { port: 0, ip: '127.0.0.1', io: { namespaces: { '/a': { events }, '/b': { events } } } },
      };
    };
    const neighbour = gateway('neighbour', '/stays', { settings: { port: 0, ip: '127.0.0.1' } });
    await serveAll([neighbour, io() as never]);
    const clients = await Promise.all(['/a', '/b'].map((name) => connect(running, name, back)));
    const tried = clients.map(triedTwice);
    await broker.destroyService(serviceOf(broker, 'io'));
    await Promise.all(tried);
    broker.createService(io() as never);
    await Promise.all(clients.map(connected));
    for (const client of clients) expect(await which(client)).to.equal(generation);
  });

  it('does not take in a client that the old one was still asking who he is', async () => {
    for (const path of ['/a', '/t/:id', '/']) {
      const asking = signal();
      const go = signal();
      @SocketNamespace(path, { name: 'a' })
      class SlowGateway extends SocketGateway {
        @Authenticate()
        async authenticate() {
          asking.fire();
          await go;
        }
      }
      await serve(SlowGateway as never);
      const client = newClient(running, path.replace(':id', '1'), back);
      const entered = connected(client);
      await asking;
      await broker.destroyService(serviceOf(broker, 'a'));
      create(gateway('a', path));
      await broker.waitForServices('a', 1000, 5);
      await entered;
      go.fire();
      expect(await which(client), path).to.equal(generation);
    }
  });

  it('leaves nothing behind, however often', async () => {
    await serve(gateway('a', ['/a', '/', '/t/:id'], { settings: { port: 0 } }));
    const io = running.gateway.io as any;
    const { httpServer } = io;
    const counts = () => ({
      parents: io.parentNsps.size,
      listeners: ['new_namespace', 'connection'].map((event) => io.sockets.listeners(event).length),
      gateways: (ServerRegistry.of(broker) as any).gateways.size,
      middlewares: io.sockets._fns.length,
      http: ['request', 'upgrade', 'close'].map((event) => httpServer.listenerCount(event)),
      namespaces: [...io._nsps.keys()].sort(),
      services: broker.services.length,
    });
    const before = counts();
    for (let time = 0; time < 20; time++) {
      await broker.destroyService(serviceOf(broker, 'a'));
      create(gateway('a', ['/a', '/', '/t/:id'], { settings: { port: 0 } }));
      await broker.waitForServices('a', 1000, 1);
    }
    expect(counts()).to.deep.equal(before);
    const client = await connect(running, '/t/1', { ...back, transports: ['polling'] });
    const again = new Promise<void>((resolve) =>
      client.once('disconnect', () => client.once('connect', resolve)),
    );
    await broker.destroyService(serviceOf(broker, 'a'));
    create(gateway('a', '/t/:id'));
    await again;
    expect(await which(client)).to.equal(generation);
  });

  it('does not hold up the end of its broker while clients wait for it', async () => {
    await serve(gateway('a', '/a'));
    await broker.destroyService(serviceOf(broker, 'a'));
    const client = newClient(running, '/a');
    await knocked(client);
    const closed = new Promise((resolve) => client.io.once('close', resolve));
    const before = Date.now();
    await broker.stop();
    await closed;
    expect(Date.now() - before).to.be.below(15_000);
  });

  it('answers or cuts off who has called it meanwhile', async () => {
    const entered = signal();
    const go = signal();
    @SocketNamespace('/a', { name: 'a' })
    class SlowGateway extends SocketGateway {
      @SocketEvent()
      async slow() {
        entered.fire();
        await go;
        return 'late';
      }
    }
    await serve(SlowGateway as never);
    const client = await connect(running, '/a', back);
    const late: unknown[] = [];
    client.emit('slow', (...answer: unknown[]) => late.push(answer));
    await entered;
    const gone = next(client, 'disconnect');
    await broker.destroyService(serviceOf(broker, 'a'));
    create(gateway('a', '/a'));
    expect((await gone)[0]).to.equal('transport close');
    await connected(client);
    go.fire();
    expect(await which(client)).to.equal(generation);
    expect(late).to.deep.equal([]);
  });

  it('is gone at once where the service comes from no file', async () => {
    await serve(gateway('a', '/a'), gateway('b', '/b'));
    delete (serviceOf(broker, 'a') as { __filename?: unknown }).__filename;
    await broker.destroyService(serviceOf(broker, 'a'));
    expect((await refused(newClient(running, '/a'))).message).to.equal('Invalid namespace');
  });

  describe('and never comes back', () => {
    let clock: sinon.SinonFakeTimers;
    let absent: AbsentNamespaces;
    const waiting = new Set<string>();
    let isWaiting: (name: string) => boolean;
    const paths = [
      { kind: 'literal', name: '/a' },
      { kind: 'dynamic', source: '/t/:id', pattern: /^\/t\/[^/]+$/ },
    ];
    const left = { service: { fullName: 'a', __filename: '/a.service.js' }, plan: { paths } } as never;

    beforeEach(() => {
      clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      absent = AbsentNamespaces.of({ options: { hotReload: true } } as never)!;
      waiting.clear();
      isWaiting = (name) => {
        if (!waiting.has(name) && absent.hold(name, () => waiting.delete(name))) waiting.add(name);
        return waiting.has(name);
      };
    });
    afterEach(() => clock.restore());

    it('is waited for during one minute', () => {
      expect(isWaiting('/a')).to.equal(false);
      absent.leave(left);
      expect(isWaiting('/a')).to.equal(true);
      expect(isWaiting('/t/1')).to.equal(true);
      expect(isWaiting('/b')).to.equal(false);
      clock.tick(59_999);
      expect([...waiting]).to.deep.equal(['/a', '/t/1']);
      clock.tick(1);
      expect([...waiting]).to.deep.equal([]);
      expect(isWaiting('/a')).to.equal(false);
      expect(isWaiting('/t/1')).to.equal(false);
    });

    it('is not waited for by any number of clients', () => {
      absent.leave(left);
      for (let n = 0; n < 10_000; n++) expect(isWaiting(`/t/${n}`)).to.equal(true);
      expect(isWaiting('/a')).to.equal(false);
      absent.end();
      expect(clock.countTimers()).to.equal(0);
    });
  });
});
