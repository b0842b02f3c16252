import { expect } from 'chai';
import { Errors as MoleculerErrors } from 'moleculer';
import type { Socket as ServerSocket } from 'socket.io';
import {
  Authenticate,
  Errors,
  OnCallError,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import {
  afterwards,
  ask,
  CollectingLogger,
  connect,
  connected,
  newBroker,
  newClient,
  next,
  refused,
  signal,
  start,
  type Client,
  type Running,
} from '../support/run-gateway';

const settings = { port: 0 };
const ADA = { id: 7, name: 'Ada', tags: ['a'] };

/** Resolves when a client is refused, or its connection closed before it is in. */
function turnedAway(client: Client): Promise<unknown> {
  return Promise.race([refused(client), new Promise((resolve) => client.io.once('close', resolve))]);
}

describe('authentication', () => {
  let authenticate: (socket: ServerSocket) => unknown;

  @SocketNamespace('/x', { settings })
  class AccountGateway extends SocketGateway {
    @Authenticate({ room: (user: any) => `user:${user.id ?? user}` })
    authenticate(socket: ServerSocket) {
      return authenticate.call(this, socket);
    }
    @SocketEvent()
    me(ctx: SocketContext) {
      return {
        meta: ctx.meta.user ?? null,
        data: ctx.socket.data.user ?? null,
        rooms: [...ctx.socket.rooms],
      };
    }
    @SocketEvent()
    login(ctx: SocketContext) {
      ctx.meta.user = ctx.params;
    }
    @SocketEvent()
    logout(ctx: SocketContext) {
      ctx.meta.user = null;
    }
    @SocketEvent('call', { whitelist: ['account-service.*'] })
    call!: ActionProxy;
  }

  beforeEach(() => {
    authenticate = () => undefined;
  });

  async function alive(running: Running): Promise<void> {
    authenticate = () => undefined;
    expect((await ask(await connect(running), 'logout')).error).to.equal(null);
  }

  describe('@Authenticate()', () => {
    it('makes what it returns the user, and puts the socket into the room', async () => {
      for (const answer of [() => ADA, async () => ADA]) {
        authenticate = answer;
        const client = await connect(await start(AccountGateway));
        const { result } = await ask(client, 'me');
        expect(result).to.deep.equal({ meta: ADA, data: ADA, rooms: result.rooms });
        expect(result.rooms).to.include('user:7').and.to.include(client.id);
      }
    });

    it('is called once, before anything else, with the socket, on the service', async () => {
      const calls: unknown[] = [];
      authenticate = function (this: any, socket) {
        calls.push([this.name, socket.handshake.auth, socket.connected]);
        return ADA;
      };
      const client = await connect(await start(AccountGateway), '/x', { auth: { token: 'abc' } });
      await ask(client, 'me');
      await ask(client, 'me');
      expect(calls).to.deep.equal([['account', { token: 'abc' }, false]]);
    });

    it('makes an anonymous client where it returns nothing', async () => {
      for (const nothing of [undefined, null, false, 0, '']) {
        authenticate = () => nothing;
        const client = await connect(await start(AccountGateway));
        const { result } = await ask(client, 'me');
        expect(result).to.deep.equal({ meta: null, data: null, rooms: [client.id] });
      }
    });

    it('takes any true value for a user', async () => {
      for (const user of ['ada', 5, true, ['ada']]) {
        authenticate = () => user;
        expect((await ask(await connect(await start(AccountGateway)), 'me')).result.meta).to.deep.equal(user);
      }
    });

    const thrown: Record<string, () => unknown> = {
      'an Error': () => new Error('secret'),
      'a MoleculerError': () => new MoleculerErrors.MoleculerError('secret', 409, 'SECRET', { secret: 1 }),
      'a string': () => 'secret',
      null: () => null,
      undefined: () => undefined,
      false: () => false,
      'an object': () => ({ message: 'secret', data: 'secret' }),
      'an Error whose getters throw': () =>
        Object.defineProperty(new Error('secret'), 'code', {
          get() {
            throw new Error('secret');
          },
        }),
    };
    for (const [name, make] of Object.entries(thrown)) {
      it(`refuses with 401 where it throws, or rejects with, ${name}`, async () => {
        const logger = new CollectingLogger();
        const running = await start(AccountGateway, { logger });
        for (const fail of [
          () => {
            throw make();
          },
          () => Promise.reject(make()),
        ]) {
          authenticate = fail;
          const error = await refused(newClient(running));
          expect(error.message).to.equal('Unauthorized');
          expect(error.data).to.include({ name: 'UnAuthorizedError', code: 401 });
          expect(JSON.stringify(error.data)).not.to.include('secret');
        }
        expect(
          logger.lines.filter(({ text }) => text.includes('authenticate')),
          'the reason is in the log',
        ).to.have.length(2);
        await alive(running);
      });
    }

    it('may say more with an UnAuthorizedError', async () => {
      authenticate = () => {
        throw new Errors.UnAuthorizedError('EXPIRED', { since: 5 });
      };
      const error = await refused(newClient(await start(AccountGateway)));
      expect(error.data).to.deep.equal({
        name: 'UnAuthorizedError',
        message: 'Unauthorized',
        code: 401,
        type: 'EXPIRED',
        data: { since: 5 },
      });
    });

    it('may ask a service, also on another node', async () => {
      const users = {
        name: 'users',
        actions: {
          verify: (ctx: any) => {
            if (ctx.params.token !== 'good') throw new Errors.UnAuthorizedError('BAD_TOKEN');
            return ADA;
          },
        },
      };
      const far = newBroker(users, { transporter: 'Fake', nodeID: 'far' });
      await far.start();
      const running = await start(AccountGateway, { transporter: 'Fake', nodeID: 'near' });
      await running.broker.waitForServices('users', 2000, 5);
      authenticate = (socket) =>
        running.broker.call('users.verify', { token: socket.handshake.auth['token'] });
      const client = await connect(running, '/x', { auth: { token: 'good' } });
      expect((await ask(client, 'me')).result.data).to.deep.equal(ADA);
      const error = await refused(newClient(running, '/x', { auth: { token: 'bad' } }));
      expect(error.data).to.include({ code: 401, type: 'BAD_TOKEN' });
    });

    it('refuses where the room cannot be told', async () => {
      const running = await start(AccountGateway);
      authenticate = () =>
        Object.create(
          {},
          {
            id: {
              get: () => {
                throw new Error('secret');
              },
            },
          },
        );
      const error = await refused(newClient(running));
      expect(error.data.code).to.equal(401);
      await alive(running);
    });

    it('refuses in bounded time where it never answers', async () => {
      @SocketNamespace('/x', { settings, limits: { handshakeTimeout: 30 } })
      class ImpatientGateway extends AccountGateway {}
      @SocketNamespace('/free', { settings, limits: { handshakeTimeout: 30 } })
      class FreeGateway extends SocketGateway {}
      authenticate = () => new Promise(() => undefined);
      const running = await start([ImpatientGateway, FreeGateway]);
      await turnedAway(newClient(running));
      // A connection that is in another namespace already stays, and is told.
      const anchor = await connect(running, '/free');
      const error = await refused(anchor.io.socket('/x', {}));
      expect(error.data).to.include({ name: 'ServiceUnavailableError', code: 503 });
      expect(anchor.connected).to.equal(true);
    });

    it('does not let a client in who is only late', async () => {
      @SocketNamespace('/x', { settings, limits: { handshakeTimeout: 30 } })
      class ImpatientGateway extends AccountGateway {}
      const go = signal();
      authenticate = async () => {
        await go;
        return ADA;
      };
      const running = await start(ImpatientGateway);
      await turnedAway(newClient(running));
      go.fire();
      await alive(running);
      const rooms = running.gateway.namespaces.get('/x')!.adapter.rooms;
      expect(rooms.has('user:7'), 'the room holds a socket that was refused').to.equal(false);
    });

    it('leaves nothing behind where the client goes before it is done', async () => {
      const asked = signal();
      const go = signal();
      authenticate = async () => {
        asked.fire();
        await go;
        return ADA;
      };
      const running = await start(AccountGateway);
      const client = newClient(running);
      await asked;
      client.io.engine.close();
      go.fire();
      await alive(running);
      await alive(running);
      const namespace = running.gateway.namespaces.get('/x')!;
      expect(namespace.adapter.rooms.has('user:7'), 'the room holds a socket that is gone').to.equal(false);
    });

    it('is the method socketAuthorize too', async () => {
      @SocketNamespace('/x', { settings })
      class OldGateway extends SocketGateway {
        socketAuthorize() {
          return ADA;
        }
        @SocketEvent()
        me(ctx: SocketContext) {
          return ctx.meta.user ?? null;
        }
      }
      expect((await ask(await connect(await start(OldGateway)), 'me')).result).to.deep.equal(ADA);
    });
  });

  it('is one for each namespace of a connection', async () => {
    @SocketNamespace('/y', { settings })
    class OtherGateway extends AccountGateway {
      override authenticate() {
        return { id: 8 };
      }
    }
    authenticate = () => ADA;
    const running = await start([AccountGateway, OtherGateway]);
    const x = await connect(running, '/x');
    const y = x.io.socket('/y', {});
    afterwards(() => y.disconnect());
    await connected(y);
    expect((await ask(x, 'me')).result.data).to.deep.equal(ADA);
    expect((await ask(y, 'me')).result.data).to.deep.equal({ id: 8 });
    await ask(x, 'logout');
    expect((await ask(x, 'me')).result.data).to.equal(null);
    expect((await ask(y, 'me')).result.data).to.deep.equal({ id: 8 });
  });

  describe('ctx.meta.user', () => {
    const saved: unknown[] = [];

    @SocketNamespace('/x', { settings })
    class SavingGateway extends AccountGateway {
      override socketSaveUser(socket: ServerSocket, user: unknown) {
        saved.push(user);
        return super.socketSaveUser(socket, user);
      }
      @SocketEvent()
      failing(ctx: SocketContext) {
        ctx.meta.user = { id: 666 };
        ctx.meta.$join = 'joined';
        throw new Error('failed');
      }
      @SocketEvent()
      same(ctx: SocketContext) {
        ctx.meta.user = structuredClone(ctx.meta.user);
      }
      @SocketEvent()
      removed(ctx: SocketContext) {
        delete ctx.meta.user;
      }
      @SocketEvent()
      async slow(ctx: SocketContext) {
        entered.fire();
        await go;
        return ctx.meta.user ?? null;
      }
      @SocketEvent()
      rooms(ctx: SocketContext) {
        Object.assign(ctx.meta, ctx.params);
      }
      @SocketEvent()
      recovered(ctx: SocketContext) {
        ctx.meta.user = { id: 666 };
        throw new Error('failed');
      }
      @OnCallError('recovered')
      recover() {
        return 'recovered';
      }
    }
    let entered = signal();
    let go = signal();

    beforeEach(() => {
      saved.length = 0;
      entered = signal();
      go = signal();
      authenticate = () => undefined;
    });

    it('logs in and out', async () => {
      const client = await connect(await start(SavingGateway));
      await ask(client, 'login', ADA);
      expect((await ask(client, 'me')).result).to.deep.include({ meta: ADA, data: ADA });
      await ask(client, 'logout');
      expect((await ask(client, 'me')).result).to.deep.include({ meta: null, data: null });
      expect(saved).to.deep.equal([ADA, null]);
    });

    it('is saved before the ack', async () => {
      const client = await connect(await start(SavingGateway));
      await ask(client, 'login', ADA);
      await ask(client, 'rooms', { $join: ['a', 'b'] });
      expect((await ask(client, 'me')).result.rooms)
        .to.include('a')
        .and.to.include('b');
      await ask(client, 'rooms', { $leave: 'a', $join: 'c' });
      const { rooms } = (await ask(client, 'me')).result;
      expect(rooms).to.include('b').and.to.include('c').and.not.to.include('a');
    });

    it('is saved only where its value has changed', async () => {
      authenticate = () => ADA;
      const client = await connect(await start(SavingGateway));
      saved.length = 0;
      await ask(client, 'same');
      await ask(client, 'me');
      expect(saved).to.deep.equal([]);
      await ask(client, 'removed');
      expect(saved).to.have.length(1);
      expect((await ask(client, 'me')).result.data).to.equal(null);
    });

    it('is saved where a call has changed it in place', async () => {
      @SocketNamespace('/x', { settings })
      class InPlaceGateway extends SavingGateway {
        @SocketEvent()
        rename(ctx: SocketContext) {
          (ctx.meta.user as any).name = 'Grace';
        }
      }
      authenticate = () => ({ ...ADA });
      const client = await connect(await start(InPlaceGateway));
      await ask(client, 'rename');
      expect((await ask(client, 'me')).result.data.name).to.equal('Grace');
    });

    it('is not saved where the call fails, and neither are rooms', async () => {
      authenticate = () => ADA;
      const client = await connect(await start(SavingGateway));
      saved.length = 0;
      expect((await ask(client, 'failing')).error.code).to.equal(500);
      const { result } = await ask(client, 'me');
      expect(result.data).to.deep.equal(ADA);
      expect(result.rooms).not.to.include('joined');
      expect((await ask(client, 'recovered')).result).to.equal('recovered');
      expect((await ask(client, 'me')).result.data).to.deep.equal(ADA);
      expect(saved).to.deep.equal([]);
    });

    it('is not brought back by a slow call that began before the logout', async () => {
      authenticate = () => ADA;
      const client = await connect(await start(SavingGateway));
      saved.length = 0;
      const slow = ask(client, 'slow');
      await entered;
      await ask(client, 'logout');
      go.fire();
      expect((await slow).result).to.deep.equal(ADA);
      expect((await ask(client, 'me')).result.data).to.equal(null);
      expect(saved).to.deep.equal([null]);
    });

    it('is that of the moment in which each event arrives', async () => {
      const client = await connect(await start(SavingGateway));
      await ask(client, 'login', { id: 1 });
      const slow = ask(client, 'slow');
      await entered;
      await ask(client, 'login', { id: 2 });
      go.fire();
      expect((await slow).result).to.deep.equal({ id: 1 });
      expect((await ask(client, 'me')).result.data).to.deep.equal({ id: 2 });
    });

    const remote = {
      name: 'account-service',
      actions: {
        login: (ctx: any) => {
          ctx.meta.user = ADA;
          ctx.meta.$join = ['members'];
          return 'in';
        },
        logout: (ctx: any) => {
          ctx.meta.user = null;
          ctx.meta.$leave = 'members';
          return 'out';
        },
        look: (ctx: any) => ctx.meta.user ?? null,
        failing: (ctx: any) => {
          ctx.meta.user = { id: 666 };
          throw new Error('failed');
        },
        async slow(ctx: any) {
          entered.fire();
          await go;
          return ctx.meta.user;
        },
      },
    };
    for (const where of ['on the same node', 'on another node']) {
      it(`is saved where an action ${where} has set it`, async () => {
        let running: Running;
        if (where === 'on the same node') running = await start([SavingGateway, remote]);
        else {
          await newBroker(remote, { transporter: 'Fake', nodeID: 'far' }).start();
          running = await start(SavingGateway, { transporter: 'Fake', nodeID: 'near' });
          await running.broker.waitForServices('account-service', 2000, 5);
        }
        const client = await connect(running);
        expect((await ask(client, 'call', 'account-service.login')).result).to.equal('in');
        expect((await ask(client, 'me')).result.data).to.deep.equal(ADA);
        expect((await ask(client, 'me')).result.rooms).to.include('members');
        expect((await ask(client, 'call', 'account-service.look')).result).to.deep.equal(ADA);
        expect(saved, 'a copy that came back is no change').to.deep.equal([ADA]);

        await ask(client, 'call', 'account-service.failing');
        expect((await ask(client, 'me')).result.data).to.deep.equal(ADA);

        const slow = ask(client, 'call', 'account-service.slow');
        await entered;
        expect((await ask(client, 'call', 'account-service.logout')).result).to.equal('out');
        go.fire();
        await slow;
        const { result } = await ask(client, 'me');
        expect(result.data).to.equal(null);
        expect(result.rooms).not.to.include('members');
        expect(saved).to.deep.equal([ADA, null]);
      });
    }

    it('cannot be forged by a client', async () => {
      const client = await connect(await start(SavingGateway), '/x', {
        auth: { user: ADA, meta: { user: ADA }, data: { user: ADA } },
        query: { user: 'ada' },
      });
      await ask(client, 'me', { meta: { user: ADA }, user: ADA, ctx: { meta: { user: ADA } } });
      expect((await ask(client, 'me')).result).to.deep.include({ meta: null, data: null });
    });

    it('answers with an error where it cannot be saved', async () => {
      @SocketNamespace('/x', { settings })
      class BrokenGateway extends AccountGateway {
        override socketSaveUser() {
          return Promise.reject(new Error('no disk'));
        }
      }
      const client = await connect(await start(BrokenGateway));
      expect((await ask(client, 'login', ADA)).error.code).to.equal(500);
    });

    it('of a client that has gone does not bring its rooms back', async () => {
      const running = await start(SavingGateway);
      const client = await connect(running);
      const namespace = running.gateway.namespaces.get('/x')!;
      const socket = namespace.sockets.get(client.id!)!;
      const left = new Promise((resolve) => socket.once('disconnect', resolve));
      const run = signal();

      const middleware = async (): Promise<void> => {
        entered.fire();
        await go;
        run.fire();
      };
      (running.gateway as any).socketGetMeta = async (of: ServerSocket) => {
        await middleware();
        return { $socketId: of.id, $rooms: [] };
      };
      client.emit('rooms', { $join: 'ghosts' });
      await entered;
      client.disconnect();
      await left;
      go.fire();
      await run;
      delete (running.gateway as any).socketGetMeta;
      await ask(await connect(running), 'me');
      expect(namespace.adapter.rooms.has('ghosts')).to.equal(false);
    });
  });

  it('is asked again when a client comes back', async () => {
    let count = 0;
    authenticate = () => {
      count++;
      return ADA;
    };
    const running = await start(AccountGateway);
    const client = await connect(running, '/x', { reconnection: true, reconnectionDelay: 10 });
    const again = next(client, 'disconnect').then(() => connected(client));
    client.io.engine.close();
    client.connect();
    await again;
    expect((await ask(client, 'me')).result.data).to.deep.equal(ADA);
    expect(count).to.equal(2);
  });
});
