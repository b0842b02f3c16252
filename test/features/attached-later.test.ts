import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { ServiceBroker, ServiceSchema } from 'moleculer';
import type { Namespace, Server } from 'socket.io';
import { Adapter } from 'socket.io-adapter';
import {
  ForwardEvent,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ServerSettings,
} from '../../src';
import {
  afterwards,
  ask,
  CollectingLogger,
  connect,
  newBroker,
  newClient,
  next,
  refused,
  serviceOf,
  start,
  type Client,
  type Registered,
  type RunningGateway,
} from '../support/run-gateway';

/** A service as tests drive it. */
interface Driven extends RunningGateway {
  initSocketIO(server?: HttpServer | object, options?: object): Promise<void>;
}
const driven = (broker: ServiceBroker, name = 'gateway') => serviceOf(broker, name) as Driven;

/** What `created()` and `started()` of the services have seen as `this.io`. */
const seen: unknown[] = [];

/** A class that waits for a server. */
function waiting(settings: ServerSettings = {}, path = '/x', name = 'gateway') {
  @SocketNamespace(path, { name, settings: { server: false, ...settings } })
  class WaitingGateway extends SocketGateway {
    created() {
      seen.push(this.io);
    }
    started() {
      seen.push(this.io);
    }
    @SocketEvent()
    who() {
      return this.name;
    }
    @ForwardEvent('news', { as: 'hello' })
    news() {
      return 'news';
    }
  }
  return WaitingGateway;
}

/** Settings of moleculer-io that wait for a server. */
function dropIn(settings: ServerSettings = {}, path = '/x', name = 'gateway'): Registered {
  const namespaces = { [path]: { events: { who: (ack: (...args: unknown[]) => void) => ack(null, name) } } };
  return {
    name,
    mixins: [SocketIOService],
    created(this: RunningGateway) {
      seen.push(this.io);
    },
    started(this: RunningGateway) {
      seen.push(this.io);
    },
    settings: { ...settings, io: { ...settings.io, namespaces } },
  } as unknown as ServiceSchema;
}
const STYLES = { 'a class': waiting, 'the drop-in': dropIn };

