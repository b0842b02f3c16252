import { expect } from 'chai';
import type { Writable } from 'node:stream';
import { SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { ask, connect, signal, start, type Client, type Running, type Signal } from '../support/run-gateway';

const settings = { port: 0, ip: '127.0.0.1' };
const CALLS = 10;

describe('answers that leave together', () => {
  let go: Signal;
  let arrived: number;

  function gateway() {
    @SocketNamespace('/x', { settings })
    class WaitingGateway extends SocketGateway {
      @SocketEvent()
      async wait() {
        if (++arrived === CALLS) go.fire();
        await go;
        return 'done';
      }
    }
    return WaitingGateway;
  }

  /** Counts the writes to the network of the first connection. */
  function countWrites({ gateway }: Running): () => number {
    const [connection] = Object.values(
      (gateway.io.engine as object as { clients: Record<string, { transport: object }> }).clients,
    );
    const { _socket: socket } = (connection?.transport as { socket: { _socket: Writable } }).socket;
    const { _write, _writev } = socket;
    let writes = 0;
    Object.assign(socket, {
      _write: (...args: Parameters<Writable['_write']>) => {
        writes++;
        _write.apply(socket, args);
      },
      _writev: (...args: Parameters<NonNullable<Writable['_writev']>>) => {
        writes++;
        _writev?.apply(socket, args);
      },
    });
    return () => writes;
  }

  function askAll(client: Client) {
    return Promise.all(Array.from({ length: CALLS }, () => ask(client, 'wait')));
  }

  beforeEach(() => {
    go = signal();
    arrived = 0;
  });

  it('are two writes, not one for each', async () => {
    const running = await start(gateway());
    const client = await connect(running);
    const writes = countWrites(running);
    const answers = await askAll(client);
    expect(answers).to.deep.equal(Array(CALLS).fill({ error: null, result: 'done' }));
    expect(writes()).to.equal(2);
  });

  it('reach a client that polls', async () => {
    const running = await start(gateway());
    const client = await connect(running, '/x', { transports: ['polling'] });
    const answers = await askAll(client);
    expect(answers).to.deep.equal(Array(CALLS).fill({ error: null, result: 'done' }));
  });

  it('arrive in their order, however large', async () => {
    const sizes = [1, 100_000, 2, 1_000_000, 3];
    @SocketNamespace('/x', { settings })
    class SizesGateway extends SocketGateway {
      @SocketEvent()
      sizes() {
        for (const size of sizes) this.io.of('/x').emit('text', 'a'.repeat(size));
      }
    }
    const client = await connect(await start(SizesGateway));
    const received: number[] = [];
    client.on('text', (text: string) => received.push(text.length));
    await ask(client, 'sizes');
    expect(received).to.deep.equal(sizes);
  });
});
