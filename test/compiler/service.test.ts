import { expect } from 'chai';
import { Action, Event, Method, Service } from 'moleculer-decorators';
import { compileGateway, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import type { ServicePlan, SocketNamespaceOptions } from '../../src';
import { problemsOf, untyped } from './problems-of';

/** A gateway class of this name, and its plan. */
function named(className: string, options?: SocketNamespaceOptions): ServicePlan {
  const type = { [className]: class extends SocketGateway {} }[className]!;
  return compileGateway(SocketNamespace('/chat', options)(type)).service;
}

function serviceOf(options: SocketNamespaceOptions): ServicePlan {
  return named('ChatGateway', options);
}

describe('compileGateway: service', () => {
  describe('name', () => {
    const names: Record<string, string> = {
      ChatGateway: 'chat',
      ChatRoomGateway: 'chatRoom',
      HTTPGateway: 'http',
      HTTPServerGateway: 'httpServer',
      IOGateway: 'io',
      AGateway: 'a',
      Chat: 'chat',
      ChatGatewayV2: 'chatGatewayV2',
      GatewayStatus: 'gatewayStatus',
      Gateway: 'gateway',
      chatGateway: 'chat',
      Chat2Gateway: 'chat2',
    };
    for (const [className, name] of Object.entries(names)) {
      it(`of ${className} is ${name}`, () => {
        expect(named(className).name).to.equal(name);
      });
    }

    it('is the one that is given', () => {
      expect(serviceOf({ name: 'talk' }).name).to.equal('talk');
    });

    it('must be given to a class without one', () => {
      const anonymous = (): typeof SocketGateway => class extends SocketGateway {};
      const nameless = SocketNamespace('/chat')(anonymous());
      const given = SocketNamespace('/chat', { name: 'talk' })(anonymous());

      expect(problemsOf(nameless)).to.deep.equal([
        'A class without a name: a class without a name needs one for its service: ' +
          "@SocketNamespace(path, { name: 'chat' })",
      ]);
      expect(compileGateway(given).service.name).to.equal('talk');
    });

    it('is a string that is not empty', () => {
      for (const name of ['', 7, null]) {
        const problems = problemsOf(
          untyped(SocketNamespace)('/chat', { name })(class Chat extends SocketGateway {}),
        );

        expect(problems, String(name)).to.have.length(1);
        expect(problems[0]).to.match(/^Chat: .*name/);
      }
    });
  });

  it('keeps version, metadata, dependencies, hooks and mixins', () => {
    const mixin = { name: 'mixin', methods: { mixed: () => 1 } };
    const hooks = { before: { '*': 'check' } };
    const dependencies = ['users'];
    const service = serviceOf({ version: 2, metadata: { a: 1 }, dependencies, hooks, mixins: [mixin] });

    expect(service).to.include({ version: 2 });
    expect(service.metadata).to.deep.equal({ a: 1 });
    expect(service.dependencies).to.deep.equal(dependencies);
    expect(service.hooks).to.deep.equal(hooks);
    expect(service.mixins).to.have.length(1);
    expect(service.mixins[0]).to.equal(mixin);
  });

  it('takes one mixin without an array', () => {
    const mixin = { name: 'mixin' };

    expect(serviceOf({ mixins: mixin }).mixins).to.deep.equal([mixin]);
  });

  it('has nothing where nothing was said', () => {
    expect(serviceOf({})).to.deep.include({
      version: undefined,
      settings: {},
      metadata: {},
      dependencies: undefined,
      mixins: [],
      hooks: undefined,
      actions: {},
      events: {},
      methods: {},
      lifecycle: {},
    });
  });

  describe('settings', () => {
    const https = { key: 'secret' };
    const cors = { origin: 'https://example.org' };
    const adapter = class {};
    const io = { options: { adapter: adapter as never, pingInterval: 1000 } };
    const settings = {
      port: 0,
      ip: '127.0.0.1',
      https,
      server: false,
      cors,
      io,
      logRequest: 'info' as const,
      own: 1,
    };

    it('are held apart: those of the server are not among those of the service', () => {
      const plan = compileGateway(SocketNamespace('/', { settings })(class Chat extends SocketGateway {}));

      expect(plan.service.settings).to.deep.equal({ logRequest: 'info', own: 1 });
      expect(plan.server).to.have.all.keys('port', 'ip', 'https', 'server', 'cors', 'io');
      expect(plan.server).to.include({ port: 0, ip: '127.0.0.1', server: false });
    });

    it('of the server are the very objects that were given', () => {
      const plan = compileGateway(SocketNamespace('/', { settings })(class Chat extends SocketGateway {}));

      expect(plan.server.https).to.equal(https);
      expect(plan.server.cors).to.equal(cors);
      expect(plan.server.io).to.equal(io);
      expect(plan.server.io!.options).to.equal(io.options);
      expect(plan.server.io!.options!.adapter).to.equal(adapter);
    });

    it('of the server are none where none are given', () => {
      const plan = compileGateway(
        SocketNamespace('/', { settings: { port: undefined, own: 1 } })(class Chat extends SocketGateway {}),
      );

      expect(plan.server).to.deep.equal({});
    });
  });

  describe('methods', () => {
    it('are the plain methods of the class and of its ancestors, overrides in place of the overridden', () => {
      abstract class Base extends SocketGateway {
        first() {
          return 'base';
        }

        second() {
          return 'base';
        }
      }
      @SocketNamespace('/chat')
      class Chat extends Base {
        override second() {
          return 'chat';
        }

        async third() {
          return 'chat';
        }

        get notRun(): unknown {
          throw new Error('the getter ran');
        }

        static notOfTheInstance() {
          return 1;
        }
      }
      const { methods } = compileGateway(Chat).service;

      expect(methods).to.deep.equal({
        first: Base.prototype.first,
        second: Chat.prototype.second,
        third: Chat.prototype.third,
      });
    });

    it('stand before those of the options', () => {
      const given = { mine: () => 'options', theirs: () => 'options' };
      @SocketNamespace('/chat', { methods: given })
      class Chat extends SocketGateway {
        mine() {
          return 'class';
        }
      }
      const methods = compileGateway(Chat).service.methods as Record<string, () => string>;

      expect(methods['mine']!()).to.equal('class');
      expect(methods['theirs']!()).to.equal('options');
    });

    it('do not hold the turns of the life of a service', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        merged() {
          return 1;
        }

        created() {
          return 1;
        }

        started() {
          return Promise.resolve();
        }

        stopped() {
          return Promise.resolve();
        }
      }
      const { methods, lifecycle } = compileGateway(Chat).service;

      expect(methods).to.deep.equal({});
      expect(lifecycle).to.deep.equal({
        merged: Chat.prototype.merged,
        created: Chat.prototype.created,
        started: Chat.prototype.started,
        stopped: Chat.prototype.stopped,
      });
    });

    for (const name of [
      'name',
      'fullName',
      'version',
      'settings',
      'metadata',
      'dependencies',
      'schema',
      'originalSchema',
      'broker',
      'actions',
      'events',
      'logger',
      'Promise',
      'io',
      'namespaces',
    ]) {
      it(`cannot be called ${name}, like a property of every service`, () => {
        class Chat extends SocketGateway {}
        Object.defineProperty(Chat.prototype, name, { value: () => 1, configurable: true });

        expect(problemsOf(SocketNamespace('/chat')(Chat))).to.deep.equal([
          `Chat.${name}: '${name}' is a property of every Moleculer service; give the method another name`,
        ]);
      });
    }
  });

  describe('parts of moleculer-decorators', () => {
    @SocketNamespace('/chat', {
      actions: { listed: () => 1, add: () => 1 },
      events: { 'a.b': () => undefined },
    })
    class Chat extends SocketGateway {
      @Action({ params: { a: 'number' }, cache: true })
      add() {
        return 2;
      }

      @Event({ name: 'user.created' })
      onUser() {
        return 1;
      }

      @Event()
      'node.up'() {
        return 1;
      }

      @Method
      helper() {
        return 1;
      }
    }

    it('are recorded, and stand before the options', () => {
      const { actions, events, methods } = compileGateway(Chat).service;

      expect(actions).to.have.all.keys('listed', 'add');
      expect(actions['add']).to.deep.equal({
        params: { a: 'number' },
        cache: true,
        handler: Chat.prototype.add,
      });
      expect(events).to.have.all.keys('a.b', 'onUser', 'node.up');
      expect(events['onUser']).to.deep.equal({ name: 'user.created', handler: Chat.prototype.onUser });
      expect(methods).to.have.property('helper', Chat.prototype.helper);
    });

    it('are inherited, with overrides, and never shared between siblings', () => {
      abstract class Base extends SocketGateway {
        @Action({ timeout: 5 })
        hello() {
          return 'base';
        }
      }
      @SocketNamespace('/one')
      class One extends Base {
        @Action()
        ofOne() {
          return 1;
        }
      }
      @SocketNamespace('/two')
      class Two extends Base {
        @Action()
        ofTwo() {
          return 2;
        }

        override hello() {
          return 'two';
        }
      }
      const one = compileGateway(One).service.actions as Record<string, any>;
      const two = compileGateway(Two).service.actions as Record<string, any>;

      expect(one).to.have.all.keys('hello', 'ofOne');
      expect(two).to.have.all.keys('hello', 'ofTwo');
      expect(one['hello']).to.deep.equal({ timeout: 5, handler: Base.prototype.hello });
      expect(two['hello']).to.deep.equal({ timeout: 5, handler: Two.prototype.hello });
    });

    it('make one action of a method that is an event too, public unless it says otherwise', () => {
      @SocketNamespace('/chat')
      class Doors extends SocketGateway {
        @SocketEvent('hello', { timeout: 7 })
        @Action({ params: { a: 'number' }, timeout: 5 })
        hello() {
          return 1;
        }

        @SocketEvent()
        @Action({ visibility: 'protected' })
        guarded() {
          return 1;
        }
      }
      const [hello, guarded] = compileGateway(Doors).handlers;

      expect(hello!.action).to.deep.equal({ params: { a: 'number' }, timeout: 7 });
      expect(guarded!.action).to.deep.equal({ visibility: 'protected' });
    });
  });

  it('is the same plan with @Service above the class', () => {
    @SocketNamespace('/chat')
    class Chat extends SocketGateway {}
    const Overriding = untyped(Service({ constructOverride: true }))(Chat);
    const Plain = untyped(Service({ constructOverride: false }))(Chat);

    expect(compileGateway(Overriding)).to.equal(compileGateway(Chat));
    expect(compileGateway(Plain)).to.equal(compileGateway(Chat));
  });
});
