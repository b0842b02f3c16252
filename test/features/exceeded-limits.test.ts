import { expect } from 'chai';
import type { BrokerOptions } from 'moleculer';
import { io } from 'socket.io-client';
import type { Socket as ServerSocket } from 'socket.io';
import {
  Authenticate,
  PacketMiddleware,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import {
  afterwards,
  ask,
  CollectingLogger,
  connect,
  newClient,
  refused,
  start,
  type Running,
} from '../support/run-gateway';
import { RawClient } from '../support/raw-client';

const METRICS: BrokerOptions = { metrics: { enabled: true, collectProcessMetrics: false } };
const settings = { port: 0 };

/** How often each limit was exceeded, by namespace and limit. */
function exceeded({ broker }: Running): Record<string, number> {
  const metric = broker.metrics.getMetric('moleculer.io.limits.exceeded.total') as unknown as {
    snapshot(): { labels: { namespace: string; limit: string }; value: number }[];
  };
  return Object.fromEntries(
    metric.snapshot().map(({ labels, value }) => [`${labels.namespace} ${labels.limit}`, value]),
  );
}

describe('a limit that is exceeded', () => {
  let authenticate: () => unknown;

  @SocketNamespace('/tenants/:id', {
    settings,
    limits: {
      maxPending: 2,
      maxDepth: 3,
      maxNamespaces: 2,
      handshakeTimeout: 60,
      ackTimeout: 40,
      connections: { points: 9, duration: 60 },
    },
  })
  class TenantGateway extends SocketGateway {
    asked: unknown;
    @Authenticate()
    authenticate() {
      return authenticate();
    }
    @SocketEvent()
    wait() {
      return new Promise(() => undefined);
    }
    @SocketEvent()
    ping() {
      return 'pong';
    }
    @RateLimit({ points: 1, duration: 60 })
    @SocketEvent()
    rare() {}
    @SocketEvent()
    async asks({ socket }: SocketContext) {
      return socket.emitWithAck('question').then(
        () => 'answered',
        (error: unknown) => (error as Error).message,
      );
    }
    @SocketEvent()
    async asksWithin({ socket }: SocketContext) {
      return socket
        .timeout(5)
        .emitWithAck('question')
        .catch((error: unknown) => (error as Error).message);
    }
    @SocketEvent()
    calls({ socket }: SocketContext) {
      let answers = 0;
      socket.emit('question', () => answers++);
      socket.emit('answered', () => answers++);
      return new Promise((resolve) => setTimeout(() => resolve([answers, (socket as any).acks.size]), 90));
    }
  }

  beforeEach(() => {
    authenticate = () => undefined;
  });

  const startTenants = (logger?: CollectingLogger): Promise<Running> =>
    start(TenantGateway, { ...METRICS, logger: logger ?? false });

  it('is counted under its name, and the pattern of the namespace', async () => {
    const running = await startTenants();
    const client = await connect(running, '/tenants/1');
    client.emit('wait');
    client.emit('wait');
    expect((await ask(client, 'ping')).error).to.deep.include({ code: 429, type: 'TOO_MANY_PENDING' });
    const other = await connect(running, '/tenants/2');
    expect((await ask(other, 'ping', [[[[]]]])).error).to.deep.include({ code: 413 });
    await ask(other, 'rare');
    expect((await ask(other, 'rare')).error).to.deep.include({ code: 429 });
    expect(exceeded(running)).to.deep.equal({
      '/tenants/:id maxPending': 1,
      '/tenants/:id maxDepth': 1,
      '/tenants/:id rateLimit': 1,
    });
  });

  it('is counted at the door, too', async () => {
    const running = await startTenants();
    const client = await connect(running, '/tenants/1');
    const manager = client.io;
    const enter = (name: string) =>
      new Promise<any>((resolve) => {
        const socket = manager.socket(name);
        socket.once('connect', () => resolve(undefined));
        socket.once('connect_error', resolve);
      });
    await enter('/tenants/2');
    expect((await enter('/tenants/3')).data).to.deep.include({ code: 429, type: 'TOO_MANY_NAMESPACES' });
    authenticate = () => new Promise(() => undefined);
    expect((await refused(newClient(running, '/tenants/4'))).data).to.deep.include({
      code: 503,
      type: 'HANDSHAKE_TIMEOUT',
    });
    authenticate = () => undefined;
    for (let i = 0; i < 7; i++) await refused(newClient(running, '/tenants/x y')).catch(() => undefined);
    expect((await refused(newClient(running, '/tenants/5'))).data).to.deep.include({
      code: 429,
      type: 'RATE_LIMIT_EXCEEDED',
    });
    expect(exceeded(running)).to.include({
      '/tenants/:id maxNamespaces': 1,
      '/tenants/:id handshakeTimeout': 1,
    });
    expect(exceeded(running)['/tenants/:id connections']).to.be.greaterThan(0);
  });

  it('is counted where a client does not answer in time', async () => {
    const running = await startTenants();
    const client = await connect(running, '/tenants/1');
    const { error } = await running.broker
      .call('tenant.request', { socketId: client.id, event: 'question' })
      .then(
        () => ({ error: undefined as any }),
        (reason: unknown) => ({ error: reason as any }),
      );
    expect(error).to.include({ code: 504 });
    expect(exceeded(running)).to.deep.equal({ '/tenants/:id ackTimeout': 1 });
  });

  describe('ackTimeout', () => {
    it('ends emitWithAck of a socket, where it names no timeout itself', async () => {
      const running = await startTenants();
      const client = await connect(running, '/tenants/1');
      expect((await ask(client, 'asks')).result).to.equal('operation has timed out');
      expect(exceeded(running)).to.deep.equal({ '/tenants/:id ackTimeout': 1 });
      expect((await ask(client, 'asksWithin')).result).to.equal('operation has timed out');
      expect(exceeded(running)).to.deep.equal({ '/tenants/:id ackTimeout': 1 });
      client.on('question', (ack: () => void) => ack());
      expect((await ask(client, 'asks')).result).to.equal('answered');
    });

    it('forgets the callback of emit where the client does not answer, and only then', async () => {
      const running = await startTenants();
      const client = await connect(running, '/tenants/1');
      client.on('answered', (ack: () => void) => ack());
      expect((await ask(client, 'calls')).result).to.deep.equal([1, 0]);
      expect(exceeded(running)).to.deep.equal({ '/tenants/:id ackTimeout': 1 });
    });

    it('ends a packet middleware that never goes on', async () => {
      @SocketNamespace('/x', { settings, limits: { ackTimeout: 30 } })
      class StuckGateway extends SocketGateway {
        @PacketMiddleware()
        stuck(packet: unknown[], next: () => void) {
          if (packet[0] === 'ping') next();
        }
        @SocketEvent()
        ping() {}
        @SocketEvent()
        pong() {}
      }
      const running = await start(StuckGateway, METRICS);
      const client = await connect(running);
      expect((await ask(client, 'pong')).error).to.include({ code: 503, type: 'PACKET_MIDDLEWARE_TIMEOUT' });
      expect((await ask(client, 'ping')).error).to.equal(null);
      expect(exceeded(running)).to.deep.equal({ '/x ackTimeout': 1 });
    });
  });

  describe('and closes a connection says why in the log', () => {
    it('where a client does not read', async () => {
      @SocketNamespace('/x', { settings, limits: { maxBufferedBytes: 64 * 1024 } })
      class NewsGateway extends SocketGateway {}
      const logger = new CollectingLogger();
      const running = await start(NewsGateway, { ...METRICS, logger });
      const idle = await RawClient.enter(running);
      idle.socket.pause();
      const namespace = running.gateway.namespaces.get('/x')!;
      const [socket] = namespace.sockets.values() as Iterable<ServerSocket>;
      const gone = new Promise((resolve) => socket!.once('disconnect', resolve));
      const news = 'x'.repeat(1024 * 1024);
      for (let i = 0; i < 64; i++) namespace.emit('news', news);
      await gone;
      const [line] = logger.having('limits.maxBufferedBytes is 65536');
      expect(line?.text).to.include(socket!.id).and.to.include('127.0.0.1');
      expect(exceeded(running)).to.deep.equal({ '* maxBufferedBytes': 1 });
    });

    it('where a connection enters no namespace', async () => {
      @SocketNamespace('/x', { settings, limits: { handshakeTimeout: 1 } })
      class QuietGateway extends SocketGateway {}
      const logger = new CollectingLogger();
      const running = await start(QuietGateway, { ...METRICS, logger });
      const manager = io(running.url, { forceNew: true, autoConnect: false, reconnection: false }).io;
      afterwards(() => manager._close());
      const closed = new Promise((resolve) => manager.once('close', resolve));
      manager.open();
      await closed;
      const [line] = logger.having(
        'it has entered no namespace in the time that limits.handshakeTimeout gives',
      );
      expect(line?.text).to.match(/the connection \S{20} from \S*127\.0\.0\.1 is closed/);
      expect(exceeded(running)).to.deep.equal({ '* handshakeTimeout': 1 });
    });

    it('and waits no longer for one that does not even fetch its goodbye', async () => {
      @SocketNamespace('/x', { settings, limits: { handshakeTimeout: 1 } })
      class QuietGateway extends SocketGateway {}
      const logger = new CollectingLogger();
      const running = await start(QuietGateway, { ...METRICS, logger });
      const timers = (): number =>
        process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
      const before = timers();
      await fetch(`${running.url}/socket.io/?EIO=4&transport=polling`);
      const { engine } = running.gateway.io;
      expect(engine.clientsCount).to.equal(1);
      const [connection] = Object.values((engine as unknown as { clients: Record<string, any> }).clients);
      while (connection.readyState !== 'closing') await new Promise((resolve) => setTimeout(resolve, 20));
      await running.broker.stop();
      expect(engine.clientsCount).to.equal(0);
      expect(timers()).to.be.at.most(before);
    });

    it('and says nothing of one that was in a namespace and is closed', async () => {
      const logger = new CollectingLogger();
      const running = await startTenants(logger);
      const client = await connect(running, '/tenants/1');
      const gone = new Promise((resolve) => client.once('disconnect', resolve));
      await running.broker.call('tenant.disconnect', { socketIds: client.id, close: true });
      await gone;
      expect(logger.having('handshakeTimeout')).to.be.empty;
    });
  });
});
