import { expect } from 'chai';
import { Action } from 'moleculer-decorators';
import {
  Ack,
  ConnectedSocket,
  Ctx,
  MessageBody,
  Meta,
  NspParam,
  NspParams,
  SocketEvent,
  SocketGateway,
  SocketId,
  SocketIO,
  SocketNamespace,
  SocketQueryParam,
  SocketRequest,
  SocketRooms,
  User,
} from '../../src';
import { newBroker } from '../support/run-gateway';
import { problemsOf, untyped } from './problems-of';

const sources: Record<string, ParameterDecorator> = {
  '@User()': untyped(User()),
  '@NspParam()': untyped(NspParam('id')),
  '@NspParams()': untyped(NspParams()),
  '@Meta()': untyped(Meta('ip')),
  '@SocketId()': untyped(SocketId()),
  '@ConnectedSocket()': untyped(ConnectedSocket()),
  '@SocketRooms()': untyped(SocketRooms()),
  '@SocketRequest()': untyped(SocketRequest()),
  '@SocketQueryParam()': untyped(SocketQueryParam('token')),
  '@Ctx()': untyped(Ctx()),
  '@MessageBody(1)': untyped(MessageBody(1, { type: Number })),
};
const shared: Record<string, unknown> = {
  true: true,
  '{}': {},
  '{ ttl }': { ttl: 5 },
  '{ enabled: true }': { enabled: true },
  '{ enabled: a function }': { enabled: () => true },
  '{ keys: [] }': { keys: [] },
};
const harmless: Record<string, unknown> = {
  false: false,
  nothing: undefined,
  null: null,
  '{ enabled: false }': { enabled: false, ttl: 5 },
  '{ keys }': { keys: ['id', '#user.id'] },
  '{ keygen }': { keygen: () => 'a' },
};

/** A gateway with one handler of these parameters. */
function gatewayWith(
  parameters: ParameterDecorator[],
  event: object,
  settings: Record<string, unknown> = {},
): any {
  class Chat extends SocketGateway {
    orders(..._args: unknown[]) {
      return 1;
    }
  }
  parameters.forEach((parameter, at) => {
    parameter(Chat.prototype, 'orders', at);
  });
  const descriptor = Object.getOwnPropertyDescriptor(Chat.prototype, 'orders');
  untyped(SocketEvent)('orders', event)(Chat.prototype, 'orders', descriptor);
  return SocketNamespace('/tenants/:id', { settings })(Chat);
}

function problem(dependencies: string): string {
  return (
    'Chat.orders: cache would answer one client with the result of another: the result may depend on ' +
    `${dependencies}, and its key does not; name in cache.keys what it depends on, with # before values of ctx.meta: ` +
    "{ cache: { keys: ['id', '#user.id'] } }, or write cache: false"
  );
}

