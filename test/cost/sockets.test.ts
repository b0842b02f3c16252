import { expect } from 'chai';
import sinon from 'sinon';
import type { Namespace, Socket } from 'socket.io';
import { queryObjects } from 'node:v8';
import { SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { connect, start, type Running } from '../support/run-gateway';
import { startPlain } from './count-per-event';

/** What a connected socket holds: nothing of it may grow with the number of events. */
describe('the cost of a socket', () => {
  const SOCKETS = 20;

  it('in listeners', async () => {
    const plain = await startPlain(() => undefined);
    await connect(plain);
    const floor = listenersOf(plain.namespace);
    for (const events of [1, 100]) {
      const { namespace, url } = await startWith(events);
      await connect({ url });
      const { socket, connection } = listenersOf(namespace);
      expect(socket).to.deep.equal({ error: 1, disconnecting: 1, disconnect: 1 });
      // One tells when the connection has ended.
      expect(connection).to.deep.equal({ ...floor.connection, close: floor.connection['close']! + 1 });
    }
  });

  it('in functions', async function () {
    // Counting them takes a while: the whole heap is looked at.
    this.timeout(60_000);
    // What other suites have left behind may be collected in between.
    this.retries(3);
    const servers = [await startPlain(() => undefined), await startWith(1), await startWith(100)];
    // The first sockets bring what is there once for all.
    for (const { url } of servers) await connectMany(url, 3);
    const counts = [countFunctions()];
    for (const { url } of servers) {
      await connectMany(url, SOCKETS);
      counts.push(countFunctions());
    }
    // Those of the client are among them, as many for every server.
    const [plain, few, many] = counts
      .slice(1)
      .map((count, at) => Math.round((count - counts[at]!) / SOCKETS)) as [number, number, number];
    expect(many).to.equal(few);
    // Its packets, its end, and that of the connection, beyond a socket nobody listens to.
    expect(few - plain).to.be.at.most(6);
  });

  /** A gateway with so many events. */
  async function startWith(events: number): Promise<Running & { namespace: Namespace }> {
    class ManyGateway extends SocketGateway {}
    for (let at = 0; at < events; at++) {
      const member = `event${at}`;
      const descriptor = { value: () => at, writable: true, configurable: true };
      Object.defineProperty(ManyGateway.prototype, member, descriptor);
      SocketEvent()(ManyGateway.prototype, member as never, descriptor as never);
    }
    const running = await start(SocketNamespace('/x', { settings: { port: 0 } })(ManyGateway));
    return { ...running, namespace: running.gateway.namespaces.get('/x')! };
  }

  function listenersOf(namespace: Namespace): Record<'socket' | 'connection', Record<string, number>> {
    const [socket] = namespace.sockets.values();
    return { socket: countListeners(socket!), connection: countListeners(socket!.conn) };
  }

  function countListeners(emitter: Pick<Socket, 'eventNames' | 'listenerCount'>): Record<string, number> {
    return Object.fromEntries(
      emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name as string)]),
    );
  }

  async function connectMany(url: string, count: number): Promise<void> {
    for (let at = 0; at < count; at++) await connect({ url });
  }

  /** All functions that are still in use. */
  function countFunctions(): number {
    // It warns that it is experimental; a test may use it all the same.
    const silent = sinon.stub(process, 'emitWarning');
    try {
      return Number(queryObjects(Function));
    } finally {
      silent.restore();
    }
  }
});
