import { expect } from 'chai';
import {
  compileGateway,
  NamespaceMiddleware,
  OnAfterCall,
  OnBeforeCall,
  OnCallError,
  OnConnect,
  OnDisconnect,
  OnDisconnecting,
  PacketMiddleware,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';
import type { ActionProxy, EventPlan } from '../../src';
import { problemsOf, untyped } from './problems-of';

function eventOf(type: typeof SocketGateway, event: string): EventPlan {
  return compileGateway(type).events.find(({ name }) => name === event)!;
}

function namesOf(hooks: readonly { call: unknown }[]): string[] {
  return hooks.map(({ call }) => (call as () => void).name);
}

describe('compileGateway: hooks', () => {
  describe('of calls', () => {
    @SocketNamespace('/shop')
    class Shop extends SocketGateway {
      @OnBeforeCall('order.*')
      beforeOrders() {
        return undefined;
      }

      @OnBeforeCall()
      beforeAll() {
        return undefined;
      }

      @OnBeforeCall(['ping', 'order.create|order.update'])
      beforeSome() {
        return undefined;
      }

      @OnAfterCall()
      afterAll() {
        return undefined;
      }

      @OnAfterCall('order.**')
      afterOrders() {
        return undefined;
      }

      @OnCallError('*')
      errorAll() {
        return undefined;
      }

      @OnCallError('ping')
      errorPing() {
        return undefined;
      }

      @SocketEvent(['ping', 'order.create', 'order.remove', 'order.item.add'])
      handle() {
        return 1;
      }

      @SocketEvent('*')
      rest() {
        return 1;
      }

      @SocketEvent('call', {
        whitelist: ['math.*'],
        onBeforeCall: function ownBefore() {
          return undefined;
        },
        onAfterCall: function ownAfter() {
          return undefined;
        },
      })
      call!: ActionProxy;
    }

    it('chooses by names and by patterns, those for all events first', () => {
      expect(namesOf(eventOf(Shop, 'ping').hooks.before)).to.deep.equal(['beforeAll', 'beforeSome']);
      expect(namesOf(eventOf(Shop, 'order.create').hooks.before)).to.deep.equal([
        'beforeAll',
        'beforeOrders',
        'beforeSome',
      ]);
      expect(namesOf(eventOf(Shop, 'order.remove').hooks.before)).to.deep.equal([
        'beforeAll',
        'beforeOrders',
      ]);
      expect(namesOf(eventOf(Shop, 'order.item.add').hooks.before)).to.deep.equal(['beforeAll']);
    });

    it('runs after hooks and error hooks the other way round', () => {
      expect(namesOf(eventOf(Shop, 'order.item.add').hooks.after)).to.deep.equal(['afterOrders', 'afterAll']);
      expect(namesOf(eventOf(Shop, 'ping').hooks.after)).to.deep.equal(['afterAll']);
      expect(namesOf(eventOf(Shop, 'ping').hooks.error)).to.deep.equal(['errorPing', 'errorAll']);
      expect(namesOf(eventOf(Shop, 'order.create').hooks.error)).to.deep.equal(['errorAll']);
    });

    it('puts the hooks of a proxy next to the call', () => {
      expect(namesOf(eventOf(Shop, 'call').hooks.before)).to.deep.equal(['beforeAll', 'ownBefore']);
      expect(namesOf(eventOf(Shop, 'call').hooks.after)).to.deep.equal(['ownAfter', 'afterAll']);
    });

    it('decides for the catch-all when the event arrives', () => {
      const chosenFor = (event: string): string[] =>
        namesOf(eventOf(Shop, '*').hooks.before.filter(({ matches }) => !matches || matches(event)));

      expect(chosenFor('order.ship')).to.deep.equal(['beforeAll', 'beforeOrders']);
      expect(chosenFor('hello')).to.deep.equal(['beforeAll']);
      expect(eventOf(Shop, 'order.create').hooks.before.every(({ matches }) => matches === undefined)).to.be
        .true;
    });

    it('inherits them, those of the base first, and takes overrides', () => {
      abstract class Base extends SocketGateway {
        @OnBeforeCall()
        first() {
          return 'base';
        }

        @OnBeforeCall('pong')
        second() {
          return 'base';
        }
      }
      @SocketNamespace('/chat')
      class Chat extends Base {
        @OnBeforeCall()
        third() {
          return 'chat';
        }

        override first() {
          return 'chat';
        }

        @OnBeforeCall('ping')
        override second() {
          return 'chat';
        }

        @SocketEvent()
        ping() {
          return 1;
        }

        @SocketEvent()
        pong() {
          return 1;
        }
      }
      const { before } = eventOf(Chat, 'ping').hooks;

      expect(namesOf(before)).to.deep.equal(['first', 'third', 'second']);
      expect(before.map(({ call }) => (call as () => unknown)())).to.deep.equal(['chat', 'chat', 'chat']);
      expect(namesOf(eventOf(Chat, 'pong').hooks.before)).to.deep.equal(['first', 'third']);
    });
  });

  it('finds the methods of the life of a socket, those of the base first', () => {
    abstract class Base extends SocketGateway {
      @OnConnect()
      greet() {
        return 1;
      }
    }
    @SocketNamespace('/chat')
    class Chat extends Base {
      @OnConnect()
      count() {
        return 1;
      }

      @OnDisconnecting()
      leaving() {
        return 1;
      }

      @OnDisconnect()
      @OnDisconnecting()
      left() {
        return 1;
      }

      override greet() {
        return 2;
      }
    }
    const plan = compileGateway(Chat);

    expect(plan.onConnect).to.deep.equal([
      { name: 'greet', call: Chat.prototype.greet },
      { name: 'count', call: Chat.prototype.count },
    ]);
    expect(plan.onDisconnecting.map(({ name }) => name)).to.deep.equal(['leaving', 'left']);
    expect(plan.onDisconnect.map(({ name }) => name)).to.deep.equal(['left']);
  });

  it('finds middlewares, those of the options first', () => {
    const enter = (): void => undefined;
    const pass = (): void => undefined;
    @SocketNamespace('/chat', { middlewares: [enter], packetMiddlewares: [pass] })
    class Chat extends SocketGateway {
      @NamespaceMiddleware()
      own() {
        return 1;
      }

      @PacketMiddleware()
      packet() {
        return 1;
      }
    }
    const plan = compileGateway(Chat);

    expect(plan.middlewares).to.deep.equal([enter, Chat.prototype.own]);
    expect(plan.packetMiddlewares).to.deep.equal([pass, Chat.prototype.packet]);
  });

  describe('refuses', () => {
    const decorators = {
      '@OnConnect()': OnConnect(),
      '@OnDisconnecting()': OnDisconnecting(),
      '@OnDisconnect()': OnDisconnect(),
      '@NamespaceMiddleware()': NamespaceMiddleware(),
      '@PacketMiddleware()': PacketMiddleware(),
      '@OnBeforeCall()': OnBeforeCall(),
      '@OnAfterCall()': OnAfterCall(),
      '@OnCallError()': OnCallError(),
    };
    for (const [name, decorator] of Object.entries(decorators)) {
      it(`${name} on a static method, on an accessor and on a property`, () => {
        @SocketNamespace('/static')
        class Static extends SocketGateway {
          @untyped(decorator)
          static hook() {
            return 1;
          }

          @SocketEvent()
          send() {
            return 1;
          }
        }
        @SocketNamespace('/accessor')
        class Accessor extends SocketGateway {
          @untyped(decorator)
          get hook(): unknown {
            throw new Error('the getter ran');
          }

          @SocketEvent()
          send() {
            return 1;
          }
        }
        @SocketNamespace('/property')
        class Property extends SocketGateway {
          @untyped(decorator)
          hook = (): number => 1;
        }

        for (const type of [Static, Accessor, Property]) {
          expect(problemsOf(type)).to.deep.equal([
            `${type.name}.hook: ${name} must stand on a method of the instance`,
          ]);
        }
      });
    }

    for (const [name, decorator] of Object.entries({ OnBeforeCall, OnAfterCall, OnCallError })) {
      it(`@${name} with events that are no names`, () => {
        for (const events of [7, [/order/], [undefined], '', ['']]) {
          @SocketNamespace('/chat')
          class Chat extends SocketGateway {
            @(untyped(decorator)(events))
            hook() {
              return 1;
            }

            @SocketEvent()
            send() {
              return 1;
            }
          }
          const problems = problemsOf(Chat);

          expect(problems, String(events)).to.have.length(1);
          expect(problems[0]).to.match(new RegExp(`^Chat\\.hook: .*@${name}`));
        }
      });
    }

    it('middlewares in the options that are no functions', () => {
      for (const option of ['middlewares', 'packetMiddlewares']) {
        for (const value of [[undefined], ['check'], 'check']) {
          class Chat extends SocketGateway {}
          const problems = problemsOf(untyped(SocketNamespace)('/chat', { [option]: value })(Chat));

          expect(problems, option).to.have.length(1);
          expect(problems[0]).to.match(new RegExp(`^Chat: .*${option}`));
        }
      }
    });
  });
});
