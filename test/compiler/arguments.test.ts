import { expect } from 'chai';
import { IsString } from 'class-validator';
import 'reflect-metadata';
import {
  Ack,
  compileGateway,
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
import type { HandlerPlan, SocketNamespaceOptions } from '../../src';
import { problemsOf, untyped } from './problems-of';

class Message {
  @IsString()
  text!: string;
}

class Bare {
  text!: string;
}

/** Makes a gateway of a class, in the namespace of tenants. */
function tenants<T extends typeof SocketGateway>(type: T, options?: SocketNamespaceOptions): T {
  return SocketNamespace('/tenants/:tenantId', options)(type);
}

function handlerOf(type: typeof SocketGateway): HandlerPlan {
  return compileGateway(type).handlers[0]!;
}

/** What a context of an event looks like to the readers of arguments. */
function contextOf(...args: unknown[]): any {
  const request = { url: '/' };
  const socket = { id: 's1', rooms: new Set(['s1', 'lobby']), handshake: { query: { token: 'T' } }, request };
  return {
    params: args.length > 0 ? args[0] : {},
    args,
    socket,
    meta: { user: { id: 7 }, ip: '::1' },
    nspParams: { tenantId: 'acme' },
  };
}

describe('compileGateway: arguments', () => {
  it('reads every parameter from where its decorator says', () => {
    class Chat extends SocketGateway {
      @SocketEvent()
      send(
        @MessageBody({ unchecked: true }) body: unknown,
        @MessageBody(1, { unchecked: true }) second: unknown,
        @ConnectedSocket() socket: unknown,
        @Ctx() ctx: unknown,
        @User() user: unknown,
        @Meta() meta: unknown,
        @Meta('ip') ip: unknown,
        @SocketId() id: unknown,
        @SocketRooms() rooms: unknown,
        @NspParam('tenantId') tenant: unknown,
        @NspParams() params: unknown,
        @SocketQueryParam('token') token: unknown,
        @SocketRequest() request: unknown,
        @SocketIO() io: unknown,
      ) {
        return [body, second, socket, ctx, user, meta, ip, id, rooms, tenant, params, token, request, io];
      }
    }
    const ctx = contextOf('first', 'second');
    const service: any = { io: {} };
    const got = handlerOf(tenants(Chat)).invoke(service, ctx) as unknown[];

    expect(got).to.deep.equal([
      'first',
      'second',
      ctx.socket,
      ctx,
      { id: 7 },
      ctx.meta,
      '::1',
      's1',
      ['s1', 'lobby'],
      'acme',
      { tenantId: 'acme' },
      'T',
      ctx.socket.request,
      service.io,
    ]);
    expect(got[3]).to.equal(ctx);
    expect(got[13]).to.equal(service.io);
  });

  it('passes one, two, three and four arguments, and the service as this', () => {
    class Chat extends SocketGateway {
      @SocketEvent()
      one(@MessageBody({ unchecked: true }) a: unknown) {
        return [this, a];
      }

      @SocketEvent()
      two(@MessageBody({ unchecked: true }) a: unknown, @MessageBody(1, { unchecked: true }) b: unknown) {
        return [this, a, b];
      }

      @SocketEvent()
      three(
        @MessageBody({ unchecked: true }) a: unknown,
        @MessageBody(1, { unchecked: true }) b: unknown,
        @MessageBody(2, { unchecked: true }) c: unknown,
      ) {
        return [this, a, b, c];
      }

      @SocketEvent()
      four(
        @MessageBody(3, { unchecked: true }) d: unknown,
        @MessageBody(2, { unchecked: true }) c: unknown,
        @MessageBody(1, { unchecked: true }) b: unknown,
        @MessageBody({ unchecked: true }) a: unknown,
      ) {
        return [this, d, c, b, a];
      }
    }
    const service: any = {};
    const got = compileGateway(tenants(Chat)).handlers.map(({ invoke }) =>
      (invoke(service, contextOf(1, 2, 3, 4)) as unknown[]).slice(1),
    );
    const owners = compileGateway(tenants(Chat)).handlers.map(
      ({ invoke }) => (invoke(service, contextOf(1, 2, 3, 4)) as unknown[])[0],
    );

    expect(got).to.deep.equal([[1], [1, 2], [1, 2, 3], [4, 3, 2, 1]]);
    expect(owners.every((owner) => owner === service)).to.be.true;
  });

  it('gives no body where the client sent none, and what hooks made of the params where it sent one', () => {
    class Chat extends SocketGateway {
      @SocketEvent()
      send(@MessageBody({ unchecked: true }) body: unknown) {
        return { body };
      }
    }
    const { invoke } = handlerOf(tenants(Chat));

    expect(invoke({} as never, contextOf())).to.deep.equal({ body: undefined });
    expect(invoke({} as never, contextOf(null))).to.deep.equal({ body: null });
    expect(invoke({} as never, { ...contextOf('sent'), params: 'replaced' })).to.deep.equal({
      body: 'replaced',
    });
  });

  it('gives what there is where the action was called without a socket', () => {
    class Chat extends SocketGateway {
      @SocketEvent()
      send(
        @MessageBody({ unchecked: true }) body: unknown,
        @MessageBody(1, { unchecked: true }) second: unknown,
        @ConnectedSocket() socket: unknown,
        @SocketId() id: unknown,
        @SocketRooms() rooms: unknown,
        @NspParam('tenantId') tenant: unknown,
        @SocketQueryParam('token') token: unknown,
        @SocketRequest() request: unknown,
        @Ack() ack: Ack,
        @User() user: unknown,
      ) {
        ack('nobody hears this');
        return [body, second, socket, id, rooms, tenant, token, request, user];
      }
    }
    const ctx: any = { params: { a: 1 }, meta: { user: 'ann' } };

    expect(handlerOf(tenants(Chat)).invoke({} as never, ctx)).to.deep.equal([
      { a: 1 },
      undefined,
      undefined,
      undefined,
      [],
      undefined,
      undefined,
      undefined,
      'ann',
    ]);
  });

  it('knows that a handler answers by itself', () => {
    class Chat extends SocketGateway {
      @SocketEvent()
      send(@Ack() ack: Ack) {
        ack();
      }
    }

    expect(handlerOf(tenants(Chat)).answersItself).to.be.true;
  });

  describe('declared types', () => {
    function bodiesOf(type: typeof SocketGateway): number[] {
      return handlerOf(tenants(type)).bodies.map(({ index }) => index);
    }

    it('checks the arguments that have one, by position', () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        send(@Ctx() _ctx: unknown, @MessageBody(2) _name: string, @MessageBody() _message: Message) {
          return 1;
        }
      }

      expect(bodiesOf(Chat)).to.have.members([0, 2]);
    });

    it('checks none that is to be taken as it comes, and says which', () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        send(
          @MessageBody({ unchecked: true }) _any: any,
          @MessageBody(1, { unchecked: true }) _message: Message,
          @MessageBody(2) _text: string,
        ) {
          return 1;
        }
      }

      expect(bodiesOf(Chat)).to.deep.equal([2]);
      expect(handlerOf(tenants(Chat)).unchecked).to.deep.equal([0, 1]);
    });

    it('prefers the option payload, once, also where the parameter says something else', async () => {
      class Chat extends SocketGateway {
        @SocketEvent({ payload: Number })
        send(@MessageBody() _message: Bare, @MessageBody() _again: Message) {
          return 1;
        }
      }
      const { bodies } = handlerOf(tenants(Chat));

      expect(bodies.map(({ index }) => index)).to.deep.equal([0]);
      expect(await bodies[0]!.check(7)).to.equal(7);
    });

    it('takes the option payload for a handler that reads ctx.params', () => {
      class Chat extends SocketGateway {
        @SocketEvent({ payload: [Message] })
        send() {
          return 1;
        }
      }

      expect(bodiesOf(Chat)).to.deep.equal([0]);
    });

    it('takes a class without constraints where class-validator is told to let it pass', () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        send(@MessageBody() _message: Bare) {
          return 1;
        }
      }

      expect(problemsOf(tenants(Chat, { validation: { forbidUnknownValues: false } }))).to.be.empty;
    });

    it('does without emitted types, where payload, type or unchecked name them', () => {
      class Chat extends SocketGateway {
        send(..._args: unknown[]) {
          return 1;
        }

        say(..._args: unknown[]) {
          return 1;
        }

        list(..._args: unknown[]) {
          return 1;
        }
      }
      // What a build without emitted types leaves of the decorators.
      for (const [name, options, body] of [
        ['send', { payload: Message }, {}],
        ['say', {}, { unchecked: true }],
        ['list', {}, { type: [Message] }],
      ] as const) {
        untyped(MessageBody)(body)(Chat.prototype, name, 0);
        untyped(SocketEvent(options))(
          Chat.prototype,
          name,
          Object.getOwnPropertyDescriptor(Chat.prototype, name),
        );
      }
      const [send, say, list] = compileGateway(tenants(Chat)).handlers;

      expect(send!.bodies.map(({ index }) => index)).to.deep.equal([0]);
      expect(list!.bodies.map(({ index }) => index)).to.deep.equal([0]);
      expect(say!.bodies).to.be.empty;
      expect(say!.invoke({} as never, contextOf('hello'))).to.equal(1);
    });
  });

  describe('refuses', () => {
    it('a decorated parameter of a method that answers no event', () => {
      class Chat extends SocketGateway {
        send(@MessageBody() _message: Message) {
          return 1;
        }

        say(@Ctx() _ctx: unknown) {
          return 1;
        }
      }

      expect(problemsOf(tenants(Chat))).to.deep.equal([
        'Chat.send: @MessageBody() has no effect without @SocketEvent on the method; add it',
        'Chat.say: @Ctx() has no effect without @SocketEvent on the method; add it',
      ]);
    });

    it('two decorators on one parameter', () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        send(@Ctx() _ctx: unknown, @User() @MessageBody({ unchecked: true }) _message: unknown) {
          return 1;
        }
      }

      expect(problemsOf(tenants(Chat))).to.deep.equal([
        'Chat.send: parameter 2 has two decorators; one says where its value comes from',
      ]);
    });

    it('parameters without a decorator among decorated ones', () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        send(_a: unknown, @MessageBody({ unchecked: true }) _message: unknown, _c: unknown) {
          return 1;
        }
      }

      expect(problemsOf(tenants(Chat))).to.deep.equal([
        'Chat.send: parameter 1 has no decorator; say where its value comes from, with @Ctx() for the context',
        'Chat.send: parameter 3 has no decorator; say where its value comes from, with @Ctx() for the context',
      ]);
    });

    it('a parameter that no path has', () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        send(@NspParam('tenant') _tenant: string) {
          return 1;
        }
      }

      expect(problemsOf(tenants(Chat))).to.deep.equal([
        "Chat.send: @NspParam('tenant') can never have a value: no path of the gateway has that parameter; they have tenantId",
      ]);
    });

    it('a parameter of a namespace that has none', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        @SocketEvent()
        send(@NspParam('tenantId') _tenant: string) {
          return 1;
        }
      }

      expect(problemsOf(Chat)).to.deep.equal([
        "Chat.send: @NspParam('tenantId') can never have a value: no path of the gateway has that parameter; write one as '/tenants/:tenantId'",
      ]);
    });

    it('an argument at no position', () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        send(
          @MessageBody(-1) _a: unknown,
          @MessageBody(1.5) _b: unknown,
          @MessageBody(NaN) _c: unknown,
          @(untyped(MessageBody)('text')) _d: unknown,
        ) {
          return 1;
        }
      }

      expect(problemsOf(tenants(Chat))).to.have.members(
        ['-1', '1.5', 'NaN', 'text'].map(
          (index) =>
            `Chat.send: @MessageBody(${index}) must name an argument by its position: 0 is the first`,
        ),
      );
    });

    it('a query parameter without a name', () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        send(@(untyped(SocketQueryParam)()) _a: unknown) {
          return 1;
        }
      }

      expect(problemsOf(tenants(Chat))).to.deep.equal([
        "Chat.send: @SocketQueryParam() needs the name of a parameter: @SocketQueryParam('token')",
      ]);
    });

    it('a body class that class-validator knows nothing of', () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        send(@MessageBody() _message: Bare) {
          return 1;
        }

        @SocketEvent({ payload: [Bare] })
        sendAll() {
          return 1;
        }
      }
      const what =
        'Bare has no class-validator decorators, so class-validator refuses every payload of it. ' +
        'Decorate its properties, or take the payload as it comes: @MessageBody({ unchecked: true })';

      expect(problemsOf(tenants(Chat))).to.deep.equal([`Chat.send: ${what}`, `Chat.sendAll: ${what}`]);
    });

    it('a body class that is declared too late', () => {
      class Chat extends SocketGateway {
        // What TypeScript emits for a class of a circular import.
        @Reflect.metadata('design:paramtypes', [Object, undefined])
        @SocketEvent()
        send(@Ctx() _ctx: unknown, @MessageBody() _message: object) {
          return 1;
        }
      }

      expect(problemsOf(tenants(Chat))).to.deep.equal([
        'Chat.send: parameter 2 is not described, so it cannot be checked: its type is emitted as undefined: a class that ' +
          'is declared further down in its file, or a circular import; move the class up, or into a file of its own. ' +
          'Write @MessageBody({ type: NewMessage }), with a class, [Item], Number, … or a schema, or the option payload ' +
          'or params of @SocketEvent; to take it as it comes, write @MessageBody({ unchecked: true })',
      ]);
    });

    it('nothing of the kind where payload names the class', () => {
      class Chat extends SocketGateway {
        @Reflect.metadata('design:paramtypes', [undefined])
        @SocketEvent({ payload: Message })
        send(@MessageBody() _message: object) {
          return 1;
        }
      }

      expect(problemsOf(tenants(Chat))).to.be.empty;
    });

    it('a payload that is no class', () => {
      class Chat extends SocketGateway {
        @(untyped(SocketEvent)({ payload: 'Message' }))
        send() {
          return 1;
        }

        @(untyped(SocketEvent)({ payload: [Message, Message] }))
        sendTwo() {
          return 1;
        }

        @(untyped(SocketEvent)({ payload: [] }))
        sendNone() {
          return 1;
        }

        @(untyped(SocketEvent)({ payload: ['Message'] }))
        sendAll() {
          return 1;
        }

        @(untyped(SocketEvent)({ payload: null }))
        sendNull() {
          return 1;
        }
      }

      const what = 'the payload must be a class, a schema, or an array of one of them';
      const array = 'an array of payloads is written [Item], with exactly one class or schema';
      expect(problemsOf(tenants(Chat))).to.deep.equal([
        `Chat.send: ${what}, not string`,
        `Chat.sendTwo: ${array}`,
        `Chat.sendNone: ${array}`,
        `Chat.sendAll: ${what}, not string`,
        `Chat.sendNull: ${what}, not null`,
      ]);
    });
  });
});
