import { expect } from 'chai';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import {
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type RateLimitStore,
} from '../../src';
import { RawClient } from '../support/raw-client';
import { ask, connect, start, type Client, type Registered, type Running } from '../support/run-gateway';

const settings = { port: 0, ip: '127.0.0.1' };

/** Leaves a namespace and enters it, or another one, again. */
async function enterAgain(raw: RawClient, left: string, entered = left): Promise<void> {
  raw.received.length = 0;
  raw.send(`41${left},`, `40${entered},`);
  await raw.message(`40${entered},`);
}

/** The codes with which events are answered, 0 for a result. */
async function codes(raw: RawClient, namespace: string, ...events: string[]): Promise<number[]> {
  const answers: number[] = [];
  for (const [at, event] of events.entries()) {
    const [error] = (await raw.ask(at + 1, event, namespace)) as [{ code: number } | null];
    answers.push(error?.code ?? 0);
    raw.received.length = 0;
  }
  return answers;
}

describe('a rate limit by connection', () => {
  function guessing(store?: RateLimitStore): Registered {
    @SocketNamespace(['/x', '/t/:id', '/y'], { settings })
    @RateLimit({ points: 8, duration: 86_400 })
    class GuessingGateway extends SocketGateway {
      @RateLimit({ points: 5, duration: 86_400, ...(store && { store }) })
      @SocketEvent()
      guess() {
        return 'wrong';
      }
      @SocketEvent()
      say() {
        return 'said';
      }
      @RateLimit({ points: 2, duration: 86_400 })
      @SocketEvent('call', { whitelist: ['$node.*'], multi: true })
      call!: ActionProxy;
    }
    return GuessingGateway;
  }
  const GUESS = '["guess"]';

  it('gives no new points to a client that leaves and enters again', async () => {
    const raw = await RawClient.enter(await start(guessing()));
    expect(await codes(raw, '/x', GUESS, GUESS, GUESS)).to.deep.equal([0, 0, 0]);
    for (let round = 0; round < 3; round++) await enterAgain(raw, '/x');
    expect(await codes(raw, '/x', GUESS, GUESS, GUESS)).to.deep.equal([0, 0, 429]);
    await enterAgain(raw, '/x');
    expect(await codes(raw, '/x', GUESS)).to.deep.equal([429]);
  });

  it('gives no new points under other names of a dynamic path, nor on other paths of the gateway', async () => {
    const raw = await RawClient.enter(await start(guessing()), '/t/1');
    expect(await codes(raw, '/t/1', GUESS, GUESS, GUESS)).to.deep.equal([0, 0, 0]);
    raw.send('40/t/2,', '40/y,');
    await raw.message('40/y,');
    raw.received.length = 0;
    expect(await codes(raw, '/t/2', GUESS)).to.deep.equal([0]);
    expect(await codes(raw, '/y', GUESS, GUESS)).to.deep.equal([0, 429]);
    expect(await codes(raw, '/t/1', GUESS)).to.deep.equal([429]);
  });

  it('of a class gives no new points either', async () => {
    const raw = await RawClient.enter(await start(guessing()), '/t/1');
    const say = '["say"]';
    expect(await codes(raw, '/t/1', say, say, say, say, say)).to.deep.equal([0, 0, 0, 0, 0]);
    await enterAgain(raw, '/t/1', '/t/2');
    expect(await codes(raw, '/t/2', say, say, say, say)).to.deep.equal([0, 0, 0, 429]);
  });

  it('of a proxy gives no new points, nor for several calls at once', async () => {
    const raw = await RawClient.enter(await start(guessing()), '/t/1');
    const call = '["call","$node.list"]';
    expect(await codes(raw, '/t/1', call)).to.deep.equal([0]);
    await enterAgain(raw, '/t/1', '/t/2');
    const two = '["call",[{"action":"$node.list"},{"action":"$node.list"}]]';
    expect(await codes(raw, '/t/2', two)).to.deep.equal([429]);
    expect(await codes(raw, '/t/2', call)).to.deep.equal([429]);
  });

  it('counts other connections on their own, of the same client too', async () => {
    const running = await start(guessing());
    for (let round = 0; round < 2; round++) {
      const raw = await RawClient.enter(running);
      expect(await codes(raw, '/x', GUESS, GUESS, GUESS, GUESS, GUESS, GUESS)).to.deep.equal([
        0, 0, 0, 0, 0, 429,
      ]);
    }
  });

  it('does not tell a store the id with which others could take over the connection', async () => {
    const keys: string[] = [];
    const store = {
      consume: (key: string) => {
        keys.push(key);
        return Promise.resolve(new RateLimiterRes());
      },
    };
    const running = await start(guessing(store));
    const client = await connect(running);
    await ask(client, 'guess');
    await ask(client, 'guess');
    const [one, two] = keys;
    expect(one).to.equal(two);
    expect(one).to.not.include(client.io.engine.id).and.to.not.include(client.id);
  });

  describe('keeps nothing of connections that are gone', () => {
    /** Keys that limiters in memory hold. */
    function heldKeys(limiter: RateLimiterMemory): string[] {
      const { _memoryStorage } = limiter as unknown as {
        _memoryStorage: { _storage: ReadonlyMap<string, unknown> };
      };
      return [..._memoryStorage._storage.keys()];
    }
    async function expectNone(limiter: RateLimiterMemory): Promise<void> {
      while (heldKeys(limiter).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }

    for (const transports of [['websocket'], ['polling']]) {
      it(`in the memory of the application's own limiter, over ${transports.join()}`, async () => {
        const limiter = new RateLimiterMemory({ points: 5, duration: 86_400 });
        const running = await start(guessing(limiter));
        const clients: Client[] = [];
        for (let number = 0; number < 5; number++) {
          const client = await connect(running, `/t/${number}`, { transports });
          await ask(client, 'guess');
          clients.push(client);
        }
        expect(heldKeys(limiter)).to.have.length(5);
        for (const client of clients.slice(0, 3)) client.disconnect();
        while (heldKeys(limiter).length > 2) await new Promise((resolve) => setTimeout(resolve, 5));
        for (const client of clients.slice(3)) client.io.engine.close();
        await expectNone(limiter);
      });
    }

    it('when an event is under way while the connection ends', async () => {
      const limiter = new RateLimiterMemory({ points: 5, duration: 86_400 });
      const running = await start(guessing(limiter));
      for (let round = 0; round < 10; round++) {
        const raw = await RawClient.enter(running);
        for (let at = 0; at < 5; at++) raw.send(`42/x,${GUESS}`);
        raw.socket.terminate();
        await raw.closed;
      }
      while (running.gateway.io.engine.clientsCount > 0)
        await new Promise((resolve) => setTimeout(resolve, 5));
      await expectNone(limiter);
    });

    it('with a timer each: none is left', async () => {
      const running: Running = await start(guessing());
      const timers = (): number =>
        process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
      const before = timers();
      for (let round = 0; round < 5; round++) {
        const client = await connect(running);
        await ask(client, 'guess');
        client.disconnect();
      }
      while (running.gateway.io.engine.clientsCount > 0)
        await new Promise((resolve) => setTimeout(resolve, 5));
      expect(timers()).to.be.at.most(before);
    });
  });
});
