import { expect } from 'chai';
import * as library from '../../src';
import { SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { existingRecord } from '../../src/metadata/storage';

const ofMembers = {
  AllowAnonymous: library.AllowAnonymous(),
  Authenticate: library.Authenticate(),
  Authorize: library.Authorize('admin'),
  ForwardEvent: library.ForwardEvent('a'),
  NamespaceMiddleware: library.NamespaceMiddleware(),
  OnAfterCall: library.OnAfterCall('a'),
  OnBeforeCall: library.OnBeforeCall('a'),
  OnCallError: library.OnCallError('a'),
  OnConnect: library.OnConnect(),
  OnDisconnect: library.OnDisconnect(),
  OnDisconnecting: library.OnDisconnecting(),
  OnPresence: library.OnPresence(),
  PacketMiddleware: library.PacketMiddleware(),
  RateLimit: library.RateLimit({ points: 1, duration: 1 }),
  SocketEvent: library.SocketEvent('a'),
} as unknown as Record<string, MethodDecorator>;

const ofParameters = {
  Ack: library.Ack(),
  ConnectedSocket: library.ConnectedSocket(),
  Ctx: library.Ctx(),
  MessageBody: library.MessageBody(),
  MessageStream: library.MessageStream(),
  Meta: library.Meta('a'),
  NspParam: library.NspParam('a'),
  NspParams: library.NspParams(),
  SocketId: library.SocketId(),
  SocketIO: library.SocketIO(),
  SocketQueryParam: library.SocketQueryParam('a'),
  SocketRequest: library.SocketRequest(),
  SocketRooms: library.SocketRooms(),
  User: library.User(),
} as unknown as Record<string, ParameterDecorator>;

/** A class that nobody has decorated yet. */
function freshClass() {
  return class Chat extends SocketGateway {
    send(..._args: unknown[]) {
      return 1;
    }

    static send(..._args: unknown[]) {
      return 1;
    }
  };
}

function factsOf(type: typeof SocketGateway): readonly { member: string; isStatic: boolean; kind: string }[] {
  return existingRecord(type.prototype)?.memberFacts ?? [];
}

describe('decorators', () => {
  for (const [name, decorator] of Object.entries(ofMembers)) {
    it(`@${name} records one fact about the member of this very class, and changes nothing`, () => {
      const type = freshClass();
      const descriptor = Object.getOwnPropertyDescriptor(type.prototype, 'send')!;
      const sub = class extends type {};

      expect(decorator(type.prototype, 'send', descriptor)).to.equal(undefined);
      expect(factsOf(type)).to.have.length(1);
      expect(factsOf(type)[0]).to.include({ member: 'send', isStatic: false });
      expect(factsOf(sub)).to.be.empty;
      expect(Object.getOwnPropertyDescriptor(type.prototype, 'send')).to.deep.equal(descriptor);
    });

    it(`@${name} records that a member is static, for the compiler to judge`, () => {
      const type = freshClass();
      decorator(type, 'send', Object.getOwnPropertyDescriptor(type, 'send')!);

      expect(factsOf(type)).to.have.length(1);
      expect(factsOf(type)[0]).to.include({ member: 'send', isStatic: true });
    });
  }

  for (const [name, decorator] of Object.entries(ofParameters)) {
    it(`@${name} records one fact about the parameter`, () => {
      const type = freshClass();
      decorator(type.prototype, 'send', 2);

      expect(factsOf(type)).to.have.length(1);
      expect(factsOf(type)[0]).to.deep.include({
        kind: 'argument',
        member: 'send',
        isStatic: false,
        index: 2,
        decorator: `@${name}()`,
      });
    });
  }

  it('are all here', () => {
    const notOfMembers = ['SocketGateway', 'SocketNamespace', 'DeclarationError', 'SocketIOService'];
    const exported = Object.entries(library)
      .filter(
        ([name, value]) => /^[A-Z]/.test(name) && typeof value === 'function' && !notOfMembers.includes(name),
      )
      .map(([name]) => name);

    expect([...Object.keys(ofMembers), ...Object.keys(ofParameters)]).to.include.members(
      exported.filter((name) => name !== 'RateLimit'),
    );
  });

  it('leave facts on the class on which they stand, not on its base, its siblings or its subclasses', () => {
    abstract class Base extends SocketGateway {
      @SocketEvent()
      ofBase() {
        return 1;
      }
    }
    class One extends Base {
      @SocketEvent()
      ofOne() {
        return 1;
      }
    }
    class Two extends Base {}
    class Young extends One {
      @SocketEvent()
      ofYoung() {
        return 1;
      }
    }
    const members = [Base, One, Two, Young].map((type) =>
      factsOf(type as typeof SocketGateway).map(({ member }) => member),
    );

    expect(members).to.deep.equal([['ofBase'], ['ofOne'], [], ['ofYoung']]);
    expect(existingRecord(SocketGateway.prototype)).to.equal(undefined);
  });

  it('say nothing, whatever they are given: the compiler reports it', () => {
    const wrong = [undefined, null, 7, '', [], {}, () => 1, Symbol('x')];
    const factories = [
      library.SocketEvent,
      library.ForwardEvent,
      library.MessageBody,
      library.Meta,
      library.NspParam,
      library.SocketQueryParam,
      library.OnBeforeCall,
      library.OnAfterCall,
      library.OnCallError,
      library.Authorize,
      library.Authenticate,
      library.SocketNamespace,
    ] as unknown as ((argument: unknown) => unknown)[];
    for (const factory of factories) {
      for (const argument of wrong) expect(() => factory(argument), factory.name).not.to.throw();
    }
  });

  it('of a class change neither its members nor those of its base', () => {
    class Base extends SocketGateway {}
    const before = Object.getOwnPropertyNames(Base.prototype);
    SocketNamespace('/x')(class extends Base {});

    expect(Object.getOwnPropertyNames(Base.prototype)).to.deep.equal(before);
    expect(existingRecord(Base.prototype)).to.equal(undefined);
  });
});
