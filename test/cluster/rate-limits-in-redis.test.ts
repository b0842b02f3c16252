import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { RateLimit, SocketEvent, SocketGateway, SocketNamespace, type RateLimitStore } from '../../src';
import { afterwards, ask, connect, start, type Client, type Running } from '../support/run-gateway';
import { describeWithRedis, startRedis } from './redis-server';

const settings = { port: 0 };

/** Starts a gateway whose limit counts in a store. */
function startLimited(store: RateLimitStore): Promise<Running> {
  @SocketNamespace('/x', { settings })
  @RateLimit({ points: 2, duration: 60, key: 'ip', store })
  class NewsGateway extends SocketGateway {
    @SocketEvent()
    send() {}
    @RateLimit({ points: 1, duration: 60, store })
    @SocketEvent()
    rare() {}
  }
  return start(NewsGateway);
}

async function code(client: Client, event = 'send'): Promise<number> {
  return (await ask(client, event)).error?.code ?? 0;
}

interface Opened {
  readonly store: RateLimitStore;
  flush(): Promise<unknown>;
  stop(): unknown;
}

const clients: Record<string, (url: string) => Promise<Opened>> = {
  async ioredis(url) {
    const store = new Redis(url, { retryStrategy: () => 50 });
    store.on('error', () => undefined);
    if (store.status !== 'ready') await new Promise((resolve) => store.once('ready', resolve));
    return { store, flush: () => store.flushall(), stop: () => store.disconnect() };
  },
  async redis(url) {
    const store = createClient({ url, socket: { reconnectStrategy: 50 } });
    store.on('error', () => undefined);
    await store.connect();
    return { store, flush: () => store.flushAll(), stop: () => store.destroy() };
  },
};

describeWithRedis('rate limits in Redis', (redis) => {
  for (const [name, open] of Object.entries(clients)) {
    it(`are shared by all nodes, with a client of ${name}`, async () => {
      const { store, flush, stop } = await open(redis().url);
      afterwards(stop);
      await flush();
      const [one, two] = [await startLimited(store), await startLimited(store)];
      const here = await connect(one);
      const there = await connect(two);
      expect([await code(here), await code(there)]).to.deep.equal([0, 0]);
      const { error } = await ask(there, 'send');
      expect(error).to.deep.include({ code: 429, type: 'RATE_LIMIT_EXCEEDED' });
      expect(error.data.retryAfter).to.be.within(50, 60);
      expect(await code(here)).to.equal(429);
      await flush();
      // Each declaration has points of its own.
      expect(await code(here, 'rare')).to.equal(0);
      expect([await code(here), await code(here, 'rare')]).to.deep.equal([0, 429]);
    });

    it(`are those of each node while Redis is away, with a client of ${name}`, async () => {
      const own = await startRedis();
      afterwards(own.stop);
      const { store, stop } = await open(own.url);
      afterwards(stop);
      const client = await connect(await startLimited(store));
      expect(await code(client)).to.equal(0);
      await own.stop();
      const answers = [];
      for (let i = 0; i < 5; i++) answers.push(await code(client));
      expect(answers.filter((one) => one === 0).length).to.be.within(1, 2);
      expect(answers.slice(3)).to.deep.equal([429, 429]);
    });
  }
});
