import { expect } from 'chai';
import { Service } from 'moleculer';
import { Action, Event } from 'moleculer-decorators';
import {
  Authenticate,
  ForwardEvent,
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
import type { ActionProxy } from '../../src';
import { newBroker, start } from '../support/run-gateway';
import { problemsOf, untyped } from './problems-of';

const ofMoleculer = Object.getOwnPropertyNames(Service.prototype).filter((name) => name !== 'constructor');
const ofGateway = [
  'initSocketIO',
  'registerNamespace',
  'removeNamespace',
  'reformatError',
  'socketAuthorize',
  'socketGetMeta',
  'socketSaveMeta',
  'socketSaveUser',
  'socketOnError',
  'socketJoinRooms',
  'socketLeaveRoom',
  'checkOrigin',
];
const reserved: [name: string, caller: string][] = [
  ...['created', 'started', 'stopped', 'merged', ...ofMoleculer, 'mergeSchemaChannels'].map(
    (name) => [name, 'Moleculer'] as [string, string],
  ),
  ...ofGateway.map((name) => [name, 'the gateway'] as [string, string]),
];

/** A gateway with one method of this name, under these decorators. */
function gatewayWith(name: string, ...decorators: MethodDecorator[]): typeof SocketGateway {
  class Chat extends SocketGateway {}
  Object.defineProperty(Chat.prototype, name, { value: () => 1, configurable: true, writable: true });
  for (const decorator of decorators)
    decorator(Chat.prototype, name, Object.getOwnPropertyDescriptor(Chat.prototype, name)!);
  return SocketNamespace('/chat')(Chat);
}

const decorators: Record<string, MethodDecorator> = {
  SocketEvent: untyped(SocketEvent('a')),
  ForwardEvent: untyped(ForwardEvent('a')),
  OnBeforeCall: untyped(OnBeforeCall()),
  OnAfterCall: untyped(OnAfterCall()),
  OnCallError: untyped(OnCallError()),
  OnConnect: untyped(OnConnect()),
  OnDisconnecting: untyped(OnDisconnecting()),
  OnDisconnect: untyped(OnDisconnect()),
  NamespaceMiddleware: untyped(NamespaceMiddleware()),
  PacketMiddleware: untyped(PacketMiddleware()),
  Authenticate: untyped(Authenticate()),
};

describe('compileGateway: names', () => {
  for (const [name, caller] of reserved) {
    it(`of decorated methods cannot be ${name}, which ${caller} calls by itself`, () => {
      for (const [decorator, apply] of Object.entries(decorators)) {
        if (name === 'socketAuthorize' && decorator === 'Authenticate') continue;
        const [problem, ...others] = problemsOf(gatewayWith(name, apply));
        expect(problem, decorator).to.match(
          new RegExp(`^Chat\\.${name}: ${caller} calls '${name}' by itself; give the method another name`),
        );
        expect(others, decorator).to.be.empty;
      }
    });
  }

  it('of decorated methods are given a better one in the error', () => {
    class Chat extends SocketGateway {
      @SocketEvent('task.started')
      started() {
        return 1;
      }

      @ForwardEvent(['order.created', 'order.*'])
      created() {
        return 1;
      }

      @SocketEvent()
      merged() {
        return 1;
      }

      @SocketEvent('*')
      override reformatError() {
        return 1;
      }

      @untyped(OnConnect())
      stopped() {
        return Promise.resolve();
      }

      @SocketEvent('run', { whitelist: ['math.*'] })
      readonly checkOrigin!: ActionProxy;
    }

    expect(problemsOf(SocketNamespace('/chat')(Chat))).to.have.members([
      "Chat.checkOrigin: the gateway calls 'checkOrigin' by itself; give the property another name, and keep the event: @SocketEvent('run', { … }) onRun!: ActionProxy",
      "Chat.started: Moleculer calls 'started' by itself; give the method another name, and keep the event: @SocketEvent('task.started') onTaskStarted() { … }",
      "Chat.created: Moleculer calls 'created' by itself; give the method another name, and keep the event: @ForwardEvent('order.created') onOrderCreated() { … }",
      "Chat.merged: Moleculer calls 'merged' by itself; give the method another name, and keep the event: @SocketEvent('merged') onMerged() { … }",
      "Chat.reformatError: the gateway calls 'reformatError' by itself; give the method another name, and keep the event: @SocketEvent('*') onEvent() { … }",
      "Chat.stopped: Moleculer calls 'stopped' by itself; give the method another name: @OnConnect() onStopped() { … }",
    ]);
  });

  it('of inherited handlers are looked at, too', () => {
    abstract class Base extends SocketGateway {
      @SocketEvent('task.started')
      started() {
        return 1;
      }
    }
    @SocketNamespace('/chat')
    class Chat extends Base {
      override started() {
        return 1;
      }
    }

    expect(problemsOf(Chat)).to.have.length(1);
    expect(problemsOf(Chat)[0]).to.match(/^Chat\.started: Moleculer calls 'started' by itself/);
  });

  it('of actions and events of moleculer-decorators are looked at, too', () => {
    class Chat extends SocketGateway {
      @Action()
      started() {
        return 1;
      }

      @Event({ name: 'user.created' })
      created() {
        return 1;
      }

      @SocketEvent('a')
      @Action()
      override socketSaveUser() {
        return 1;
      }
    }
    const found = problemsOf(SocketNamespace('/chat')(Chat as unknown as typeof SocketGateway));

    expect(found).to.have.members([
      "Chat.socketSaveUser: the gateway calls 'socketSaveUser' by itself; give the method another name, and keep the event: @SocketEvent('a') onA() { … }",
      "Chat.started: Moleculer calls 'started' by itself; give the method another name: @Action({ name: 'started' }) onStarted() { … }",
      "Chat.created: Moleculer calls 'created' by itself; give the method another name: @Event({ name: 'user.created' }) onUserCreated() { … }",
    ]);
  });

  const replacing = ofMoleculer.filter(
    (name) => name !== 'parseServiceSchema' && !name.startsWith('mergeSchema'),
  );
  for (const name of replacing) {
    it(`of plain methods and accessors cannot be ${name}, which services need as it is`, () => {
      const problem = `Chat.${name}: '${name}' replaces a method of Moleculer's that every service needs; give it another name`;
      class Chat extends SocketGateway {}
      Object.defineProperty(Chat.prototype, name, { get: () => () => 1, configurable: true });

      expect(problemsOf(gatewayWith(name))).to.deep.equal([problem]);
      expect(problemsOf(SocketNamespace('/chat')(Chat))).to.deep.equal([problem]);
    });
  }

  it('of methods that are meant to be written stay free', async () => {
    const called: string[] = [];
    @SocketNamespace('/x', { settings: { port: 0 } })
    class Chat extends SocketGateway {
      merged() {
        called.push('merged');
      }

      created() {
        called.push('created');
      }

      async started() {
        called.push('started');
      }

      async stopped() {
        called.push('stopped');
      }

      @Authenticate()
      socketAuthorize() {
        return { id: 1 };
      }

      override socketGetMeta(socket: never) {
        return super.socketGetMeta(socket);
      }

      override socketSaveUser(socket: never, user: unknown) {
        return super.socketSaveUser(socket, user);
      }

      override reformatError(error: Error) {
        return error;
      }

      override async initSocketIO() {
        return super.initSocketIO();
      }

      mergeSchemaChannels(source: object, target: object) {
        return { ...source, ...target };
      }
    }
    const { broker } = await start(Chat);
    await broker.stop();

    expect(called).to.deep.equal(['merged', 'created', 'started', 'stopped']);
  });

  describe('of fields', () => {
    const fields: Record<string, [type: () => unknown, problem: string]> = {
      'a handler that is a function in a field': [
        () => {
          class Chat extends SocketGateway {
            @untyped(SocketEvent('hi', { whitelist: ['**'] }))
            hi = () => 'hi';
          }
          return SocketNamespace('/x')(Chat);
        },
        'Chat.hi: a function in a field does not answer events; write a method: @SocketEvent() hi() { … }',
      ],
      'started as a function in a field': [
        () => {
          class Chat extends SocketGateway {
            started = async () => 1;
          }
          return SocketNamespace('/x')(Chat);
        },
        'Chat.started: a function in a field is not called by Moleculer; write a method: started() { … }',
      ],
      'a method of Moleculer in a field': [
        () => {
          class Chat extends SocketGateway {
            override waitForServices = async () => undefined as never;
          }
          return SocketNamespace('/x')(Chat);
        },
        "Chat.waitForServices: 'waitForServices' replaces a method of Moleculer's that every service needs; give it another name",
      ],
    };
    for (const [what, [type, problem]] of Object.entries(fields)) {
      it(`are refused when the service is made: ${what}`, () => {
        expect(() => newBroker(type() as never)).to.throw(problem);
      });
    }

    it('may be called like the life of a service where they are data', () => {
      class Chat extends SocketGateway {
        created = new Date();
      }

      expect(() => newBroker(SocketNamespace('/x')(Chat))).not.to.throw();
    });

    it('without an option of a proxy are told that a function is written as a method', () => {
      class Chat extends SocketGateway {
        @untyped(SocketEvent())
        hi = () => 'hi';
      }

      expect(problemsOf(SocketNamespace('/x')(Chat))[0]).to.match(
        /whitelist.*; a function that answers the event itself is written as a method: @SocketEvent\(\) hi\(\) \{ … \}$/,
      );
    });
  });
});
