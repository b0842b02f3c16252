import { expect } from 'chai';
import type { Namespace, Socket } from 'socket.io';
import { ChildServer } from '../support/child-server';
import { afterwards, connect, start, type Running } from '../support/run-gateway';
import { startPlain } from './count-per-event';
import { gatewayWith } from './counted-server';

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
      expect(socket).to.deep.equal({ error: 1, disconnect: 1 });
      // One tells when the connection has ended.
      expect(connection).to.deep.equal({ ...floor.connection, close: floor.connection['close']! + 1 });
    }
  });

  it('in functions', async () => {
    const [plain, few, many] = await Promise.all([0, 1, 100].map(functionsPerSocket));
    expect(many).to.equal(few);
    // Of its handshake, beyond a socket nobody listens to: its packets and its end take none.
    expect(few! - plain!).to.be.at.most(3);
  });

  /** How many functions a connected socket makes where there are so many events; 0: plain Socket.IO. */
  async function functionsPerSocket(events: number): Promise<number> {
    const server = await ChildServer.start('cost/counted-server', { events });
    afterwards(() => server.process.kill());
    const port = await server.ask<number | undefined>('plainPort');
    const url = `http://localhost:${port ?? server.port}`;
    // The first sockets bring what is there once for all.
    for (let at = 0; at < 3; at++) await connect({ url });
    const before = await server.ask<number>('functions');
    for (let at = 0; at < SOCKETS; at++) await connect({ url });
    return Math.round(((await server.ask<number>('functions')) - before) / SOCKETS);
  }

  async function startWith(events: number): Promise<Running & { namespace: Namespace }> {
    const running = await start(gatewayWith(events));
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
});