/** An HTTP server of the application. */
async function usersServer(): Promise<HttpServer> {
  const server = createServer((_request, response) => response.end('mine'));
  await once(server.listen(0), 'listening');
  afterwards(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return server;
}
const at = (server: HttpServer) => ({ url: `http://localhost:${(server.address() as AddressInfo).port}` });
const whoOf = async (client: Client) => (await ask(client, 'who')).result;

const LISTENED = ['request', 'upgrade', 'close', 'listening', 'connection', 'error'];
const listenersOf = (server: HttpServer) => LISTENED.map((event) => server.listeners(event));

/** Adapters of several servers that hand their broadcasts on. */
function busAdapter() {
  const bus = new Set<Adapter>();
  return class BusAdapter extends Adapter {
    static readonly bus = bus;
    constructor(namespace: Namespace) {
      super(namespace);
      bus.add(this);
    }
    override close() {
      bus.delete(this);
    }
    override broadcast(...args: Parameters<Adapter['broadcast']>) {
      for (const adapter of bus)
        if (adapter.nsp.name === this.nsp.name) Adapter.prototype.broadcast.apply(adapter, args);
    }
  };
}

for (const [style, make] of Object.entries(STYLES)) {
  describe(`${style} that waits for a server`, () => {
    it('has this.io and its namespaces from created() on, and none after its stop', async () => {
      seen.length = 0;
      const broker = newBroker(make());
      await broker.start();
      const { io, namespaces } = driven(broker);
      expect(io).to.be.an('object');
      expect(io.httpServer).to.equal(undefined);
      expect(seen).to.deep.equal([io, io]);
      expect([...namespaces.keys()]).to.deep.equal(['/x']);
      await broker.call('gateway.broadcast', { event: 'x' });
      expect(await broker.call('gateway.getClients')).to.deep.equal([]);
      io.of('/x').emit('x');
      await broker.stop();
      expect(driven(broker).io).to.equal(undefined);
      await broker.start();
      expect(driven(broker).io).to.be.an('object').and.not.equal(io);
    });

    it('reaches clients of other nodes through the adapter, by whatever it sends', async () => {
      const BusAdapter = busAdapter();
      const running = await start(make({ port: 0, server: true, io: { options: { adapter: BusAdapter } } }));
      const client = await connect(running);
      const broker = newBroker(make({ io: { options: { adapter: BusAdapter } } }));
      await broker.start();
      const sender = driven(broker);
      expect(sender.io.of('/x').adapter).to.be.instanceOf(BusAdapter);
      const sends: Record<string, () => unknown> = {
        'the action': () => broker.call('gateway.broadcast', { event: 'hello', args: ['hi'] }),
        'this.io': () => sender.io.of('/x').emit('hello', 'hi'),
        'this.namespaces': () => sender.namespaces.get('/x')?.emit('hello', 'hi'),
        ...(style === 'a class' && { 'a forward': () => void broker.emit('news') }),
      };
      for (const [what, send] of Object.entries(sends)) {
        const hello = next(client, 'hello');
        await send();
        expect(await hello, what).to.deep.equal([what === 'a forward' ? 'news' : 'hi']);
      }
      const open = BusAdapter.bus.size;
      await broker.stop();
      expect(BusAdapter.bus.size).to.equal(open / 2);
    });

    it('waits for an adapter that connects first', async () => {
      const BusAdapter = busAdapter();
      const adapter = async () => BusAdapter;
      const running = await start(make({ port: 0, server: true, io: { options: { adapter } } }));
      const client = await connect(running);
      const broker = newBroker(make({ io: { options: { adapter } } }));
      await broker.start();
      const hello = next(client, 'hello');
      await broker.call('gateway.broadcast', { event: 'hello' });
      await hello;
    });

    for (const [what, attach] of Object.entries<(service: Driven, server: HttpServer) => unknown>({
      'initSocketIO(server)': (service, server) => service.initSocketIO(server),
      'io.attach(server)': ({ io }, server) => io.attach(server),
      'io.listen(server)': ({ io }, server) => io.listen(server),
    })) {
      it(`is attached by ${what}, with the io that it has, and again after a stop`, async () => {
        const broker = newBroker(make());
        await broker.start();
        const { io } = driven(broker);
        const told: string[] = [];
        io.of('/x').on('connection', () => told.push('connected'));
        const server = await usersServer();
        const found = listenersOf(server);
        for (let round = 0; round < 2; round++) {
          if (round === 0) await attach(driven(broker), server);
          else expect(driven(broker).io.httpServer).to.equal(server);
          if (round === 0) expect(driven(broker).io).to.equal(io);
          for (const transport of ['websocket', 'polling']) {
            const client = await connect(at(server), '/x', { transports: [transport] });
            expect(await whoOf(client)).to.equal('gateway');
          }
          expect(() => driven(broker).initSocketIO(server)).to.throw(/is attached to a server already/);
          await broker.stop();
          expect(server.listening).to.equal(true);
          expect(listenersOf(server)).to.deep.equal(found);
          await broker.start();
        }
        expect(told).to.deep.equal(['connected', 'connected']);
      });
    }

    it('is attached by io.listen(port), which the stop closes', async () => {
      const broker = newBroker(make({ ip: '127.0.0.1', server: false }));
      await broker.start();
      const io = driven(broker).io as unknown as Server & { httpServer: HttpServer };
      io.listen(0);
      const { httpServer } = io;
      await once(httpServer, 'listening');
      expect((httpServer.address() as AddressInfo).address).to.equal('127.0.0.1');
      expect(await whoOf(await connect(at(httpServer)))).to.equal('gateway');
      await broker.stop();
      expect(httpServer.listening).to.equal(false);
      await broker.start();
      expect(driven(broker).io.httpServer).to.equal(undefined);
    });

    it('says in the log that a port of io.listen(port) is taken', async () => {
      const logger = new CollectingLogger();
      const broker = newBroker(make({ ip: '0.0.0.0', server: false }), { logger });
      await broker.start();
      const taken = createServer();
      await once(taken.listen(0, '0.0.0.0'), 'listening');
      afterwards(() => new Promise((resolve) => taken.close(resolve)));
      const { port } = taken.address() as AddressInfo;
      driven(broker).io.listen(port);
      for (let tries = 0; logger.having('is already in use').length === 0 && tries < 1000; tries++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      expect(logger.having(`Port ${port} of 0.0.0.0 is already in use`)).to.have.length(1);
    });

    it('gets a new io where initSocketIO is given other options', async () => {
      const broker = newBroker(make());
      await broker.start();
      const { io } = driven(broker);
      const server = await usersServer();
      await driven(broker).initSocketIO(server, { path: '/elsewhere' });
      expect(driven(broker).io).not.to.equal(io);
      expect([...driven(broker).namespaces.values()]).to.deep.equal([driven(broker).io.of('/x')]);
      const client = await connect(at(server), '/x', { path: '/elsewhere' });
      expect(await whoOf(client)).to.equal('gateway');
      const hello = next(client, 'hello');
      await broker.call('gateway.broadcast', { event: 'hello' });
      await hello;
    });

    it('takes options of initSocketIO before it has a server, too', async () => {
      const BusAdapter = busAdapter();
      const broker = newBroker(make());
      void driven(broker).initSocketIO({ adapter: BusAdapter });
      const early = driven(broker).io;
      await broker.start();
      expect(driven(broker).io).to.equal(early);
      expect(early.of('/x').adapter).to.be.instanceOf(BusAdapter);
      await driven(broker).initSocketIO({ adapter: BusAdapter, pingInterval: 1234 });
      expect(driven(broker).io).not.to.equal(early);
      const server = await usersServer();
      await driven(broker).initSocketIO(server);
      expect(driven(broker).io).to.have.nested.property('engine.opts.pingInterval', 1234);
      expect(await whoOf(await connect(at(server)))).to.equal('gateway');
    });

    it('has an io of its own, and shares that of a server that it comes to', async () => {
      const broker = newBroker([make({}, '/x', 'one'), make({}, '/y', 'two'), make({}, '/x', 'three')]);
      await broker.start();
      const [one, two, three] = ['one', 'two', 'three'].map((name) => driven(broker, name)) as [
        Driven,
        Driven,
        Driven,
      ];
      expect(new Set([one.io, two.io, three.io]).size).to.equal(3);
      const server = await usersServer();
      await one.initSocketIO(server);
      expect(() => two.io.attach(server)).to.throw(/call initSocketIO\(\) instead of io.attach\(\)/);
      await two.initSocketIO(server);
      expect(two.io).to.equal(one.io);
      expect(await whoOf(await connect(at(server), '/x'))).to.equal('one');
      expect(await whoOf(await connect(at(server), '/y'))).to.equal('two');
      expect(three.io.httpServer).to.equal(undefined);
      const before = three.io;
      expect(() => three.initSocketIO(server)).to.throw(/belongs to/);
      expect(three.io).to.equal(before);
    });

    it('is attached where another broker is not', async () => {
      const [first, second] = [newBroker(make()), newBroker(make())];
      await Promise.all([first.start(), second.start()]);
      const server = await usersServer();
      await driven(first).initSocketIO(server);
      const { io } = driven(second);
      expect(() => io.attach(server)).to.throw(/another broker is attached to this HTTP server already/);
      expect(driven(second).io).to.equal(io);
      const other = await usersServer();
      io.attach(other);
      expect(await whoOf(await connect(at(other)))).to.equal('gateway');
    });

    for (const guard of ['allowRequest', 'cors']) {
      it(`takes ${guard} with initSocketIO, not with io.attach`, async () => {
        const broker = newBroker(make());
        await broker.start();
        const [{ io }, server] = [driven(broker), await usersServer()];
        const options = {
          allowRequest: (_request: unknown, answer: (why: string, success: boolean) => void) => {
            answer('nobody', false);
          },
          cors: { origin: 'https://app.example' },
        };
        const given = { [guard]: options[guard as keyof typeof options] };
        expect(() => io.attach(server, given)).to.throw(
          `io.attach() takes no ${guard}, it would be ignored; call initSocketIO(server, { ${guard} })`,
        );
        await driven(broker).initSocketIO(server, given);
        const client = newClient(at(server), '/x', { extraHeaders: { origin: 'https://other.example' } });
        await refused(client);
      });
    }

    it('tells Socket.IO what it cannot be attached to', async () => {
      const broker = newBroker(make());
      await broker.start();
      expect(() => driven(broker).io.attach((() => undefined) as never)).to.throw(/request handler function/);
    });
  });
}

describe('a service with several namespaces that waits for a server', () => {
  it('serves all of them later', async () => {
    const events = { who: (ack: (...args: unknown[]) => void) => ack(null, 'io') };
    const broker = newBroker({
      name: 'gateway',
      mixins: [SocketIOService],
      settings: { io: { namespaces: { '/': { events }, '/x': { events }, '/y': { events } } } },
    } as unknown as ServiceSchema);
    await broker.start();
    const { io } = driven(broker);
    expect([...io._nsps.keys()]).to.deep.equal(['/', '/x', '/y']);
    const server = await usersServer();
    await driven(broker).initSocketIO(server);
    expect(driven(broker).io).to.equal(io);
    for (const namespace of ['/', '/x', '/y'])
      expect(await whoOf(await connect(at(server), namespace))).to.equal('io');
    await broker.stop();
  });

  it('reaches a tenant that has clients on another node only', async () => {
    const BusAdapter = busAdapter();
    const options = { io: { options: { adapter: BusAdapter } } };
    const running = await start(waiting({ port: 0, server: true, ...options }, '/t/:id'));
    const client = await connect(running, '/t/acme');
    const broker = newBroker(waiting(options, '/t/:id'));
    await broker.start();
    const hello = next(client, 'hello');
    await broker.call('gateway.broadcast', { event: 'hello', namespace: '/t/acme' });
    await hello;
  });

  it('has another io at its start where created() changes its options', async () => {
    const BusAdapter = busAdapter();
    let early: unknown;
    @SocketNamespace('/x', { name: 'gateway', settings: { server: false } })
    class ChangingGateway extends SocketGateway {
      created() {
        early = this.io;
        Object.assign(this.settings, { io: { options: { adapter: BusAdapter } } });
      }
    }
    const broker = newBroker(ChangingGateway);
    await broker.start();
    expect(driven(broker).io).not.to.equal(early);
    expect(driven(broker).io.of('/x').adapter).to.be.instanceOf(BusAdapter);
    await broker.stop();
    expect(BusAdapter.bus.size).to.equal(0);
  });

  it('may be given one more namespace while it waits', async () => {
    const broker = newBroker(waiting());
    await broker.start();
    (driven(broker) as any).registerNamespace('/more');
    const server = await usersServer();
    driven(broker).io.attach(server);
    expect(await whoOf(await connect(at(server), '/more'))).to.equal('gateway');
  });
});
