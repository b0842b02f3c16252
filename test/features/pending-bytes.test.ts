import { expect } from 'chai';
import type { ServiceSchema } from 'moleculer';
import type { Socket as ServerSocket } from 'socket.io';
import {
  Authenticate,
  OnConnect,
  PacketMiddleware,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type GatewayLimits,
} from '../../src';
import { findState } from '../../src/runtime/socket-io/connection';
import { RawClient } from '../support/raw-client';
import {
  ask,
  connect,
  METRICS,
  newClient,
  refused,
  signal,
  start,
  valuesOf,
  type Client,
  type Registered,
  type Running,
  type Signal,
} from '../support/run-gateway';

const settings = { port: 0, ip: '127.0.0.1' };
const KB = 1024;
const REFUSED = {
  name: 'RateLimitExceeded',
  code: 429,
  type: 'TOO_MANY_PENDING_BYTES',
};

describe('limits.maxPendingBytes', () => {
  let go: Signal;
  beforeEach(() => {
    go = signal();
  });

  function gateway(limits: GatewayLimits = { maxPendingBytes: 10 * KB }): Registered {
    @SocketNamespace(['/x', '/y', '/t/:id'], { settings, limits })
    class HoldingGateway extends SocketGateway {
      @SocketEvent()
      async hold() {
        await go;
        return 'done';
      }
      @SocketEvent()
      ping() {
        return 'pong';
      }
      @SocketEvent()
      async fail() {
        await go;
        throw new Error('failed');
      }
      @SocketEvent('late', { timeout: 20 })
      late() {
        return new Promise(() => undefined);
      }
      @SocketEvent('call', { whitelist: ['math.*'], multi: true })
      call!: ActionProxy;
    }
    return HoldingGateway;
  }
  const math = {
    name: 'math',
    actions: {
      hold: async () => {
        await go;
        return 'held';
      },
      quick: () => 'quick',
    },
  };

  /** What the connection of a client holds, in bytes. */
  function heldBy({ gateway: { io } }: Running): number {
    const [connection] = Object.values((io.engine as unknown as { clients: Record<string, object> }).clients);
    return findState(connection!)!.pendingBytes;
  }

  it('refuses events with 429 when those that wait hold too much, and takes them again when they are done', async () => {
    const running = await start(gateway({ maxPendingBytes: 10 * KB, concurrency: 1 }), METRICS);
    const client = await connect(running);
    const waiting = [1, 2, 3].map(() => ask(client, 'hold', 'y'.repeat(3 * KB)));
    const { error } = await ask(client, 'hold', 'y'.repeat(3 * KB));
    expect(error).to.deep.equal({
      ...REFUSED,
      message: 'Rate limit exceeded',
      data: { maxPendingBytes: 10 * KB },
    });
    expect((await ask(client, 'hold', 'y'.repeat(500 * KB))).error).to.include(REFUSED);
    // A small one has room.
    const small = ask(client, 'ping');
    expect(valuesOf(running, 'moleculer.io.limits.exceeded.total')).to.deep.equal({
      '/x maxPendingBytes': 2,
    });
    go.fire();
    for (const { result } of await Promise.all(waiting)) expect(result).to.equal('done');
    expect((await small).result).to.equal('pong');
    expect((await ask(client, 'hold', 'y'.repeat(9 * KB))).result).to.equal('done');
  });

  it('counts binary data, with all of its attachments', async () => {
    const client = await connect(await start(gateway()));
    const waiting = ask(client, 'hold', { a: Buffer.alloc(4 * KB), b: [Buffer.alloc(4 * KB)] });
    expect((await ask(client, 'hold', Buffer.alloc(3 * KB))).error).to.include(REFUSED);
    go.fire();
    expect((await waiting).result).to.equal('done');
    expect((await ask(client, 'hold', Buffer.alloc(3 * KB))).result).to.equal('done');
  });

  it('counts over polling', async () => {
    const client = await connect(await start(gateway()), '/x', { transports: ['polling'] });
    const waiting = ask(client, 'hold', 'y'.repeat(9 * KB));
    expect((await ask(client, 'hold', 'y'.repeat(3 * KB))).error).to.include(REFUSED);
    go.fire();
    expect((await waiting).result).to.equal('done');
  });

  it('is of a connection: its namespaces hold it together, other connections do not', async () => {
    const running = await start(gateway());
    const client = await connect(running);
    const sibling = client.io.socket('/y', {});
    await new Promise((resolve) => sibling.once('connect', () => resolve(undefined)));
    const other = await connect(running);
    const waiting = ask(client, 'hold', 'y'.repeat(9 * KB));
    expect((await ask(sibling, 'hold', 'y'.repeat(3 * KB))).error).to.include(REFUSED);
    const others = ask(other, 'hold', 'y'.repeat(9 * KB));
    go.fire();
    expect([(await waiting).result, (await others).result]).to.deep.equal(['done', 'done']);
  });

  it('gives back what events held that failed, took too long, were refused, unknown, malformed or of no interest', async () => {
    const running = await start(gateway({ maxPendingBytes: 10 * KB, maxDepth: 4, concurrency: 2 }));
    const client = await connect(running);
    const idle = heldBy(running);
    const body = 'y'.repeat(2 * KB);
    const all = [
      ask(client, 'fail', body),
      ask(client, 'late', body),
      ask(client, 'ping', [[[[[[]]]]]]),
      ask(client, 'unknown', body),
      ask(client, 'call', 'math.nothing', { body }),
      ask(client, 'call', { a: { action: 'math.nothing' }, b: 5 }),
      ask(client, 'call', []),
    ];
    client.emit('hold', body);
    go.fire();
    await Promise.all(all);
    await ask(client, 'ping');
    while (heldBy(running) > idle + KB) await new Promise((resolve) => setImmediate(resolve));
    expect((await ask(client, 'ping')).result).to.equal('pong');
    expect(heldBy(running)).to.equal(idle);
  });

  it('counts a packet of several calls until the last one has ended', async () => {
    const running = await start([gateway({ maxPendingBytes: 10 * KB }), math]);
    const client = await connect(running);
    const big = { action: 'math.hold', params: { text: 'y'.repeat(8 * KB) } };
    const quick = { action: 'math.quick', params: {} };
    const settled = { settled: true };
    const waiting = ask(client, 'call', [quick, big, quick, quick], settled);
    const failing = ask(client, 'call', [{ action: 'math.none' }]);
    expect((await failing).error).to.include({ code: 404 });
    expect((await ask(client, 'call', [big])).error).to.include(REFUSED);
    expect((await ask(client, 'hold', 'y'.repeat(3 * KB))).error).to.include(REFUSED);
    go.fire();
    expect((await waiting).result.map(({ value }: { value: unknown }) => value)).to.deep.equal([
      'quick',
      'held',
      'quick',
      'quick',
    ]);
    expect((await ask(client, 'call', [big])).result).to.deep.equal(['held']);
  });

  it('counts packets that wait for @OnConnect', async () => {
    @SocketNamespace('/x', { settings, limits: { maxPendingBytes: 10 * KB } })
    class WelcomingGateway extends SocketGateway {
      @OnConnect()
      async welcome() {
        await go;
      }
      @SocketEvent()
      ping() {
        return 'pong';
      }
    }
    const client = await connect(await start(WelcomingGateway));
    await expectHeld(client);
  });

  it('counts packets that wait for a packet middleware', async () => {
    @SocketNamespace('/x', { settings, limits: { maxPendingBytes: 10 * KB } })
    class FilteringGateway extends SocketGateway {
      @PacketMiddleware()
      async filter(_packet: unknown[], next: () => void) {
        await go;
        next();
      }
      @SocketEvent()
      ping() {
        return 'pong';
      }
    }
    const client = await connect(await start(FilteringGateway));
    await expectHeld(client);
  });

  it('counts for services of moleculer-io', async () => {
    const io = {
      name: 'io',
      mixins: [SocketIOService],
      settings: {
        ...settings,
        limits: { maxPendingBytes: 10 * KB },
        io: { namespaces: { '/x': { events: { call: { aliases: { ping: 'slow.ping' } } } } } },
      },
    };
    const slow = {
      name: 'slow',
      actions: {
        async ping() {
          await go;
          return 'pong';
        },
      },
    };
    const client = await connect(await start([io, slow] as ServiceSchema[]));
    await expectHeld(client, (body) => ask(client, 'call', 'ping', { body }));
  });

  async function expectHeld(
    client: Client,
    send = (body: string): ReturnType<typeof ask> => ask(client, 'ping', body),
  ): Promise<void> {
    const waiting = [send('y'.repeat(4 * KB)), send('y'.repeat(4 * KB))];
    expect((await send('y'.repeat(4 * KB))).error).to.include(REFUSED);
    go.fire();
    for (const { result } of await Promise.all(waiting)) expect(result).to.equal('pong');
    expect((await send('y'.repeat(4 * KB))).result).to.equal('pong');
  }

  describe('of handshakes', () => {
    const auth = (kilobytes: number) => JSON.stringify({ token: 'y'.repeat(kilobytes * KB) });

    it('refuses namespaces when the auths of all hold too much, until one of them is left', async () => {
      const running = await start(gateway({ maxPendingBytes: 10 * KB }), METRICS);
      const raw = await RawClient.open(running);
      for (const name of ['/x', '/t/1', '/t/2']) {
        raw.send(`40${name},${auth(3)}`);
        await raw.message(`40${name},`);
      }
      for (const name of ['/y', '/t/3']) {
        raw.send(`40${name},${auth(3)}`);
        const refusal = JSON.parse((await raw.message(`44${name},`)).slice(`44${name},`.length)) as object;
        expect(refusal).to.deep.equal({
          message: 'Rate limit exceeded',
          data: { ...REFUSED, message: 'Rate limit exceeded', data: { maxPendingBytes: 10 * KB } },
        });
      }
      // Nothing was created for it.
      expect([...running.gateway.namespaces.keys()].sort()).to.deep.equal(['/t/1', '/t/2', '/x', '/y']);
      expect(valuesOf(running, 'moleculer.io.limits.exceeded.total')).to.deep.equal({
        '/y maxPendingBytes': 1,
        '/t/:id maxPendingBytes': 1,
      });
      expect(await raw.ask(1, `["hold","${'y'.repeat(2 * KB)}"]`)).to.have.nested.property('[0].code', 429);
      raw.send('41/t/1,', `40/t/3,${auth(3)}`);
      await raw.message('40/t/3,');
    });

    it('counts those that are still authenticating, and not those that were refused', async () => {
      @SocketNamespace('/t/:id', { settings, limits: { maxPendingBytes: 10 * KB } })
      class SlowGateway extends SocketGateway {
        @Authenticate()
        async authenticate(socket: ServerSocket) {
          if (socket.nsp.name.includes('bad')) throw new Error('bad');
          await go;
        }
      }
      const running = await start(SlowGateway);
      const raw = await RawClient.open(running);
      for (let attempt = 0; attempt < 5; attempt++) {
        raw.send(`40/t/bad-${attempt},${auth(4)}`);
        await raw.message(`44/t/bad-${attempt},`);
      }
      raw.send(`40/t/1,${auth(4)}`, `40/t/2,${auth(4)}`, `40/t/3,${auth(4)}`);
      expect(await raw.message('44/t/3,')).to.include('TOO_MANY_PENDING_BYTES');
      go.fire();
      await raw.message('40/t/2,');
    });

    it('are 16 MiB by default, so that auths do not fill the memory', async () => {
      const running = await start(gateway({}));
      const raw = await RawClient.open(running);
      let entered = 0;
      for (let number = 0; number < 25; number++) {
        raw.send(`40/t/${number},${auth(900)}`);
        const answer = await raw.message(new RegExp(`^4[04]/t/${number},`));
        if (answer.startsWith('40')) entered++;
      }
      expect(entered).to.equal(18);
    });

    it('refuses an auth that is too large on its own', async () => {
      const running = await start(gateway({ maxPendingBytes: 10 * KB }));
      const client = newClient(running, '/x', { auth: { token: 'y'.repeat(11 * KB) } });
      expect((await refused(client)).data).to.include({ code: 429, type: 'TOO_MANY_PENDING_BYTES' });
    });
  });

  it('is 16 MiB by default: the memory of a client that sends and sends is bounded', async () => {
    const running = await start(gateway({ concurrency: 1 }));
    const client = await connect(running);
    const answers = Array.from({ length: 25 }, () => ask(client, 'hold', 'y'.repeat(900 * KB)));
    const refusals = await Promise.all(
      answers.slice(18).map(async (answer) => (await answer).error as { type?: string } | null),
    );
    for (const error of refusals) expect(error).to.include(REFUSED);
    go.fire();
    for (const { result } of await Promise.all(answers.slice(0, 18))) expect(result).to.equal('done');
  });
});
