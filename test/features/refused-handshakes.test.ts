import { expect } from 'chai';
import type { ServiceSchema } from 'moleculer';
import type { Socket as ServerSocket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  OnDisconnect,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type GatewayLimits,
} from '../../src';
import { PollingClient } from '../support/polling-client';
import { RawClient } from '../support/raw-client';
import {
  ask,
  CollectingLogger,
  connect,
  METRICS,
  next,
  start,
  valuesOf,
  type Registered,
  type Running,
} from '../support/run-gateway';

const settings = { port: 0, ip: '127.0.0.1' };

/** A gateway that refuses every client. */
function refusing(authenticate: (socket: ServerSocket) => unknown, limits?: GatewayLimits): Registered {
  @SocketNamespace('/', { settings, ...(limits && { limits }) })
  @Authorize()
  class RefusingGateway extends SocketGateway {
    @Authenticate()
    authenticate(socket: ServerSocket) {
      return authenticate(socket);
    }
  }
  return RefusingGateway;
}

/** Asks for namespaces, one after the other, until the connection has ended. Returns the refusals. */
async function tryOut(
  running: Pick<Running, 'port'>,
  packet: (attempt: number) => string,
): Promise<string[]> {
  const raw = await RawClient.open(running);
  let isOpen = true;
  void raw.closed.then(() => (isOpen = false));
  for (let attempt = 0; isOpen && attempt < 200; attempt++) {
    const before = raw.received.length;
    raw.send(packet(attempt));
    while (isOpen && raw.received.length === before) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  if (isOpen) throw new Error('the connection is still open');
  return raw.received.map(String).filter((message) => message.startsWith('44'));
}

describe('refused handshakes', () => {
  @SocketNamespace('/tenants/:id', {
    settings,
    limits: { maxNamespaces: 1, connections: { points: 3, duration: 60 } },
  })
  class TenantGateway extends SocketGateway {}
  @SocketNamespace('/x', { settings, middlewares: [(_socket, go) => go(new Error('members only'))] })
  class ClubGateway extends SocketGateway {}
  const io = {
    name: 'io',
    mixins: [SocketIOService],
    settings: { ...settings, io: { namespaces: { '/io': { authorization: true } } } },
    methods: {
      socketAuthorize() {
        throw new Error('bad token');
      },
    },
  };

  const KINDS: Record<string, [Registered, (attempt: number) => string]> = {
    'for a bad token': [
      refusing(() => {
        throw new Error('bad token');
      }),
      (attempt) => `40{"token":${attempt}}`,
    ],
    'for a token that is refused with 401 by the application': [
      refusing(() => Promise.reject(Object.assign(new Error('expired'), { code: 401 }))),
      (attempt) => `40{"token":${attempt}}`,
    ],
    'by a guard': [refusing(() => undefined), (attempt) => `40{"token":${attempt}}`],
    'by a middleware': [ClubGateway, () => '40/x,'],
    'for their rate': [TenantGateway, (attempt) => `40/tenants/${attempt},`],
    'for an unknown name': [ClubGateway, (attempt) => `40/none/${attempt},`],
    "for '/', which has no gateway": [ClubGateway, () => '40'],
    'for a name that is too long': [TenantGateway, (attempt) => `40/tenants/${attempt}${'x'.repeat(250)},`],
    'by socketAuthorize of moleculer-io': [io as ServiceSchema, () => '40/io,'],
  };
  for (const [what, [gateway, packet]] of Object.entries(KINDS)) {
    it(`close the connection after the twentieth: ${what}`, async () => {
      const logger = new CollectingLogger();
      const running = await start(gateway, { ...METRICS, logger });
      expect(await tryOut(running, packet)).to.have.length(20);
      const lines = logger.having('limits.maxRefusals is 20');
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ level: 'warn' });
      expect(lines[0]!.text).to.match(
        /the connection \S{20} from 127\.0\.0\.1 is closed: 20 handshakes of namespaces were refused/,
      );
      expect(valuesOf(running, 'moleculer.io.limits.exceeded.total')).to.include({ '* maxRefusals': 1 });
      const refused = valuesOf(running, 'moleculer.io.handshakes.refused.total');
      expect(Object.values(refused).reduce((sum, count) => sum + count, 0)).to.equal(20);
    });
  }

  it('by a middleware that the application adds to the namespace count, too', async () => {
    const logger = new CollectingLogger('warn');
    @SocketNamespace('/x', { settings, limits: { maxRefusals: 3 } })
    class PlainGateway extends SocketGateway {
      started() {
        this.namespaces.get('/x')!.use((_socket, go) => go(new Error('not you')));
      }
    }
    const running = await start(PlainGateway, { logger });
    expect(await tryOut(running, () => '40/x,')).to.have.length(3);
    expect(logger.having('limits.maxRefusals is 3')).to.have.length(1);
  });

  it('by a middleware of the application give their place among the namespaces back', async () => {
    @SocketNamespace('/t/:id', { settings, limits: { maxNamespaces: 2, maxRefusals: Infinity } })
    class PlainGateway extends SocketGateway {}
    const running = await start(PlainGateway);
    running.gateway.io.on('new_namespace', (namespace) => {
      if (namespace.name !== '/t/good') namespace.use((_socket, go) => go(new Error('not you')));
    });
    const raw = await RawClient.open(running);
    for (let attempt = 0; attempt < 10; attempt++) {
      raw.send(`40/t/${attempt},`);
      expect(await raw.message(`44/t/${attempt},`)).to.include('not you');
    }
    raw.send('40/t/good,');
    await raw.message('40/t/good,');
  });

  it('of several kinds are counted together, over polling as well', async () => {
    const running = await start([ClubGateway, refusing(() => undefined, { maxRefusals: 4 })]);
    const client = await PollingClient.open(running);
    await client.send('40/none,', '40/x,', '40', '40/nobody,');
    const received = await client.ended();
    // The smallest limit of all gateways holds for names that belong to none.
    expect(
      received.filter((packet) => packet.startsWith('44')).map((packet) => packet.slice(2, 8)),
    ).to.have.members(['/none,', '/x,{"m', '{"mess', '/nobod']);
  });

  it('end the other namespaces of the connection, which are told why, and the client comes back', async () => {
    const reasons: [string, unknown][] = [];
    @SocketNamespace('/y', { settings, limits: { maxRefusals: 2 } })
    class OtherGateway extends SocketGateway {
      @SocketEvent()
      ping() {
        return 'pong';
      }
      @OnDisconnect()
      gone(_socket: ServerSocket, reason: string, description?: unknown) {
        reasons.push([reason, description]);
      }
    }
    const running = await start([OtherGateway, ClubGateway]);
    const client = await connect(running, '/y', { reconnection: true, reconnectionDelay: 5 });
    const gone = next(client, 'disconnect');
    for (const name of ['/nobody', '/none']) client.io.socket(name, {}).connect();
    expect((await gone)[0]).to.equal('transport close');
    expect(reasons).to.have.length(1);
    expect(reasons[0]![0]).to.equal('forced close');
    expect(reasons[0]![1])
      .to.be.an('error')
      .with.property('message', '2 handshakes of namespaces were refused, and limits.maxRefusals is 2');
    if (!client.connected) await next(client, 'connect');
    expect((await ask(client, 'ping')).result).to.equal('pong');
  });

  it('are as many as one likes with Infinity', async () => {
    const running = await start(refusing(() => undefined, { maxRefusals: Infinity }));
    const raw = await RawClient.open(running);
    for (let attempt = 0; attempt < 50; attempt++) raw.send(`40/none/${attempt},`);
    await raw.message('44/none/49,');
    expect(raw.socket.readyState).to.equal(raw.socket.OPEN);
  });

  describe('for a failed authentication', () => {
    const THROWN: Record<string, [unknown, string]> = {
      'an error': [new Error('bad token'), 'bad token'],
      'an error with several lines': [
        new Error('bad\r\nERROR all is lost\u001b[2J'),
        'bad\ufffd\ufffdERROR all is lost\ufffd[2J',
      ],
      'a long one': [new Error('x'.repeat(10_000)), 'x'.repeat(100)],
      'an error without a message': [new TypeError(), 'TypeError'],
      'a string': ['no', 'no'],
      nothing: [undefined, 'undefined'],
      'an object': [{ reason: 'no' }, "{ reason: 'no' }"],
    };
    for (const [what, [thrown, shown]] of Object.entries(THROWN)) {
      it(`are logged in one line, without a stack: ${what}`, async () => {
        const logger = new CollectingLogger('warn');
        const running = await start(
          refusing(() => {
            throw thrown;
          }),
          { logger },
        );
        const raw = await RawClient.open(running);
        raw.send('40');
        expect(await raw.message('44')).to.include('"code":401');
        expect(logger.lines).to.have.length(1);
        const { text } = logger.lines[0]!;
        expect(text).to.match(/RefusingGateway: authenticate refused \S+ of 127\.0\.0\.1: /);
        expect(text).to.not.match(/[\r\n\u001b]/);
        expect(text.split('of 127.0.0.1: ')[1]).to.equal(shown);
      });
    }
  });
});
