import { expect } from 'chai';
import type { Context, ServiceBroker } from 'moleculer';
import { Action, Event, Method, Service } from 'moleculer-decorators';
import {
  Ctx,
  DeclarationError,
  MessageBody,
  OnBeforeCall,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';
import type { SocketContext } from '../../src';
import {
  ask,
  connect,
  newBroker,
  serviceOf,
  start,
  type Client,
  type Registered,
  type RunningGateway,
} from '../support/run-gateway';

const settings = { port: 0, ip: '127.0.0.1' };

/** Starts these gateways, and connects a client to each of these namespaces. */
async function serve(registered: Registered | Registered[], ...namespaces: string[]): Promise<Client[]> {
  const running = await start(registered);
  return Promise.all(namespaces.map((namespace) => connect(running, namespace)));
}

async function resultOf(client: Client, event: string, ...args: unknown[]): Promise<unknown> {
  const { error, result } = await ask(client, event, ...args);
  if (error) throw Object.assign(new Error(error.message), error);
  return result;
}

/** What a call of an action rejects with. */
async function failure(call: PromiseLike<unknown>): Promise<any> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('the call did not fail');
}

function namesOf(broker: ServiceBroker): unknown[] {
  return broker.services.map(({ fullName }) => fullName).filter((name) => name !== '$node');
}

