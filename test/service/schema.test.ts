import { expect } from 'chai';
import { Errors } from 'moleculer';
import { SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import {
  ask,
  connect,
  newBroker,
  newClient,
  portOf,
  refused,
  serviceOf,
  start,
  type Registered,
  type RunningGateway,
} from '../support/run-gateway';
import { rejection } from './rejection';

const settings = { port: 0 };

/** A gateway with these options, whose event tells how its action is called. */
function gateway(options: Parameters<typeof SocketNamespace>[1], path = '/x') {
  @SocketNamespace(path, { settings, ...options })
  class ChatGateway extends SocketGateway {
    @SocketEvent('send', { visibility: 'published' })
    send(ctx: SocketContext) {
      return [this.fullName, ctx.action?.name];
    }
  }
  return ChatGateway;
}

describe('the schema of a gateway', () => {
  describe('name and version', () => {
    for (const [what, options, fullName, action] of [
      ['no version', {}, 'chat', 'chat.send'],
      ['a number', { version: 2 }, 'v2.chat', 'v2.chat.send'],
      ['0', { version: 0 }, 'v0.chat', 'v0.chat.send'],
      ['a string', { version: 'staging' }, 'staging.chat', 'staging.chat.send'],
      ['a name of its own', { name: 'talk', version: 1 }, 'v1.talk', 'v1.talk.send'],
      [
        '$noVersionPrefix',
        { version: 2, settings: { ...settings, $noVersionPrefix: true } },
        'chat',
        'chat.send',
      ],
      ['$noServiceNamePrefix', { settings: { ...settings, $noServiceNamePrefix: true } }, 'chat', 'send'],
    ] as const) {
      it(`are those of a service: ${what}`, async () => {
        const running = await start(gateway(options));
        expect((await ask(await connect(running), 'send')).result).to.deep.equal([fullName, action]);
        expect(await running.broker.call(action)).to.deep.equal([fullName, action]);
        expect(running.broker.getLocalService(fullName)).to.equal(running.gateway);
      });
    }

    it('give a class its place twice, where the namespaces differ', async () => {
      const ChatGateway = gateway({ settings: { $shared: true } });
      @SocketNamespace('/y', { name: 'chat', version: 2 })
      class NewChatGateway extends ChatGateway {}
      const running = await start([gateway({ settings, version: 1 }), NewChatGateway]);
      for (const [namespace, version] of [
        ['/x', 'v1'],
        ['/y', 'v2'],
      ] as const) {
        const answer = await ask(await connect(running, namespace), 'send');
        expect(answer.result).to.deep.equal([`${version}.chat`, `${version}.chat.send`]);
      }
    });

    it('do not part one class from itself on one server: both services are named', async () => {
      const ChatGateway = gateway({ settings: { port: 0, ip: '127.0.0.1' } });
      const broker = newBroker([]);
      broker.createService(ChatGateway as never, { version: 1 } as never);
      broker.createService(ChatGateway as never, { version: 2 } as never);
      const error = await rejection(broker.start());
      expect(error.message).to.include(
        "the namespace '/x' of 'v2.chat' belongs to ChatGateway ('v1.chat') on the same server",
      );
    });

    it('part it where modifications give each a server of its own', async () => {
      const ChatGateway = gateway({});
      const broker = newBroker([]);
      const services = [1, 2].map((version) =>
        broker.createService(
          ChatGateway as never,
          { version, settings: { ip: `127.0.0.${version}` } } as never,
        ),
      );
      await broker.start();
      for (const service of services) {
        const client = await connect({ url: `http://127.0.0.${String(service.version)}:${portOf(service)}` });
        expect((await ask(client, 'send')).result[0]).to.equal(`v${String(service.version)}.chat`);
      }
    });
  });

  describe('settings and metadata', () => {
    it('show no function and no server in the lists of $node, on the own node too', async () => {
      const running = await start(gateway({ metadata: { region: 'eu' } }));
      const lists = await Promise.all(
        ['$node.services', '$node.actions', '$node.events'].map((list) =>
          running.broker.call<object[], object>(list, {
            withActions: true,
            withEvents: true,
            skipInternal: true,
          }),
        ),
      );
      const walk = (value: unknown, path: string): void => {
        expect(typeof value, path).not.to.equal('function');
        if (typeof value !== 'object' || value === null) return;
        expect([Object.prototype, Array.prototype, null], path).to.include(Object.getPrototypeOf(value));
        for (const [key, entry] of Object.entries(value)) walk(entry, `${path}.${key}`);
      };
      walk(lists, 'lists');
      expect(JSON.stringify(lists)).not.to.include('"port"');
    });
  });

  describe('settings of the server that are decided late', () => {
    const turnedOn = { port: 0, ip: '127.0.0.1' };
    const listensAt = (service: RunningGateway) =>
      (service.io.httpServer.address() as { address: string }).address;

    it('may come from merged()', async () => {
      @SocketNamespace('/x', { settings: { port: 1 } })
      class ChatGateway extends SocketGateway {
        merged(schema: any) {
          Object.assign(schema.settings, turnedOn);
        }
      }
      expect(listensAt((await start(ChatGateway)).gateway)).to.equal('127.0.0.1');
    });

    it('may come from a middleware', async () => {
      const serviceCreating = (_service: unknown, schema: any) => {
        if (schema.name === 'chat') schema.settings = { ...schema.settings, ...turnedOn };
      };
      const { gateway: service } = await start(gateway({ settings: { port: 1 } }), {
        middlewares: [{ serviceCreating }],
      });
      expect(listensAt(service)).to.equal('127.0.0.1');
    });

    it('may come from created(), for all gateways of the server', async () => {
      @SocketNamespace('/x', { settings: { port: 1 } })
      class ChatGateway extends SocketGateway {
        created() {
          Object.assign(this.settings, turnedOn);
        }
      }
      const { broker, gateway: service } = await start([
        ChatGateway,
        gateway({ name: 'other', settings: {} }, '/y'),
      ]);
      expect(listensAt(service)).to.equal('127.0.0.1');
      expect(serviceOf(broker, 'other').io).to.equal(service.io);
    });
  });

  it('takes no part of the schema from a field of the class, and says where to write it', () => {
    for (const field of [
      'name',
      'version',
      'settings',
      'metadata',
      'actions',
      'events',
      'logger',
      'schema',
    ]) {
      @SocketNamespace('/x', { settings })
      class ChatGateway extends SocketGateway {
        constructor(...args: [any]) {
          super(...args);
          // As a field initialiser does it.
          Object.defineProperty(this, field, { value: { own: 1 }, writable: true, configurable: true });
        }
      }
      expect(() => newBroker(ChatGateway), field).to.throw(
        `ChatGateway.${field}: a field of this name would be overwritten by Moleculer; give it to @SocketNamespace, or another name`,
      );
    }
    // As TypeScript leaves it where a class only says the type of what it inherits.
    @SocketNamespace('/x', { settings })
    class TypedGateway extends SocketGateway {
      constructor(...args: [any]) {
        super(...args);
        Object.defineProperty(this, 'settings', { value: undefined, writable: true, configurable: true });
      }
    }
    expect(serviceOf(newBroker(TypedGateway), 'typed').settings).to.include({ port: 0 });
  });

  describe('modifications of createService', () => {
    function modified(mods: object): Promise<RunningGateway> {
      const broker = newBroker([]);
      broker.createService(
        gateway({ version: 1, settings: { port: 0, limit: 1, of: 'class' } }) as never,
        mods as never,
      );
      return broker.start().then(() => broker.services.find((one) => 'namespaces' in one) as RunningGateway);
    }

    it('win over the class', async () => {
      const service = await modified({
        name: 'talk',
        version: 3,
        settings: { of: 'modification' },
        metadata: { added: 1 },
        actions: { send: { timeout: 5 }, extra: () => 'extra' },
        methods: { helper: () => 'helped' },
        custom: { any: 'thing' },
      });
      expect(service.fullName).to.equal('v3.talk');
      expect(service.settings).to.include({ limit: 1, of: 'modification' });
      expect(service.metadata).to.deep.equal({ added: 1 });
      expect((service.schema.actions as any).send).to.include({ timeout: 5, visibility: 'published' });
      expect(service.schema).to.deep.include({ custom: { any: 'thing' } });
      expect((service as any).helper()).to.equal('helped');
      expect(await service.broker.call('v3.talk.extra')).to.equal('extra');
    });

    it('bring mixins, hooks and events, and turns of the life that run after those of the class', async () => {
      const heard: string[] = [];
      const service = await modified({
        mixins: [{ actions: { mixed: () => 'mixed' }, created: () => heard.push('mixin created') }],
        hooks: {
          before: { send: () => void heard.push('hook') },
          after: { '*': (_ctx: unknown, r: unknown) => [r] },
        },
        events: { tick: () => void heard.push('tick') },
        created: () => heard.push('created'),
        started: async () => void heard.push('started'),
        stopped: async () => void heard.push('stopped'),
      });
      const { broker } = service;
      await broker.broadcastLocal('tick', {});
      expect(await broker.call('v1.chat.mixed')).to.deep.equal(['mixed']);
      const client = await connect({ url: `http://localhost:${portOf(service)}` });
      expect((await ask(client, 'send')).result).to.deep.equal([['v1.chat', 'v1.chat.send']]);
      await broker.stop();
      expect(heard).to.deep.equal(['mixin created', 'created', 'started', 'tick', 'hook', 'stopped']);
    });

    it('may be none', async () => {
      expect((await modified({})).fullName).to.equal('v1.chat');
    });
  });

  describe('parts that other modules read', () => {
    // As @moleculer/channels, moleculer-bull and the like do: parts of the schema that Moleculer itself does not know.
    const channels = { 'order.paid': { group: 'chat', handler: () => undefined } };

    it('come with the options, a mixin or a modification', async () => {
      const seen: unknown[] = [];
      const middleware = {
        serviceCreating(_service: unknown, schema: any) {
          if (schema.channels) seen.push(Object.keys(schema.channels));
        },
      };
      const options = { middlewares: [middleware as never] };
      newBroker(gateway({ channels }), options);
      newBroker(gateway({ mixins: [{ channels } as never] }), options);
      newBroker([], options).createService(gateway({}) as never, { channels } as never);
      expect(seen).to.deep.equal([['order.paid'], ['order.paid'], ['order.paid']]);
    });

    it('are merged as Moleculer merges them: those of the class win over a mixin', async () => {
      const { gateway: service } = await start(
        gateway({ custom: 'class', mixins: [{ custom: 'mixin', other: 'mixin' } as never] } as object),
      );
      expect(service.schema).to.include({ custom: 'class', other: 'mixin' });
    });

    it('are merged by a method of the class, where it has one', async () => {
      @SocketNamespace('/x', {
        settings,
        custom: ['class'],
        mixins: [{ custom: ['mixin'] } as never],
      } as object)
      class MergingGateway extends SocketGateway {
        mergeSchemaCustom(src: string[], target: string[]) {
          return [...(target ?? []), ...(src ?? [])];
        }
        @SocketEvent()
        send() {}
      }
      const { gateway: service } = await start(MergingGateway);
      expect(service.schema).to.deep.include({ custom: ['mixin', 'class'] });
    });
  });

  it('takes no turn of the life in the options: they are methods of the class', () => {
    for (const turn of ['merged', 'created', 'started', 'stopped']) {
      const Registered = gateway({ [turn]: () => undefined }) as unknown as Registered;
      expect(() => newBroker(Registered), turn).to.throw(`${turn} is a method of the class`);
    }
  });

  it('lets two brokers in one process have the same gateway', async () => {
    const ChatGateway = gateway({});
    const [one, two] = [
      await start(ChatGateway, { nodeID: 'one' }),
      await start(ChatGateway, { nodeID: 'two' }),
    ];
    await one.broker.destroyService(serviceOf(one.broker, 'chat'));
    expect((await ask(await connect(two), 'send')).result).to.deep.equal(['chat', 'chat.send']);
    expect(await rejection(one.broker.call('chat.send'))).to.be.instanceOf(Errors.ServiceNotAvailableError);
    const client = newClient(one);
    expect((await refused(client)).message).to.equal('websocket error');
  });
});
