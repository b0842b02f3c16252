import { expect } from 'chai';
import { IsString } from 'class-validator';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  compileGateway,
  Ctx,
  DeclarationError,
  Errors,
  MessageBody,
  NspParam,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  User,
} from '../../src';
import type { ActionProxy } from '../../src';
import { problemsOf, untyped } from './problems-of';

class Message {
  @IsString()
  text!: string;
}

class Bare {}

/** What compiling a class throws. */
function thrownBy(type: typeof SocketGateway): DeclarationError {
  try {
    compileGateway(type);
  } catch (error) {
    if (error instanceof DeclarationError) return error;
    throw error;
  }
  throw new Error('it compiled');
}

describe('compileGateway: problems', () => {
  it('are all reported at once, each with the class, the member and the cure', () => {
    @(untyped(SocketNamespace)(['chat', '/tenants/:id', '/tenants/:id', /x/g], {
      ack: 'json',
      limits: { maxDepht: 3, maxPending: -1 },
    }))
    @Authorize()
    class Chat extends SocketGateway {
      @SocketEvent('message')
      first(@NspParam('tenant') _tenant: string) {
        return 1;
      }

      @SocketEvent(['message', 'connect', ''])
      second(@MessageBody() _message: Bare, _other: string) {
        return 1;
      }

      third(@Ctx() _ctx: unknown) {
        return 1;
      }

      @Authorize('admin')
      fourth() {
        return 1;
      }

      @SocketEvent()
      fifth(@User() @MessageBody(-1) _twice: unknown) {
        return 1;
      }

      @SocketEvent()
      call!: ActionProxy;

      @(untyped(SocketEvent)())
      get sixth() {
        return 1;
      }

      @SocketEvent('seventh', { whitelist: ['**'] })
      seventh() {
        return 1;
      }

      @untyped(OnConnect())
      static connected() {
        return 1;
      }

      emitter() {
        return 1;
      }
    }
    Object.defineProperty(Chat.prototype, 'logger', { value: () => 1 });
    const lines = [
      "Chat: the path 'chat' must begin with a slash: '/chat'",
      "Chat: @SocketNamespace names '/tenants/:id' twice; name it once",
      'Chat: the path /x/g must not have the flag g or y, they make it match only every other time',
      "Chat.logger: 'logger' is a property of every Moleculer service; give the method another name",
      'Chat: @Authorize on the class lets nobody in, for nobody can log in: write a method with @Authenticate, or an event with @AllowAnonymous that logs in by setting ctx.meta.user',
      "Chat.first: @NspParam('tenant') can never have a value: no path of the gateway has that parameter; they have id",
      'Chat.second: Bare has no class-validator decorators, so class-validator refuses every payload of it. Decorate its properties, or take the payload as it comes: @MessageBody({ unchecked: true })',
      'Chat.second: parameter 2 has no decorator; say where its value comes from, with @Ctx() for the context',
      "Chat.second: the event 'message' is already handled by 'first'; give one of them another name",
      "Chat.second: 'connect' is an event of Socket.IO's own that no client can send; for sockets that come and go there are @OnConnect, @OnDisconnecting and @OnDisconnect",
      "Chat.second: the name of an event must be a string that is not empty, not ''",
      'Chat.third: @Ctx() has no effect without @SocketEvent on the method; add it',
      'Chat.fourth: @Authorize has no effect without @SocketEvent on the method; add it',
      'Chat.fifth: parameter 1 has two decorators; one says where its value comes from',
      'Chat.fifth: @MessageBody(-1) must name an argument by its position: 0 is the first',
      "Chat.call: clients could call every action of the cluster; give it a whitelist: ['math.*'] or mappingPolicy: 'restrict' with aliases, or say whitelist: ['**'] to open everything; a function that answers the event itself is written as a method: @SocketEvent() call() { … }",
      'Chat.sixth: @SocketEvent stands on an accessor, or a subclass replaced the method by a property; write a method',
      'Chat.seventh: whitelist work on a property of type ActionProxy only, not on a method; take them away',
      'Chat.connected: @OnConnect() must stand on a method of the instance',
      "Chat: ack must be 'error-first' or 'object', not \"json\"",
      'Chat: limits.maxDepht does not exist; did you mean `maxDepth`?',
      'Chat: limits.maxPending must be a number above 0, not -1; Infinity switches it off',
    ];

    expect(problemsOf(Chat).slice().sort()).to.deep.equal(lines.slice().sort());
    expect(thrownBy(Chat).message.split('\n')).to.have.members([
      `Chat cannot be used as a gateway, its declaration has ${lines.length} mistakes:`,
      ...lines.map((line) => `  - ${line}`),
    ]);
  });

  it('are said in words and as data', () => {
    @SocketNamespace('chat')
    class Chat extends SocketGateway {
      @SocketEvent('')
      send() {
        return 1;
      }
    }
    const error = thrownBy(Chat);

    expect(error).to.be.instanceOf(Error);
    expect(error.name).to.equal('DeclarationError');
    expect(Errors.DeclarationError).to.equal(DeclarationError);
    expect(error.message).to.equal(
      'Chat cannot be used as a gateway, its declaration has 2 mistakes:\n' +
        "  - Chat: the path 'chat' must begin with a slash: '/chat'\n" +
        "  - Chat.send: the name of an event must be a string that is not empty, not ''",
    );
    expect(error.problems).to.deep.equal([
      { where: 'Chat', what: "the path 'chat' must begin with a slash: '/chat'" },
      { where: 'Chat.send', what: "the name of an event must be a string that is not empty, not ''" },
    ]);
  });

  it('is one where there is one', () => {
    @SocketNamespace('chat')
    class Chat extends SocketGateway {}

    expect(thrownBy(Chat).message).to.equal(
      'Chat cannot be used as a gateway, its declaration has a mistake:\n' +
        "  - Chat: the path 'chat' must begin with a slash: '/chat'",
    );
  });

  it('are the same every time', () => {
    @SocketNamespace('chat')
    class Chat extends SocketGateway {}

    expect(problemsOf(Chat)).to.have.length(1);
    expect(problemsOf(Chat)).to.deep.equal(problemsOf(Chat));
  });

  it('name the class that is compiled, also for what it inherits', () => {
    abstract class Base extends SocketGateway {
      @SocketEvent('')
      send() {
        return 1;
      }
    }
    @SocketNamespace('/chat')
    class Chat extends Base {}

    expect(problemsOf(Chat)).to.deep.equal([
      "Chat.send: the name of an event must be a string that is not empty, not ''",
    ]);
  });

  it('are gone where an override cures them', () => {
    abstract class Base extends SocketGateway {
      @SocketEvent('connect')
      send(@MessageBody() _message: Bare) {
        return 1;
      }
    }
    @SocketNamespace('/chat')
    class Chat extends Base {
      @SocketEvent('message')
      override send(@MessageBody() _message: Message) {
        return 1;
      }
    }

    expect(problemsOf(Chat)).to.be.empty;
  });

  it('do not come from a class that is right', () => {
    @SocketNamespace(['/chat', '/tenants/:id'], { ack: 'object', limits: { maxPending: 10 } })
    @Authorize('member')
    class Chat extends SocketGateway {
      @Authenticate({ room: (user: { id: number }) => `user:${user.id}` })
      authenticate() {
        return { id: 1 };
      }

      @SocketEvent('message', { timeout: 5 })
      send(@MessageBody() _message: Message, @Ctx() _ctx: unknown, @NspParam('id') _id: string) {
        return 1;
      }

      @AllowAnonymous()
      @SocketEvent()
      login() {
        return 1;
      }

      @SocketEvent('call', { whitelist: ['math.*'] })
      call!: ActionProxy;
    }

    expect(problemsOf(Chat)).to.be.empty;
  });

  describe('of a class without a @SocketNamespace of its own', () => {
    it('name the class, though its base has one', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {}
      class Talk extends Chat {}

      expect(thrownBy(Talk).message).to.match(
        /^Talk cannot be used as a gateway, its declaration has a mistake:\n {2}- Talk: /,
      );
      expect(problemsOf(Talk)).to.deep.equal([
        "Talk: it has no @SocketNamespace of its own; put @SocketNamespace('/path') above the class",
      ]);
      expect(problemsOf(Chat)).to.be.empty;
    });

    it('name a class that was never decorated, and one that only carries events', () => {
      class Plain extends SocketGateway {}
      abstract class Base extends SocketGateway {
        @SocketEvent()
        send() {
          return 1;
        }
      }

      for (const type of [Plain, Base]) {
        expect(problemsOf(type)).to.deep.equal([
          `${type.name}: it has no @SocketNamespace of its own; put @SocketNamespace('/path') above the class`,
        ]);
      }
    });

    it('are there for a class without a name too', () => {
      const nameless = (() => class extends SocketGateway {})();

      expect(problemsOf(nameless)).to.deep.equal([
        "A class without a name: it has no @SocketNamespace of its own; put @SocketNamespace('/path') above the class",
      ]);
    });
  });

  it('@SocketNamespace twice on one class', () => {
    @SocketNamespace('/one')
    @SocketNamespace('/two')
    class Chat extends SocketGateway {}

    expect(problemsOf(Chat)).to.have.length(1);
    expect(problemsOf(Chat)[0]).to.match(/^Chat: .*@SocketNamespace/);
  });
});
