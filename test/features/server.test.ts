import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type Server as HttpServer } from 'node:http';
import {
  connect as connectTcp,
  createServer as createTcpServer,
  type AddressInfo,
  type Socket as TcpSocket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import type { ServiceBroker } from 'moleculer';
import {
  DeclarationError,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ServerSettings,
} from '../../src';
import {
  afterwards,
  ask,
  CollectingLogger,
  connect,
  connected,
  newBroker,
  newClient,
  next,
  portOf,
  refused,
  serviceOf,
  signal,
  start,
  type Client,
  type Options,
  type Registered,
  type RunningGateway,
} from '../support/run-gateway';

/** A gateway of that name whose event `who` answers with its name. */
function gateway(
  name: string,
  path: string | RegExp,
  settings: ServerSettings & Record<string, unknown> = {},
) {
  const Named = {
    [name]: class extends SocketGateway {
      who() {
        return name;
      }
    },
  }[name]!;
  SocketEvent()(
    Named.prototype as never,
    'who' as never,
    Object.getOwnPropertyDescriptor(Named.prototype, 'who')!,
  );
  return SocketNamespace(path, { settings })(Named);
}

async function who(client: Client): Promise<unknown> {
  return (await ask(client, 'who')).result;
}

async function rejection(promise: Promise<unknown>): Promise<any> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`nothing was thrown, but ${String(value)} returned`);
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves if nobody listens on the port any more. */
async function expectClosed(port: number): Promise<void> {
  const server = createTcpServer().listen(port, '0.0.0.0');
  await once(server, 'listening');
  await new Promise((resolve) => server.close(resolve));
}

/** An HTTP server of the user's, with an answer of its own. */
async function usersServer(): Promise<HttpServer> {
  const server = createServer((request, response) => {
    response.end(`mine: ${request.url}`);
  });
  server.listen(0);
  await once(server, 'listening');
  afterwards(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return server;
}

function urlOf(server: HttpServer): string {
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

function get(url: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode!, body }));
    })
      .on('error', reject)
      .end();
  });
}

