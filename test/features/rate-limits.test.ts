import { expect } from 'chai';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Socket as ServerSocket } from 'socket.io';
import {
  AllowAnonymous,
  Authorize,
  Authenticate,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
} from '../../src';
import { problemsOf, untyped } from '../compiler/problems-of';
import {
  ask,
  CollectingLogger,
  connect,
  newClient,
  refused,
  start,
  type Client,
} from '../support/run-in-memory';

const settings = { port: 0 };

/** The codes with which a client's events are answered, 0 for a result. */
async function codes(client: Client, ...events: string[]): Promise<number[]> {
  const answers: number[] = [];
  for (const event of events) answers.push((await ask(client, event)).error?.code ?? 0);
  return answers;
}

describe('rate limits', () => {
  @SocketNamespace('/x', { settings })
  class NewsGateway extends SocketGateway {
    calls = 0;
    @Authenticate()
    authenticate(socket: ServerSocket) {
      return socket.handshake.auth['user'];
    }
    @RateLimit({ points: 2, duration: 60 })
    @SocketEvent()
    bySocket() {
      return ++this.calls;
    }
    @RateLimit({ points: 2, duration: 60, key: 'user' })
    @SocketEvent()
    byUser() {}
    @RateLimit({ points: 2, duration: 60, key: 'ip' })
    @SocketEvent()
    byAddress() {}
    @RateLimit({ points: 2, duration: 60, key: (ctx) => `${ctx.nspParams['id'] ?? ''}${String(ctx.params)}` })
    @SocketEvent()
    byName() {}
    @RateLimit({ points: 100, duration: 60 })
    @RateLimit({ points: 1, duration: 0.1 })
    @SocketEvent()
    twice() {}
    @SocketEvent()
    free() {}
    @RateLimit({ points: 1, duration: 60 })
    @SocketEvent('call', { whitelist: ['$node.list'] })
    call!: ActionProxy;
    @RateLimit({ points: 2, duration: 60 })
    @SocketEvent('*')
    rest() {}
  }

  it('refuse with 429 and say when to come back; the handler does not run', async () => {
    const running = await start(NewsGateway);
    const client = await connect(running);
    expect(await codes(client, 'bySocket', 'bySocket')).to.deep.equal([0, 0]);
    const { error } = await ask(client, 'bySocket');
    expect(error).to.deep.include({
      name: 'RateLimitExceeded',
      message: 'Rate limit exceeded',
      code: 429,
      type: 'RATE_LIMIT_EXCEEDED',
    });
    expect(error.data).to.have.all.keys('retryAfter');
    expect(error.data.retryAfter).to.be.a('number').within(59, 60);
    expect((running.gateway as unknown as NewsGateway).calls).to.equal(2);
  });

  it('are for each socket by default: others are not touched, and neither are other events', async () => {
    const running = await start(NewsGateway);
    const [greedy, other] = [await connect(running), await connect(running)];
    await codes(greedy, 'bySocket', 'bySocket', 'bySocket');
    expect(await codes(greedy, 'bySocket', 'free')).to.deep.equal([429, 0]);
    expect(await codes(other, 'bySocket')).to.deep.equal([0]);
  });

  it('by user count all sockets of a user; clients without one count by address', async () => {
    const running = await start(NewsGateway);
    const as = (user?: unknown): Promise<Client> => connect(running, '/x', { auth: { user } });
    const [ada, again, bob] = [await as({ id: 1 }), await as({ id: 1, name: 'Ada' }), await as({ id: 2 })];
    expect(await codes(ada, 'byUser')).to.deep.equal([0]);
    expect(await codes(again, 'byUser', 'byUser')).to.deep.equal([0, 429]);
    expect(await codes(bob, 'byUser')).to.deep.equal([0]);
    const [anonymous, stranger] = [await as(), await as()];
    expect(await codes(anonymous, 'byUser', 'byUser')).to.deep.equal([0, 0]);
    expect(await codes(stranger, 'byUser')).to.deep.equal([429]);
    // The name of a user is no address, and a number no string of the other kind.
    expect(await codes(await as('ip:127.0.0.1'), 'byUser')).to.deep.equal([0]);
  });

  it('by address count all sockets of it', async () => {
    const running = await start(NewsGateway);
    const [one, two] = [await connect(running), await connect(running)];
    expect(await codes(one, 'byAddress', 'byAddress')).to.deep.equal([0, 0]);
    expect(await codes(two, 'byAddress')).to.deep.equal([429]);
  });

  it('by a function count by what it gives for the context', async () => {
    const running = await start(NewsGateway);
    const client = await connect(running);
    const answers = [];
    for (const name of ['a', 'a', 'b', 'a'])
      answers.push((await ask(client, 'byName', name)).error?.code ?? 0);
    expect(answers).to.deep.equal([0, 0, 0, 429]);
  });

  it('must all hold, and give points back when their time is over', async () => {
    const client = await connect(await start(NewsGateway));
    expect(await codes(client, 'twice', 'twice')).to.deep.equal([0, 429]);
    await new Promise((resolve) => setTimeout(resolve, 110));
    expect(await codes(client, 'twice')).to.deep.equal([0]);
  });

  it('hold for proxies and for the catch-all', async () => {
    const client = await connect(await start(NewsGateway));
    expect((await ask(client, 'call', '$node.list')).error).to.equal(null);
    expect((await ask(client, 'call', '$node.list')).error.code).to.equal(429);
    expect(await codes(client, 'any', 'other', 'third')).to.deep.equal([0, 0, 429]);
  });

  describe('of a class', () => {
    @SocketNamespace('/x', { settings })
    @RateLimit({ points: 3, duration: 60 })
    class SharedGateway extends SocketGateway {
      @SocketEvent()
      one() {}
      @SocketEvent()
      two() {}
      @RateLimit({ points: 1, duration: 60 })
      @SocketEvent()
      three() {}
    }

    it('are shared by its events, and stand beside their own', async () => {
      const running = await start(SharedGateway);
      expect(await codes(await connect(running), 'one', 'two', 'one', 'two')).to.deep.equal([0, 0, 0, 429]);
      expect(await codes(await connect(running), 'three', 'three', 'one', 'one')).to.deep.equal([
        0, 429, 0, 429,
      ]);
    });

    it('are inherited, and replaced by those of a subclass or an override', async () => {
      @SocketNamespace('/x', { settings })
      class SameGateway extends SharedGateway {
        override three() {}
      }
      @SocketNamespace('/x', { settings })
      @RateLimit({ points: 100, duration: 60 })
      class OtherGateway extends SharedGateway {
        @RateLimit({ points: 2, duration: 60 })
        override three() {}
      }
      expect(await codes(await connect(await start(SameGateway)), 'three', 'three')).to.deep.equal([0, 429]);
      const other = await connect(await start(OtherGateway));
      expect(await codes(other, 'three', 'three', 'three', 'one', 'one')).to.deep.equal([0, 0, 429, 0, 0]);
    });

    it('are those of one gateway, not of all that inherit them', async () => {
      @SocketNamespace('/y', { settings })
      class CousinGateway extends SharedGateway {}
      const running = await start([SharedGateway, CousinGateway]);
      await codes(await connect(running, '/x'), 'one', 'one', 'one');
      expect(await codes(await connect(running, '/y'), 'one')).to.deep.equal([0]);
    });
  });

  it('count who is refused for another reason, so that nobody can try passwords for ever', async () => {
    @SocketNamespace('/x', { settings })
    class DoorGateway extends SocketGateway {
      @Authenticate()
      authenticate() {}
      @RateLimit({ points: 2, duration: 60 })
      @Authorize('admin')
      @SocketEvent()
      secret() {}
      @AllowAnonymous()
      @RateLimit({ points: 2, duration: 60 })
      @SocketEvent()
      login() {
        throw new Error('wrong');
      }
    }
    const client = await connect(await start(DoorGateway));
    expect(await codes(client, 'secret', 'secret', 'secret')).to.deep.equal([401, 401, 429]);
    expect(await codes(client, 'login', 'login', 'login')).to.deep.equal([500, 500, 429]);
  });

  it('may use any limiter of rate-limiter-flexible', async () => {
    const store = new RateLimiterMemory({ points: 1, duration: 60 });
    @SocketNamespace('/x', { settings })
    class OwnGateway extends SocketGateway {
      @RateLimit({ points: 1, duration: 60, key: () => 'k', store })
      @SocketEvent()
      send() {}
    }
    const client = await connect(await start(OwnGateway));
    expect(await codes(client, 'send', 'send')).to.deep.equal([0, 429]);
    await store.delete('k');
    expect(await codes(client, 'send')).to.deep.equal([0]);
  });

  it('let nobody pass while a limiter of the application cannot tell, and the log says so', async () => {
    const logger = new CollectingLogger();
    const store = { consume: () => Promise.reject(new Error('no store')) };
    @SocketNamespace('/x', { settings })
    class BrokenGateway extends SocketGateway {
      @RateLimit({ points: 1, duration: 60, store })
      @SocketEvent()
      send() {}
    }
    const { error } = await ask(await connect(await start(BrokenGateway, { logger })), 'send');
    expect(error).to.deep.include({ code: 503, type: 'RATE_LIMITER_UNAVAILABLE' });
    expect(JSON.stringify(error)).to.not.include('no store');
    expect(logger.having('BrokenGateway: the store of a rate limit failed: Error: no store')).to.have.length(
      1,
    );
  });

  it('say to wait for whole seconds, and never too few: at least one', async () => {
    let msBeforeNext = 0;
    // What limiters of rate-limiter-flexible reject with.
    const consume = () => Promise.reject({ msBeforeNext });
    @SocketNamespace('/x', { settings })
    class WaitingGateway extends SocketGateway {
      @RateLimit({ points: 1, duration: 60, store: { consume } })
      @SocketEvent()
      send() {}
    }
    const client = await connect(await start(WaitingGateway));
    for (const [wait, retryAfter] of [
      [0, 1],
      [1, 1],
      [1000, 1],
      [1001, 2],
      [59_500, 60],
    ] as const) {
      msBeforeNext = wait;
      const { error } = await ask(client, 'send');
      expect(error).to.deep.include({ code: 429, type: 'RATE_LIMIT_EXCEEDED', data: { retryAfter } });
    }
  });

  it('answer with a masked error where the key throws, or is none', async () => {
    const keys: (() => unknown)[] = [
      () => {
        throw new Error('secret');
      },
      () => undefined,
      () => '',
      () => Promise.resolve('later'),
    ];
    const logger = new CollectingLogger();
    for (const key of keys) {
      @SocketNamespace('/x', { settings })
      class KeyGateway extends SocketGateway {
        @RateLimit({ points: 1, duration: 60, key: key as () => string })
        @SocketEvent()
        send() {}
      }
      const { error } = await ask(await connect(await start(KeyGateway, { logger })), 'send');
      expect(error).to.include({ code: 500, message: 'Internal Server Error' });
    }
    expect(
      logger.having('the key of rateLimit of KeyGateway must be a string that is not empty'),
    ).to.have.length(3);
  });

  describe('of connections', () => {
    it('count by address, before anything else is asked', async () => {
      let asked = 0;
      @SocketNamespace('/x', { settings, limits: { connections: { points: 2, duration: 60 } } })
      class DoorGateway extends SocketGateway {
        @Authenticate()
        authenticate() {
          asked++;
        }
      }
      const running = await start(DoorGateway);
      await connect(running);
      await connect(running);
      const { message, data } = await refused(newClient(running));
      expect(message).to.equal('Rate limit exceeded');
      expect(data).to.deep.include({ code: 429, type: 'RATE_LIMIT_EXCEEDED' });
      expect(data.data.retryAfter).to.be.within(59, 60);
      expect(asked).to.equal(2);
    });

    it('count by what a function of the socket gives', async () => {
      @SocketNamespace('/x', {
        settings,
        limits: {
          connections: {
            points: 1,
            duration: 60,
            key: ({ handshake }) => String(handshake.headers['x-forwarded-for']),
          },
        },
      })
      class BehindProxyGateway extends SocketGateway {}
      const running = await start(BehindProxyGateway);
      const from = (address: string) => ({ extraHeaders: { 'x-forwarded-for': address } });
      await connect(running, '/x', from('1.2.3.4'));
      await connect(running, '/x', from('1.2.3.5'));
      expect((await refused(newClient(running, '/x', from('1.2.3.4')))).data.code).to.equal(429);
    });
  });

  it('tell what is wrong with them', () => {
    @SocketNamespace('/x', {
      limits: { connections: { points: 1.5, duration: 0, key: 'ip' } as never },
    })
    @untyped(RateLimit(5 as never))
    class WrongGateway extends SocketGateway {
      @RateLimit({ points: 0, duration: Infinity, key: 'room', max: 3 } as never)
      @SocketEvent()
      a() {}
      @RateLimit({ points: 1, duration: 0.5, store: { eval: () => 0, multi: () => 0 } })
      @SocketEvent()
      b() {}
      @RateLimit({ points: 1, duration: 5, store: new RateLimiterMemory({ points: 2, duration: 5 }) })
      @SocketEvent()
      c() {}
      @RateLimit({ points: 1, duration: 5, store: 'redis://' } as never)
      @SocketEvent()
      d() {}
      @RateLimit({ points: 1, duration: 5 })
      e() {}
    }
    expect(problemsOf(WrongGateway)).to.have.members([
      'WrongGateway: @RateLimit takes an object: { points: 10, duration: 1 }',
      'WrongGateway.a: @RateLimit has no option max; there are points, duration, key, store',
      'WrongGateway.a: @RateLimit needs points, a whole number above 0: { points: 10, duration: 1 }',
      'WrongGateway.a: @RateLimit needs a duration in seconds, above 0: { points: 10, duration: 1 }',
      "WrongGateway.a: @RateLimit takes 'socket', 'user', 'ip' or a function of the context for its key, not 'room'",
      'WrongGateway.b: @RateLimit counts in Redis by whole seconds; make its duration a whole number',
      'WrongGateway.c: @RateLimit says 1 points in 5 s, and its store, a limiter, 2 in 5 s; make them the same',
      "WrongGateway.d: @RateLimit takes a client of Redis or a limiter of rate-limiter-flexible for its store, not 'redis://'",
      'WrongGateway.e: @RateLimit has no effect without @SocketEvent on the method; add it',
      'WrongGateway: limits.connections needs points, a whole number above 0: { points: 100, duration: 60 }',
      'WrongGateway: limits.connections needs a duration in seconds, above 0: { points: 100, duration: 60 }',
      "WrongGateway: limits.connections takes a function of the socket for its key, not 'ip'; without one it is the address",
    ]);
  });
});
