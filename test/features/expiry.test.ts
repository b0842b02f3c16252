import { expect } from 'chai';
import type { Socket as ServerSocket } from 'socket.io';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { problemsOf } from '../compiler/problems-of';
import {
  ask,
  CollectingLogger,
  connect,
  newClient,
  next,
  refused,
  signal,
  start,
  type Client,
} from '../support/run-in-memory';

const settings = { port: 0 };
/** Milliseconds that suffice to connect, also while other tests run. */
const SOON = 1000;

function gone(client: Client): Promise<string> {
  return new Promise((resolve) => client.once('disconnect', (reason: string) => resolve(reason)));
}

describe('a user who expires', () => {
  /** Is asked when the client connects: what expires soon must not count the time until then. */
  let user: () => unknown;

  @SocketNamespace('/x', { settings })
  @Authorize()
  class TokenGateway extends SocketGateway {
    readonly entered = signal();
    readonly finished = signal<boolean>();

    @Authenticate()
    authenticate() {
      return user();
    }
    @SocketEvent()
    me(ctx: SocketContext) {
      return ctx.meta.user;
    }
    @SocketEvent()
    @AllowAnonymous()
    login(ctx: SocketContext) {
      ctx.meta.user = ctx.params;
    }
    @SocketEvent()
    logout(ctx: SocketContext) {
      ctx.meta.user = null;
    }
    @SocketEvent()
    async slow(ctx: SocketContext) {
      this.entered.fire();
      await new Promise((resolve) => ctx.socket.once('disconnect', resolve));
      this.finished.fire(ctx.socket.connected);
      return 'late';
    }
  }

  it('is disconnected while idle, by exp in seconds', async () => {
    const logger = new CollectingLogger();
    const running = await start(TokenGateway, { logger });
    user = () => ({ id: 1, exp: (Date.now() + SOON) / 1000 });
    const expiring = await connect(running);
    user = () => ({ id: 2, exp: Date.now() / 1000 + 3600 });
    const staying = await connect(running);
    const { id } = expiring;
    expect(await gone(expiring)).to.equal('io server disconnect');
    expect((await ask(staying, 'me')).result).to.include({ id: 2 });
    const [line] = logger.having('its user has expired');
    expect(line?.text).to.match(
      new RegExp(`TokenGateway: ${id} of \\S*127\\.0\\.0\\.1 is disconnected: its user has expired`),
    );
  });

  it('is disconnected while a call runs; the call goes on, and nothing is answered', async () => {
    const running = await start(TokenGateway);
    user = () => ({ exp: (Date.now() + SOON) / 1000 });
    const client = await connect(running);
    let answered = false;
    client.emit('slow', () => (answered = true));
    await gone(client);
    const gateway = running.gateway as unknown as TokenGateway;
    expect(await gateway.finished).to.equal(false);
    expect(answered).to.equal(false);
  });

  it('does not get in', async () => {
    const running = await start(TokenGateway);
    for (const exp of [0, -1, Date.now() / 1000 - 1, NaN]) {
      user = () => ({ exp });
      const { data } = await refused(newClient(running));
      expect(data).to.deep.equal({
        name: 'UnAuthorizedError',
        message: 'Unauthorized',
        code: 401,
        type: 'USER_EXPIRED',
      });
    }
  });

  it('stays for as long as the next login says', async () => {
    const running = await start(TokenGateway);
    user = () => ({ id: 1, exp: (Date.now() + SOON) / 1000 });
    const renewed = await connect(running);
    user = () => ({ id: 2, exp: (Date.now() + SOON) / 1000 });
    const other = await connect(running);
    await ask(renewed, 'login', { id: 1, exp: Date.now() / 1000 + 3600 });
    await gone(other);
    // A timer of the same moment would have fired by now.
    expect((await ask(renewed, 'me')).result).to.include({ id: 1 });
    await ask(renewed, 'login', { id: 1, exp: (Date.now() + SOON) / 1000 });
    await gone(renewed);
  });

  it('cannot log in: who was there stays', async () => {
    const running = await start(TokenGateway);
    user = () => ({ id: 1 });
    const client = await connect(running);
    const { error } = await ask(client, 'login', { id: 2, exp: 5 });
    expect(error).to.include({ code: 401, type: 'USER_EXPIRED' });
    expect((await ask(client, 'me')).result).to.deep.equal({ id: 1 });
  });

  it('does not take the connection of who has logged out before', async () => {
    const running = await start(TokenGateway);
    user = () => ({ id: 1, exp: (Date.now() + SOON) / 1000 });
    const [client, other] = [await connect(running), await connect(running)];
    await ask(client, 'logout');
    await gone(other);
    expect((await ask(client, 'login', { id: 3 })).error).to.equal(null);
  });

  it('does not expire by an exp that is no number', async () => {
    const running = await start(TokenGateway);
    for (const exp of ['1', null, {}, true]) {
      user = () => ({ exp });
      expect((await ask(await connect(running), 'me')).result).to.deep.equal({ exp });
    }
  });

  it('may expire after more than the longest timer', async () => {
    const running = await start(TokenGateway);
    user = () => ({ id: 1, exp: Date.now() / 1000 + 90 * 24 * 3600 });
    const client = await connect(running);
    expect((await ask(client, 'me')).result).to.include({ id: 1 });
  });

  describe('by expiresAt', () => {
    let expiresAt: (user: any) => any;

    @SocketNamespace('/x', { settings })
    class AccountGateway extends SocketGateway {
      readonly limit = 1;
      @Authenticate({
        expiresAt(this: AccountGateway, one: any) {
          return expiresAt.call(this, one);
        },
      })
      authenticate() {
        return { id: 1, exp: 1 };
      }
      @SocketEvent()
      me(ctx: SocketContext) {
        return ctx.meta.user;
      }
    }

    it('is disconnected at a Date, or at milliseconds since the epoch', async () => {
      for (const from of [(ms: number) => new Date(ms), (ms: number) => ms]) {
        let at: Date | number | undefined;
        expiresAt = () => (at ??= from(Date.now() + SOON));
        await gone(await connect(await start(AccountGateway)));
        expect(Date.now()).to.be.at.least(Number(at));
      }
    });

    it('and not by exp: undefined is never', async () => {
      expiresAt = () => undefined;
      expect((await ask(await connect(await start(AccountGateway)), 'me')).result).to.include({ exp: 1 });
    });

    it('has the user, and the service as this', async () => {
      const seen: unknown[] = [];
      expiresAt = function (this: any, one) {
        seen.push([this.limit, one]);
        return undefined;
      };
      await connect(await start(AccountGateway));
      expect(seen).to.deep.include([1, { id: 1, exp: 1 }]);
    });

    it('is refused where it says what is no time, or throws, and the log says why', async () => {
      const logger = new CollectingLogger();
      const running = await start(AccountGateway, { logger });
      const answers: (() => unknown)[] = [
        () => '2030-01-01',
        () => new Date(NaN),
        () => NaN,
        () => Promise.resolve(5),
        () => {
          throw new Error('secret');
        },
      ];
      for (const answer of answers) {
        expiresAt = answer;
        const { message, data } = await refused(newClient(running));
        expect(message).to.equal('Unauthorized');
        expect(data.code).to.equal(401);
      }
      expect(logger.having('expiresAt of AccountGateway.authenticate must return a Date')).to.have.length(4);
      expect(logger.having('secret')).to.have.length(1);
    });

    it('must be a function', () => {
      @SocketNamespace('/x')
      class WrongGateway extends SocketGateway {
        @Authenticate({ expiresAt: 5, expiry: 1 } as object)
        authenticate() {}
      }
      expect(problemsOf(WrongGateway)).to.deep.equal([
        'WrongGateway.authenticate: expiresAt must be a function of the user: @Authenticate({ expiresAt: (user) => user.validUntil })',
        'WrongGateway.authenticate: @Authenticate has no option expiry; there are room and expiresAt',
      ]);
    });
  });

  it('of moleculer-io settings is one too', async () => {
    const service = {
      name: 'io',
      mixins: [SocketIOService],
      settings: { port: 0, io: { namespaces: { '/': { authorization: true, events: { call: {} } } } } },
      methods: { socketAuthorize: () => ({ id: 1, exp: (Date.now() + SOON) / 1000 }) },
    };
    const running = await start(service as never);
    await gone(await connect(running, '/'));
  });
});

