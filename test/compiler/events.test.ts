import { expect } from 'chai';
import { compileGateway, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import type { ActionProxy, ProxyPlan } from '../../src';
import { problemsOf, untyped } from './problems-of';

/** A gateway whose method `send` stands under `@SocketEvent` with these arguments. */
function withEvent(...args: unknown[]): typeof SocketGateway {
  @SocketNamespace('/chat')
  class Chat extends SocketGateway {
    @(untyped(SocketEvent)(...args))
    send() {
      return 1;
    }
  }
  return Chat;
}

/** A gateway with an action proxy of these options. */
function withProxy(options: unknown): typeof SocketGateway {
  @SocketNamespace('/chat')
  class Chat extends SocketGateway {
    @(untyped(SocketEvent)('call', options))
    proxy!: ActionProxy;
  }
  return Chat;
}

function eventNames(type: typeof SocketGateway): string[] {
  return compileGateway(type).events.map(({ name }) => name);
}

describe('compileGateway: events', () => {
  describe('names', () => {
    it('takes the name of the method where none is given', () => {
      expect(eventNames(withEvent())).to.deep.equal(['send']);
      expect(eventNames(withEvent({ timeout: 5 }))).to.deep.equal(['send']);
    });

    it('takes one name, or several, or the catch-all', () => {
      expect(eventNames(withEvent('message'))).to.deep.equal(['message']);
      expect(eventNames(withEvent(['message', 'say']))).to.deep.equal(['message', 'say']);
      expect(eventNames(withEvent('*'))).to.deep.equal(['*']);
    });

    it('does not follow later changes of the array', () => {
      const names = ['message'];
      const gateway = withEvent(names);
      names.push('say');

      expect(eventNames(gateway)).to.deep.equal(['message']);
    });

    it('leaves the names of the actions that every gateway has to those, and their events to all', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        @SocketEvent()
        broadcast() {
          return 1;
        }
        @SocketEvent('ask')
        request() {
          return 1;
        }
        @SocketEvent('disconnect-all')
        disconnect() {
          return 1;
        }
        @SocketEvent('getClients')
        list() {
          return 1;
        }
      }
      expect(problemsOf(Chat)).to.deep.equal([
        "Chat.broadcast: every gateway has an action 'broadcast' of its own; give the method another name, and the event " +
          "this one: @SocketEvent('broadcast')",
        "Chat.request: every gateway has an action 'request' of its own; give the method another name",
        "Chat.disconnect: every gateway has an action 'disconnect' of its own; give the method another name",
      ]);
    });

    it('takes names that objects have by themselves', () => {
      expect(eventNames(withEvent(['constructor', '__proto__', 'toString']))).to.deep.equal([
        'constructor',
        '__proto__',
        'toString',
      ]);
    });

    it('takes several decorators on one method, in the order in which they were written', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        @SocketEvent('message', { timeout: 5 })
        @SocketEvent('say', { cache: true })
        send() {
          return 1;
        }
      }
      const { events, handlers } = compileGateway(Chat);

      expect(events.map(({ name }) => name)).to.deep.equal(['message', 'say']);
      expect(handlers).to.have.length(1);
      expect(handlers[0]!.action).to.include({ timeout: 5, cache: true });
    });

    it('leads all events of a method to one handler', () => {
      const { events, handlers } = compileGateway(withEvent(['message', 'say']));

      expect(handlers).to.have.length(1);
      expect(events.map(({ target }) => target)).to.deep.equal([handlers[0], handlers[0]]);
      expect(events[0]!.target).to.equal(handlers[0]);
    });
  });

  describe('handlers', () => {
    it('is a private action named after its method', () => {
      const [handler] = compileGateway(withEvent('message')).handlers;

      expect(handler).to.include({ kind: 'handler', member: 'send', answersItself: false });
      expect(handler!.action).to.deep.equal({ visibility: 'private' });
    });

    it('passes the options of an action on, and keeps its own back', () => {
      const params = { text: 'string' };
      const fallback = (): string => 'later';
      const [handler] = compileGateway(
        withEvent('message', {
          params,
          fallback,
          timeout: 2000,
          visibility: 'published',
          custom: 1,
          payload: String,
        }),
      ).handlers;

      expect(handler!.action).to.deep.equal({
        params,
        fallback,
        timeout: 2000,
        visibility: 'published',
        custom: 1,
      });
      expect(handler!.action['params']).to.equal(params);
      expect(handler!.bodies.map(({ index }) => index)).to.deep.equal([0]);
    });
  });

  describe('action proxies', () => {
    it('keeps the options', () => {
      const options = { whitelist: ['math.*', /^users\./], aliases: { add: 'math.add' } };
      const { events, handlers } = compileGateway(withProxy(options));
      const target = events[0]!.target as ProxyPlan;

      expect(handlers).to.be.empty;
      expect(target).to.include({ kind: 'proxy', member: 'proxy' });
      expect(target.options).to.deep.equal(options);
    });

    it('takes a proxy that is open on purpose, and one that knows aliases only', () => {
      expect(problemsOf(withProxy({ whitelist: ['**'] }))).to.be.empty;
      expect(problemsOf(withProxy({ mappingPolicy: 'restrict', aliases: { add: 'math.add' } }))).to.be.empty;
    });

    it('refuses one that limits nothing', () => {
      for (const options of [
        {},
        { blacklist: ['$node.*'] },
        { mappingPolicy: 'all' },
        { aliases: { a: 'b.c' } },
      ]) {
        expect(problemsOf(withProxy(options)), JSON.stringify(options)).to.deep.equal([
          "Chat.proxy: clients could call every action of the cluster; give it a whitelist: ['math.*'] or " +
            "mappingPolicy: 'restrict' with aliases, or say whitelist: ['**'] to open everything" +
            (Object.keys(options).length > 0
              ? ''
              : '; a function that answers the event itself is written as a method: @SocketEvent() proxy() { … }'),
        ]);
      }
    });

    it('refuses an unknown mapping policy', () => {
      expect(problemsOf(withProxy({ whitelist: ['**'], mappingPolicy: 'none' }))).to.deep.equal([
        "Chat.proxy: mappingPolicy must be 'all' or 'restrict', not 'none'",
      ]);
    });

    it('refuses options that it could not obey', () => {
      for (const options of [
        { whitelist: 'math.*' },
        { whitelist: [7] },
        { whitelist: [''] },
        { whitelist: ['**'], blacklist: 'users.*' },
        { whitelist: ['**'], blacklist: [null] },
        { whitelist: ['**'], aliases: { add: 7 } },
        { whitelist: ['**'], aliases: 'add' },
        { whitelist: ['**'], callOptions: 7 },
        { whitelist: ['**'], onBeforeCall: 'before' },
        { whitelist: ['**'], onAfterCall: {} },
      ]) {
        const problems = problemsOf(withProxy(options));
        expect(problems, JSON.stringify(options)).to.have.length(1);
        expect(problems[0], JSON.stringify(options)).to.match(
          new RegExp(`^Chat\\.proxy: .*${Object.keys(options).at(-1)!}`),
        );
      }
    });

    it('refuses one that can never lead anywhere', () => {
      for (const options of [
        { whitelist: [] },
        { mappingPolicy: 'restrict' },
        { mappingPolicy: 'restrict', aliases: {} },
      ]) {
        expect(problemsOf(withProxy(options)), JSON.stringify(options))
          .to.have.length(1)
          .and.to.have.nested.property('[0]')
          .that.matches(/^Chat\.proxy: .*(whitelist|aliases)/);
      }
    });

    it('refuses a payload', () => {
      expect(problemsOf(withProxy({ whitelist: ['**'], payload: String }))).to.deep.equal([
        'Chat.proxy: payload works on methods only; the actions check their own params',
      ]);
    });

    it('refuses the options of a proxy on a method', () => {
      expect(
        problemsOf(withEvent('call', { whitelist: ['**'], aliases: {}, onBeforeCall: () => undefined })),
      ).to.deep.equal([
        'Chat.send: whitelist, aliases, onBeforeCall work on a property of type ActionProxy only, not on a ' +
          'method; take them away',
      ]);
    });
  });

  describe('refuses', () => {
    const refused: [what: string, event: unknown, ...problems: string[]][] = [
      ...['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'].map(
        (name): [string, string, string] => [
          `'${name}', which Socket.IO keeps for itself`,
          name,
          `'${name}' is an event of Socket.IO's own that no client can send; for sockets that come and go ` +
            'there are @OnConnect, @OnDisconnecting and @OnDisconnect',
        ],
      ),
      ['an empty name', '', "the name of an event must be a string that is not empty, not ''"],
      ['a number', 7, 'the name of an event must be a string that is not empty, not number'],
      [
        'a hole in an array',
        ['message', undefined],
        'the name of an event must be a string that is not empty, not undefined',
      ],
      ['no name', [], '@SocketEvent([]) names no event; write at least one'],
      [
        'a name twice',
        ['message', 'say', 'message'],
        "the event 'message' is already handled by this member; give one of them another name",
      ],
      [
        'several wrong names, each for itself',
        ['', 'disconnect', 'message'],
        "the name of an event must be a string that is not empty, not ''",
        "'disconnect' is an event of Socket.IO's own that no client can send; for sockets that come and go " +
          'there are @OnConnect, @OnDisconnecting and @OnDisconnect',
      ],
    ];
    for (const [what, event, ...problems] of refused) {
      it(what, () => {
        expect(problemsOf(withEvent(event))).to.deep.equal(
          problems.map((problem) => `Chat.send: ${problem}`),
        );
      });
    }

    it('a method whose own name is reserved', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        @SocketEvent()
        disconnect() {
          return 1;
        }
      }

      expect(problemsOf(Chat)).to.have.length(1);
      expect(problemsOf(Chat)[0]).to.match(/^Chat\.disconnect: 'disconnect' is an event of Socket\.IO's own/);
    });

    it('one event on two methods', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        @SocketEvent('message')
        send() {
          return 1;
        }

        @SocketEvent(['say', 'message'])
        say() {
          return 2;
        }

        @SocketEvent()
        message() {
          return 3;
        }
      }

      expect(problemsOf(Chat)).to.deep.equal([
        "Chat.say: the event 'message' is already handled by 'send'; give one of them another name",
        "Chat.message: the event 'message' is already handled by 'send'; give one of them another name",
      ]);
    });

    it('one event on a method and on a proxy', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        @SocketEvent({ whitelist: ['math.*'] })
        call!: ActionProxy;

        @SocketEvent('call')
        send() {
          return 1;
        }
      }

      expect(problemsOf(Chat)).to.have.members([
        "Chat.send: the event 'call' is already handled by 'call'; give one of them another name",
      ]);
    });

    it('two catch-alls', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        @SocketEvent('*')
        first() {
          return 1;
        }

        @SocketEvent('*')
        second() {
          return 2;
        }
      }

      expect(problemsOf(Chat)).to.deep.equal([
        "Chat.second: the event '*' is already handled by 'first'; give one of them another name",
      ]);
    });

    it('a static method and a static property', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        @(untyped(SocketEvent)())
        static send() {
          return 1;
        }

        @(untyped(SocketEvent)('call', { whitelist: ['**'] }))
        static proxy: ActionProxy;
      }

      expect(problemsOf(Chat)).to.deep.equal([
        'Chat.send: @SocketEvent stands on a static method; gateways are instances, take static away',
        'Chat.proxy: @SocketEvent stands on a static property; gateways are instances, take static away',
      ]);
    });

    it('an accessor, without running it', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        @(untyped(SocketEvent)())
        get send(): unknown {
          throw new Error('the getter ran');
        }
      }

      expect(problemsOf(Chat)).to.deep.equal([
        'Chat.send: @SocketEvent stands on an accessor, or a subclass replaced the method by a property; write a method',
      ]);
    });

    it('a method and a property of one name', () => {
      abstract class Base extends SocketGateway {
        @SocketEvent()
        send(): unknown {
          return 1;
        }
      }
      @SocketNamespace('/chat')
      class Chat extends Base {
        // @ts-expect-error -- TypeScript says so, JavaScript does not
        override get send(): any {
          return () => 2;
        }
      }

      expect(problemsOf(Chat)).to.deep.equal([
        'Chat.send: @SocketEvent stands on an accessor, or a subclass replaced the method by a property; write a method',
      ]);
    });
  });

  it('calls the method with the service as this and the context', () => {
    @SocketNamespace('/chat')
    class Chat extends SocketGateway {
      @SocketEvent()
      send(...args: unknown[]) {
        return [this, ...args];
      }
    }
    const service = {} as never;
    const ctx = { params: 1 } as never;
    const [handler] = compileGateway(Chat).handlers;

    const got = handler!.invoke(service, ctx) as unknown[];
    expect(got).to.have.length(2);
    expect(got[0]).to.equal(service);
    expect(got[1]).to.equal(ctx);
  });
});
