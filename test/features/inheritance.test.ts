import { expect } from 'chai';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  Ctx,
  DeclarationError,
  MessageBody,
  NspParam,
  OnAfterCall,
  OnBeforeCall,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';
import type { SocketContext } from '../../src';
import type { Socket } from 'socket.io';
import {
  ask,
  connect,
  newBroker,
  newClient,
  refused,
  start,
  type Client,
  type Registered,
} from '../support/run-in-memory';

const settings = { port: 0, ip: '127.0.0.1' };

/** Starts these gateways, and connects a client to each of these namespaces. */
async function serve(registered: Registered | Registered[], ...namespaces: string[]): Promise<Client[]> {
  const running = await start(registered);
  return Promise.all(namespaces.map((namespace) => connect(running, namespace)));
}

async function resultOf(client: Client, event: string, ...args: unknown[]): Promise<unknown> {
  const { error, result } = await ask(client, event, ...args);
  if (error) throw Object.assign(new Error(error.message), error);
  return result;
}

async function errorOf(client: Client, event: string, ...args: unknown[]): Promise<any> {
  return (await ask(client, event, ...args)).error;
}

describe('inheritance', () => {
  describe('of events', () => {
    abstract class Base extends SocketGateway {
      @SocketEvent('message')
      send(@MessageBody() text: string) {
        return `${this.greeting()} ${text}`;
      }

      @SocketEvent(['whoami', 'who'])
      whoAmI(@Ctx() ctx: SocketContext) {
        return [this.name, ctx.event];
      }

      greeting() {
        return 'base';
      }
    }

    @SocketNamespace('/x', { settings })
    class Same extends Base {}

    it('brings those of a base that has no namespace', async () => {
      const [client] = await serve(Same, '/x');

      expect(await resultOf(client!, 'message', 'hello')).to.equal('base hello');
      expect(await resultOf(client!, 'who')).to.deep.equal(['same', 'who']);
    });

    it('goes on for several generations', async () => {
      abstract class Middle extends Base {
        @SocketEvent()
        middle() {
          return 'middle';
        }
      }
      @SocketNamespace('/x', { settings })
      class Young extends Middle {
        @SocketEvent()
        young() {
          return 'young';
        }
      }
      const [client] = await serve(Young, '/x');

      expect(await resultOf(client!, 'message', 'hello')).to.equal('base hello');
      expect(await resultOf(client!, 'middle')).to.equal('middle');
      expect(await resultOf(client!, 'young')).to.equal('young');
    });

    it('runs an override under the event and with the parameters of what it overrides', async () => {
      @SocketNamespace('/x', { settings })
      class Loud extends Base {
        override send(text: string) {
          return text.toUpperCase();
        }
      }
      const [client] = await serve(Loud, '/x');

      expect(await resultOf(client!, 'message', 'hello')).to.equal('HELLO');
    });

    it('checks the payload of an override like that of what it overrides', async () => {
      @SocketNamespace('/x', { settings })
      class Loud extends Base {
        override send(text: any) {
          return String(text);
        }
      }
      const [client] = await serve(Loud, '/x');

      expect(await errorOf(client!, 'message', 7)).to.include({ code: 422, name: 'ValidationError' });
    });

    it('replaces event and parameters where the override is decorated', async () => {
      @SocketNamespace('/x', { settings })
      class Renamed extends Base {
        @SocketEvent('say')
        override send(@Ctx() ctx: any) {
          return `said ${String(ctx.params)} to ${String(ctx.event)}`;
        }
      }
      const [client] = await serve(Renamed, '/x');

      expect(await resultOf(client!, 'say', 'hello')).to.equal('said hello to say');
      expect(await errorOf(client!, 'message', 'hello')).to.include({ code: 404, type: 'EVENT_NOT_FOUND' });
    });

    it('gives a decorated override without parameters the context', async () => {
      @SocketNamespace('/x', { settings })
      class Renamed extends Base {
        @SocketEvent('message')
        override send(ctx: any) {
          return `${typeof ctx.call} ${String(ctx.params)}`;
        }
      }
      const [client] = await serve(Renamed, '/x');

      expect(await resultOf(client!, 'message', 'hello')).to.equal('function hello');
    });

    it('keeps the event where the override declares its parameters anew', async () => {
      @SocketNamespace('/x', { settings })
      class Second extends Base {
        override send(@MessageBody(1) text: string) {
          return `second ${text}`;
        }
      }
      const [client] = await serve(Second, '/x');

      expect(await resultOf(client!, 'message', 'one', 'two')).to.equal('second two');
    });

    it('drops the options of what a decorated override replaces, and keeps them for an undecorated one', async () => {
      abstract class Strict extends SocketGateway {
        @SocketEvent('message', { params: { text: 'string' } })
        send(): string {
          return 'strict';
        }
      }
      @SocketNamespace('/kept', { settings })
      class Kept extends Strict {
        override send() {
          return 'kept';
        }
      }
      @SocketNamespace('/dropped', { settings })
      class Dropped extends Strict {
        @SocketEvent('message')
        override send() {
          return 'dropped';
        }
      }
      const [kept, dropped] = await serve([Kept, Dropped], '/kept', '/dropped');

      expect(await errorOf(kept!, 'message', { text: 7 })).to.include({ code: 422 });
      expect(await resultOf(kept!, 'message', { text: 'a' })).to.equal('kept');
      expect(await resultOf(dropped!, 'message', { text: 7 })).to.equal('dropped');
    });

    it('lets an override call what it overrides, with the service as this', async () => {
      @SocketNamespace('/x', { settings })
      class Polite extends Base {
        override send(text: string) {
          return `${super.send(text)}, please`;
        }

        override greeting() {
          return `${super.greeting()} and more:`;
        }
      }
      const [client] = await serve(Polite, '/x');

      expect(await resultOf(client!, 'message', 'hello')).to.equal('base and more: hello, please');
    });

    it('shares nothing between siblings, nor with the base', async () => {
      @SocketNamespace('/one', { settings })
      class One extends Base {
        @SocketEvent()
        ofOne() {
          return 1;
        }

        override send(_text: string) {
          return 'one';
        }
      }
      @SocketNamespace('/two', { settings })
      class Two extends Base {
        @SocketEvent('two')
        override send() {
          return 'two';
        }
      }
      const [same, one, two] = await serve([Same, One, Two], '/x', '/one', '/two');

      expect(await resultOf(same!, 'message', 'a')).to.equal('base a');
      expect(await resultOf(one!, 'message', 'a')).to.equal('one');
      expect(await resultOf(two!, 'two')).to.equal('two');
      expect(await resultOf(one!, 'ofOne')).to.equal(1);
      for (const [client, event] of [
        [same, 'ofOne'],
        [same, 'two'],
        [one, 'two'],
        [two, 'ofOne'],
        [two, 'message'],
      ] as const) {
        expect(await errorOf(client!, event), event).to.include({ type: 'EVENT_NOT_FOUND' });
      }
    });

    it('runs a gateway and one that extends it side by side', async () => {
      @SocketNamespace('/chat', { settings, name: 'talk', version: 2 })
      class Chat extends Base {}
      @SocketNamespace('/rooms/:room', { settings })
      class Rooms extends Chat {
        @SocketEvent()
        room(@NspParam('room') room: string) {
          return room;
        }
      }
      const [chat, rooms] = await serve([Chat, Rooms], '/chat', '/rooms/7');

      expect(await resultOf(chat!, 'who')).to.deep.equal(['talk', 'who']);
      expect(await resultOf(rooms!, 'who')).to.deep.equal(['rooms', 'who']);
      expect(await resultOf(rooms!, 'room')).to.equal('7');
      expect(await errorOf(chat!, 'room')).to.include({ type: 'EVENT_NOT_FOUND' });
    });
  });

  describe('of hooks', () => {
    abstract class Base extends SocketGateway {
      @OnBeforeCall()
      before(ctx: any) {
        ctx.meta.trace = ['base'];
      }

      @OnAfterCall('trace')
      after(_ctx: any, _socket: Socket, result: any): unknown[] {
        return [...result, 'after base'];
      }

      @OnConnect()
      connected(socket: Socket) {
        socket.data.greeting = 'base';
      }

      @SocketEvent()
      trace(@Ctx() ctx: any, ..._rest: never[]) {
        return [...ctx.meta.trace, ctx.socket.data.greeting];
      }
    }

    it('runs those of the base, and its own after them', async () => {
      @SocketNamespace('/x', { settings })
      class Chat extends Base {
        @OnBeforeCall()
        own(ctx: any) {
          ctx.meta.trace.push('own');
        }
      }
      const [client] = await serve(Chat, '/x');

      expect(await resultOf(client!, 'trace')).to.deep.equal(['base', 'own', 'base', 'after base']);
    });

    it('runs an override in place of what it overrides, for the events of the override', async () => {
      @SocketNamespace('/x', { settings })
      class Chat extends Base {
        override before(ctx: any) {
          super.before(ctx);
          ctx.meta.trace.push('override');
        }

        @OnAfterCall('other')
        override after(_ctx: any, _socket: Socket, result: any) {
          return [result, 'after other'];
        }

        override connected(socket: Socket) {
          socket.data.greeting = 'override';
        }

        @SocketEvent()
        other() {
          return 'other';
        }
      }
      const [client] = await serve(Chat, '/x');

      expect(await resultOf(client!, 'trace')).to.deep.equal(['base', 'override', 'override']);
      expect(await resultOf(client!, 'other')).to.deep.equal(['other', 'after other']);
    });

    it('does not run those of a sibling', async () => {
      @SocketNamespace('/one', { settings })
      class One extends Base {
        @OnBeforeCall()
        own(ctx: any) {
          ctx.meta.trace.push('one');
        }
      }
      @SocketNamespace('/two', { settings })
      class Two extends Base {}
      const [one, two] = await serve([One, Two], '/one', '/two');

      expect(await resultOf(one!, 'trace')).to.include('one');
      expect(await resultOf(two!, 'trace')).to.deep.equal(['base', 'base', 'after base']);
    });
  });

  describe('of guards', () => {
    @Authorize()
    abstract class Base extends SocketGateway {
      @Authenticate()
      authenticate(socket: Socket) {
        const { role } = socket.handshake.auth;
        return role ? { id: 1, role } : undefined;
      }

      @SocketEvent()
      read() {
        return 'read';
      }

      @Authorize('admin')
      @SocketEvent()
      write() {
        return 'base';
      }
    }

    const as = (role: string) => ({ auth: { role } });

    it('keeps those of the class and of its events', async () => {
      @SocketNamespace('/x', { settings })
      class Chat extends Base {}
      const running = await start(Chat);
      const reader = await connect(running, '/x', as('reader'));
      const admin = await connect(running, '/x', as('admin'));

      expect((await refused(newClient(running, '/x'))).data).to.include({ code: 401 });
      expect(await resultOf(reader, 'read')).to.equal('read');
      expect(await errorOf(reader, 'write')).to.include({ code: 403 });
      expect(await resultOf(admin, 'write')).to.equal('base');
    });

    it('keeps them for an override that declares none, decorated anew or not', async () => {
      @SocketNamespace('/plain', { settings })
      class Plain extends Base {
        override write() {
          return 'override';
        }
      }
      @SocketNamespace('/renamed', { settings })
      class Renamed extends Base {
        @SocketEvent('change')
        override write() {
          return 'override';
        }
      }
      const running = await start([Plain, Renamed]);

      for (const [namespace, event] of [
        ['/plain', 'write'],
        ['/renamed', 'change'],
      ] as const) {
        const reader = await connect(running, namespace, as('reader'));
        const admin = await connect(running, namespace, as('admin'));
        expect(await errorOf(reader, event), namespace).to.include({ code: 403 });
        expect(await resultOf(admin, event), namespace).to.equal('override');
      }
    });

    it('replaces them where the override declares its own, beside those of the class', async () => {
      @SocketNamespace('/x', { settings })
      class Chat extends Base {
        @Authorize('writer')
        override write() {
          return 'override';
        }
      }
      const running = await start(Chat);
      const writer = await connect(running, '/x', as('writer'));
      const admin = await connect(running, '/x', as('admin'));

      expect(await resultOf(writer, 'write')).to.equal('override');
      expect(await errorOf(admin, 'write')).to.include({ code: 403 });
      expect((await refused(newClient(running, '/x'))).data).to.include({ code: 401 });
    });

    it('opens an override to anonymous clients, and nothing else', async () => {
      @SocketNamespace('/open', { settings })
      class Open extends Base {
        @AllowAnonymous()
        override write() {
          return 'open';
        }
      }
      @SocketNamespace('/closed', { settings })
      class Closed extends Base {}
      const running = await start([Open, Closed]);
      const anonymous = await connect(running, '/open');

      expect(await resultOf(anonymous, 'write')).to.equal('open');
      expect(await errorOf(anonymous, 'read')).to.include({ code: 401 });
      expect((await refused(newClient(running, '/closed'))).data).to.include({ code: 401 });
    });

    it('takes the overridden method that authenticates', async () => {
      @SocketNamespace('/x', { settings })
      class Chat extends Base {
        override authenticate(socket: Socket) {
          const user = super.authenticate(socket);
          return user && { ...user, role: 'admin' };
        }
      }
      const running = await start(Chat);

      expect(await resultOf(await connect(running, '/x', as('reader')), 'write')).to.equal('base');
      expect((await refused(newClient(running, '/x'))).data).to.include({ code: 401 });
    });
  });

  describe('of fields and of the life of the service', () => {
    it('has set all fields before created() runs, and keeps what created() sets', async () => {
      const seen: unknown[] = [];
      abstract class Base extends SocketGateway {
        protected readonly history = new Map([['lobby', 1]]);
        protected state = 'fresh';
      }
      @SocketNamespace('/x', { settings })
      class Chat extends Base {
        private readonly own = ['own'];
        private later?: string;
        private readonly bound = (): string => this.name;

        created() {
          seen.push(this.history.get('lobby'), this.state, this.own, this.bound());
          this.state = 'created';
          this.later = 'created';
        }

        @SocketEvent()
        read() {
          return [this.state, this.later, this.history.size];
        }
      }
      const [client] = await serve(Chat, '/x');

      expect(seen).to.deep.equal([1, 'fresh', ['own'], 'chat']);
      expect(await resultOf(client!, 'read')).to.deep.equal(['created', 'created', 1]);
    });

    it('has set the fields of a subclass of a gateway too', async () => {
      const seen: unknown[] = [];
      @SocketNamespace('/base', { settings })
      class Base extends SocketGateway {
        protected readonly first: string = 'base';

        created() {
          seen.push([this.name, this.first]);
        }
      }
      @SocketNamespace('/x', { settings })
      class Chat extends Base {
        protected override readonly first = 'chat';
        readonly second = 'second';

        override created() {
          super.created();
          seen.push(this.second);
        }
      }
      newBroker([Base, Chat]);

      expect(seen).to.deep.equal([['base', 'base'], ['chat', 'chat'], 'second']);
    });

    it('shares no fields between the instances of two brokers', async () => {
      @SocketNamespace('/x', { settings })
      class Chat extends SocketGateway {
        private readonly said: string[] = [];

        @SocketEvent()
        say(@MessageBody() text: string) {
          this.said.push(text);
          return this.said;
        }
      }
      const [[first], [second]] = await Promise.all([serve(Chat, '/x'), serve(Chat, '/x')]);

      expect(await resultOf(first!, 'say', 'one')).to.deep.equal(['one']);
      expect(await resultOf(second!, 'say', 'two')).to.deep.equal(['two']);
    });

    it('runs every turn of its life once, the nearest one in the chain', async () => {
      const turns: string[] = [];
      abstract class Base extends SocketGateway {
        merged() {
          turns.push('merged');
        }

        created() {
          turns.push('base created');
        }

        async started() {
          turns.push('base started');
        }

        async stopped() {
          turns.push('stopped');
        }
      }
      @SocketNamespace('/x', { settings })
      class Chat extends Base {
        override created() {
          turns.push('created');
        }

        override async started() {
          await super.started();
          turns.push('started');
        }
      }
      const { broker } = await start(Chat);
      expect(turns).to.deep.equal(['merged', 'created', 'base started', 'started']);

      await broker.stop();
      expect(turns.slice(4)).to.deep.equal(['stopped']);
    });

    it('may have a constructor of its own', async () => {
      @SocketNamespace('/x', { settings })
      class Chat extends SocketGateway {
        private readonly made: string;

        constructor(...args: ConstructorParameters<typeof SocketGateway>) {
          super(...args);
          this.made = `made before ${this.name}`;
        }

        @SocketEvent()
        read() {
          return [this.made, this.name];
        }
      }
      const [client] = await serve(Chat, '/x');

      expect(await resultOf(client!, 'read')).to.deep.equal(['made before undefined', 'chat']);
    });

    it('is an instance of its classes, with its static members', async () => {
      abstract class Base extends SocketGateway {
        static readonly kind = 'base';
      }
      @SocketNamespace('/x', { settings })
      class Chat extends Base {
        static create() {
          return this.kind;
        }
      }
      const broker = newBroker(Chat);
      const [gateway] = broker.services.filter(({ name }) => name === 'chat');

      expect(gateway).to.be.instanceOf(Chat);
      expect(gateway).to.be.instanceOf(Base);
      expect(gateway).to.be.instanceOf(SocketGateway);
      expect(gateway!.constructor).to.equal(Chat);
      expect(Chat.create()).to.equal('base');
      expect(Chat.name).to.equal('Chat');
    });
  });

  describe('without a @SocketNamespace of its own', () => {
    function registering(...registered: Registered[]): unknown {
      const broker = newBroker([]);
      try {
        for (const type of registered) broker.createService(type as never);
      } catch (error) {
        return error;
      }
      return undefined;
    }

    it('a class cannot be registered, though its base can', () => {
      @SocketNamespace('/x', { settings })
      class Chat extends SocketGateway {}
      class Talk extends Chat {}
      const error = registering(Talk) as Error;

      expect(error).to.be.instanceOf(DeclarationError);
      expect(error.message)
        .to.match(/\bTalk: .*@SocketNamespace/)
        .and.not.to.match(/\bChat\b/);
      expect(registering(Chat)).to.equal(undefined);
    });

    it('neither can one whose base was never decorated', () => {
      class Plain extends SocketGateway {
        @SocketEvent()
        send() {
          return 1;
        }
      }
      const error = registering(Plain) as Error;

      expect(error).to.be.instanceOf(DeclarationError);
      expect(error.message).to.match(/\bPlain: .*@SocketNamespace/);
    });

    it('nor one with a lifecycle, fields or a guard of its own', () => {
      @SocketNamespace('/x', { settings })
      class Chat extends SocketGateway {}
      @Authorize()
      class Guarded extends Chat {
        readonly field = 1;

        created() {
          throw new Error('created() ran');
        }
      }
      const error = registering(Guarded) as Error;

      expect(error).to.be.instanceOf(DeclarationError);
      expect(error.message).to.match(/\bGuarded: .*@SocketNamespace/);
    });

    it('leaves nothing behind that would keep others from the namespace', async () => {
      @SocketNamespace('/x', { settings })
      class Chat extends SocketGateway {
        @SocketEvent()
        ping() {
          return 'pong';
        }
      }
      class Talk extends Chat {}
      expect(registering(Talk)).to.be.instanceOf(DeclarationError);
      const [client] = await serve(Chat, '/x');

      expect(await resultOf(client!, 'ping')).to.equal('pong');
    });
  });

  it('reports what is wrong with a class when it is registered', () => {
    @SocketNamespace('chat', { settings })
    class Chat extends SocketGateway {
      @SocketEvent('')
      send() {
        return 1;
      }
    }

    expect(() => newBroker(Chat))
      .to.throw(DeclarationError)
      .with.property('problems')
      .that.has.length(2);
  });
});