for (const constructOverride of [true, false]) {
  describe(`@Service above @SocketNamespace, constructOverride ${constructOverride}`, () => {
    it('makes a gateway that answers', async () => {
      @Service({ constructOverride })
      @SocketNamespace('/x', { settings })
      class ChatGateway extends SocketGateway {
        private readonly greeting = 'hello';

        @SocketEvent('message')
        send(@MessageBody() name: string, @Ctx() ctx: SocketContext) {
          return [this.greeting, name, ctx.event, this.name];
        }
      }
      const [client] = await serve(ChatGateway, '/x');

      expect(await resultOf(client!, 'message', 'Ann')).to.deep.equal(['hello', 'Ann', 'message', 'chat']);
    });

    it('takes the name of the class where none is given', () => {
      @Service({ constructOverride })
      @SocketNamespace('/x', { settings })
      class ChatRoomGateway extends SocketGateway {}

      expect(namesOf(newBroker(ChatRoomGateway))).to.deep.equal(['chatRoom']);
    });

    it('takes the name of @SocketNamespace where @Service is given none', () => {
      @Service({ constructOverride })
      @SocketNamespace('/x', { settings, name: 'talk' })
      class ChatGateway extends SocketGateway {}

      expect(namesOf(newBroker(ChatGateway))).to.deep.equal(['talk']);
    });

    it('takes the name that @Service is given, whatever @SocketNamespace says', () => {
      @Service({ constructOverride, name: 'given' })
      @SocketNamespace('/x', { settings, name: 'talk' })
      class ChatGateway extends SocketGateway {}

      expect(namesOf(newBroker(ChatGateway))).to.deep.equal(['given']);
    });

    it('takes version, settings, metadata and mixins of @Service', async () => {
      const mixin = {
        settings: { mixed: true, both: 'mixin' },
        methods: { ofMixin: () => 'mixin' },
        actions: { listed: () => 'listed' },
      };
      @Service({
        constructOverride,
        version: 3,
        settings: { both: 'service', own: 1 },
        metadata: { region: 'eu' },
        mixins: [mixin],
      } as never)
      @SocketNamespace('/x', { settings: { ...settings, both: 'namespace', ofNamespace: 2 } })
      class ChatGateway extends SocketGateway {
        @SocketEvent()
        read() {
          return (this as any).ofMixin();
        }
      }
      const running = await start(ChatGateway);
      const gateway = serviceOf(running.broker, 'chat');

      expect(gateway.fullName).to.equal('v3.chat');
      expect(gateway.settings).to.include({ both: 'service', own: 1, mixed: true, ofNamespace: 2 });
      expect(gateway.metadata).to.include({ region: 'eu' });
      expect(await running.broker.call('v3.chat.listed')).to.equal('listed');
      expect(await resultOf(await connect(running, '/x'), 'read')).to.equal('mixin');
    });

    it('takes the settings of the server from @Service too, by identity, and publishes none of them', async () => {
      const io = { options: { serveClient: false } };
      @Service({ constructOverride, settings: { ...settings, io, own: 1 } } as never)
      @SocketNamespace('/x')
      class ChatGateway extends SocketGateway {
        @SocketEvent()
        ping() {
          return 'pong';
        }
      }
      const running = await start(ChatGateway);
      const [published] = running.broker.registry.getServiceList({ skipInternal: true }) as any[];

      expect(await resultOf(await connect(running, '/x'), 'ping')).to.equal('pong');
      expect((running.gateway.settings as any).io).to.equal(io);
      expect(published.settings).to.include({ own: 1 });
      expect(published.settings).not.to.have.any.keys('port', 'ip', 'io');
    });

    it('runs every turn of the life of a service once, with all fields set', async () => {
      const turns: unknown[] = [];
      @Service({ constructOverride })
      @SocketNamespace('/x', { settings })
      class ChatGateway extends SocketGateway {
        private readonly field = ['set'];

        merged() {
          turns.push('merged');
        }

        created() {
          turns.push(['created', this.field[0]]);
        }

        async started() {
          turns.push(['started', this.field[0]]);
        }

        async stopped() {
          turns.push(['stopped', this.field[0]]);
        }
      }
      const { broker } = await start(ChatGateway);
      expect(turns).to.deep.equal(['merged', ['created', 'set'], ['started', 'set']]);

      await broker.stop();
      expect(turns.slice(3)).to.deep.equal([['stopped', 'set']]);
    });

    it('runs inherited turns once too', async () => {
      const turns: string[] = [];
      abstract class Base extends SocketGateway {
        created() {
          turns.push('created');
        }

        async started() {
          turns.push('started');
        }

        async stopped() {
          turns.push('stopped');
        }
      }
      @Service({ constructOverride })
      @SocketNamespace('/x', { settings })
      class ChatGateway extends Base {}
      const { broker } = await start(ChatGateway);
      await broker.stop();

      expect(turns).to.deep.equal(['created', 'started', 'stopped']);
    });

    it('runs the turns of mixins before its own', async () => {
      const turns: string[] = [];
      const mixin = {
        created: () => {
          turns.push('mixin created');
        },
        started: async () => {
          turns.push('mixin started');
        },
      };
      @Service({ constructOverride, mixins: [mixin] } as never)
      @SocketNamespace('/x', { settings })
      class ChatGateway extends SocketGateway {
        created() {
          turns.push('created');
        }

        async started() {
          turns.push('started');
        }
      }
      await start(ChatGateway);

      expect(turns).to.deep.equal(['mixin created', 'created', 'mixin started', 'started']);
    });

    it('keeps what created() has set', async () => {
      @Service({ constructOverride })
      @SocketNamespace('/x', { settings })
      class ChatGateway extends SocketGateway {
        private state = 'fresh';

        created() {
          this.state = 'created';
        }

        @SocketEvent()
        read() {
          return this.state;
        }
      }
      const [client] = await serve(ChatGateway, '/x');

      expect(await resultOf(client!, 'read')).to.equal('created');
    });

    it('runs no constructor and no field but for the services of a broker', () => {
      let made = 0;
      @Service({ constructOverride })
      @SocketNamespace('/x', { settings })
      class ChatGateway extends SocketGateway {
        readonly field = ++made;
      }
      expect(made).to.equal(0);

      newBroker(ChatGateway);
      expect(made).to.equal(1);
    });

    it('shares no fields between the instances of two brokers', async () => {
      @Service({ constructOverride })
      @SocketNamespace('/x', { settings })
      class ChatGateway extends SocketGateway {
        private readonly said: string[] = [];
        private readonly deep = { list: [] as string[] };

        @SocketEvent()
        say(@MessageBody() text: string) {
          this.said.push(text);
          this.deep.list.push(text);
          return [this.said, this.deep.list];
        }
      }
      const [[first], [second]] = await Promise.all([serve(ChatGateway, '/x'), serve(ChatGateway, '/x')]);

      expect(await resultOf(first!, 'say', 'one')).to.deep.equal([['one'], ['one']]);
      expect(await resultOf(second!, 'say', 'two')).to.deep.equal([['two'], ['two']]);
      expect(await resultOf(first!, 'say', 'three')).to.deep.equal([
        ['one', 'three'],
        ['one', 'three'],
      ]);
    });

    it('publishes no field of the class as if it were a part of the schema', () => {
      @Service({ constructOverride })
      @SocketNamespace('/x', { settings })
      class ChatGateway extends SocketGateway {
        readonly secret = { token: 'S' };
        readonly version2 = 'own';
      }
      const gateway = serviceOf(newBroker(ChatGateway), 'chat');

      expect(JSON.stringify(gateway.schema)).not.to.contain('token');
      expect(gateway.schema).not.to.have.property('version2');
      expect(gateway).to.have.deep.property('secret', { token: 'S' });
    });

    it('knows actions, events, methods and hooks of the class and of its base', async () => {
      const heard: unknown[] = [];
      abstract class Base extends SocketGateway {
        @Action({ params: { a: 'number' } })
        double(ctx: Context<{ a: number }>) {
          return ctx.params.a * 2;
        }

        @Event({ name: 'user.created' })
        onUser(ctx: Context<{ id: number }>) {
          heard.push([this.name, ctx.params.id]);
        }

        @OnBeforeCall()
        before(ctx: any) {
          ctx.meta.seen = true;
        }
      }
      @Service({ constructOverride })
      @SocketNamespace('/x', { settings })
      class ChatGateway extends Base {
        @Method
        helper() {
          return `${this.name} helps`;
        }

        @SocketEvent()
        read(ctx: SocketContext<unknown, { seen?: boolean }>) {
          return [this.helper(), ctx.meta.seen];
        }
      }
      const running = await start(ChatGateway);
      await running.broker.broadcast('user.created', { id: 7 });

      expect(await running.broker.call('chat.double', { a: 4 })).to.equal(8);
      expect(await failure(running.broker.call('chat.double', { a: 'x' }))).to.include({ code: 422 });
      expect(heard).to.deep.equal([['chat', 7]]);
      expect(await resultOf(await connect(running, '/x'), 'read')).to.deep.equal(['chat helps', true]);
    });

    for (const above of [true, false]) {
      it(`can be extended by a gateway ${above ? 'with' : 'without'} a @Service of its own`, async () => {
        const created: string[] = [];
        @Service({ constructOverride, name: 'base' })
        @SocketNamespace('/base', { settings })
        class BaseGateway extends SocketGateway {
          protected readonly field: string = 'base';

          created() {
            created.push(`${this.name} ${this.field}`);
          }

          @SocketEvent()
          who() {
            return [this.name, this.field];
          }
        }
        @SocketNamespace('/sub', { settings })
        class SubGateway extends BaseGateway {
          protected override readonly field = 'sub';
        }
        const Sub = (
          above ? (Service({ constructOverride }) as any)(SubGateway) : SubGateway
        ) as typeof SubGateway;
        const [base, sub] = await serve([BaseGateway, Sub], '/base', '/sub');

        expect(created).to.deep.equal(['base base', 'sub sub']);
        expect(await resultOf(base!, 'who')).to.deep.equal(['base', 'base']);
        expect(await resultOf(sub!, 'who')).to.deep.equal(['sub', 'sub']);
      });
    }

    it('asks a class that extends one for a @SocketNamespace of its own', () => {
      @Service({ constructOverride })
      @SocketNamespace('/base', { settings })
      class BaseGateway extends SocketGateway {}
      class SubGateway extends BaseGateway {}

      expect(() => newBroker(SubGateway)).to.throw(DeclarationError, /SubGateway: .*@SocketNamespace/);
    });
  });
}

