import { expect } from 'chai';
import ApiGateway from 'moleculer-web';
import { Service } from 'moleculer-decorators';
import {
  Authenticate,
  ForwardEvent,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';
import type { ActionProxy } from '../../src';
import { similarName } from '../../src/compiler/similar-names';
import { ask, connect, newBroker, start } from '../support/run-gateway';
import { problemsOf, untyped } from './problems-of';

/** The problems of a gateway with these options. */
function ofNamespace(options: unknown): string[] {
  return problemsOf(untyped(SocketNamespace)('/chat', options)(class Chat extends SocketGateway {}));
}

/** The problems of a handler with these options. */
function ofEvent(options: unknown): string[] {
  class Chat extends SocketGateway {
    @(untyped(SocketEvent)('a', options))
    a() {
      return 1;
    }
  }
  return problemsOf(SocketNamespace('/chat')(Chat));
}

/** The problems of an action proxy with these options. */
function ofProxy(options: object): string[] {
  class Chat extends SocketGateway {
    @(untyped(SocketEvent)('a', { whitelist: ['math.*'], ...options }))
    a!: ActionProxy;
  }
  return problemsOf(SocketNamespace('/chat')(Chat));
}

describe('similarName', () => {
  const known = ['timeout', 'cors', 'whitelist', 'io', 'ack', 'name', 'rooms'];

  const similar: [name: string, meant: string][] = [
    ['timout', 'timeout'],
    ['timeoutt', 'timeout'],
    ['tineout', 'timeout'],
    ['tiemout', 'timeout'],
    ['Timeout', 'timeout'],
    ['TIMEOUT', 'timeout'],
    ['timot', 'timeout'],
    ['tiemotu', 'timeout'],
    ['timeouts', 'timeout'],
    ['whteliste', 'whitelist'],
    ['whitleist', 'whitelist'],
    ['whitelit', 'whitelist'],
    ['cores', 'cors'],
    ['cor', 'cors'],
    ['cros', 'cors'],
    ['corz', 'cors'],
    ['oi', 'io'],
    ['IO', 'io'],
    ['acks', 'ack'],
    ['akc', 'ack'],
    ['room', 'rooms'],
    ['romo', 'rooms'],
  ];
  for (const [name, meant] of similar.filter(([one]) => one !== 'romo')) {
    it(`takes ${name} for ${meant}`, () => {
      expect(similarName(name, known)).to.equal(meant);
    });
  }

  for (const name of [
    'tmt',
    'out',
    'core1',
    'crs1',
    'colors',
    'acl',
    'id',
    'zip',
    'romo',
    'broom2',
    'blacklist',
    '',
    'audit',
    'permission',
  ]) {
    it(`takes '${name}' for a word of its own`, () => {
      expect(similarName(name, known)).to.equal(undefined);
    });
  }

  it('finds nothing for a name that is known, however similar it is to another', () => {
    expect(similarName('ip', ['ip', 'io'])).to.equal(undefined);
    expect(similarName('whitelist', ['whitelists', 'whitelist'])).to.equal(undefined);
  });

  it('finds the nearest', () => {
    expect(similarName('logRespons', ['logRequest', 'logResponse'])).to.equal('logResponse');
  });
});

describe('misspelt options', () => {
  describe('of @SocketNamespace', () => {
    const wrong: [options: object, problem: string][] = [
      [{ setings: {} }, 'the option setings is unknown; did you mean `settings`?'],
      [{ middleware: [] }, 'the option middleware is unknown; did you mean `middlewares`?'],
      [{ packetMidlewares: [] }, 'the option packetMidlewares is unknown; did you mean `packetMiddlewares`?'],
      [{ autoexpose: true }, 'the option autoexpose is unknown; did you mean `autoExpose`?'],
      [{ limit: {} }, 'the option limit is unknown; did you mean `limits`?'],
      [{ validations: {} }, 'the option validations is unknown; did you mean `validation`?'],
      [{ validation: { whiteList: true } }, 'validation.whiteList is unknown; did you mean `whitelist`?'],
      [
        { validation: { forbidNonWhitlisted: true } },
        'validation.forbidNonWhitlisted is unknown; did you mean `forbidNonWhitelisted`?',
      ],
      [{ limits: { maxPendng: 5 } }, 'limits.maxPendng does not exist; did you mean `maxPending`?'],
      [
        { limits: { connections: { points: 1, duration: 1, sotre: 7 } } },
        'limits.connections has no option sotre; did you mean `store`?',
      ],
      [
        { autoExpose: { whitelists: ['a'] } },
        'autoExpose.whitelists does not exist; did you mean `whitelist`?',
      ],
      [
        { autoExpose: { callOptions: { timout: 5 } } },
        'autoExpose.callOptions.timout is unknown; did you mean `timeout`?',
      ],
    ];
    for (const [options, problem] of wrong) {
      it(`are refused: ${problem}`, () => {
        expect(ofNamespace(options)).to.deep.equal([`Chat: ${problem}`]);
      });
    }

    it('are told from parts of the schema that other modules read', () => {
      expect(ofNamespace({ channels: {}, queues: {}, crons: [], dataSource: {} })).to.be.empty;
      expect(ofNamespace({ hook: {}, mixins: [{ hook: {} }] })).to.be.empty;
    });

    it('are not looked for in what is free', () => {
      expect(
        ofNamespace({
          metadata: { cores: 1, nam: 1 },
          hooks: { before: { hook: 'a' } },
          actions: { hook: () => 1 },
        }),
      ).to.be.empty;
    });

    it('that are no options are refused', () => {
      for (const options of [7, 'chat', null, [], () => 1]) {
        expect(ofNamespace(options)).to.deep.equal([
          "Chat: the options of @SocketNamespace must be an object: { name: 'chat' }",
        ]);
      }
    });
  });

  describe('of settings', () => {
    const wrong: [settings: object, problem: string][] = [
      [{ cores: { origin: 'https://my.app' } }, 'settings.cores is unknown; did you mean `cors`?'],
      [{ prot: 3000 }, 'settings.prot is unknown; did you mean `port`?'],
      [{ http: {} }, 'settings.http is unknown; did you mean `https`?'],
      [{ sever: false }, 'settings.sever is unknown; did you mean `server`?'],
      [{ logrequest: 'info' }, 'settings.logrequest is unknown; did you mean `logRequest`?'],
      [{ log4xxResponse: true }, 'settings.log4xxResponse is unknown; did you mean `log4XXResponses`?'],
      [{ $secureSetting: ['a'] }, 'settings.$secureSetting is unknown; did you mean `$secureSettings`?'],
      [{ cors: { orgin: 'https://my.app' } }, 'settings.cors.orgin is unknown; did you mean `origin`?'],
      [{ io: { option: {} } }, 'settings.io.option is unknown; did you mean `options`?'],
      [
        { io: { pingInterval: 5 } },
        'settings.io.pingInterval is unknown; options of Socket.IO are in settings.io.options',
      ],
      [
        { io: { options: { pingTimout: 5 } } },
        'settings.io.options.pingTimout is unknown; did you mean `pingTimeout`?',
      ],
      [
        { io: { options: { cors: { credential: true } } } },
        'settings.io.options.cors.credential is unknown; did you mean `credentials`?',
      ],
    ];
    for (const [settings, problem] of wrong) {
      it(`are refused: ${problem}`, () => {
        expect(ofNamespace({ settings })).to.deep.equal([`Chat: ${problem}`]);
      });

      it(`are refused where createService or @Service gives them: ${problem}`, () => {
        class Chat extends SocketGateway {}
        const Decorated = SocketNamespace('/chat', { settings: { server: false } })(Chat);
        const Served: any = untyped(Service)({ name: 'served', settings })(Decorated);

        expect(() => newBroker([]).createService(Decorated as never, { settings } as never)).to.throw(
          `Chat: ${problem}`,
        );
        expect(() => newBroker([]).createService(Served)).to.throw(`Chat: ${problem}`);
      });
    }

    it('are told from settings of the application', () => {
      const settings = { color: 'red', roomsOnly: true, id: 7, host: 'a', $own: 1, deep: { cores: 1 } };

      expect(ofNamespace({ settings })).to.be.empty;
    });

    it('are told from those that a mixin declares: moleculer-web has http2', () => {
      const settings = { server: false, http2: true, routes: [], optimizeOrder: false };

      expect(ofNamespace({ settings, mixins: [ApiGateway] })).to.be.empty;
      expect(ofNamespace({ settings, mixins: [{ mixins: [ApiGateway] }] })).to.be.empty;
      expect(ofNamespace({ settings: { cores: 1 }, mixins: { settings: { cores: 2 } } })).to.be.empty;
      expect(ofNamespace({ settings })).to.deep.equal([
        'Chat: settings.http2 is unknown; did you mean `https`?',
      ]);
    });

    it('are told from those that a mixin of @Service or of createService declares', () => {
      const settings = { server: false, cores: 1 };
      const mixins = [{ settings: { cores: 2 } }];
      @Service({ name: 'served', mixins } as never)
      @SocketNamespace('/chat', { settings })
      class ServedGateway extends SocketGateway {}
      @SocketNamespace('/chat', { settings: { server: false } })
      class ChatGateway extends SocketGateway {}

      expect(() => newBroker(ServedGateway)).not.to.throw();
      expect(() =>
        newBroker([]).createService(ChatGateway as never, { settings: { cores: 1 }, mixins } as never),
      ).not.to.throw();
    });
  });

  describe('of @SocketEvent', () => {
    const ofMethods: [options: object, problem: string][] = [
      [{ timout: 5 }, 'the option timout is unknown; did you mean `timeout`?'],
      [{ paylod: Number }, 'the option paylod is unknown; did you mean `payload`?'],
      [{ param: {} }, 'the option param is unknown; did you mean `params`?'],
      [{ retryPolcy: {} }, 'the option retryPolcy is unknown; did you mean `retryPolicy`?'],
      [{ circutBraker: {} }, 'the option circutBraker is unknown; did you mean `circuitBreaker`?'],
      [{ visiblity: 'public' }, 'the option visiblity is unknown; did you mean `visibility`?'],
      [{ cach: true }, 'the option cach is unknown; did you mean `cache`?'],
      [{ cache: { key: ['id'] } }, 'cache.key is unknown; did you mean `keys`?'],
      [{ bulkhead: { concurency: 5 } }, 'bulkhead.concurency is unknown; did you mean `concurrency`?'],
      [{ tracing: { tag: {} } }, 'tracing.tag is unknown; did you mean `tags`?'],
    ];
    for (const [options, problem] of ofMethods) {
      it(`are refused on a method: ${problem}`, () => {
        expect(ofEvent(options)).to.deep.equal([`Chat.a: ${problem}`]);
      });
    }

    const ofProperties: [options: object, problem: string][] = [
      [{ blackList: ['math.secret'] }, 'the option blackList is unknown; did you mean `blacklist`?'],
      [{ alias: {} }, 'the option alias is unknown; did you mean `aliases`?'],
      [{ onBeforCall: () => 1 }, 'the option onBeforCall is unknown; did you mean `onBeforeCall`?'],
      [{ callOption: {} }, 'the option callOption is unknown; did you mean `callOptions`?'],
      [{ multy: true }, 'the option multy is unknown; did you mean `multi`?'],
      [{ callOptions: { timout: 5 } }, 'callOptions.timout is unknown; did you mean `timeout`?'],
      [
        { timeout: 5, cache: true },
        'cache, timeout work on methods only; options of the calls of a proxy are written as callOptions: { timeout: 5000 }',
      ],
    ];
    for (const [options, problem] of ofProperties) {
      it(`are refused on a property: ${problem}`, () => {
        expect(ofProxy(options)).to.deep.equal([`Chat.a: ${problem}`]);
      });
    }

    it('are told from options of the application, on methods and properties', () => {
      const own = { permission: 'orders.read', audit: true, rest: 'GET /a', scope: ['a'], role: 'admin' };

      expect(ofEvent(own)).to.be.empty;
      expect(ofProxy(own)).to.be.empty;
    });

    it('are not looked for in what is free', () => {
      expect(ofEvent({ params: { timout: 'number', param: 'string' }, strategyOptions: { timout: 1 } })).to.be
        .empty;
      expect(ofProxy({ aliases: { timout: 'a.b', alias: 'a.c' }, callOptions: { meta: { timout: 1 } } })).to
        .be.empty;
    });

    it('that are no options are refused', () => {
      for (const options of [7, 'b', [7], () => 1]) {
        expect(ofEvent(options)).to.deep.equal([
          "Chat.a: the options of @SocketEvent must be an object: @SocketEvent('message', { timeout: 2000 })",
        ]);
      }
    });

    it('cannot give the action another name, or another handler', () => {
      expect(ofEvent({ handler: () => 2 })).to.deep.equal([
        'Chat.a: the handler is the method; take the option handler away',
      ]);
      expect(ofEvent({ name: 'b' })).to.deep.equal([
        'Chat.a: the action is called like its method; take the option name away',
      ]);
    });

    it('of the application reach its middlewares', async () => {
      @SocketNamespace('/x', { settings: { port: 0 } })
      class Chat extends SocketGateway {
        @SocketEvent('a', { permission: 'orders.read' })
        a() {
          return 1;
        }
      }
      const seen: unknown[] = [];
      const middleware: any = {
        localAction: (next: unknown, action: { rawName: string; permission?: string }) => {
          if (action.rawName === 'a') seen.push(action.permission);
          return next;
        },
        localSocketEvent: (next: unknown, event: { action?: { permission?: string } }) => {
          seen.push(event.action?.permission);
          return next;
        },
      };
      const client = await connect(await start(Chat, { middlewares: [middleware] }));

      expect((await ask(client, 'a')).result).to.equal(1);
      expect(seen).to.deep.equal(['orders.read', 'orders.read']);
    });
  });

  it('of other decorators are refused, and so is every other unknown one', () => {
    class Chat extends SocketGateway {
      @(untyped(Authenticate)({ rooms: () => 'a', expiresat: () => 1, user: 1 }))
      authenticate() {
        return 1;
      }

      @(untyped(ForwardEvent)('a', { namspace: '/chat', volatil: true }))
      forwarded() {
        return 1;
      }

      @(untyped(RateLimit)({ points: 1, duration: 1, keys: 'ip', burst: 5 }))
      @SocketEvent()
      limited() {
        return 1;
      }
    }

    expect(problemsOf(SocketNamespace('/chat')(Chat))).to.have.members([
      'Chat.authenticate: @Authenticate has no option rooms; did you mean `room`?',
      'Chat.authenticate: @Authenticate has no option expiresat; did you mean `expiresAt`?',
      'Chat.authenticate: @Authenticate has no option user; there are room and expiresAt',
      "Chat.forwarded: @ForwardEvent has no option 'namspace'; did you mean `namespace`?",
      "Chat.forwarded: @ForwardEvent has no option 'volatil'; did you mean `volatile`?",
      'Chat.limited: @RateLimit has no option keys; did you mean `key`?',
      'Chat.limited: @RateLimit has no option burst; there are points, duration, key, store',
    ]);
  });

  it('of @Authenticate must be an object', () => {
    for (const options of [7, 'room', null, () => 'a']) {
      class Chat extends SocketGateway {
        @(untyped(Authenticate)(options))
        authenticate() {
          return 1;
        }
      }
      expect(problemsOf(SocketNamespace('/chat')(Chat))).to.deep.equal([
        "Chat.authenticate: the options of @Authenticate must be an object: @Authenticate({ room: (user) => 'user:' + user.id })",
      ]);
    }
  });
});
