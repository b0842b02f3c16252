import { expect } from 'chai';
import { Errors as MoleculerErrors } from 'moleculer';
import { Action } from 'moleculer-decorators';
import {
  Authenticate,
  Ctx,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { CollectingExporter } from '../support/collecting-exporter';
import { ask, connect, serviceOf, signal, start } from '../support/run-gateway';

const settings = { port: 0 };
const ran: unknown[] = [];

describe('options of actions on event handlers', () => {
  beforeEach(() => void (ran.length = 0));

  describe('cache', () => {
    @SocketNamespace('/x', { settings: { ...settings, $cache: { ttl: 5 } } })
    class CachedGateway extends SocketGateway {
      @Authenticate()
      authenticate(socket: any) {
        return { id: socket.handshake.auth.id };
      }
      private ran(name: string) {
        return ran.push(name);
      }
      @SocketEvent()
      always() {
        return this.ran('always');
      }
      @SocketEvent('never', { cache: false })
      never() {
        return this.ran('never');
      }
      @SocketEvent('mine', { cache: { keys: ['page', '#user.id'] } })
      mine() {
        return this.ran('mine');
      }
      @SocketEvent('sometimes', { cache: { enabled: (ctx: any) => ctx.params.fresh !== true } })
      sometimes() {
        return this.ran('sometimes');
      }
      @Action({ cache: true })
      @SocketEvent('both')
      both() {
        return this.ran('both');
      }
      @SocketEvent('out', { cache: { keys: ['page'] } })
      logout(ctx: SocketContext) {
        ctx.meta.user = null;
        return this.ran('out');
      }
    }
    const answers = async (client: any, ...events: unknown[][]) => {
      const results = [];
      for (const [event, ...args] of events)
        results.push((await ask(client, event as string, ...args)).result);
      return results;
    };

    it('is for all of them with $cache, and each may say otherwise', async () => {
      const client = await connect(await start(CachedGateway, { cacher: 'Memory' }));
      const asked = [['always'], ['always'], ['never'], ['never']];
      expect(await answers(client, ...asked)).to.deep.equal([1, 1, 2, 3]);
    });

    it('may take what is deep in meta into the key', async () => {
      const running = await start(CachedGateway, { cacher: 'Memory' });
      const [ada, ben, adaToo] = await Promise.all(
        ['ada', 'ben', 'ada'].map((id) => connect(running, '/x', { auth: { id } })),
      );
      expect(
        await answers(ada, ['mine', { page: 1 }], ['mine', { page: 1 }], ['mine', { page: 2 }]),
      ).to.deep.equal([1, 1, 2]);
      expect(await answers(ben, ['mine', { page: 1 }])).to.deep.equal([3]);
      expect(await answers(adaToo, ['mine', { page: 1 }])).to.deep.equal([1]);
    });

    it('may depend on the context', async () => {
      const client = await connect(await start(CachedGateway, { cacher: 'Memory' }));
      const fresh = { fresh: true };
      const asked = [
        ['sometimes', {}],
        ['sometimes', {}],
        ['sometimes', fresh],
        ['sometimes', fresh],
      ];
      expect(await answers(client, ...asked)).to.deep.equal([1, 1, 2, 3]);
    });

    it('is one for both doors', async () => {
      const running = await start(CachedGateway, { cacher: 'Memory' });
      const client = await connect(running);
      expect(await answers(client, ['both', { a: 1 }])).to.deep.equal([1]);
      expect(await running.broker.call('cached.both', { a: 1 })).to.equal(1);
      expect(await running.broker.call('cached.both', { a: 2 })).to.equal(2);
      expect(await answers(client, ['both', { a: 2 }])).to.deep.equal([2]);
      await running.broker.cacher!.clean('cached.**');
      expect(await answers(client, ['both', { a: 2 }])).to.deep.equal([3]);
    });

    it('saves no user where the handler did not run', async () => {
      const running = await start(CachedGateway, { cacher: 'Memory' });
      const [one, two] = [
        await connect(running, '/x', { auth: { id: 1 } }),
        await connect(running, '/x', { auth: { id: 2 } }),
      ];
      expect(await answers(one, ['out'])).to.deep.equal([1]);
      expect(await answers(two, ['out'])).to.deep.equal([1]);
      const users = [one, two].map(({ id }) => running.gateway.io.of('/x').sockets.get(id!)!.data.user);
      expect(users).to.deep.equal([null, { id: 2 }]);
    });
  });

  it('all work together on a method with two doors', async () => {
    let failures = 0;
    @SocketNamespace('/x', { settings })
    class DoorsGateway extends SocketGateway {
      @Action({
        params: { n: 'number|convert' },
        timeout: 50,
        retryPolicy: { enabled: true, retries: 1, delay: 1, maxDelay: 1, factor: 1 },
        hooks: { after: (_ctx: unknown, result: unknown) => [result] },
        fallback: 'instead',
      })
      @SocketEvent('doors', { timeout: 20 })
      doors(@MessageBody() body: { n: number }, @Ctx() ctx: SocketContext) {
        ran.push([body, Boolean(ctx.socket)]);
        if (body.n === 1) throw new MoleculerErrors.MoleculerRetryableError(`failure ${++failures}`);
        if (body.n === 2) return new Promise(() => undefined);
        return body;
      }
      instead(ctx: SocketContext, error: Error) {
        return ['instead', ctx.params, error.name];
      }
    }
    const running = await start(DoorsGateway);
    const client = await connect(running);
    const bySocket = async (n: unknown) => (await ask(client, 'doors', { n })).result;
    const byCall = (n: unknown) => running.broker.call<any, object>('doors.doors', { n });
    for (const door of [bySocket, byCall]) {
      ran.length = failures = 0;
      expect(await door('3')).to.deep.equal([{ n: 3 }]);
      expect(await door('1')).to.deep.equal(['instead', { n: 1 }, 'MoleculerRetryableError']);
      expect(failures).to.equal(2);
      expect(await door(2)).to.deep.equal(['instead', { n: 2 }, 'RequestTimeoutError']);
      expect(ran).to.deep.include([{ n: 3 }, door === bySocket]);
    }
    for (const door of [bySocket, byCall]) expect((await door('three'))[2]).to.equal('ValidationError');
  });

  it('bulkhead waits for a turn with the socket of each event', async () => {
    const go = signal();
    @SocketNamespace('/x', { settings })
    class NarrowGateway extends SocketGateway {
      @SocketEvent('one', { bulkhead: { enabled: true, concurrency: 1, maxQueueSize: 10 } })
      async one(ctx: SocketContext) {
        await go;
        return ctx.socket.id;
      }
    }
    const running = await start(NarrowGateway);
    const clients = await Promise.all([1, 2, 3].map(() => connect(running)));
    const answers = clients.map((client) => ask(client, 'one'));
    go.fire();
    expect((await Promise.all(answers)).map(({ result }) => result)).to.deep.equal(
      clients.map(({ id }) => id),
    );
  });

  for (const metrics of [false, true]) {
    it(`bulkhead counts events and calls together, metrics ${metrics ? 'on' : 'off'}`, async () => {
      const go = signal();
      const arrived = signal();
      let running = 0;
      let most = 0;
      @SocketNamespace('/x', { settings })
      class NarrowGateway extends SocketGateway {
        @SocketEvent('one', { bulkhead: { enabled: true, concurrency: 1, maxQueueSize: 10 } })
        async one(ctx: SocketContext) {
          most = Math.max(most, ++running);
          arrived.fire();
          await go;
          running--;
          return ctx.params;
        }
      }
      const narrow = await start(NarrowGateway, { metrics });
      const client = await connect(narrow);
      const { actions } = serviceOf(narrow.broker, 'narrow') as unknown as {
        actions: { one(params: unknown): Promise<unknown> };
      };
      const answers = [ask(client, 'one', 'event'), arrived.then(() => actions.one('call'))] as const;
      await arrived;
      go.fire();
      expect((await answers[0]).result).to.equal('event');
      expect(await answers[1]).to.equal('call');
      expect(most).to.equal(1);
    });
  }

  it('visibility protected opens it to services of this node', async () => {
    @SocketNamespace('/x', { settings })
    class ProtectedGateway extends SocketGateway {
      @SocketEvent('send', { visibility: 'protected' })
      send() {
        return 'sent';
      }
    }
    const running = await start(ProtectedGateway);
    expect(await running.broker.call('protected.send')).to.equal('sent');
    expect((await ask(await connect(running), 'send')).result).to.equal('sent');
  });

  it('tracing gives a handler its span, with tags, and its calls are below', async () => {
    const exporter = new CollectingExporter<any>();
    const { spans } = exporter;
    @SocketNamespace('/x', { settings })
    class TracedGateway extends SocketGateway {
      @SocketEvent('send', {
        tracing: { spanName: 'my-span', tags: { params: ['id'], meta: ['$socketId'] } },
      })
      async send(ctx: SocketContext) {
        await ctx.call('other.act');
      }
      @SocketEvent('silent', { tracing: false })
      silent() {}
    }
    const running = await start([TracedGateway, { name: 'other', actions: { act() {} } }], {
      tracing: { enabled: true, exporter: exporter as never },
    });
    const client = await connect(running);
    await ask(client, 'send', { id: 5, secret: 6 });
    await ask(client, 'silent');
    const own = spans.find(({ name }) => name === 'my-span');
    const below = spans.find(({ tags }) => tags.action?.name === 'other.act');
    expect(own.tags.params).to.deep.equal({ id: 5 });
    expect(own.tags.meta).to.deep.equal({ $socketId: client.id });
    expect(below).to.include({ parentID: own.id, traceID: own.traceID });
    expect(spans.some(({ tags }) => tags.action?.name === 'traced.silent')).to.equal(false);
  });
});
