import { expect } from 'chai';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  compileGateway,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';
import type { GuardPlan } from '../../src';
import { problemsOf, untyped } from './problems-of';

const isOwner = (): boolean => true;
const isAwake = async (): Promise<boolean> => true;

/** A base that anybody can log in to. */
abstract class Known extends SocketGateway {
  @Authenticate()
  authenticate() {
    return { id: 1 };
  }
}

function guardOf(type: typeof SocketGateway, event: string): GuardPlan | undefined {
  return compileGateway(type).events.find(({ name }) => name === event)?.guard;
}

describe('compileGateway: guards', () => {
  it('has none where nobody asked for one', () => {
    @SocketNamespace('/chat')
    class Chat extends Known {
      @SocketEvent()
      send() {
        return 1;
      }
    }

    expect(compileGateway(Chat)).to.include({ guard: undefined, admitsAnonymous: true });
    expect(guardOf(Chat, 'send')).to.equal(undefined);
  });

  it('guards the class and all of its events', () => {
    @SocketNamespace('/chat')
    @Authorize()
    class Chat extends Known {
      @SocketEvent()
      send() {
        return 1;
      }
    }

    expect(compileGateway(Chat).guard).to.deep.equal({ roles: [], policies: [] });
    expect(compileGateway(Chat).admitsAnonymous).to.be.false;
    expect(guardOf(Chat, 'send')).to.deep.equal({ roles: [], policies: [] });
  });

  it('tells roles, one of which suffices, from policies, all of which must hold', () => {
    @SocketNamespace('/chat')
    class Chat extends Known {
      @Authorize('admin', isOwner, 'editor', isAwake)
      @SocketEvent()
      send() {
        return 1;
      }
    }

    expect(guardOf(Chat, 'send')).to.deep.equal({
      roles: [['admin', 'editor']],
      policies: [isOwner, isAwake],
    });
  });

  it('asks for all decorators of an event, and for those of the class', () => {
    @SocketNamespace('/chat')
    @Authorize('member')
    class Chat extends Known {
      @SocketEvent()
      @Authorize('admin', 'editor')
      @Authorize(isOwner)
      @Authorize('paid')
      send() {
        return 1;
      }
    }

    expect(guardOf(Chat, 'send')!.roles).to.have.deep.members([['member'], ['admin', 'editor'], ['paid']]);
    expect(guardOf(Chat, 'send')!.policies).to.deep.equal([isOwner]);
  });

  it('asks for all decorators of a class', () => {
    @SocketNamespace('/chat')
    @Authorize('member')
    @Authorize(isOwner)
    @Authorize('paid')
    class Chat extends Known {}

    expect(compileGateway(Chat).guard!.roles).to.have.deep.members([['member'], ['paid']]);
    expect(compileGateway(Chat).guard!.policies).to.deep.equal([isOwner]);
  });

  it('exempts an event from the guard of the class, not from its own', () => {
    @SocketNamespace('/chat')
    @Authorize('member')
    class Chat extends Known {
      @AllowAnonymous()
      @SocketEvent()
      login() {
        return 1;
      }

      @AllowAnonymous()
      @Authorize('admin')
      @SocketEvent()
      reset() {
        return 1;
      }

      @SocketEvent()
      send() {
        return 1;
      }
    }

    expect(guardOf(Chat, 'login')).to.equal(undefined);
    expect(guardOf(Chat, 'reset')).to.deep.equal({ roles: [['admin']], policies: [] });
    expect(guardOf(Chat, 'send')).to.deep.equal({ roles: [['member']], policies: [] });
    expect(compileGateway(Chat).admitsAnonymous).to.be.true;
  });

  it('guards a proxy like any event', () => {
    @SocketNamespace('/chat')
    class Chat extends Known {
      @Authorize('admin')
      @SocketEvent({ whitelist: ['math.*'] })
      calculate!: import('../../src').ActionProxy;
    }

    expect(guardOf(Chat, 'calculate')).to.deep.equal({ roles: [['admin']], policies: [] });
  });

  describe('inherited', () => {
    @Authorize('member')
    abstract class Base extends Known {
      @Authorize('admin')
      @SocketEvent()
      send() {
        return 1;
      }

      @AllowAnonymous()
      @SocketEvent()
      login() {
        return 1;
      }
    }

    it('keeps those of the class and of its events', () => {
      @SocketNamespace('/chat')
      class Chat extends Base {}

      expect(compileGateway(Chat).guard).to.deep.equal({ roles: [['member']], policies: [] });
      expect(guardOf(Chat, 'send')).to.deep.equal({ roles: [['member'], ['admin']], policies: [] });
      expect(guardOf(Chat, 'login')).to.equal(undefined);
    });

    it('keeps them for an override that declares none, also where it is decorated anew', () => {
      @SocketNamespace('/chat')
      class Chat extends Base {
        @SocketEvent('speak')
        override send() {
          return 2;
        }

        override login() {
          return 2;
        }
      }

      expect(guardOf(Chat, 'speak')).to.deep.equal({ roles: [['member'], ['admin']], policies: [] });
      expect(guardOf(Chat, 'login')).to.equal(undefined);
    });

    it('replaces them by those of an override', () => {
      @SocketNamespace('/chat')
      class Chat extends Base {
        @Authorize('owner')
        override send() {
          return 2;
        }

        @Authorize()
        override login() {
          return 2;
        }
      }

      expect(guardOf(Chat, 'send')).to.deep.equal({ roles: [['member'], ['owner']], policies: [] });
      expect(guardOf(Chat, 'login')).to.deep.equal({ roles: [['member']], policies: [] });
      expect(compileGateway(Chat).admitsAnonymous).to.be.false;
    });

    it('opens an event that is anonymous in the subclass only, and only there', () => {
      @SocketNamespace('/open')
      class Open extends Base {
        @AllowAnonymous()
        override send() {
          return 2;
        }
      }
      @SocketNamespace('/closed')
      class Closed extends Base {}

      expect(guardOf(Open, 'send')).to.equal(undefined);
      expect(guardOf(Closed, 'send')).to.deep.equal({ roles: [['member'], ['admin']], policies: [] });
    });

    it('lets a class replace the guard of its base', () => {
      @SocketNamespace('/chat')
      @Authorize('owner')
      class Chat extends Base {}

      expect(guardOf(Chat, 'send')).to.deep.equal({ roles: [['owner'], ['admin']], policies: [] });
    });
  });

  describe('authentication', () => {
    it('is the method under @Authenticate, with its options', () => {
      const room = (user: any): string => `user:${user.id}`;
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        @Authenticate({ room })
        whoIsIt() {
          return { id: 1 };
        }
      }
      const { authentication } = compileGateway(Chat);

      expect(authentication!.method).to.deep.equal({ name: 'whoIsIt', call: Chat.prototype.whoIsIt });
      expect(authentication!.room).to.equal(room);
    });

    it('is an inherited method, and the override of one', () => {
      @SocketNamespace('/same')
      class Same extends Known {}
      @SocketNamespace('/other')
      class Other extends Known {
        override authenticate() {
          return { id: 2 };
        }
      }

      expect(compileGateway(Same).authentication!.method.call).to.equal(Known.prototype.authenticate);
      expect(compileGateway(Other).authentication!.method.call).to.equal(Other.prototype.authenticate);
    });

    it('is a method named socketAuthorize', () => {
      @SocketNamespace('/chat')
      @Authorize()
      class Chat extends SocketGateway {
        socketAuthorize() {
          return { id: 1 };
        }
      }

      expect(problemsOf(Chat)).to.be.empty;
      expect(compileGateway(Chat).authentication?.method).to.deep.equal({
        name: 'socketAuthorize',
        call: Chat.prototype.socketAuthorize,
      });
    });
  });

  describe('refuses', () => {
    const nobody =
      'Chat: @Authorize on the class lets nobody in, for nobody can log in: write a method with @Authenticate, ' +
      'or an event with @AllowAnonymous that logs in by setting ctx.meta.user';

    it('a class that nobody can get past', () => {
      @SocketNamespace('/chat')
      @Authorize()
      class Chat extends SocketGateway {
        @SocketEvent()
        send() {
          return 1;
        }
      }

      expect(problemsOf(Chat)).to.deep.equal([nobody]);
    });

    it('one that inherits its guard', () => {
      @Authorize('admin')
      abstract class Base extends SocketGateway {}
      @SocketNamespace('/chat')
      class Chat extends Base {}

      expect(problemsOf(Chat)).to.deep.equal([nobody]);
    });

    it('no class with an event to log in with', () => {
      @SocketNamespace('/chat')
      @Authorize()
      class Chat extends SocketGateway {
        @AllowAnonymous()
        @SocketEvent()
        login() {
          return 1;
        }
      }

      expect(problemsOf(Chat)).to.be.empty;
    });

    it('a guard on a method that answers no event', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        @Authorize('admin')
        send() {
          return 1;
        }

        @AllowAnonymous()
        login() {
          return 1;
        }
      }

      expect(problemsOf(Chat)).to.deep.equal([
        'Chat.send: @Authorize has no effect without @SocketEvent on the method; add it',
        'Chat.login: @AllowAnonymous has no effect without @SocketEvent on the method; add it',
      ]);
    });

    it('an anonymous method that answers no event as a way in', () => {
      @SocketNamespace('/chat')
      @Authorize()
      class Chat extends SocketGateway {
        @AllowAnonymous()
        login() {
          return 1;
        }
      }

      expect(problemsOf(Chat)).to.deep.equal([
        nobody,
        'Chat.login: @AllowAnonymous has no effect without @SocketEvent on the method; add it',
      ]);
    });

    it('rules that are neither roles nor policies', () => {
      @SocketNamespace('/chat')
      @(untyped(Authorize)(7))
      class Chat extends Known {
        @(untyped(Authorize)(undefined, '', ['admin']))
        @SocketEvent()
        send() {
          return 1;
        }
      }
      const what = '@Authorize takes names of roles and functions (ctx) => boolean, nothing else';

      expect(problemsOf(Chat)).to.deep.equal([
        `Chat: ${what}`,
        `Chat.send: ${what}`,
        `Chat.send: ${what}`,
        `Chat.send: ${what}`,
      ]);
    });

    it('two methods that authenticate, one of them inherited too', () => {
      @SocketNamespace('/chat')
      class Chat extends Known {
        @Authenticate()
        another() {
          return { id: 2 };
        }
      }

      expect(problemsOf(Chat)).to.deep.equal([
        "Chat.another: @Authenticate stands on 'authenticate' too; a gateway has one such method",
      ]);
    });

    it('a static method and an accessor that shall authenticate', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        @(untyped(Authenticate)())
        static authenticate() {
          return { id: 1 };
        }
      }
      @SocketNamespace('/talk')
      class Talk extends SocketGateway {
        @(untyped(Authenticate)())
        get authenticate() {
          return 1;
        }
      }

      expect(problemsOf(Chat)).to.deep.equal([
        'Chat.authenticate: @Authenticate() must stand on a method of the instance',
      ]);
      expect(problemsOf(Talk)).to.deep.equal([
        'Talk.authenticate: @Authenticate() must stand on a method of the instance',
      ]);
    });

    it('options of @Authenticate that are no functions', () => {
      @SocketNamespace('/chat')
      class Chat extends SocketGateway {
        @(untyped(Authenticate)({ room: 'users' }))
        authenticate() {
          return { id: 1 };
        }
      }

      expect(problemsOf(Chat)).to.have.length(1);
      expect(problemsOf(Chat)[0]).to.match(/^Chat\.authenticate: .*room/);
    });
  });
});
