import { expect } from 'chai';
import type { ServiceSchema } from 'moleculer';
import type { Socket as ServerSocket } from 'socket.io';
import {
  OnDisconnect,
  OnDisconnecting,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type SocketMiddleware,
} from '../../src';
import { PollingClient } from '../support/polling-client';
import { RawClient } from '../support/raw-client';
import {
  ask,
  CollectingLogger,
  connect,
  METRICS,
  next,
  signal,
  start,
  valuesOf,
  type Running,
  type Signal,
} from '../support/run-gateway';

const SIZE = 10_000;
const settings = { port: 0, ip: '127.0.0.1', io: { options: { maxHttpBufferSize: SIZE } } };

describe('a packet over maxHttpBufferSize', () => {
  let told: [moment: string, reason: unknown, description: unknown][];
  let gone: Signal;
  let logger: CollectingLogger;
  beforeEach(() => {
    told = [];
    gone = signal();
    logger = new CollectingLogger('warn');
  });

  @SocketNamespace('/x', { settings })
  class UploadGateway extends SocketGateway {
    @SocketEvent()
    upload() {
      return 'taken';
    }
    @OnDisconnecting()
    leaving(_socket: ServerSocket, reason: string, description?: unknown) {
      told.push(['disconnecting', reason, description]);
    }
    @OnDisconnect()
    left(_socket: ServerSocket, reason: string, description?: unknown) {
      told.push(['disconnect', reason, description]);
    }
  }
  const middleware: SocketMiddleware = {
    socketDisconnected(_socket, reason, description) {
      told.push(['socketDisconnected', reason, description]);
      gone.fire();
    },
  };
  const startUploads = (): Promise<Running> =>
    start(UploadGateway, { ...METRICS, logger, middlewares: [middleware] });

  async function expectTold(running: Running): Promise<void> {
    await gone;
    expect(told.map(([moment, reason]) => [moment, reason])).to.deep.equal([
      ['disconnecting', 'transport error'],
      ['disconnect', 'transport error'],
      ['socketDisconnected', 'transport error'],
    ]);
    for (const [, , description] of told)
      expect(description)
        .to.be.an('error')
        .with.property('message')
        .that.includes('Max payload size exceeded');
    const values = (): Record<string, number> => valuesOf(running, 'moleculer.io.limits.exceeded.total');
    while (Object.keys(values()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(values()).to.deep.equal({ '* maxHttpBufferSize': 1 });
    expect(logger.lines).to.have.length(1);
    expect(logger.lines[0]).to.include({ level: 'warn' });
    expect(logger.lines[0]!.text).to.match(
      /the connection \S{20} from 127\.0\.0\.1 is closed: it has sent a packet over maxHttpBufferSize, which is 10000 bytes/,
    );
  }

  it('closes its connection over a websocket, with a line in the log, and counts', async () => {
    const running = await startUploads();
    const client = await connect(running);
    expect((await ask(client, 'upload', 'x'.repeat(SIZE / 2))).result).to.equal('taken');
    const closed = next(client, 'disconnect');
    client.emit('upload', Buffer.alloc(SIZE + 1));
    expect((await closed)[0]).to.equal('transport close');
    await expectTold(running);
  });

  it('closes its connection over polling', async () => {
    const running = await startUploads();
    const client = await connect(running, '/x', { transports: ['polling'] });
    expect((await ask(client, 'upload', 'x'.repeat(SIZE / 2))).result).to.equal('taken');
    client.emit('upload', 'x'.repeat(SIZE + 1));
    await expectTold(running);
  });

  it('closes the connection of a client over polling that does not close it itself', async () => {
    const running = await startUploads();
    const client = await PollingClient.open(running);
    await client.send('40/x,');
    await client.message('40/x,');
    expect(await client.send(`42/x,["upload","${'x'.repeat(SIZE)}"]`)).to.equal(413);
    await expectTold(running);
    expect(await client.poll()).to.equal(undefined);
    expect(running.gateway.io.engine.clientsCount).to.equal(0);
  });

  it('closes a connection that was upgraded', async () => {
    const running = await startUploads();
    const client = await connect(running, '/x', { transports: ['polling', 'websocket'] });
    if (client.io.engine.transport.name !== 'websocket')
      await new Promise((resolve) => client.io.engine.once('upgrade', resolve));
    // The server takes the websocket when the client has said so.
    await ask(client, 'upload');
    client.emit('upload', 'x'.repeat(SIZE + 1));
    await expectTold(running);
  });

  it('closes a connection that is in no namespace, and is counted once', async () => {
    const running = await startUploads();
    const raw = await RawClient.open(running);
    raw.send(`40/x,{"token":"${'x'.repeat(SIZE)}"}`);
    await raw.closed;
    expect(logger.having('maxHttpBufferSize, which is 10000 bytes')).to.have.length(1);
    expect(valuesOf(running, 'moleculer.io.limits.exceeded.total')).to.deep.equal({
      '* maxHttpBufferSize': 1,
    });
  });

  it('tells the listeners of moleculer-io', async () => {
    const io = {
      name: 'io',
      mixins: [SocketIOService],
      settings: {
        ...settings,
        io: {
          ...settings.io,
          namespaces: {
            '/x': {
              events: {
                disconnect(this: ServerSocket, reason: string, description?: unknown) {
                  told.push(['disconnect', reason, description]);
                  gone.fire();
                },
              },
            },
          },
        },
      },
    };
    const client = await connect(await start(io as ServiceSchema, { logger }));
    client.emit('upload', 'x'.repeat(SIZE + 1));
    await gone;
    expect(told).to.have.length(1);
    expect(told[0]![1]).to.equal('transport error');
    expect(told[0]![2]).to.be.an('error');
  });

  it('is not meant where a connection breaks for another reason', async () => {
    const running = await startUploads();
    const raw = await RawClient.enter(running);
    raw.socket.terminate();
    await gone;
    const other = await RawClient.enter(running);
    // A frame that no client may send.
    (other.socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
      Buffer.from([0xff, 0xff, 0xff, 0xff]),
    );
    await other.closed;
    expect(logger.lines).to.deep.equal([]);
    expect(told.map(([, reason]) => reason)).to.include('transport close');
  });
});
