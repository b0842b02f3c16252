import { expect } from 'chai';
import { IsString } from 'class-validator';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  compileGateway,
  MessageBody,
  OnBeforeCall,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';
import type { ActionProxy, SocketNamespaceOptions } from '../../src';
import { problemsOf, untyped } from './problems-of';

class Message {
  @IsString()
  text!: string;
}

/** Every object in a plan that the compiler made, by its path; what the user gave is not entered. */
function notFrozen(value: unknown, users: ReadonlySet<unknown>, path = 'plan'): string[] {
  if (
    typeof value !== 'object' ||
    value === null ||
    users.has(value) ||
    value instanceof RegExp ||
    value instanceof Map
  )
    return [];
  return [
    ...(Object.isFrozen(value) ? [] : [path]),
    ...Object.entries(value).flatMap(([key, inner]) => notFrozen(inner, users, `${path}.${key}`)),
  ];
}

describe('compileGateway: the plan', () => {
  it('is the same one for the same class', () => {
    @SocketNamespace('/chat')
    class Chat extends SocketGateway {}
    @SocketNamespace('/talk')
    class Talk extends Chat {}

    expect(compileGateway(Chat)).to.equal(compileGateway(Chat));
    expect(compileGateway(Talk)).to.equal(compileGateway(Talk));
    expect(compileGateway(Talk)).not.to.equal(compileGateway(Chat));
    expect(compileGateway(Chat).className).to.equal('Chat');
  });

  it('does not depend on which class of a family is compiled first', () => {
    function family(): [typeof SocketGateway, typeof SocketGateway] {
      @SocketNamespace('/base')
      class Base extends SocketGateway {
        @SocketEvent()
        send() {
          return 1;
        }
      }
      @SocketNamespace('/sub')
      class Sub extends Base {
        @SocketEvent('speak')
        override send() {
          return 2;
        }
      }
      return [Base, Sub];
    }
    const [base, sub] = family();
    const [base2, sub2] = family();
    const events = (type: typeof SocketGateway): string[] =>
      compileGateway(type).events.map(({ name }) => name);

    expect([events(base), events(sub)]).to.deep.equal([['send'], ['speak']]);
    expect([events(sub2), events(base2)]).to.deep.equal([['speak'], ['send']]);
  });

  it('creates no instance and runs no code of the class', () => {
    @SocketNamespace('/chat')
    class Chat extends SocketGateway {
      field = fail();

      constructor(broker: never) {
        super(broker);
        fail();
      }

      created() {
        fail();
      }

      get property() {
        return fail();
      }

      @SocketEvent()
      send() {
        fail();
      }
    }
    function fail(): never {
      throw new Error('code of the class ran');
    }

    expect(compileGateway(Chat).events.map(({ name }) => name)).to.deep.equal(['send']);
  });

  it('has defaults', () => {
    @SocketNamespace()
    class Chat extends SocketGateway {}

    expect(compileGateway(Chat)).to.deep.include({
      paths: [{ kind: 'literal', name: '/' }],
      handlers: [],
      forwards: [],
      events: [],
      authentication: undefined,
      guard: undefined,
      admitsAnonymous: true,
      middlewares: [],
      packetMiddlewares: [],
      onConnect: [],
      onDisconnecting: [],
      onDisconnect: [],
      ack: 'error-first',
      exposeErrors: false,
    });
    expect(compileGateway(Chat).limits).to.include({
      concurrency: Infinity,
      maxPending: 256,
      maxDepth: 64,
      maxBufferedBytes: 16 * 1024 * 1024,
      maxPendingBytes: 16 * 1024 * 1024,
      maxNamespaces: 100,
      maxRefusals: 20,
    });
  });

  it('has the limits that are given, and the defaults of the others', () => {
    @SocketNamespace('/', { limits: { concurrency: 1, maxPending: undefined, maxDepth: Infinity } })
    class Chat extends SocketGateway {}

    expect(compileGateway(Chat).limits).to.include({
      concurrency: 1,
      maxPending: 256,
      maxDepth: Infinity,
      maxNamespaces: 100,
    });
  });

  describe('frozen', () => {
    const ioOptions = { pingInterval: 1000 };
    const given = {
      settings: { port: 0, cors: { origin: '*' }, io: { options: ioOptions }, own: { deep: 1 } },
      metadata: { region: 'eu' },
      dependencies: ['users'],
      hooks: { before: { '*': 'check' } },
      mixins: [{ name: 'mixin', settings: { mixed: 1 } }],
      actions: { listed: { params: { a: 'number' }, handler: () => 1 } },
      events: { 'a.b': { handler: () => 1 } },
      methods: { helper: () => 1 },
      middlewares: [() => 1],
      packetMiddlewares: [() => 1],
      limits: { maxDepth: 3 },
      validation: { whitelist: true, groups: ['a'] },
    };
    const params = { text: { type: 'string' } };
    const proxyOptions = {
      whitelist: ['math.*'],
      aliases: { add: 'math.add' },
      callOptions: { meta: { a: 1 } },
    };
    const isOwner = (): boolean => true;

    @SocketNamespace(['/chat', '/tenants/:id', /^\/x/], given as never)
    @Authorize('member', isOwner)
    class Chat extends SocketGateway {
      @Authenticate()
      authenticate() {
        return 1;
      }

      @OnConnect()
      connected() {
        return 1;
      }

      @OnBeforeCall()
      before() {
        return 1;
      }

      @SocketEvent(['message', 'say'], { params, payload: Message })
      send(@MessageBody() _message: Message) {
        return 1;
      }

      @AllowAnonymous()
      @SocketEvent('call', proxyOptions)
      proxy!: ActionProxy;
    }

    /** Whatever the user wrote, and what is in it. */
    function everythingIn(value: unknown, into = new Set<unknown>()): Set<unknown> {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || into.has(value))
        return into;
      into.add(value);
      for (const inner of Object.values(value)) everythingIn(inner, into);
      return into;
    }

    it('is everything that the compiler made', () => {
      const users = everythingIn([given, params, proxyOptions]);
      const plan = compileGateway(Chat);

      expect(notFrozen(plan, users)).to.deep.equal([]);
      expect(() => (plan.events as unknown[]).push(1)).to.throw(TypeError);
      expect(() => {
        (plan.service as { name: string }).name = 'other';
      }).to.throw(TypeError);
    });

    it('is nothing of what the user wrote', () => {
      compileGateway(Chat);
      for (const value of everythingIn([given, params, proxyOptions, Chat.prototype, Message])) {
        expect(Object.isFrozen(value), JSON.stringify(value)).to.be.false;
      }
    });

    it('does not follow what is done to the options later', () => {
      const options: SocketNamespaceOptions = {
        limits: { maxDepth: 3 },
        middlewares: [],
        settings: { own: 1 },
        methods: {},
      };
      @SocketNamespace('/late', options)
      class Late extends SocketGateway {}
      const plan = compileGateway(Late);
      (options.middlewares as unknown[]).push(() => 1);
      options.limits!.maxDepth = 4;
      options.settings!['own'] = 2;
      options.methods!['helper'] = () => 1;

      expect(plan.middlewares).to.be.empty;
      expect(plan.limits.maxDepth).to.equal(3);
      expect(plan.service.settings).to.deep.equal({ own: 1 });
      expect(plan.service.methods).to.deep.equal({});
    });
  });

  describe('options that cannot be', () => {
    const refused: [what: string, options: unknown, ...problems: string[]][] = [
      ['an unknown way to answer', { ack: 'json' }, "ack must be 'error-first' or 'object', not \"json\""],
      ['no way to answer', { ack: null }, "ack must be 'error-first' or 'object', not null"],
      [
        'a limit of zero',
        { limits: { maxPending: 0 } },
        'limits.maxPending must be a number above 0, not 0; Infinity switches it off',
      ],
      [
        'limits below zero, and such that are no numbers',
        { limits: { concurrency: -1, maxDepth: '64', ackTimeout: NaN, handshakeTimeout: null } },
        'limits.concurrency must be a number above 0, not -1; Infinity switches it off',
        'limits.maxDepth must be a number above 0, not "64"; Infinity switches it off',
        'limits.ackTimeout must be a number above 0, not NaN; Infinity switches it off',
        'limits.handshakeTimeout must be a number above 0, not null; Infinity switches it off',
      ],
      [
        'limits of a connection that are no numbers',
        { limits: { maxRefusals: true, maxPendingBytes: '16 MiB' } },
        'limits.maxRefusals must be a number above 0, not true; Infinity switches it off',
        'limits.maxPendingBytes must be a number above 0, not "16 MiB"; Infinity switches it off',
      ],
    ];
    for (const [what, options, ...problems] of refused) {
      it(what, () => {
        const type = untyped(SocketNamespace)('/chat', options)(class Chat extends SocketGateway {});

        expect(problemsOf(type)).to.deep.equal(problems.map((problem) => `Chat: ${problem}`));
      });
    }

    it('limits that do not exist, and those that do are named', () => {
      for (const name of ['maxCalls', 'constructor', 'toString']) {
        const type = untyped(SocketNamespace)('/chat', { limits: { [name]: 3 } })(
          class Chat extends SocketGateway {},
        );
        const problems = problemsOf(type);

        expect(problems).to.have.length(1);
        expect(problems[0]).to.match(
          new RegExp(
            `^Chat: limits\\.${name} does not exist; there are concurrency, maxPending, maxDepth, .*ackTimeout, connections$`,
          ),
        );
      }
    });

    it('limits that are no object', () => {
      for (const limits of [7, 'none', null]) {
        const problems = problemsOf(
          untyped(SocketNamespace)('/chat', { limits })(class Chat extends SocketGateway {}),
        );

        expect(problems, String(limits)).to.have.length(1);
        expect(problems[0]).to.match(/^Chat: .*limits/);
      }
    });
  });
});