describe('the rooms of a user', () => {
  @SocketNamespace('/x', { settings })
  class RoomGateway extends SocketGateway {
    @Authenticate({ room: (user: any) => `inbox:${user.id}` })
    authenticate(socket: ServerSocket) {
      return socket.handshake.auth['user'];
    }
    @SocketEvent()
    login(ctx: SocketContext) {
      ctx.meta.user = ctx.params;
    }
    @SocketEvent()
    rooms(ctx: SocketContext) {
      return [...ctx.socket.rooms].filter((room) => room.startsWith('inbox:'));
    }
  }

  it('follow a user who logs in and out', async () => {
    const running = await start(RoomGateway);
    const client = await connect(running);
    const rooms = async (): Promise<unknown> => (await ask(client, 'rooms')).result;
    expect(await rooms()).to.deep.equal([]);
    await ask(client, 'login', { id: 1 });
    expect(await rooms()).to.deep.equal(['inbox:1']);
    await ask(client, 'login', { id: 2 });
    expect(await rooms()).to.deep.equal(['inbox:2']);
    await ask(client, 'login', null);
    expect(await rooms()).to.deep.equal([]);
  });

  it('are left before the ack of the logout: nothing meant for the user comes after it', async () => {
    const running = await start(RoomGateway);
    const client = await connect(running, '/x', { auth: { user: { id: 1 } } });
    const heard: unknown[] = [];
    client.on('mail', (text) => heard.push(text));
    await ask(client, 'login', null);
    running.gateway.namespaces.get('/x')?.to('inbox:1').emit('mail', 'secret');
    running.gateway.namespaces.get('/x')?.emit('end');
    await next(client, 'end');
    expect(heard).to.deep.equal([]);
  });
});
