import { expect } from 'chai';
import type { Socket as ServerSocket } from 'socket.io';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  OnBeforeCall,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { ask, connect, newClient, refused, start, type Client, type Running } from '../support/run-in-memory';
import { shareGateway } from '../support/run-in-memory';

const settings = { port: 0 };

/** A gateway whose users say themselves who they are. */
abstract class TrustingGateway extends SocketGateway {
  @Authenticate()
  authenticate(socket: ServerSocket) {
    return socket.handshake.auth['user'];
  }
}

const as = (running: Running, user?: unknown): Promise<Client> => connect(running, '/x', { auth: { user } });
const codeOf = async (client: Client, event: string, ...args: unknown[]): Promise<number | null> =>
  (await ask(client, event, ...args)).error?.code ?? null;

describe('authorization', () => {
  let ran: string[];
  beforeEach(() => {
    ran = [];
  });

  describe('of an event', () => {
    @SocketNamespace('/x', { settings })
    class GuardedGateway extends TrustingGateway {
      @SocketEvent()
      open() {
        ran.push('open');
      }
      @Authorize()
      @SocketEvent()
      users() {
        ran.push('users');
      }
      @Authorize('admin', 'editor')
      @SocketEvent()
      roles() {
        ran.push('roles');
      }
      @Authorize('admin')
      @Authorize('editor')
      @SocketEvent()
      stacked() {
        ran.push('stacked');
      }
      @Authorize((ctx: SocketContext) => (ctx.meta.user as any).age >= 18)
      @SocketEvent()
      policy() {
        ran.push('policy');
      }
      @Authorize(
        'admin',
        async (ctx: SocketContext) => (ctx.params as any).ok,
        (ctx: SocketContext) => ctx.event === 'mixed',
      )
      @SocketEvent()
      mixed() {
        ran.push('mixed');
      }
      @Authorize('admin')
      @SocketEvent('proxy', { whitelist: ['math.*'] })
      proxy!: ActionProxy;
      @SocketEvent()
      promote(ctx: SocketContext) {
        ctx.meta.user = ctx.params;
      }
      @Authorize('admin')
      @SocketEvent('*')
      rest() {
        ran.push('rest');
      }
    }
    const math = { name: 'math', actions: { one: () => 1 } };
    const guarded = shareGateway([GuardedGateway, math]);

    const cases: [user: unknown, Record<string, number | null>][] = [
      [
        undefined,
        { open: null, users: 401, roles: 401, stacked: 401, policy: 401, mixed: 401, anything: 401 },
      ],
      [
        { id: 1 },
        { open: null, users: null, roles: 403, stacked: 403, policy: 403, mixed: 403, anything: 403 },
      ],
      [{ role: 'admin' }, { roles: null, stacked: 403, mixed: 403, anything: null }],
      [{ role: 'editor' }, { roles: null, stacked: 403, anything: 403 }],
      [{ roles: ['admin', 'editor'] }, { roles: null, stacked: null, anything: null }],
      [
        { roles: ['admin'], role: 'editor' },
        { roles: null, stacked: null },
      ],
      [{ roles: 'admin' }, { roles: null, stacked: 403 }],
      [{ role: ['admin'] }, { roles: null }],
      [{ roles: ['Admin', 'administrator'] }, { roles: 403 }],
      [
        { roles: null, role: null },
        { users: null, roles: 403 },
      ],
      [{ roles: { admin: true, includes: 'admin' } }, { roles: 403 }],
      [{ roles: [['admin']] }, { roles: 403 }],
      [{ roles: 'administrator' }, { roles: 403 }],
      ['admin', { users: null, roles: 403 }],
      [5, { users: null, roles: 403 }],
      [{ age: 18 }, { policy: null }],
      [{ age: 17 }, { policy: 403 }],
    ];
    for (const [user, expected] of cases) {
      it(`lets ${JSON.stringify(user) ?? 'nobody'} do what they may`, async () => {
        const client = await as(await guarded(), user);
        for (const [event, code] of Object.entries(expected)) {
          ran = [];
          expect(await codeOf(client, event), event).to.equal(code);
          expect(ran, event).to.deep.equal(code === null ? [event === 'anything' ? 'rest' : event] : []);
        }
      });
    }

    it('says who and why', async () => {
      const running = await guarded();
      expect((await ask(await as(running), 'users')).error).to.include({
        name: 'UnAuthorizedError',
        code: 401,
        message: 'Unauthorized',
      });
      expect((await ask(await as(running, { id: 1 }), 'roles')).error).to.include({
        name: 'ForbiddenError',
        code: 403,
        message: 'Forbidden',
      });
    });

    it('asks for all: roles and every policy', async () => {
      const running = await guarded();
      const admin = await as(running, { role: 'admin' });
      expect(await codeOf(admin, 'mixed', { ok: true })).to.equal(null);
      expect(await codeOf(admin, 'mixed', { ok: false })).to.equal(403);
      expect(await codeOf(await as(running, { role: 'user' }), 'mixed', { ok: true })).to.equal(403);
    });

    it('holds for actions that clients call', async () => {
      const running = await guarded();
      expect(await codeOf(await as(running), 'proxy', 'math.one')).to.equal(401);
      expect(await codeOf(await as(running, { id: 1 }), 'proxy', 'math.one')).to.equal(403);
      expect((await ask(await as(running, { role: 'admin' }), 'proxy', 'math.one')).result).to.equal(1);
    });

    it('looks at the user of the moment', async () => {
      const client = await as(await guarded());
      expect(await codeOf(client, 'roles')).to.equal(401);
      await ask(client, 'promote', { role: 'admin' });
      expect(await codeOf(client, 'roles')).to.equal(null);
      await ask(client, 'promote', null);
      expect(await codeOf(client, 'roles')).to.equal(401);
    });

    it('is not asked where the client wants no answer either', async () => {
      const client = await as(await guarded());
      client.emit('users');
      await ask(client, 'open');
      expect(ran).to.deep.equal(['open']);
    });
  });

  describe('by a policy that fails', () => {
    let policy: () => any;

    @SocketNamespace('/x', { settings })
    class PolicyGateway extends TrustingGateway {
      @Authorize(() => policy())
      @SocketEvent()
      guarded() {
        ran.push('guarded');
      }
    }
    const running = shareGateway(PolicyGateway);

    for (const value of [false, undefined, null, 0, '', NaN]) {
      it(`denies where it returns ${String(value)}, or promises it`, async () => {
        const client = await as(await running(), { id: 1 });
        policy = () => value;
        expect(await codeOf(client, 'guarded')).to.equal(403);
        policy = async () => value;
        expect(await codeOf(client, 'guarded')).to.equal(403);
        expect(ran).to.deep.equal([]);
      });
    }
    for (const make of [() => new Error('secret'), () => null, () => undefined, () => 'secret']) {
      it(`denies where it throws, or rejects with, ${String(make())}`, async () => {
        const client = await as(await running(), { id: 1 });
        for (const fail of [
          () => {
            throw make();
          },
          () => Promise.reject(make()),
        ]) {
          policy = fail;
          const { error } = await ask(client, 'guarded');
          expect(error.code).to.be.oneOf([403, 500]);
          expect(JSON.stringify(error)).not.to.include('secret');
        }
        expect(ran).to.deep.equal([]);
      });
    }
    it('has the service as this, and may ask it', async () => {
      @SocketNamespace('/x', { settings })
      class AskingGateway extends TrustingGateway {
        readonly allowed = 5;
        @Authorize(function (this: any, ctx: SocketContext) {
          return ctx.params === this.allowed;
        } as never)
        @SocketEvent()
        guarded() {}
      }
      const client = await as(await start(AskingGateway), { id: 1 });
      expect(await codeOf(client, 'guarded', 5)).to.equal(null);
      expect(await codeOf(client, 'guarded', 6)).to.equal(403);
    });
    it('is not called without a user', async () => {
      policy = () => ran.push('policy');
      expect(await codeOf(await as(await running()), 'guarded')).to.equal(401);
      expect(ran).to.deep.equal([]);
    });
  });

  describe('of a class', () => {
    @Authorize('member')
    @SocketNamespace('/x', { settings })
    class MembersGateway extends TrustingGateway {
      @SocketEvent()
      inherited() {
        ran.push('inherited');
      }
      @Authorize('admin')
      @SocketEvent()
      stricter() {
        ran.push('stricter');
      }
      @SocketEvent('*')
      rest() {
        ran.push('rest');
      }
      @SocketEvent('proxy', { whitelist: ['$node.*'] })
      proxy!: ActionProxy;
      @SocketEvent()
      change(ctx: SocketContext) {
        ctx.meta.user = ctx.params;
      }
    }
    const members = shareGateway(MembersGateway);

    it('refuses clients at the connection: 401 without a user, 403 without the role', async () => {
      const running = await members();
      const anonymous = await refused(newClient(running));
      expect(anonymous.data).to.include({ name: 'UnAuthorizedError', code: 401 });
      const stranger = await refused(newClient(running, '/x', { auth: { user: { id: 1 } } }));
      expect(stranger.data).to.include({ name: 'ForbiddenError', code: 403 });
      await as(running, { role: 'member' });
    });

    it('guards every event, the catch-all and proxies included, also after a logout', async () => {
      const client = await as(await members(), { role: 'member' });
      expect(await codeOf(client, 'inherited')).to.equal(null);
      expect(await codeOf(client, 'anything')).to.equal(null);
      expect(await codeOf(client, 'stricter')).to.equal(403);
      await ask(client, 'change', { id: 1 });
      ran = [];
      for (const event of ['inherited', 'anything', 'stricter'])
        expect(await codeOf(client, event), event).to.equal(403);
      expect(await codeOf(client, 'proxy', '$node.list')).to.equal(403);
      expect(ran).to.deep.equal([]);
    });

    it('and of an event must both hold', async () => {
      const running = await members();
      expect(await codeOf(await as(running, { roles: ['member', 'admin'] }), 'stricter')).to.equal(null);
    });

    it('asks its policies at the connection and at every event', async () => {
      let asked = 0;

      @Authorize((ctx: SocketContext) => {
        asked++;
        return ctx.params !== 'no';
      })
      @SocketNamespace('/x', { settings })
      class PolicyGateway extends TrustingGateway {
        @SocketEvent()
        event() {}
        @SocketEvent('*')
        rest() {}
      }
      const client = await as(await start(PolicyGateway), { id: 1 });
      expect(asked).to.equal(1);
      expect(await codeOf(client, 'event', 'yes')).to.equal(null);
      expect(await codeOf(client, 'event', 'no')).to.equal(403);
      expect(await codeOf(client, 'anything', 'no')).to.equal(403);
      expect(asked).to.equal(4);
    });

    it('does not say which events there are', async () => {
      @Authorize()
      @SocketNamespace('/x', { settings })
      class QuietGateway extends TrustingGateway {
        @SocketEvent()
        event() {}
        @AllowAnonymous()
        @SocketEvent()
        login(ctx: SocketContext) {
          ctx.meta.user = { id: 1 };
        }
      }
      const client = await as(await start(QuietGateway));
      expect(await codeOf(client, 'event')).to.equal(401);
      expect(await codeOf(client, 'unheard-of')).to.be.oneOf([401, 404]);
    });
  });

  describe('@AllowAnonymous()', () => {
    @Authorize('member')
    @SocketNamespace('/x', { settings })
    class LoginGateway extends TrustingGateway {
      @AllowAnonymous()
      @SocketEvent()
      login(ctx: SocketContext) {
        ctx.meta.user = ctx.params;
      }
      @SocketEvent()
      members() {
        ran.push('members');
      }
      @AllowAnonymous()
      @Authorize('admin')
      @SocketEvent()
      admins() {
        ran.push('admins');
      }
    }

    it('lets anonymous clients in, to such events only', async () => {
      const client = await as(await start(LoginGateway));
      expect(await codeOf(client, 'members')).to.equal(401);
      expect(await codeOf(client, 'admins'), 'its own guard still holds').to.equal(401);
      expect(await codeOf(client, 'login', { role: 'member' })).to.equal(null);
      expect(await codeOf(client, 'members')).to.equal(null);
      expect(await codeOf(client, 'admins')).to.equal(403);
      expect(await codeOf(client, 'login', { role: 'admin' })).to.equal(null);
      expect(await codeOf(client, 'admins'), 'exempt from the guard of the class').to.equal(null);
      expect(await codeOf(client, 'members')).to.equal(403);
    });
  });

  describe('and validation', () => {
    it('comes first: who may not do it is not told what is wrong with the payload', async () => {
      @SocketNamespace('/x', { settings })
      class OrderedGateway extends TrustingGateway {
        @Authorize('admin')
        @SocketEvent('create', { payload: String, params: { $$root: true, type: 'string', min: 3 } as never })
        create() {}
        @OnBeforeCall()
        before() {
          ran.push('before');
        }
      }
      const running = await start(OrderedGateway);
      expect(await codeOf(await as(running), 'create', 5)).to.equal(401);
      expect(await codeOf(await as(running, { id: 1 }), 'create', 5)).to.equal(403);
      expect(ran).to.deep.equal([]);
      expect(await codeOf(await as(running, { role: 'admin' }), 'create', 5)).to.equal(422);
    });
  });

  describe('of a class that is extended', () => {
    @Authorize('member')
    @SocketNamespace('/x', { settings })
    class BaseGateway extends TrustingGateway {
      @Authorize('admin')
      @SocketEvent()
      kept() {
        ran.push('base');
      }
      @Authorize('admin')
      @SocketEvent()
      replaced() {
        ran.push('base');
      }
    }
    @SocketNamespace('/x', { settings })
    class ExtendedGateway extends BaseGateway {
      override kept() {
        ran.push('extended');
      }
      @Authorize('owner')
      override replaced() {
        ran.push('extended');
      }
    }

    it('is inherited, also by an override that declares no guard of its own', async () => {
      const running = await start(ExtendedGateway);
      expect((await refused(newClient(running))).data.code).to.equal(401);
      expect(await codeOf(await as(running, { role: 'member' }), 'kept')).to.equal(403);
      expect(await codeOf(await as(running, { roles: ['member', 'admin'] }), 'kept')).to.equal(null);
      expect(ran).to.deep.equal(['extended']);
    });

    it('is replaced by that of an override', async () => {
      const running = await start(ExtendedGateway);
      expect(await codeOf(await as(running, { roles: ['member', 'admin'] }), 'replaced')).to.equal(403);
      expect(await codeOf(await as(running, { roles: ['member', 'owner'] }), 'replaced')).to.equal(null);
    });
  });
});
