import { expect } from 'chai';
import {
  Ack,
  MessageBody,
  OnConnect,
  OnDisconnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketNamespaceOptions,
} from '../../src';
import { RawClient } from '../support/raw-client';
import { ask, connect, signal, start, type Client, type Running, type Signal } from '../support/run-gateway';

describe('limits of one client', () => {
  let log: string[];
  let running: number;
  let most: number;
  let left: Signal;
  let go: Signal;

  beforeEach(() => {
    log = [];
    running = most = 0;
    left = signal();
    go = signal();
  });

  function gateway(limits: SocketNamespaceOptions['limits']): typeof SocketGateway {
    @SocketNamespace('/x', { settings: { port: 0 }, ...(limits && { limits }) })
    class LimitedGateway extends SocketGateway {
      @SocketEvent()
      async work(@MessageBody() name: string) {
        most = Math.max(most, ++running);
        log.push(`begin ${name}`);
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`end ${name}`);
        running--;
        if (name.startsWith('fail')) throw new Error(name);
        return name;
      }
      @SocketEvent('stuck', { timeout: 30 })
      stuck() {
        return new Promise(() => undefined);
      }
      @SocketEvent()
      async wait(@MessageBody() name: string) {
        log.push(name);
        await go;
      }
      @SocketEvent()
      self(@Ack() ack: Ack) {
        ack(null, 'self');
      }
      @SocketEvent()
      ping() {
        return 'pong';
      }
      @OnDisconnect()
      gone() {
        left.fire();
      }
    }
    return LimitedGateway;
  }
  const results = async (client: Client, names: string[]) =>
    (await Promise.all(names.map((name) => ask(client, 'work', name)))).map(
      ({ error, result }) => error?.code ?? result,
    );

  it('run events one after the other with concurrency 1', async () => {
    const client = await connect(await start(gateway({ concurrency: 1 })));
    expect(await results(client, ['a', 'b', 'c'])).to.deep.equal(['a', 'b', 'c']);
    expect(log).to.deep.equal(['begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c']);
  });

  it('run at most so many at once, and as many', async () => {
    const client = await connect(await start(gateway({ concurrency: 3 })));
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
    expect(await results(client, names)).to.deep.equal(names);
    expect(most).to.equal(3);
    expect(log.filter((line) => line.startsWith('begin'))).to.deep.equal(
      names.map((name) => `begin ${name}`),
    );
  });

  for (const [where, door] of Object.entries<(wait: () => Promise<void>) => SocketNamespaceOptions>({
    'that wait for a packet middleware': (wait) => ({
      packetMiddlewares: [
        async (_packet, next) => {
          await wait();
          next();
        },
      ],
    }),
    'that wait for @OnConnect': () => ({}),
  })) {
    it(`count events ${where}, too`, async () => {
      @SocketNamespace('/x', {
        settings: { port: 0 },
        limits: { maxPending: 2 },
        ...door(() => Promise.resolve(go)),
      })
      class DoorGateway extends SocketGateway {
        @OnConnect()
        async welcome() {
          if (where.endsWith('@OnConnect')) await go;
        }
        @SocketEvent()
        ping() {
          return 'pong';
        }
      }
      const client = await connect(await start(DoorGateway));
      const waiting = [ask(client, 'ping'), ask(client, 'ping')];
      expect((await ask(client, 'ping')).error).to.include({ code: 429, type: 'TOO_MANY_PENDING' });
      go.fire();
      expect((await Promise.all(waiting)).map(({ result }) => result)).to.deep.equal(['pong', 'pong']);
      expect((await ask(client, 'ping')).result).to.equal('pong');
    });
  }

  it('run all at once by default', async () => {
    const client = await connect(await start(gateway(undefined)));
    await Promise.all([results(client, ['a', 'b', 'c', 'd', 'e'])]);
    expect(most).to.be.above(1);
  });

  it('go on after events that fail, take too long, are unknown or refused', async () => {
    const client = await connect(await start(gateway({ concurrency: 1 })));
    const answers = await Promise.all([
      ask(client, 'work', 'fail 1'),
      ask(client, 'stuck'),
      ask(client, 'unheard-of'),
      ask(client, 'work', 5),
      ask(client, 'self'),
      ask(client, 'work', 'fail 2'),
      ask(client, 'work', 'a'),
    ]);
    expect(answers.map(({ error, result }) => error?.code ?? result)).to.deep.equal([
      500,
      504,
      404,
      422,
      'self',
      500,
      'a',
    ]);
  });

  it('count what waits as pending', async () => {
    const client = await connect(await start(gateway({ concurrency: 1, maxPending: 3 })));
    const waiting = ['a', 'b', 'c'].map((name) => ask(client, 'wait', name));
    expect((await ask(client, 'ping')).error).to.include({ code: 429, name: 'RateLimitExceeded' });
    expect(log).to.deep.equal(['a']);
    go.fire();
    await Promise.all(waiting);
    expect(log).to.deep.equal(['a', 'b', 'c']);
    expect((await ask(client, 'ping')).result).to.equal('pong');
  });

  it('do not run what waits when the client has gone', async () => {
    const server: Running = await start(gateway({ concurrency: 1 }));
    const client = await connect(server);
    for (const name of ['a', 'b', 'c']) client.emit('wait', name);
    // Over the limit of nobody else, and in order: the three have arrived.
    const other = client.io.socket('/nowhere', {});
    await new Promise((resolve) => other.once('connect_error', resolve));
    client.disconnect();
    await left;
    go.fire();
    const next = await connect(server);
    expect((await ask(next, 'ping')).result).to.equal('pong');
    expect(log).to.deep.equal(['a']);
  });

  it('are of one client, not of all', async () => {
    const server = await start(gateway({ concurrency: 1, maxPending: 1 }));
    const [greedy, modest] = [await connect(server), await connect(server)];
    greedy.emit('wait', 'a');
    expect((await ask(greedy, 'ping')).error.code).to.equal(429);
    expect((await ask(modest, 'ping')).result).to.equal('pong');
    go.fire();
  });

  it('are 256 pending events by default', async () => {
    const client = await connect(await start(gateway(undefined)));
    const waiting = Array.from({ length: 256 }, (_, i) => ask(client, 'wait', String(i)));
    expect((await ask(client, 'ping')).error).to.include({ code: 429 });
    go.fire();
    for (const { error } of await Promise.all(waiting)) expect(error).to.equal(null);
    expect((await ask(client, 'ping')).result).to.equal('pong');
  });

  it('close a client that does not read, and nobody else', async () => {
    const server = await start(gateway({ maxBufferedBytes: 1024 * 1024 }));
    const reader = await connect(server);
    const idle = await RawClient.enter(server);
    idle.socket.pause();
    const namespace = server.gateway.namespaces.get('/x')!;
    const news = 'x'.repeat(256 * 1024);
    for (let i = 0; i < 200 && namespace.sockets.size === 2; i++) {
      namespace.emit('news', news);
      await ask(reader, 'ping');
    }
    await left;
    expect([...namespace.sockets.keys()]).to.deep.equal([reader.id]);
    expect((await ask(reader, 'ping')).result).to.equal('pong');
  });
});
