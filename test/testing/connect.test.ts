import { expect } from 'chai';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  NamespaceMiddleware,
  NspParam,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { ClientError, testGateway, type Registered, type TestGatewayOptions } from '../../src/testing';
import { afterwards } from '../support/endings';
import { ChatGateway, USERS } from './chat-gateway';
import { failureOf, startChat } from './start-chat';

const ADMIN = { id: 7, name: 'Bob', roles: ['admin'] };

async function run(gateway: Registered, options?: TestGatewayOptions) {
  const running = await testGateway(gateway, options);
  afterwards(() => running.close());
  return running;
}

describe('testing: connect', () => {
  it('goes through @Authenticate, with the services that it calls', async () => {
    const chat = await startChat();
    const ann = await chat.connect({ auth: { token: 'ann' } });
    expect(await ann.emit('me')).to.deep.equal({ id: 1, name: 'Ann' });
  });

  it('throws what the gateway refuses with', async () => {
    const chat = await startChat();
    const error = await failureOf(chat.connect({ auth: { token: 'eve' } }));
    expect(error).to.be.instanceOf(ClientError);
    expect(error).to.include({ name: 'UnAuthorizedError', code: 401, type: 'NO_USER' });
    expect(error.stack).to.match(/^UnAuthorizedError: .*\n(.*\n)?.*connect\.test\.ts/);
  });

  it('skips authentication for a user, and only that', async () => {
    const chat = await startChat();
    const bob = await chat.connect({ user: ADMIN });
    expect(await bob.emit('me')).to.deep.equal(ADMIN);
    expect(await bob.emit('secret')).to.equal(42);
    expect(await failureOf(bob.emit('onlyAnn'))).to.include({ code: 403, type: 'POLICY' });

    const cid = await chat.connect({ user: { id: 8 } });
    expect(await failureOf(cid.emit('secret'))).to.include({
      name: 'ForbiddenError',
      code: 403,
      type: 'MISSING_ROLE',
    });
  });

  it('takes null for an anonymous client, whom the guard of the class refuses', async () => {
    const chat = await startChat();
    for (const user of [null, undefined])
      expect(await failureOf(chat.connect({ auth: { token: 'ann' }, user }))).to.include({ code: 401 });
  });

  it('refuses a user who has expired', async () => {
    const chat = await startChat();
    const error = await failureOf(chat.connect({ user: { id: 1, exp: Date.now() / 1000 - 1 } }));
    expect(error).to.include({ code: 401, type: 'USER_EXPIRED' });
  });

  it('takes a user to the room that @Authenticate names', async () => {
    @SocketNamespace('/mail')
    class MailGateway extends SocketGateway {
      @Authenticate({ room: ({ id }: { id: number }) => `inbox:${id}` })
      authenticate(): unknown {
        throw new Error('not asked');
      }
    }
    const mail = await run(MailGateway);
    const ann = await mail.connect({ user: { id: 3 } });
    expect(mail.rooms(ann)).to.deep.equal(['inbox:3']);
    const error = await failureOf(mail.connect());
    expect(error).to.include({ code: 401 });
  });

  it('logs a user in where the gateway has no @Authenticate', async () => {
    @SocketNamespace('/open')
    class OpenGateway extends SocketGateway {
      @SocketEvent()
      me(ctx: SocketContext) {
        return ctx.meta.user;
      }
    }
    const open = await run(OpenGateway);
    expect(await (await open.connect({ user: { id: 1 } })).emit('me')).to.deep.equal({ id: 1 });
    expect(await (await open.connect()).emit('me')).to.equal(null);
  });

  it('keeps everything else of the handshake: middlewares, limits, rates by address', async () => {
    @SocketNamespace('/x', { limits: { handshakeTimeout: 60, connections: { points: 2, duration: 60 } } })
    @Authorize()
    class GuardedGateway extends SocketGateway {
      @Authenticate()
      authenticate() {
        return { id: 1 };
      }
      @NamespaceMiddleware()
      async check(socket: Socket, next: (error?: Error) => void) {
        const { query } = socket.handshake;
        if (query['slow']) return;
        next(query['banned'] ? Object.assign(new Error('banned'), { data: { until: 'noon' } }) : undefined);
      }
    }
    const x = await run(GuardedGateway);
    const user = { id: 1 };
    const banned = await failureOf(x.connect({ user, query: { banned: '1' }, address: '10.0.0.1' }));
    expect(banned).to.include({ message: 'banned', code: undefined });
    expect(banned.data).to.deep.equal({ until: 'noon' });
    const slow = await failureOf(x.connect({ user, query: { slow: '1' }, address: '10.0.0.1' }));
    expect(slow).to.include({ type: 'HANDSHAKE_TIMEOUT' });
    expect(await failureOf(x.connect({ user, address: '10.0.0.1' }))).to.include({ code: 429 });
    await x.connect({ user, address: '10.0.0.2' });
  });

  it('shows the gateway the address of the client', async () => {
    const chat = await startChat();
    const ann = await chat.connect({ user: ADMIN });
    expect(await ann.received('hello')).to.deep.equal(['127.0.0.1']);
    const bob = await chat.connect({ user: ADMIN, address: '2001:db8::7' });
    expect(await bob.received('hello')).to.deep.equal(['2001:db8::7']);
  });

  for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
    it(`takes the options of socket.io-client: transports ${transports.join(', ')}`, async () => {
      const chat = await startChat();
      const [ann, bob] = await Promise.all([
        chat.connect({ auth: { token: 'ann' }, transports }),
        chat.connect({ user: ADMIN, transports }),
      ]);
      await Promise.all([ann.emit('join', { room: 'tea' }), bob.emit('join', { room: 'tea' })]);
      const message = { room: 'tea', text: 'hi' };
      expect(await ann.emit('message', message)).to.deep.equal({ id: 1 });
      expect(await bob.received('message')).to.deep.equal([message]);
      expect(bob.socket.io.opts.transports).to.deep.equal(transports);
    });
  }

  it('refuses an origin as the server does, over every transport', async () => {
    const chat = await startChat({ settings: { cors: { origin: 'https://chat.example' } } });
    for (const [transport, code] of [
      ['websocket', 400],
      ['polling', 403],
    ] as const) {
      const options = { user: ADMIN, transports: [transport] };
      const error = await failureOf(
        chat.connect({ ...options, extraHeaders: { origin: 'https://evil.example' } }),
      );
      // The status that Engine.IO refuses with.
      expect(error).to.include({ code });
      expect(error.message).to.match(/^the handshake failed: /);
      await chat.connect({ ...options, extraHeaders: { origin: 'https://chat.example' } });
    }
  });

  it('connects to the namespace that is named, with or without its slash', async () => {
    @SocketNamespace(['/tenants/:tenant', '/lobby'])
    class TenantGateway extends SocketGateway {
      @SocketEvent()
      tenant(@NspParam('tenant') tenant: string | undefined) {
        return tenant ?? 'none';
      }
    }
    const tenants = await run(TenantGateway);
    const seven = await tenants.connect({ namespace: '/tenants/7' });
    expect(seven.namespace).to.equal('/tenants/7');
    expect(await seven.emit('tenant')).to.equal('7');
    expect(await (await tenants.connect({ namespace: 'tenants/8' })).emit('tenant')).to.equal('8');
    expect((await tenants.connect()).namespace).to.equal('/lobby');
    const error = await failureOf(tenants.connect({ namespace: '/nowhere' }));
    expect(error).to.be.instanceOf(ClientError);
    expect(error.message).to.equal("Invalid namespace '/nowhere'");
  });

  it('asks for a namespace where the gateway has dynamic ones only', async () => {
    @SocketNamespace('/tenants/:tenant')
    class TenantGateway extends SocketGateway {}
    const tenants = await run(TenantGateway);
    expect(await failureOf(tenants.connect())).to.have.property(
      'message',
      "'tenant' has dynamic namespaces only: name one, { namespace: '/…' }",
    );
  });

  it('connects to a service of SocketIOService', async () => {
    const schema = {
      name: 'io',
      mixins: [SocketIOService],
      settings: {
        io: { namespaces: { '/': { authorization: true, events: { call: { whitelist: ['users.*'] } } } } },
      },
      methods: {
        socketAuthorize: (socket: Socket) =>
          socket.handshake.auth.token === 'ann'
            ? Promise.resolve({ id: 1 })
            : Promise.reject(new Error('who?')),
      },
    };
    const io = await run(schema as never, { services: [USERS] });
    const ann = await io.connect({ auth: { token: 'ann' } });
    expect(await ann.emit('call', 'users.verify', { token: 'ann' })).to.deep.equal({ id: 1, name: 'Ann' });
    expect(await failureOf(io.connect())).to.be.instanceOf(ClientError);
    await io.connect({ user: { id: 9 } });
  });

  it('does not open the way around authentication for a client of the network', async () => {
    const chat = await startChat();
    await chat.connect({ user: ADMIN });
    for (const auth of [{ user: ADMIN }, { assumed: { user: ADMIN } }, { token: { user: ADMIN } }])
      expect(await failureOf(chat.connect({ auth, query: { user: '7' } }))).to.include({ code: 401 });
  });

  it('says so when it is called after close()', async () => {
    const chat = await testGateway(ChatGateway, { services: [USERS] });
    await chat.close();
    expect(await failureOf(chat.connect())).to.have.property('message', 'the gateway is closed');
  });

  it('ends with a message where neither an answer nor a refusal comes', async () => {
    @SocketNamespace('/x')
    class HangingGateway extends SocketGateway {
      @Authenticate()
      authenticate() {
        return new Promise(() => undefined);
      }
    }
    const x = await run(HangingGateway, { timeout: 50 });
    expect(await failureOf(x.connect())).to.have.property(
      'message',
      "the client was neither connected to '/x' nor refused within 50 ms",
    );
  });
});