describe('a gateway as a Moleculer service', () => {
  it('takes @Service without options', () => {
    @Service()
    @SocketNamespace('/x', { settings })
    class ChatGateway extends SocketGateway {}

    expect(namesOf(newBroker(ChatGateway))).to.deep.equal(['chat']);
  });

  it('needs a @SocketNamespace under @Service', () => {
    for (const constructOverride of [true, false]) {
      const register = (): unknown => {
        @Service({ constructOverride })
        class Lonely extends SocketGateway {}
        return newBroker(Lonely);
      };

      expect(register).to.throw(/Lonely.*@SocketNamespace/s);
    }
  });

  describe('with @Action, @Event and @Method', () => {
    @SocketNamespace('/x', { settings })
    class Chat extends SocketGateway {
      @Action({ params: { text: 'string' }, timeout: 1000 })
      shout(ctx: Context<{ text: string }>) {
        return this.loud(ctx.params.text);
      }

      @Action({ name: 'say' })
      @SocketEvent('speak')
      renamed(ctx: Context<{ text: string }>) {
        return `said ${ctx.params.text}`;
      }

      @Action()
      @SocketEvent('hello', { params: { name: 'string' } })
      greet(@MessageBody() body: any, @Ctx() ctx: any) {
        return [`hello ${String(body.name)}`, Boolean(ctx.socket), ctx.action.name];
      }

      @SocketEvent()
      hidden() {
        return 'hidden';
      }

      @SocketEvent({ visibility: 'published' })
      shown() {
        return 'shown';
      }

      @Method
      loud(text: string) {
        return text.toUpperCase();
      }
    }

    it('answers calls of its actions', async () => {
      const { broker } = await start(Chat);

      expect(await broker.call('chat.shout', { text: 'hello' })).to.equal('HELLO');
      expect(await failure(broker.call('chat.shout', {}))).to.include({ code: 422 });
    });

    it('makes one action with two doors of a method that is both', async () => {
      const running = await start(Chat);
      const client = await connect(running, '/x');
      const actions = Object.keys(running.gateway.schema.actions as object);

      expect(await running.broker.call('chat.greet', { name: 'Ann' })).to.deep.equal([
        'hello Ann',
        false,
        'chat.greet',
      ]);
      expect(await resultOf(client, 'hello', { name: 'Bob' })).to.deep.equal([
        'hello Bob',
        true,
        'chat.greet',
      ]);
      expect(actions.filter((name) => ['greet', 'hello'].includes(name))).to.deep.equal(['greet']);
    });

    it('checks the params at both doors', async () => {
      const running = await start(Chat);
      const client = await connect(running, '/x');

      expect(await failure(running.broker.call('chat.greet', { name: 7 }))).to.include({ code: 422 });
      expect((await ask(client, 'hello', { name: 7 })).error).to.include({ code: 422 });
    });

    it('knows an action by the name that @Action gives it', async () => {
      const running = await start(Chat);
      const client = await connect(running, '/x');

      expect(await running.broker.call('chat.say', { text: 'a' })).to.equal('said a');
      expect(await resultOf(client, 'speak', { text: 'b' })).to.equal('said b');
    });

    it('keeps handlers private that are not declared otherwise', async () => {
      const running = await start(Chat);
      const client = await connect(running, '/x');

      expect(await failure(running.broker.call('chat.hidden'))).to.include({ code: 404 });
      expect(await running.broker.call('chat.shown')).to.equal('shown');
      expect(await resultOf(client, 'hidden')).to.equal('hidden');
      expect(await running.gateway.actions['hidden']!()).to.equal('hidden');
    });
  });

  it('never shares what a sibling or a subclass declares', async () => {
    const heard: string[] = [];
    abstract class Base extends SocketGateway {
      @Action()
      common() {
        return `common of ${this.name}`;
      }

      @Event({ name: 'tick' })
      onTick(_ctx: Context) {
        heard.push(`${this.name} common`);
      }
    }
    @SocketNamespace('/one', { settings })
    class One extends Base {
      @Action()
      ofOne() {
        return 1;
      }

      @Event({ name: 'tock' })
      onTock(_ctx: Context) {
        heard.push(`${this.name} tock`);
      }

      @Method
      methodOfOne() {
        return 1;
      }
    }
    @SocketNamespace('/two', { settings })
    class Two extends Base {
      @Action({ params: { a: 'number' } })
      override common() {
        return `override of ${this.name}`;
      }

      @Action()
      ofTwo() {
        return 2;
      }
    }
    @SocketNamespace('/three', { settings })
    class Three extends One {
      @Action()
      ofThree() {
        return 3;
      }
    }
    const { broker } = await start([One, Two, Three]);
    const has = (name: string): boolean => broker.registry.actions.isAvailable(name);
    await broker.broadcast('tick');
    await broker.broadcast('tock');

    expect(await broker.call('one.common')).to.equal('common of one');
    expect(await broker.call('two.common', { a: 1 })).to.equal('override of two');
    expect(await failure(broker.call('two.common'))).to.include({ code: 422 });
    expect(await broker.call('three.ofOne')).to.equal(1);
    expect(['one.ofOne', 'two.ofTwo', 'three.ofThree'].every(has)).to.be.true;
    expect(['one.ofTwo', 'one.ofThree', 'two.ofOne', 'three.ofTwo'].some(has)).to.be.false;
    expect(heard.sort()).to.deep.equal([
      'one common',
      'one tock',
      'three common',
      'three tock',
      'two common',
    ]);
    expect(serviceOf(broker, 'two')).not.to.have.property('methodOfOne');
  });

  it('runs an override without a decorator under what the overridden declares', async () => {
    const heard: string[] = [];
    abstract class Base extends SocketGateway {
      @Action({ params: { a: 'number' } })
      count(_ctx: Context<{ a: number }>): number {
        return 1;
      }

      @Event({ name: 'tick' })
      onTick(_ctx: Context) {
        heard.push('base');
      }
    }
    @SocketNamespace('/x', { settings })
    class Chat extends Base {
      override count(ctx: Context<{ a: number }>) {
        return ctx.params.a + super.count(ctx);
      }

      override onTick(_ctx: Context) {
        heard.push('chat');
      }
    }
    const { broker } = await start(Chat);
    await broker.broadcast('tick');

    expect(await broker.call('chat.count', { a: 4 })).to.equal(5);
    expect(await failure(broker.call('chat.count', { a: 'x' }))).to.include({ code: 422 });
    expect(heard).to.deep.equal(['chat']);
  });

  it('knows events whose names are patterns, and those called like their method', async () => {
    const heard: unknown[] = [];
    @SocketNamespace('/x', { settings })
    class Chat extends SocketGateway {
      @Event({ name: 'order.*' })
      onOrder(ctx: Context) {
        heard.push(ctx.eventName);
      }

      @Event()
      'user.created'(ctx: Context) {
        heard.push([this.name, ctx.eventName]);
      }
    }
    const { broker } = await start(Chat);
    await broker.emit('order.paid', {});
    await broker.emit('user.created', {});

    expect(heard).to.deep.equal(['order.paid', ['chat', 'user.created']]);
  });

  describe('with mixins', () => {
    const turns: string[] = [];
    const mixin = {
      settings: { limit: 5, of: 'mixin' },
      actions: {
        find: () => 'mixin',
        count() {
          return (this as any).helper();
        },
      },
      methods: {
        helper: () => 'mixin',
        other() {
          return `${(this as any).helper()} through mixin`;
        },
      },
      merged: () => {
        turns.push('mixin merged');
      },
      created: () => {
        turns.push('mixin created');
      },
      started: async () => {
        turns.push('mixin started');
      },
      stopped: async () => {
        turns.push('mixin stopped');
      },
    };

    @SocketNamespace('/x', { settings: { ...settings, of: 'class' }, mixins: [mixin as never] })
    class Chat extends SocketGateway {
      merged() {
        turns.push('merged');
      }

      created() {
        turns.push('created');
      }

      async started() {
        turns.push('started');
      }

      async stopped() {
        turns.push('stopped');
      }

      helper() {
        return 'class';
      }

      @Action()
      find() {
        return 'class';
      }

      @SocketEvent()
      read() {
        return (this as any).other();
      }
    }

    it('overrides their methods and actions, for their own code too', async () => {
      const running = await start(Chat);

      expect(await running.broker.call('chat.find')).to.equal('class');
      expect(await running.broker.call('chat.count')).to.equal('class');
      expect(await resultOf(await connect(running, '/x'), 'read')).to.equal('class through mixin');
      expect(running.gateway.settings).to.include({ limit: 5, of: 'class' });
    });

    it('runs their turns and its own, each once', async () => {
      turns.length = 0;
      const { broker } = await start(Chat);
      expect([...turns].sort()).to.deep.equal(
        ['created', 'merged', 'mixin created', 'mixin merged', 'mixin started', 'started'].sort(),
      );
      for (const turn of ['created', 'started']) {
        expect(turns.indexOf(`mixin ${turn}`), turn).to.be.below(turns.indexOf(turn));
      }

      turns.length = 0;
      await broker.stop();
      expect(turns).to.have.members(['mixin stopped', 'stopped']);
    });

    it('may be changed in merged(), which sees the whole schema', async () => {
      let seen: string[] = [];
      @SocketNamespace('/x', { settings, mixins: [{ actions: { find: () => 1 } } as never] })
      class Own extends SocketGateway {
        merged(schema: any) {
          seen = Object.keys(schema.actions);
          schema.settings.added = true;
          schema.actions.added = () => 'added';
        }

        @SocketEvent()
        read() {
          return 1;
        }
      }
      const { broker, gateway } = await start(Own);

      expect(seen).to.include.members(['find', 'read']);
      expect(gateway.settings).to.include({ added: true });
      expect(await broker.call('own.added')).to.equal('added');
    });
  });

  it('takes actions, events and methods of the options', async () => {
    const heard: string[] = [];
    @SocketNamespace('/x', {
      settings,
      actions: { listed: { params: { a: 'number' }, handler: (ctx: any) => ctx.params.a } },
      events: { tick: (_ctx: any) => void heard.push('tick') },
      methods: { helper: () => 'helped' },
    })
    class Chat extends SocketGateway {
      declare helper: () => string;

      @SocketEvent()
      read() {
        return this.helper();
      }
    }
    const running = await start(Chat);
    await running.broker.broadcast('tick');

    expect(await running.broker.call('chat.listed', { a: 3 })).to.equal(3);
    expect(await failure(running.broker.call('chat.listed'))).to.include({ code: 422 });
    expect(heard).to.deep.equal(['tick']);
    expect(await resultOf(await connect(running, '/x'), 'read')).to.equal('helped');
  });

  it('runs the hooks of Moleculer for handlers, by the name of the method', async () => {
    const ran: string[] = [];
    @SocketNamespace('/x', {
      settings,
      hooks: {
        before: {
          '*': 'everything',
          send: [(ctx: any) => void ran.push(`send of ${String(ctx.action.name)}`)],
          message: [() => void ran.push('the name of the event')],
          's*': () => void ran.push('pattern'),
        },
        after: { send: (_ctx: any, result: any) => `${String(result)} and after` },
      },
    })
    class Chat extends SocketGateway {
      everything() {
        ran.push(`everything of ${this.name}`);
      }

      @SocketEvent('message')
      send() {
        return 'sent';
      }
    }
    const [client] = await serve(Chat, '/x');

    expect(await resultOf(client!, 'message')).to.equal('sent and after');
    expect(ran.sort()).to.deep.equal(['everything of chat', 'pattern', 'send of chat.send']);
  });

  it('waits for its dependencies', async () => {
    const order: string[] = [];
    @SocketNamespace('/x', { settings, dependencies: ['late'] })
    class Chat extends SocketGateway {
      async started() {
        order.push('gateway');
      }
    }
    await start(
      [
        Chat,
        {
          name: 'late',
          async started() {
            await new Promise((resolve) => setImmediate(resolve));
            order.push('late');
          },
        },
      ],
      { dependencyInterval: 10 },
    );

    expect(order).to.deep.equal(['late', 'gateway']);
  });

  it('is created again by a broker that has ended, and by another one', async () => {
    @SocketNamespace('/x', { settings })
    class Chat extends SocketGateway {
      readonly calls: number[] = [];

      @Action()
      count() {
        return this.calls.push(1);
      }
    }
    const { broker } = await start(Chat);
    expect([await broker.call('chat.count'), await broker.call('chat.count')]).to.deep.equal([1, 2]);
    await broker.stop();

    const again = await start(Chat);
    expect(await again.broker.call('chat.count')).to.equal(1);
  });

  it('is a service to its methods: broker, logger, name and settings are there in created()', () => {
    let seen: unknown[] = [];
    @SocketNamespace('/x', { settings: { ...settings, own: 1 }, version: 2 })
    class Chat extends SocketGateway {
      created() {
        seen = [
          this.broker,
          this.name,
          this.version,
          this.fullName,
          (this.settings as any).own,
          typeof this.logger.info,
        ];
      }
    }
    const broker = newBroker(Chat);

    expect(seen[0]).to.equal(broker);
    expect(seen.slice(1)).to.deep.equal(['chat', 2, 'v2.chat', 1, 'function']);
  });

  it('has the methods of its class on the instance, bound to nothing but itself', async () => {
    @SocketNamespace('/x', { settings })
    class Chat extends SocketGateway {
      helper() {
        return this.name;
      }
    }
    const { gateway } = await start(Chat);
    const { helper } = gateway as RunningGateway & { helper(): string };

    expect((gateway as any).helper()).to.equal('chat');
    expect(helper.call(undefined as never)).to.equal('chat');
  });
});