describe('compileGateway: cache', () => {
  for (const [source, parameter] of Object.entries(sources)) {
    it(`is refused where the result depends on ${source}, and no keys are named`, () => {
      for (const [what, cache] of Object.entries(shared)) {
        expect(problemsOf(gatewayWith([parameter], { cache })), what).to.deep.equal([problem(source)]);
      }
      for (const [what, cache] of Object.entries(harmless)) {
        expect(problemsOf(gatewayWith([parameter], { cache })), what).to.be.empty;
      }
    });
  }

  it('says all that the result depends on', () => {
    const first = untyped(MessageBody(0, { type: Number }));
    const parameters = [first, sources['@User()']!, sources['@MessageBody(1)']!];

    expect(problemsOf(gatewayWith(parameters, { cache: true }))).to.deep.equal([
      problem('@User(), @MessageBody(1)'),
    ]);
  });

  it('is refused where the handler takes (ctx), which holds everything', () => {
    class Chat extends SocketGateway {
      @SocketEvent({ cache: true })
      orders(_ctx: unknown) {
        return 1;
      }

      @SocketEvent({ cache: { keys: ['id'] } })
      named(_ctx: unknown) {
        return 1;
      }
    }

    expect(problemsOf(SocketNamespace('/x')(Chat))).to.deep.equal([problem('ctx')]);
  });

  it('is right where the result depends on the first argument, or on none', () => {
    class Chat extends SocketGateway {
      @SocketEvent({ cache: true })
      find(@MessageBody() _id: number) {
        return 1;
      }

      @SocketEvent({ cache: { ttl: 5 } })
      stats() {
        return 1;
      }

      @SocketEvent({ cache: true })
      answer(@MessageBody() _id: number, @Ack() _ack: Ack, @SocketIO() _io: unknown) {
        return 1;
      }

      @SocketEvent({ cache: { keys: [] } })
      one() {
        return 1;
      }
    }

    expect(problemsOf(SocketNamespace('/x')(Chat))).to.be.empty;
  });

  it('is refused where an empty list of keys gives everybody one answer', () => {
    const first = untyped(MessageBody(0, { type: Number }));

    expect(problemsOf(gatewayWith([first], { cache: { keys: [] } }))).to.deep.equal([
      problem('@MessageBody()'),
    ]);
  });

  it('is refused where keys are no list of names', () => {
    for (const keys of ['#user.id', [''], [7], {}, true]) {
      expect(problemsOf(gatewayWith([sources['@User()']!], { cache: { keys } }))).to.deep.equal([
        "Chat.orders: cache.keys must be a list of names: { cache: { keys: ['id', '#user.id'] } }",
      ]);
    }
  });

  it('is refused where @Action gives it, and where several decorators give the options together', () => {
    class Chat extends SocketGateway {
      @SocketEvent()
      @Action({ cache: true })
      orders(@User() _user: unknown) {
        return 1;
      }

      @SocketEvent('a', { cache: true })
      @SocketEvent('b', { timeout: 5 })
      both(@User() _user: unknown) {
        return 1;
      }

      @SocketEvent({ cache: false })
      @Action({ cache: true })
      never(@User() _user: unknown) {
        return 1;
      }
    }

    expect(problemsOf(SocketNamespace('/x')(Chat))).to.deep.equal([
      problem('@User()'),
      problem('@User()').replace('orders', 'both'),
    ]);
  });

  it('is refused for an inherited handler, and allowed for an override that depends on nothing', () => {
    abstract class Base extends SocketGateway {
      @SocketEvent({ cache: true })
      orders(@User() _user: unknown) {
        return 1;
      }
    }
    @SocketNamespace('/x')
    class Chat extends Base {}
    @SocketNamespace('/y')
    class Talk extends Base {
      @SocketEvent({ cache: true })
      override orders() {
        return 1;
      }
    }

    expect(problemsOf(Chat)).to.deep.equal([problem('@User()')]);
    expect(problemsOf(Talk)).to.be.empty;
  });

  it('is refused where the setting $cache gives it to all', () => {
    const user = sources['@User()']!;
    const type = gatewayWith([user], {}, { $cache: { ttl: 5 } });

    expect(problemsOf(type)).to.deep.equal([
      problem('@User()').replace('cache would', 'settings.$cache is for this action, too: cache would'),
    ]);
    expect(problemsOf(gatewayWith([user], { cache: false }, { $cache: true }))).to.be.empty;
    expect(problemsOf(gatewayWith([user], {}, { $cache: false }))).to.be.empty;
  });

  it('is refused where a mixin, or what createService was given, adds it', () => {
    const type = gatewayWith([sources['@User()']!], {}, { server: false });
    const mixin = { actions: { orders: { cache: true } } };

    for (const given of [{ mixins: [mixin] }, mixin, { settings: { $cache: true } }]) {
      expect(() => newBroker([]).createService(type, given as never)).to.throw(
        /Chat\.orders: .*cache would answer one client with the result of another/,
      );
    }
    expect(() => newBroker([]).createService(type)).not.to.throw();
  });
});
