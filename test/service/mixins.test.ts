import { expect } from 'chai';
import { Service as MoleculerService, type ServiceSchema } from 'moleculer';
import { Action, Event, Service } from 'moleculer-decorators';
import {
  Authorize,
  Ctx,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { ask, connect, newBroker, newClient, refused, serviceOf, start } from '../support/run-gateway';

const settings = { port: 0 };

/** A mixin as an application writes it; the two majors of Moleculer declare its parts differently. */
const mixin = (schema: object): Partial<ServiceSchema> => schema;

describe('mixins of a gateway', () => {
  describe('that are mixins of mixins', () => {
    const named = (name: string, mixins: object[] = []) =>
      mixin({
        mixins,
        settings: { [name]: true, of: name, deep: { [name]: true, of: name } },
        metadata: { [name]: true, of: name },
        actions: {
          [name]: () => name,
          which: () => name,
          find: { cache: true, timeout: 5, handler: () => name },
        },
        methods: { [`${name}Method`]: () => name, helper: () => name },
      });

    @SocketNamespace('/x', {
      settings: { ...settings, of: 'class', deep: { own: true } },
      metadata: { own: true },
      mixins: [named('one', [named('inner'), named('deepest')]), named('two')],
      actions: { find: { params: { n: 'number' }, handler: () => 'class' } },
    })
    class MixedGateway extends SocketGateway {
      declare helper: () => string;
      declare innerMethod: () => string;

      @SocketEvent()
      ask() {
        return [this.helper(), this.innerMethod()];
      }
    }

    it('are all there; the class wins, then the first of a list, then the mixin over its own mixins', async () => {
      const running = await start(MixedGateway);
      const { broker, gateway } = running;
      expect(gateway.settings).to.deep.include({
        of: 'class',
        deep: { own: true, of: 'one', one: true, inner: true, deepest: true, two: true },
        inner: true,
        deepest: true,
      });
      expect(gateway.metadata).to.deep.equal({
        own: true,
        of: 'one',
        one: true,
        inner: true,
        deepest: true,
        two: true,
      });
      for (const name of ['one', 'two', 'inner', 'deepest'])
        expect(await broker.call(`mixed.${name}`)).to.equal(name);
      expect(await broker.call('mixed.which')).to.equal('one');
      expect(await broker.call('mixed.find', { n: 1 })).to.equal('class');
      expect((gateway.schema.actions as any).find).to.deep.include({
        cache: true,
        timeout: 5,
        params: { n: 'number' },
      });
      expect((await ask(await connect(running), 'ask')).result).to.deep.equal(['one', 'inner']);
    });
  });

  it('may have one part of an action that the class handles: the class wins, what it does not say is merged', async () => {
    const hooked: string[] = [];
    const note = (name: string) => () => void hooked.push(name);
    @SocketNamespace('/x', {
      settings,
      mixins: mixin({
        actions: {
          send: {
            params: { text: 'string' },
            hooks: { before: note('mixin before') },
            handler: () => 'mixin',
          },
        },
      }),
    })
    class ChatGateway extends SocketGateway {
      @SocketEvent('message', { hooks: { before: note('class before') } })
      send() {
        return 'class';
      }
    }
    const client = await connect(await start(ChatGateway));
    expect((await ask(client, 'message', { text: 'a' })).result).to.equal('class');
    expect(hooked).to.deep.equal(['mixin before', 'class before']);
    expect((await ask(client, 'message', { text: 1 })).error.code).to.equal(422);
  });

  it('may have actions of the names that every gateway has, and they are theirs alone', async () => {
    const broadcast = { params: { text: 'string' }, handler: (ctx: any) => `mine: ${ctx.params.text}` };
    @SocketNamespace('/x', { settings, mixins: mixin({ mixins: [mixin({ actions: { broadcast } })] }) })
    class ChatGateway extends SocketGateway {}
    @Service({ actions: { broadcast, getClients: false } } as never)
    @SocketNamespace('/y', { settings })
    class OtherGateway extends SocketGateway {}
    @SocketNamespace('/z', { settings, actions: { broadcast } })
    class ThirdGateway extends SocketGateway {}
    const { broker } = await start([ChatGateway, OtherGateway, ThirdGateway]);
    broker.createService(
      ThirdGateway as never,
      { name: 'fourth', settings: { ip: '127.0.0.1' }, actions: { broadcast } } as never,
    );
    await broker.waitForServices('fourth', 1000, 5);
    for (const name of ['chat', 'other', 'third', 'fourth']) {
      expect(await broker.call(`${name}.broadcast`, { text: 'a' }), name).to.equal('mine: a');
      const { actions } = broker.services.find((service) => service.name === name)!.schema as any;
      expect(actions.broadcast, name).not.to.have.property('managesGateway');
    }
    expect(await broker.call('chat.getClients')).to.deep.equal([]);
    expect(serviceOf(broker, 'other').actions).not.to.have.property('getClients');
  });

  it('can be stripped of an action, with false', async () => {
    @SocketNamespace('/x', {
      settings,
      mixins: mixin({ actions: { kept: () => 1, dropped: () => 1 } }),
      actions: { dropped: false as never },
    })
    class ChatGateway extends SocketGateway {}
    const { gateway } = await start(ChatGateway);
    expect(gateway.actions).to.have.property('kept');
    expect(gateway.actions).not.to.have.property('dropped');
  });

  it('run their hooks before those of the class, and after them once it is done', async () => {
    const order: string[] = [];
    const hooks = (name: string) => ({
      before: {
        '*': () => void order.push(`${name} before *`),
        send: [() => void order.push(`${name} before send`)],
      },
      after: {
        '*': (_ctx: unknown, result: unknown) => (order.push(`${name} after *`), result),
        send: (_ctx: unknown, result: unknown) => (order.push(`${name} after send`), result),
      },
      error: {
        '*': (_ctx: unknown, error: Error) => {
          order.push(`${name} error *`);
          throw error;
        },
      },
    });
    @SocketNamespace('/x', {
      settings,
      hooks: hooks('class') as never,
      mixins: [mixin({ hooks: hooks('mixin') })],
    })
    class ChatGateway extends SocketGateway {
      @SocketEvent()
      send() {
        order.push('handler');
      }
      @SocketEvent()
      fail() {
        throw new Error('broken');
      }
    }
    const client = await connect(await start(ChatGateway));
    await ask(client, 'send');
    expect(order).to.deep.equal([
      'mixin before *',
      'class before *',
      'mixin before send',
      'class before send',
      'handler',
      'class after send',
      'mixin after send',
      'class after *',
      'mixin after *',
    ]);
    order.length = 0;
    await ask(client, 'fail');
    expect(order).to.deep.equal(['mixin before *', 'class before *', 'class error *', 'mixin error *']);
  });

  it('hear events together with the class, once each', async () => {
    const heard: string[] = [];
    @SocketNamespace('/x', {
      settings,
      mixins: [
        mixin({ events: { tick: () => void heard.push('one') } }),
        mixin({ events: { tick: { group: 'ticking', handler: () => void heard.push('two') } } }),
      ],
    })
    class ChatGateway extends SocketGateway {
      @Event()
      tick() {
        heard.push('class');
      }
    }
    const { broker, gateway } = await start(ChatGateway);
    await broker.emit('tick', {});
    expect(heard.sort()).to.deep.equal(['class', 'one', 'two']);
    expect((gateway.schema.events as any).tick.group).to.equal('ticking');
  });

  it('give it methods that the gateway itself calls', async () => {
    const saved: unknown[] = [];
    const sessions = mixin({
      methods: {
        socketGetMeta: (socket: { id: string }) => ({ from: 'mixin', id: socket.id }),
        socketSaveUser: (_socket: unknown, user: unknown) => void saved.push(user),
      },
    });
    @SocketNamespace('/x', { settings, mixins: [sessions] })
    class ChatGateway extends SocketGateway {
      @SocketEvent()
      login(ctx: SocketContext) {
        ctx.meta.user = { id: 1 };
        return ctx.meta['from'];
      }
    }
    expect((await ask(await connect(await start(ChatGateway)), 'login')).result).to.equal('mixin');
    expect(saved).to.deep.equal([{ id: 1 }]);
  });

  describe('with socketAuthorize', () => {
    // As people who come from moleculer-io have it.
    const accounts = mixin({
      mixins: [
        mixin({
          methods: {
            socketAuthorize(socket: any) {
              if (socket.handshake.auth.token === 'bad') throw new Error('no such token');
              return socket.handshake.auth.token && { name: socket.handshake.auth.token };
            },
          },
        }),
      ],
    });

    it('decide who gets in', async () => {
      @SocketNamespace('/x', { settings, mixins: [accounts] })
      @Authorize()
      class ChatGateway extends SocketGateway {
        @SocketEvent()
        who(ctx: SocketContext) {
          return ctx.meta.user;
        }
      }
      const running = await start(ChatGateway);
      const client = await connect(running, '/x', { auth: { token: 'ada' } });
      expect((await ask(client, 'who')).result).to.deep.equal({ name: 'ada' });
      for (const auth of [{ token: 'bad' }, {}]) {
        expect((await refused(newClient(running, '/x', { auth }))).data).to.include({ code: 401 });
      }
    });

    it('decide who gets in where @Service or a modification brings them', async () => {
      @SocketNamespace('/x', { settings })
      class ChatGateway extends SocketGateway {
        @SocketEvent()
        who(ctx: SocketContext) {
          return ctx.meta.user;
        }
      }
      @Service({ mixins: [accounts as never] })
      @SocketNamespace('/y', { settings })
      class OtherGateway extends ChatGateway {}
      const running = await start(OtherGateway);
      running.broker.createService(ChatGateway as never, { mixins: [accounts] } as never);
      await running.broker.waitForServices('chat', 1000, 5);
      for (const namespace of ['/x', '/y']) {
        const client = await connect(running, namespace, { auth: { token: 'ada' } });
        expect((await ask(client, 'who')).result).to.deep.equal({ name: 'ada' });
        const bad = newClient(running, namespace, { auth: { token: 'bad' } });
        expect((await refused(bad)).data).to.include({ code: 401 });
      }
    });

    it('give way to that of the class', async () => {
      @SocketNamespace('/x', { settings, mixins: [accounts] })
      @Authorize()
      class ChatGateway extends SocketGateway {
        socketAuthorize() {
          return { name: 'class' };
        }
        @SocketEvent()
        who(ctx: SocketContext) {
          return ctx.meta.user;
        }
      }
      const client = await connect(await start(ChatGateway), '/x', { auth: { token: 'bad' } });
      expect((await ask(client, 'who')).result).to.deep.equal({ name: 'class' });
    });
  });

  it('may know actions that have nothing to do with sockets, and be called by them', async () => {
    const list = mixin({
      actions: {
        async list(this: any) {
          return [await this.actions.find({ id: 1 }), this.format('listed')];
        },
        find: (ctx: any) => ({ found: ctx.params.id }),
      },
      methods: { format: (text: string) => `<${text}>` },
    });
    @SocketNamespace('/x', { settings, mixins: [list] })
    class ChatGateway extends SocketGateway {
      @SocketEvent()
      list(@Ctx() ctx: SocketContext) {
        return this.actions['find']!({ id: 2 }, { parentCtx: ctx });
      }
      @SocketEvent('all')
      all(@MessageBody() id: number) {
        return this.actions['find']!({ id });
      }
    }
    const running = await start(ChatGateway);
    expect((await ask(await connect(running), 'list')).result).to.deep.equal({ found: 2 });
    expect((await ask(await connect(running), 'all', 3)).result).to.deep.equal({ found: 3 });
  });

  describe('that are classes', () => {
    class PlainService extends MoleculerService {
      constructor(broker: any) {
        super(broker);
        this.parseServiceSchema({ name: 'plain' });
      }
    }
    @SocketNamespace('/base')
    class BaseGateway extends SocketGateway {
      @SocketEvent()
      base() {
        return 'base';
      }
    }
    @Service({ name: 'decorated' })
    class DecoratedService extends MoleculerService {
      @Action()
      act() {
        return 1;
      }
    }

    for (const [name, Mixin] of Object.entries({ PlainService, BaseGateway, DecoratedService })) {
      it(`are refused, where Moleculer would take nothing from them: ${name}`, () => {
        @SocketNamespace('/x', { settings, mixins: [mixin({}), Mixin as never] })
        class ChatGateway extends SocketGateway {}
        @Service({ mixins: [Mixin as never] })
        @SocketNamespace('/y', { settings })
        class OtherGateway extends SocketGateway {}
        for (const Registered of [ChatGateway, OtherGateway]) {
          expect(() => newBroker(Registered)).to.throw(
            /mixins\[\d\] is a class or function, '\w*', of which Moleculer takes nothing: extend the class, call the function, or write the mixin as an object/,
          );
        }
      });
    }
  });
});
