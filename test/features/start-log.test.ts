import { once } from 'node:events';
import { createServer, Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { ServiceSchema } from 'moleculer';
import ApiGateway from 'moleculer-web';
import sinon from 'sinon';
import {
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type SocketNamespaceOptions,
} from '../../src';
import {
  afterwards,
  CollectingLogger,
  newBroker,
  portOf,
  serviceOf,
  start,
  type Registered,
} from '../support/run-gateway';

function chat(
  settings: SocketNamespaceOptions['settings'],
  more: Partial<SocketNamespaceOptions> = {},
): Registered {
  @SocketNamespace(['/chat', '/tenants/:id', /^\/x$/], { ...more, ...(settings && { settings }) })
  class ChatGateway extends SocketGateway {
    @SocketEvent()
    send() {}
    @SocketEvent(['edit', 'delete'])
    change() {}
  }
  return ChatGateway;
}

const SERVED = "namespaces '/chat', '/tenants/:id', /^\\/x$/, 3 events";

describe('a gateway that has started says at level info where it is', () => {
  let logger: CollectingLogger;
  beforeEach(() => {
    logger = new CollectingLogger('info');
  });
  afterEach(() => sinon.restore());

  /** The lines, without the name of the module. */
  function lines(name = 'ChatGateway'): string[] {
    return logger.lines
      .filter(({ level, text }) => level === 'info' && text.includes(`: ${name} `))
      .map(({ text }) => text.slice(text.indexOf(': ') + 2));
  }

  async function ownServer(listens: boolean): Promise<HttpServer> {
    const server = createServer();
    afterwards(() => server.listening && server.close());
    if (listens) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return server;
  }

  it('on its own port, the one that it has in place of 0', async () => {
    const { port } = await start(chat({ port: 0, ip: '127.0.0.1' }), { logger });
    expect(lines()).to.deep.equal([`ChatGateway listens on http://127.0.0.1:${port}/socket.io: ${SERVED}`]);
  });

  it('with https, under another path, on an IPv6 address', async () => {
    const { gateway } = await start(
      chat({ port: 0, ip: '::1', https: {}, io: { options: { path: '/ws' } } }),
      { logger },
    );
    expect(lines()).to.deep.equal([`ChatGateway listens on https://[::1]:${portOf(gateway)}/ws: ${SERVED}`]);
  });

  it('each of several on one server, with what it exposes', async () => {
    @SocketNamespace('/', { settings: { port: 0, ip: '127.0.0.1' }, autoExpose: true })
    class RootGateway extends SocketGateway {
      @SocketEvent()
      ping() {}
    }
    const { port } = await start([chat(undefined), RootGateway], { logger });
    const at = `listens on http://127.0.0.1:${port}/socket.io`;
    expect(lines()).to.deep.equal([`ChatGateway ${at}: ${SERVED}`]);
    expect(lines('RootGateway')).to.deep.equal([
      `RootGateway ${at}: namespace '/', 1 event, exposed actions`,
    ]);
  });

  it('attached to a server of the application', async () => {
    const server = await ownServer(true);
    const broker = newBroker(chat({ server }), { logger });
    await broker.start();
    const { port } = server.address() as AddressInfo;
    expect(lines()).to.deep.equal([
      `ChatGateway is attached to an HTTP server of the application, which listens on http://127.0.0.1:${port}/socket.io: ${SERVED}`,
    ]);
  });

  it('attached to one that does not listen', async () => {
    const broker = newBroker(chat({ server: await ownServer(false) }), { logger });
    await broker.start();
    expect(lines()).to.deep.equal([
      `ChatGateway is attached to an HTTP server of the application, which does not listen yet: ${SERVED}`,
    ]);
  });

  it("attached to moleculer-web's server", async () => {
    const web = ApiGateway as unknown as ServiceSchema;
    const broker = newBroker(chat({ port: 0, ip: '127.0.0.1' }, { mixins: [web], name: 'api' }), { logger });
    await broker.start();
    const { port } = (
      serviceOf(broker, 'api') as unknown as { server: HttpServer }
    ).server.address() as AddressInfo;
    expect(lines()).to.deep.equal([
      `ChatGateway is attached to the HTTP server of 'api', which listens on http://127.0.0.1:${port}/socket.io: ${SERVED}`,
    ]);
  });

  it('attached to none yet, and again when it is', async () => {
    const broker = newBroker(chat({ server: false }), { logger });
    await broker.start();
    expect(lines()).to.deep.equal([
      `ChatGateway is attached to no server yet: call initSocketIO(): ${SERVED}`,
    ]);
    await (serviceOf(broker, 'chat') as unknown as SocketGateway).initSocketIO(await ownServer(true));
    expect(lines()).to.have.length(2);
    expect(lines()[1]).to.include(
      'ChatGateway is attached to an HTTP server of the application, which listens on',
    );
  });

  it('as a service of moleculer-io, in one line for all its namespaces', async () => {
    const io = {
      name: 'io',
      mixins: [SocketIOService],
      settings: {
        port: 0,
        ip: '127.0.0.1',
        io: { namespaces: { '/': { events: { call: {} } }, '/admin': {} } },
      },
    };
    const { port } = await start(io as ServiceSchema, { logger });
    expect(lines('io')).to.deep.equal([
      `io listens on http://127.0.0.1:${port}/socket.io: namespaces '/', '/admin', 1 event`,
    ]);
  });

  describe('settings.backlog', () => {
    function listened(): unknown[] {
      const listen = sinon.spy(HttpServer.prototype, 'listen');
      return new Proxy([] as unknown[], {
        get: (_none, key) =>
          Reflect.get(
            listen.args.map(([options]) => (options as { backlog?: number }).backlog),
            key,
          ),
      });
    }

    it('is what the server listens with, 4096 by default, and never published', async () => {
      const backlogs = listened();
      const { gateway } = await start(chat({ port: 0, backlog: 100 }));
      await start(chat({ port: 0 }));
      expect([...backlogs]).to.deep.equal([100, 4096]);
      expect(gateway.settings['$secureSettings']).to.include('backlog');
    });

    it('is one for all gateways of a server', async () => {
      @SocketNamespace('/other', { settings: { port: 0, backlog: 10 } })
      class OtherGateway extends SocketGateway {}
      const error = await start([chat({ port: 0, backlog: 20 }), OtherGateway]).then(
        () => undefined,
        (reason: unknown) => reason as Error,
      );
      expect(error?.message).to.include(
        'OtherGateway: its setting backlog differs from that of ChatGateway, which shares its server; give both the same',
      );
    });

    it('cannot be chosen by a gateway that comes late', async () => {
      const { broker } = await start(chat({ port: 0, ip: '127.0.0.1' }), { logger });
      @SocketNamespace('/late', { settings: { backlog: 10 } })
      class LateGateway extends SocketGateway {}
      broker.createService(LateGateway as unknown as ServiceSchema);
      while (logger.errors.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(logger.errors[0]!.text).to.include(
        'it wants a backlog that its server, opened by ChatGateway, was opened without',
      );
    });

    for (const wrong of [0, -1, 1.5, '100', null, true]) {
      it(`must be a whole number above 0, not ${JSON.stringify(wrong)}`, async () => {
        const error = await start(chat({ port: 0, backlog: wrong as number })).then(
          () => undefined,
          (reason: unknown) => reason as Error,
        );
        expect(error?.message).to.match(
          /ChatGateway: settings\.backlog must be a whole number above 0, not .+: \{ backlog: 4096 \}/,
        );
      });
    }
  });
});
