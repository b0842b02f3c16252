import { expect } from 'chai';
import { Action, Event, Method, Service } from 'moleculer-decorators';
import { MessageBody, SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import { Adapter } from 'socket.io-adapter';
import { ask, connect, newBroker, portOf, start, type RunningGateway } from '../support/run-gateway';

const settings = { port: 0 };

describe('moleculer-decorators on gateways', () => {
  for (const constructOverride of [true, false]) {
    it(`take every option of a service in @Service, constructOverride ${constructOverride}`, async () => {
      const heard: string[] = [];
      const hook = (name: string) => () => void heard.push(name);

      @Service({
        constructOverride,
        name: 'talk',
        version: 3,
        settings: { port: 0, limit: 1, secret: 's', $secureSettings: ['secret'], $noVersionPrefix: true },
        metadata: { region: 'eu' },
        dependencies: ['users'],
        hooks: {
          before: { '*': hook('service'), send: 'own' },
          after: { send: (_ctx: unknown, r: unknown) => [r] },
        },
        mixins: [
          {
            actions: { mixed: () => 'mixed' },
            hooks: { before: { '*': hook('mixin') } },
            events: { tick: hook('tick') },
          },
        ],
        actions: { listed: () => 'listed' },
        methods: { helper: () => 'helped' },
        events: { tock: hook('tock') },
        channels: { 'order.paid': {} },
      } as never)
      @SocketNamespace('/x', {
        hooks: { before: { '*': hook('namespace') } } as never,
        settings: { limit: 0 },
      })
      class ChatGateway extends SocketGateway {
        private readonly field = 'field';
        declare helper: () => string;
        own() {
          heard.push(`own ${this.field}`);
        }
        @Method
        twice(n: number) {
          return n * 2;
        }
        @SocketEvent()
        send() {
          return [this.helper(), this.twice(2), (this.settings as any).limit];
        }
      }
      const running = await start([ChatGateway, { name: 'users' }], { dependencyInterval: 5 });
      const { broker, gateway } = running;
      expect([gateway.fullName, gateway.version, gateway.metadata]).to.deep.equal([
        'talk',
        3,
        { region: 'eu' },
      ]);
      expect(gateway.schema).to.deep.include({ channels: { 'order.paid': {} }, dependencies: ['users'] });
      expect((await ask(await connect(running), 'send')).result).to.deep.equal([['helped', 4, 1]]);
      expect(heard.splice(0)).to.deep.equal(['mixin', 'namespace', 'service', 'own field']);
      expect(await broker.call('talk.mixed')).to.equal('mixed');
      expect(await broker.call('talk.listed')).to.equal('listed');
      for (const event of ['tick', 'tock']) await broker.broadcastLocal(event, {});
      expect(heard.slice(-2)).to.deep.equal(['tick', 'tock']);
      const [published] = (await broker.call<any[], object>('$node.services', { skipInternal: true })).filter(
        ({ name }) => name === 'talk',
      );
      expect(published.settings).to.deep.equal({ limit: 1, $noVersionPrefix: true });
    });
  }

  it('give sibling gateways of one base their own actions, events and doors', async () => {
    const heard: string[] = [];

    class Base extends SocketGateway {
      @Action({ cache: false, params: { n: 'number' } })
      @SocketEvent('both')
      both(ctx: SocketContext<{ n: number }>) {
        return [this.name, ctx.params.n, Boolean(ctx.socket)];
      }
      @Event()
      tick() {
        heard.push(this.name);
      }
    }
    @Service()
    @SocketNamespace('/one', { settings })
    class OneGateway extends Base {
      @Action()
      only() {
        return 'one';
      }
    }
    @Service({ version: 2 })
    @SocketNamespace('/two')
    class TwoGateway extends Base {
      @Action({ params: { n: 'string' } })
      @SocketEvent('both')
      override both(ctx: SocketContext<any>) {
        return ['override', ...super.both(ctx)];
      }
      @SocketEvent('of two')
      @Action({ name: 'renamed' })
      named(@MessageBody({ unchecked: true }) body: unknown) {
        return body;
      }
    }
    const running = await start([OneGateway, TwoGateway]);
    const { broker } = running;
    const [one, two] = [await connect(running, '/one'), await connect(running, '/two')];
    expect((await ask(one, 'both', { n: 1 })).result).to.deep.equal(['one', 1, true]);
    expect((await ask(two, 'both', { n: '1' })).result).to.deep.equal(['override', 'two', '1', true]);
    expect(await broker.call('one.both', { n: 2 })).to.deep.equal(['one', 2, false]);
    expect(await broker.call('v2.two.both', { n: '2' })).to.deep.equal(['override', 'two', '2', false]);
    expect((await ask(one, 'both', { n: '1' })).error.code).to.equal(422);
    expect((await ask(two, 'both', { n: 1 })).error.code).to.equal(422);

    const actions = broker.services.flatMap(({ schema, name }) =>
      Object.keys(schema.actions ?? {}).map((action) => `${name}.${action}`),
    );
    expect(actions).to.include.members(['one.only', 'one.both', 'two.both', 'two.named']);
    expect(actions).not.to.include.members(['two.only']);
    await broker.broadcastLocal('tick', {});
    expect(heard.sort()).to.deep.equal(['one', 'two']);
  });

  it('know an action that is an event under the name of @Action, with context, hooks and options', async () => {
    const calls: unknown[] = [];
    @Service({ hooks: { before: { renamed: (ctx: any) => void calls.push(ctx.action.name) } } } as never)
    @SocketNamespace('/x', { settings })
    class ChatGateway extends SocketGateway {
      @SocketEvent('message')
      @Action({ name: 'renamed', bulkhead: { enabled: true, concurrency: 1, maxQueueSize: 1 } })
      send(ctx: SocketContext) {
        return [ctx.action?.name, ctx.service?.fullName, ctx.event];
      }
      @SocketEvent()
      async outer(ctx: SocketContext) {
        return ctx.call('chat.renamed');
      }
    }
    const running = await start(ChatGateway);
    const client = await connect(running);
    expect((await ask(client, 'message')).result).to.deep.equal(['chat.renamed', 'chat', 'message']);
    expect(await running.broker.call('chat.renamed')).to.deep.equal(['chat.renamed', 'chat', null]);
    expect((await ask(client, 'outer')).result[0]).to.equal('chat.renamed');
    expect(calls).to.deep.equal(['chat.renamed', 'chat.renamed', 'chat.renamed']);
  });

  it('may stand on a class that is registered in two brokers', async () => {
    @Service({ name: 'chat', settings: { port: 0, of: 'class' } })
    @SocketNamespace('/x')
    class ChatGateway extends SocketGateway {
      private readonly mine: string[] = [];
      created() {
        this.mine.push(this.broker.nodeID);
      }
      @SocketEvent()
      who() {
        return this.mine;
      }
    }
    const [one, two] = [
      await start(ChatGateway, { nodeID: 'one' }),
      await start(ChatGateway, { nodeID: 'two' }),
    ];
    expect((await ask(await connect(one), 'who')).result).to.deep.equal(['one']);
    expect((await ask(await connect(two), 'who')).result).to.deep.equal(['two']);
  });

  for (const constructOverride of [true, false]) {
    it(`leave modifications of createService their effect, constructOverride ${constructOverride}`, async () => {
      const turns: string[] = [];
      @Service({
        constructOverride,
        settings: { ip: '127.0.0.1', of: 'class', limit: 1 },
        metadata: { a: 1 },
      })
      @SocketNamespace('/x')
      class ChatGateway extends SocketGateway {
        created() {
          turns.push('created');
        }
        async started() {
          turns.push('started');
        }
        now() {
          return Date.now();
        }
        @SocketEvent()
        send() {
          return this.now();
        }
      }
      class OwnAdapter extends Adapter {}
      const broker = newBroker([]);
      const service = broker.createService(
        ChatGateway as never,
        {
          name: 'talk',
          version: 2,
          settings: { port: 0, of: 'modification', io: { options: { adapter: OwnAdapter } } },
          metadata: { b: 2 },
          methods: { now: () => 7 },
          created: () => turns.push('modified created'),
          started: async () => void turns.push('modified started'),
        } as never,
      ) as RunningGateway;
      await broker.start();
      expect(service.fullName).to.equal('v2.talk');
      expect(service.settings).to.include({ of: 'modification', limit: 1, port: 0, ip: '127.0.0.1' });
      expect((service.settings as any).io.options.adapter).to.equal(OwnAdapter);
      expect(service.metadata).to.deep.equal({ a: 1, b: 2 });
      expect(turns).to.deep.equal(['created', 'modified created', 'started', 'modified started']);
      const client = await connect({ url: `http://127.0.0.1:${portOf(service)}` });
      expect((await ask(client, 'send')).result).to.equal(7);
    });
  }
});