/** A connection that became a websocket, and then says nothing any more, not even goodbye. */
async function silentWebSocket(port: number): Promise<TcpSocket> {
  const tcp = connectTcp(port, '127.0.0.1');
  tcp.on('error', () => undefined);
  afterwards(() => tcp.destroy());
  tcp.write(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n' +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await once(tcp, 'data');
  tcp.pause();
  return tcp;
}

/** Less than what a connection that nobody closes takes to time out: 20 s. */
const STOP_LIMIT_MS = 15_000;

async function duration(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

const LISTENED = [
  'request',
  'upgrade',
  'close',
  'listening',
  'connection',
  'error',
  'checkContinue',
  'clientError',
];

function listenersOf(server: HttpServer): Record<string, unknown[]> {
  return Object.fromEntries(LISTENED.map((event) => [event, server.listeners(event)]));
}

describe('server', () => {
  describe('of several gateways', () => {
    for (const order of ['the first', 'the second']) {
      it(`is shared where they name the same address (${order} is registered first)`, async () => {
        const port = await freePort();
        const gateways = [
          gateway('AGateway', '/a', { port }),
          gateway('BGateway', '/b', { port: String(port) }),
        ];
        const running = await start(order === 'the first' ? gateways : gateways.reverse());
        const [a, b] = [serviceOf(running.broker, 'a'), serviceOf(running.broker, 'b')];
        expect(a.io).to.equal(b.io);
        expect(portOf(a)).to.equal(port);
        expect(await who(await connect(running, '/a'))).to.equal('AGateway');
        expect(await who(await connect(running, '/b'))).to.equal('BGateway');
        expect([...a.namespaces.keys()]).to.deep.equal(['/a']);
        expect([...b.namespaces.keys()]).to.deep.equal(['/b']);
        await running.broker.stop();
        await expectClosed(port);
      });

      it(`is joined by a gateway that names none (${order} is registered first)`, async () => {
        const gateways = [gateway('AGateway', '/a', { port: 0 }), gateway('BGateway', '/b')];
        const running = await start(order === 'the first' ? gateways : gateways.reverse());
        expect(serviceOf(running.broker, 'a').io).to.equal(serviceOf(running.broker, 'b').io);
        expect(await who(await connect(running, '/b'))).to.equal('BGateway');
      });
    }

    it('is not shared where they name different addresses', async () => {
      const port = await freePort();
      const { broker } = await start([
        gateway('AGateway', '/x', { port: 0 }),
        gateway('BGateway', '/x', { port }),
      ]);
      const [a, b] = [serviceOf(broker, 'a'), serviceOf(broker, 'b')];
      expect(a.io).not.to.equal(b.io);
      expect(portOf(b)).to.equal(port);
      expect(await who(await connect({ url: `http://localhost:${portOf(a)}` }))).to.equal('AGateway');
      expect(await who(await connect({ url: `http://localhost:${port}` }))).to.equal('BGateway');
    });

    it('takes options from any of them', async () => {
      const { gateway: first } = await start([
        gateway('AGateway', '/a', { port: 0 }),
        gateway('BGateway', '/b', { io: { options: { path: '/elsewhere' } } }),
      ]);
      const running = { url: `http://localhost:${portOf(first)}` };
      expect(await who(await connect(running, '/a', { path: '/elsewhere' }))).to.equal('AGateway');
      await refused(newClient(running, '/a'));
    });

    const contradictions: [string, Record<string, unknown>, Record<string, unknown>][] = [
      ['cors', { cors: { origin: 'https://a.example' } }, { cors: { origin: 'https://b.example' } }],
      ['io.options', { io: { options: { path: '/a' } } }, { io: { options: { path: '/b' } } }],
      [
        'functions of io.options',
        { io: { options: { allowRequest: () => undefined } } },
        { io: { options: { allowRequest: () => undefined } } },
      ],
      ['https', { https: { key: 'a' } }, { https: { key: 'b' } }],
    ];
    for (const [what, a, b] of contradictions) {
      it(`is refused to two that ask for different ${what}, and both are named`, async () => {
        const broker = newBroker([
          gateway('AGateway', '/a', { port: 0, ...a }),
          gateway('BGateway', '/b', { port: 0, ...b }),
        ]);
        const error = await rejection(broker.start());
        expect(error).to.be.instanceOf(DeclarationError);
        expect(error.message).to.include('AGateway').and.to.include('BGateway');
      });
    }

    for (const [path, other] of [
      ['/chat', '/chat'],
      ['/t/:id', '/t/:id'],
      [/^\/t-\d+$/, /^\/t-\d+$/],
    ] as const) {
      it(`is refused to a second claim of ${String(path)}, and both are named`, async () => {
        const broker = newBroker([
          gateway('AGateway', path, { port: 0 }),
          gateway('BGateway', other, { port: 0 }),
        ]);
        const error = await rejection(broker.start());
        expect(error).to.be.instanceOf(DeclarationError);
        expect(error.message).to.include('AGateway').and.to.include('BGateway');
        expect(error.message).to.include(typeof path === 'string' ? path : path.source);
      });
    }

    it('lets a literal path stand beside a dynamic one that matches it too', async () => {
      const running = await start([
        gateway('AGateway', '/t/:id', { port: 0 }),
        gateway('BGateway', '/t/main'),
      ]);
      expect(await who(await connect(running, '/t/main'))).to.equal('BGateway');
      expect(await who(await connect(running, '/t/other'))).to.equal('AGateway');
    });

    it('does not let clients into namespaces that nobody has claimed', async () => {
      const running = await start(gateway('AGateway', '/a', { port: 0 }));
      for (const name of ['/', '/b', '/a/b', '/A', '/constructor', '/__proto__']) {
        expect((await refused(newClient(running, name))).message, name).to.equal('Invalid namespace');
      }
      expect([...running.gateway.io._nsps.keys()].sort()).to.deep.equal(['/', '/a']);
    });
  });

  describe('at the start', () => {
    it('listens on the port of a string', async () => {
      const port = await freePort();
      const running = await start(gateway('AGateway', '/a', { port: String(port) }));
      expect(running.port).to.equal(port);
    });

    it('takes PORT and IP of the environment where no setting says otherwise', async () => {
      const { PORT, IP } = process.env;
      process.env['PORT'] = String(await freePort());
      process.env['IP'] = '127.0.0.1';
      try {
        const running = await start(gateway('AGateway', '/a'));
        expect(running.gateway.io.httpServer.address()).to.include({
          port: Number(process.env['PORT']),
          address: '127.0.0.1',
        });
      } finally {
        for (const [key, value] of Object.entries({ PORT, IP })) {
          if (value === undefined) Reflect.deleteProperty(process.env, key);
          else process.env[key] = value;
        }
      }
    });

    it('listens on the ip of the settings', async () => {
      const running = await start(gateway('AGateway', '/a', { port: 0, ip: '127.0.0.1' }));
      expect(running.gateway.io.httpServer.address()).to.include({ address: '127.0.0.1' });
    });

    it('is bound when the broker has started', async () => {
      const running = await start(gateway('AGateway', '/a', { port: 0 }));
      expect(running.gateway.io.httpServer.listening).to.equal(true);
      expect(await who(await connect(running, '/a'))).to.equal('AGateway');
    });

    for (const [what, settings] of Object.entries<(port: number) => ServerSettings & Record<string, unknown>>(
      {
        'a port that is taken': (port) => ({ port }),
        'a port that cannot be': () => ({ port: 70_000 }),
        'a port that is no number': () => ({ port: 'http' }),
        'an address that is not ours': () => ({ port: 0, ip: '203.0.113.1' }),
      },
    )) {
      it(`rejects for ${what}, with a sentence, and cleans up`, async () => {
        const taken = createTcpServer().listen(0, '0.0.0.0');
        await once(taken, 'listening');
        afterwards(() => new Promise((resolve) => taken.close(resolve)));
        const { port } = taken.address() as AddressInfo;
        const broker = newBroker(gateway('AGateway', '/a', settings(port)));
        const error = await rejection(broker.start());
        const wanted = settings(port);
        expect(error).to.be.instanceOf(Error);
        expect(error.message)
          .to.match(/^Port .+; .+/)
          .and.to.include(String(wanted.ip ?? wanted.port));
        await broker.stop();
      });
    }

    it('can be tried again when the port has become free', async () => {
      const taken = createTcpServer().listen(0, '0.0.0.0');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const broker = newBroker(gateway('AGateway', '/a', { port }));
      await rejection(broker.start());
      await broker.stop();
      await new Promise((resolve) => taken.close(resolve));
      await broker.start();
      expect(await who(await connect({ url: `http://localhost:${port}` }, '/a'))).to.equal('AGateway');
    });

    it('does not leave the server open where another service fails to start', async () => {
      const port = await freePort();
      const broker = newBroker([
        gateway('AGateway', '/a', { port }),
        { name: 'broken', started: () => Promise.reject(new Error('broken')) },
      ]);
      expect((await rejection(broker.start())).message).to.equal('broken');
      await broker.stop();
      await expectClosed(port);
    });

    it('lets nobody into a gateway that has not started, and keeps the client waiting', async () => {
      const port = await freePort();
      const go = signal();
      afterwards(() => go.fire());

      @SocketNamespace('/slow', { settings: { port } })
      class SlowGateway extends SocketGateway {
        ready = false;
        @SocketEvent()
        who() {
          return this.ready;
        }
        async started() {
          await go;
          this.ready = true;
        }
      }
      const open = signal();
      const broker = newBroker([
        SlowGateway,
        gateway('AGateway', '/a', { port }),
        { name: 'watcher', dependencies: ['a'], started: () => open.fire() },
      ]);
      const starting = broker.start();
      await open;
      const client = newClient({ url: `http://localhost:${port}` }, '/slow');
      const inside = connected(client);
      // The connection is there, and the wish to enter the namespace with it.
      await new Promise<void>((resolve) => client.io.once('open', () => resolve()));
      await connect({ url: `http://localhost:${port}` }, '/a');
      go.fire();
      await Promise.all([starting, inside]);
      expect(await who(client)).to.equal(true);
    });
  });

  describe('https', () => {
    let certificate: { key: Buffer; cert: Buffer };

    before(function () {
      const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
      try {
        const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
        execFileSync(
          'openssl',
          `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost -keyout ${key} -out ${cert}`.split(
            ' ',
          ),
          { stdio: 'ignore' },
        );
        certificate = { key: readFileSync(key), cert: readFileSync(cert) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        this.skip();
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    for (const transport of ['websocket', 'polling']) {
      it(`serves over ${transport}`, async () => {
        const { port, broker } = await start(gateway('AGateway', '/a', { port: 0, https: certificate }));
        const client = await connect({ url: `https://localhost:${port}` }, '/a', {
          transports: [transport],
          rejectUnauthorized: false,
        });
        expect(await who(client)).to.equal('AGateway');
        await broker.stop();
      });
    }

    it('rejects for a key that is none', async () => {
      const broker = newBroker(gateway('AGateway', '/a', { port: 0, https: { key: 'no', cert: 'no' } }));
      expect(await rejection(broker.start())).to.be.instanceOf(Error);
    });
  });

  describe("of the user's own", () => {
    const Attached = gateway('AGateway', '/a', { server: false });

    async function attach(
      server: HttpServer,
      options?: object,
    ): Promise<{ broker: ServiceBroker; service: RunningGateway }> {
      const broker = newBroker(Attached);
      const service = serviceOf(broker, 'a');
      await (service as unknown as SocketGateway).initSocketIO(server, options);
      await broker.start();
      return { broker, service };
    }

    for (const transport of ['websocket', 'polling']) {
      it(`is used over ${transport}, and never closed`, async () => {
        const server = await usersServer();
        const { broker, service } = await attach(server);
        expect(service.io.httpServer).to.equal(server);
        const client = await connect({ url: urlOf(server) }, '/a', { transports: [transport] });
        expect(await who(client)).to.equal('AGateway');
        await broker.stop();
        expect(server.listening).to.equal(true);
        expect(await get(`${urlOf(server)}/mine`)).to.deep.equal({ status: 200, body: 'mine: /mine' });
      });
    }

    it('may be given in created(), with options', async () => {
      const server = await usersServer();
      let io: unknown;
      @SocketNamespace('/a', { settings: { server: false, io: { options: { pingInterval: 1234 } } } })
      class EarlyGateway extends SocketGateway {
        created() {
          void this.initSocketIO(server);
          io = this.io;
        }
        @SocketEvent()
        who() {
          return 'EarlyGateway';
        }
      }
      const { gateway: service } = await start(EarlyGateway);
      expect(io).to.equal(service.io);
      expect(service.io).to.have.nested.property('engine.opts.pingInterval', 1234);
      expect(await who(await connect({ url: urlOf(server) }, '/a'))).to.equal('EarlyGateway');
    });

    it('may be given as settings.server', async () => {
      const server = await usersServer();
      const running = await start(gateway('AGateway', '/a', { server }));
      expect(running.gateway.io.httpServer).to.equal(server);
      expect(await who(await connect({ url: urlOf(server) }, '/a'))).to.equal('AGateway');
      await running.broker.stop();
      expect(server.listening).to.equal(true);
    });

    it('keeps its listeners of before, of meanwhile and of after', async () => {
      const server = await usersServer();
      const found = listenersOf(server);
      const told: string[] = [];
      const { broker } = await attach(server);
      const meanwhile = () => told.push('meanwhile');
      server.on('request', meanwhile);
      expect((await get(`${urlOf(server)}/x`)).body).to.equal('mine: /x');
      expect(told).to.deep.equal(['meanwhile']);
      await broker.stop();
      expect((await get(`${urlOf(server)}/x`)).body).to.equal('mine: /x');
      expect(told).to.deep.equal(['meanwhile', 'meanwhile']);
      server.off('request', meanwhile);
      server.on('request', () => told.push('after'));
      await get(`${urlOf(server)}/x`);
      expect(told).to.deep.equal(['meanwhile', 'meanwhile', 'after']);
      server.removeAllListeners('request');
      for (const listener of found['request']!) server.on('request', listener as never);
      expect(listenersOf(server)).to.deep.equal(found);
    });

    it('is left as it was found, however often the broker is started', async () => {
      const server = await usersServer();
      const found = listenersOf(server);
      const { broker } = await attach(server);
      for (let round = 0; round < 3; round++) {
        for (const transport of ['websocket', 'polling']) {
          const client = await connect({ url: urlOf(server) }, '/a', { transports: [transport] });
          expect(await who(client)).to.equal('AGateway');
        }
        await broker.stop();
        expect(listenersOf(server)).to.deep.equal(found);
        await broker.start();
      }
    });

    it('keeps a listener of upgrades for other paths working', async () => {
      const server = await usersServer();
      server.on('upgrade', (request, socket) => {
        if (request.url?.startsWith('/mine')) socket.end('HTTP/1.1 418 Teapot\r\nConnection: close\r\n\r\n');
      });
      await attach(server, { destroyUpgrade: false });
      const tcp = connectTcp((server.address() as AddressInfo).port, '127.0.0.1');
      afterwards(() => tcp.destroy());
      tcp.write('GET /mine HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      const [data] = await once(tcp, 'data');
      expect(String(data)).to.include('418 Teapot');
      expect(await who(await connect({ url: urlOf(server) }, '/a'))).to.equal('AGateway');
    });

    it('may begin to listen after the broker has started', async () => {
      const server = createServer();
      await attach(server);
      expect(server.listening).to.equal(false);
      server.listen(0);
      await once(server, 'listening');
      afterwards(() => new Promise((resolve) => server.close(resolve)));
      expect(await who(await connect({ url: urlOf(server) }, '/a'))).to.equal('AGateway');
    });

    it('takes options of socket.io', async () => {
      const server = await usersServer();
      await attach(server, { path: '/elsewhere' });
      expect(await who(await connect({ url: urlOf(server) }, '/a', { path: '/elsewhere' }))).to.equal(
        'AGateway',
      );
    });

    it('is shared by all gateways that are attached to it', async () => {
      const server = await usersServer();
      const broker = newBroker([Attached, gateway('BGateway', '/b', { server: false })]);
      for (const name of ['a', 'b'])
        await (serviceOf(broker, name) as unknown as SocketGateway).initSocketIO(server);
      await broker.start();
      expect(serviceOf(broker, 'a').io).to.equal(serviceOf(broker, 'b').io);
      expect(await who(await connect({ url: urlOf(server) }, '/a'))).to.equal('AGateway');
      expect(await who(await connect({ url: urlOf(server) }, '/b'))).to.equal('BGateway');
    });

    it('may be given in the settings', async () => {
      const server = await usersServer();
      const running = await start(gateway('BGateway', '/b', { server }));
      expect(running.gateway.io.httpServer).to.equal(server);
      expect(await who(await connect(running, '/b'))).to.equal('BGateway');
    });

    it('cannot be given twice', async () => {
      const server = await usersServer();
      const { service } = await attach(server);
      expect(() => (service as unknown as SocketGateway).initSocketIO(server)).to.throw(
        /attached .* already/,
      );
    });

    it('is refused to a second broker, whose start says so', async () => {
      const server = await usersServer();
      await attach(server);
      const second = newBroker(gateway('BGateway', '/b', { server }));
      expect((await rejection(second.start())).message).to.match(/attached to this HTTP server already/);
      expect(await who(await connect({ url: urlOf(server) }, '/a'))).to.equal('AGateway');
    });
  });

  describe('false', () => {
    it('listens nowhere, and starts all the same', async () => {
      const broker = newBroker(gateway('AGateway', '/a', { server: false }));
      await broker.start();
      const { io } = serviceOf(broker, 'a');
      expect(io.httpServer).to.equal(undefined);
      await broker.stop();
      expect(serviceOf(broker, 'a').io).to.equal(undefined);
    });

    it('can be given a server after the start', async () => {
      const server = await usersServer();
      const broker = newBroker(gateway('AGateway', '/a', { server: false }));
      await broker.start();
      await (serviceOf(broker, 'a') as unknown as SocketGateway).initSocketIO(server);
      const client = await connect({ url: urlOf(server) }, '/a');
      expect(await who(client)).to.equal('AGateway');
    });
  });

  describe('at the stop', () => {
    it('tells clients in a way after which they come back by themselves', async () => {
      const port = await freePort();
      const running = await start([gateway('AGateway', '/a', { port }), gateway('BGateway', '/t/:id')]);
      const clients = await Promise.all(
        [
          ['/a', 'websocket'],
          ['/a', 'polling'],
          ['/t/1', 'websocket'],
        ].map(([namespace, transport]) =>
          connect(running, namespace, {
            transports: [transport!],
            reconnection: true,
            reconnectionDelay: 20,
            reconnectionDelayMax: 50,
          }),
        ),
      );
      const gone = Promise.all(clients.map((client) => next(client, 'disconnect')));
      await running.broker.stop();
      for (const [reason] of await gone) expect(reason).to.match(/^transport (close|error)$/);
      for (const client of clients) expect(client.active).to.equal(true);
      const back = Promise.all(clients.map((client) => next(client, 'connect')));
      await running.broker.start();
      await back;
      expect(await Promise.all(clients.map(who))).to.deep.equal(['AGateway', 'AGateway', 'BGateway']);
    });

    it('closes the port', async () => {
      const port = await freePort();
      const { broker, gateway: service } = await start(gateway('AGateway', '/a', { port }));
      await broker.stop();
      await expectClosed(port);
      expect(service.io).to.equal(undefined);
      expect([...service.namespaces.keys()]).to.deep.equal([]);
    });

    it('is started and stopped many times', async () => {
      const port = await freePort();
      const { broker } = await start(gateway('AGateway', '/a', { port }));
      for (let round = 0; round < 5; round++) {
        const client = await connect({ url: `http://localhost:${port}` }, '/a');
        expect(await who(client)).to.equal('AGateway');
        await broker.stop();
        await broker.start();
      }
    });

    it('takes bounded time, whatever clients do', async () => {
      const running = await start(gateway('AGateway', '/a', { port: 0 }));
      await Promise.all(Array.from({ length: 5 }, () => connect(running, '/a')));
      await connect(running, '/a', { transports: ['polling'] });
      await silentWebSocket(running.port);
      const idle = connectTcp(running.port, '127.0.0.1');
      afterwards(() => idle.destroy());
      idle.on('error', () => undefined);
      await once(idle, 'connect');
      const slow = connectTcp(running.port, '127.0.0.1');
      afterwards(() => slow.destroy());
      slow.on('error', () => undefined);
      slow.write(
        'POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nab',
      );
      await once(slow, 'connect');
      expect(await duration(() => running.broker.stop())).to.be.below(STOP_LIMIT_MS);
    });

    it("takes bounded time on a server of the user's too", async () => {
      const server = await usersServer();
      const running = await start(gateway('AGateway', '/a', { server }));
      await connect(running, '/a');
      await silentWebSocket(portOf(running.gateway));
      expect(await duration(() => running.broker.stop())).to.be.below(STOP_LIMIT_MS);
      expect(server.listening).to.equal(true);
    });

    it('waits for nobody who is still in the handshake', async () => {
      const entered = signal();

      @SocketNamespace('/x', {
        settings: { port: 0 },
        middlewares: [() => entered.fire()],
      })
      class HesitantGateway extends SocketGateway {}
      const running = await start(HesitantGateway);
      const client = newClient(running);
      const outcome = Promise.race([refused(client), next(client, 'disconnect')]);
      outcome.catch(() => undefined);
      await entered;
      expect(await duration(() => running.broker.stop())).to.be.below(STOP_LIMIT_MS);
    });
  });

  describe('under hot reload', () => {
    const port = () => freePort();

    async function reload(
      broker: ServiceBroker,
      name: string,
      replacement: Registered,
    ): Promise<RunningGateway> {
      await broker.destroyService(serviceOf(broker, name));
      const service = broker.createService(replacement as never) as RunningGateway;
      await broker.waitForServices(name, 2000, 5);
      return service;
    }

    it('replaces one of two gateways, and leaves the other alone', async () => {
      const settings = { port: await port() };
      const running = await start([gateway('AGateway', '/a', settings), gateway('BGateway', '/b', settings)]);
      const a = await connect(running, '/a', {
        reconnection: true,
        reconnectionDelay: 10,
        reconnectionDelayMax: 50,
      });
      const b = await connect(running, '/b');
      let lost = false;
      b.on('disconnect', () => (lost = true));
      const again = new Promise<void>((resolve) => a.once('disconnect', () => a.once('connect', resolve)));
      await reload(running.broker, 'a', gateway('AGateway', '/a', settings));
      await again;
      expect(await who(a)).to.equal('AGateway');
      expect(await who(b)).to.equal('BGateway');
      expect(lost, 'the client of the other gateway was cut off').to.equal(false);
      expect([...serviceOf(running.broker, 'a').namespaces.keys()]).to.deep.equal(['/a']);
    });

    it('replaces the only gateway', async () => {
      const settings = { port: await port() };
      const running = await start(gateway('AGateway', '/a', settings));
      const a = await connect(running, '/a', {
        reconnection: true,
        reconnectionDelay: 10,
        reconnectionDelayMax: 50,
      });
      const again = new Promise<void>((resolve) => a.once('disconnect', () => a.once('connect', resolve)));
      await reload(running.broker, 'a', gateway('AGateway', '/a', settings));
      await again;
      expect(await who(a)).to.equal('AGateway');
    });

    it('lets a replacement have other namespaces', async () => {
      const settings = { port: await port() };
      const running = await start([gateway('AGateway', '/a', settings), gateway('BGateway', '/b', settings)]);
      await reload(running.broker, 'a', gateway('AGateway', '/c', settings));
      expect(await who(await connect(running, '/c'))).to.equal('AGateway');
      expect((await refused(newClient(running, '/a'))).message).to.equal('Invalid namespace');
    });

    it('replaces a gateway of dynamic namespaces', async () => {
      const settings = { port: await port() };
      const running = await start([
        gateway('AGateway', '/t/:id', settings),
        gateway('BGateway', '/b', settings),
      ]);
      await connect(running, '/t/1');
      const service = await reload(running.broker, 'a', gateway('AGateway', '/t/:id', settings));
      const client = await connect(running, '/t/1');
      expect(await who(client)).to.equal('AGateway');
      expect([...service.namespaces.keys()]).to.deep.equal(['/t/1']);
    });

    it("replaces the gateway of '/' again and again, and keeps what others put on it", async () => {
      const settings = { port: await port() };
      const running = await start([gateway('AGateway', '/', settings), gateway('BGateway', '/b', settings)]);
      let passed = 0;
      const { io } = serviceOf(running.broker, 'b');
      for (let time = 0; time < 3; time++) {
        const service = await reload(running.broker, 'a', gateway('AGateway', '/', settings));
        if (time === 0) {
          io.use((_socket, go) => {
            passed++;
            go();
          });
        }
        const before = passed;
        expect(await who(await connect(running, '/'))).to.equal('AGateway');
        expect(passed, `time ${time}`).to.equal(before + 1);
        // Socket.IO's own list: the one that admits, and the application's.
        expect((service.io.sockets as unknown as { _fns: unknown[] })._fns, `time ${time}`).to.have.length(2);
      }
    });

    it('closes the server with the last gateway, and not before', async () => {
      const settings = { port: await port() };
      const { broker, url } = await start([
        gateway('AGateway', '/a', settings),
        gateway('BGateway', '/b', settings),
      ]);
      await broker.destroyService(serviceOf(broker, 'a'));
      expect(await who(await connect({ url }, '/b'))).to.equal('BGateway');
      await broker.destroyService(serviceOf(broker, 'b'));
      await expectClosed(settings.port);
    });

    it('frees the namespace for another gateway', async () => {
      const settings = { port: await port() };
      const running = await start([gateway('AGateway', '/a', settings), gateway('BGateway', '/b', settings)]);
      await running.broker.destroyService(serviceOf(running.broker, 'a'));
      running.broker.createService(gateway('CGateway', '/a', settings) as never);
      await running.broker.waitForServices('c', 2000, 5);
      expect(await who(await connect(running, '/a'))).to.equal('CGateway');
    });
  });

  it('cannot be given other options by a gateway that comes late', async () => {
    const logger = new CollectingLogger();
    const running = await start(gateway('AGateway', '/a', { port: 0 }), { logger });
    const late = gateway('LateGateway', '/late', { cors: { origin: 'https://a.example' } });
    running.broker.createService(late as never);
    while (logger.errors.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(logger.errors[0]?.text)
      .to.include('LateGateway')
      .and.include(
        'it wants https, cors or io.options that its server, opened by AGateway, was opened without',
      );
    expect(await who(await connect(running, '/a'))).to.equal('AGateway');
  });

  it('is one for each broker of a process', async () => {
    const [one, two] = [
      await start(gateway('AGateway', '/x', { port: 0 })),
      await start(gateway('BGateway', '/x', { port: 0 })),
    ];
    expect(one.port).not.to.equal(two.port);
    expect(await who(await connect(one))).to.equal('AGateway');
    await one.broker.stop();
    expect(await who(await connect(two))).to.equal('BGateway');
  });

  it('gives one class to two brokers', async () => {
    const Both = gateway('BothGateway', '/x', { port: 0 });
    const [one, two] = [await start(Both), await start(Both)];
    expect(one.gateway).not.to.equal(two.gateway);
    const [a, b] = [await connect(one), await connect(two)];
    expect([...one.gateway.namespaces.get('/x')!.sockets.keys()]).to.deep.equal([a.id]);
    expect([...two.gateway.namespaces.get('/x')!.sockets.keys()]).to.deep.equal([b.id]);
  });

  it('shows nothing of its settings to other nodes, nor to services that ask', async () => {
    const secret = 'secret-in-the-settings';
    const options: Options = { transporter: 'Fake', internalServices: true };
    const watcher = newBroker([], { ...options, nodeID: 'watcher' });
    await watcher.start();
    const origin = `https://${secret}.example`;
    const { broker } = await start(
      gateway('AGateway', '/a', {
        port: 0,
        ip: '127.0.0.1',
        cors: { origin },
        io: { options: { path: '/socket.io', cookie: { name: secret } } },
        mine: 'kept',
        $secureSettings: ['token'],
        token: secret,
      }),
      { ...options, nodeID: 'gateway' },
    );
    await watcher.waitForServices('a', 2000, 5);
    for (const asked of [watcher, broker]) {
      const services: any[] = await asked.call('$node.services', { withActions: true });
      const known = services.find(({ name }) => name === 'a');
      expect(known.settings, asked.nodeID).to.deep.equal({ mine: 'kept' });
      expect(inspect(known, { depth: 20 }), asked.nodeID).not.to.include(secret);
    }
    const { rawInfo } = (watcher as any).registry.nodes.get('gateway');
    expect(inspect(rawInfo, { depth: 20 }))
      .to.include("mine: 'kept'")
      .and.not.to.include(secret);
    const service = serviceOf(broker, 'a');
    expect((service.settings as Record<string, unknown>)['mine']).to.equal('kept');
  });

  it('keeps the options of socket.io by identity', async () => {
    const cookie = { name: 'sid' };
    const parser = { Encoder: class {}, Decoder: class {} };
    const running = await start(gateway('AGateway', '/a', { port: 0, io: { options: { cookie, parser } } }));
    const { opts } = running.gateway.io as any;
    expect(opts.cookie).to.equal(cookie);
    expect(opts.parser).to.equal(parser);
  });
});
