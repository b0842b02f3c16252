import { inspect } from 'node:util';
import { expect } from 'chai';
import type { Namespace, Socket } from 'socket.io';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type PolicyContext,
  type SocketContext,
  type SocketMiddleware,
} from '../../src';
import {
  ask,
  CollectingLogger,
  connected,
  newClient,
  next,
  refused,
  signal,
  start,
  type Client,
  type Running,
} from '../support/run-in-memory';

const settings = { port: 0 };
const RECOVERY = { connectionStateRecovery: { maxDisconnectionDuration: 60_000 } };

/** What the policy of the tests decides. */
let policy: (ctx: any) => any;
/** What has run for sockets. */
let ran: string[];
/** What the policy was asked with. */
let asked: SocketContext[];

const decide = (ctx: SocketContext) => {
  asked.push(ctx);
  return policy(ctx);
};

abstract class TrustingGateway extends SocketGateway {
  @Authenticate({ room: ({ id }: any) => `inbox:${id}` })
  authenticate(socket: Socket) {
    return socket.handshake.auth['user'];
  }
  @OnConnect()
  connected() {
    ran.push('@OnConnect');
  }
  @SocketEvent()
  hi() {
    return 'hi';
  }
}

@SocketNamespace('/x', { name: 'gateway', settings })
@Authorize(decide as never)
class PolicyGateway extends TrustingGateway {}

const middleware: SocketMiddleware = { socketConnected: () => void ran.push('socketConnected') };
const as = (running: Running, user: unknown, namespace = '/x', transports = ['websocket']): Client =>
  newClient(running, namespace, { auth: { user }, transports });
const namespaceOf = ({ gateway }: Running, name = '/x') => gateway.namespaces.get(name) as Namespace;

describe('policies of a class', () => {
  beforeEach(() => {
    ran = [];
    asked = [];
    policy = () => true;
  });

  describe('at the connection', () => {
    it('admit, or refuse with 403 before anything is run', async () => {
      const running = await start(PolicyGateway, { middlewares: [middleware] });
      policy = ({ meta }) => meta.user.tenant === 'acme';
      const evil = await refused(as(running, { id: 1, tenant: 'evil' }));
      expect(evil.message).to.equal('Forbidden');
      expect(evil.data).to.include({ name: 'ForbiddenError', code: 403, type: 'POLICY' });
      expect(ran).to.deep.equal([]);
      const client = as(running, { id: 2, tenant: 'acme' });
      await connected(client);
      expect((await ask(client, 'hi')).result).to.equal('hi');
      expect(ran).to.deep.equal(['socketConnected', '@OnConnect']);
      expect(asked.map(({ event }) => event)).to.deep.equal([undefined, undefined, 'hi']);
    });

    it('refuse with 401, and are not asked, without a user', async () => {
      const running = await start(PolicyGateway);
      expect((await refused(as(running, undefined))).data).to.include({ code: 401 });
      expect(asked).to.deep.equal([]);
    });

    it('are asked with the context of the socket, on the service', async () => {
      @SocketNamespace('/tenants/:id', { name: 'gateway', settings })
      @Authorize(async function (this: SocketGateway, ctx: PolicyContext) {
        asked.push(ctx as SocketContext);
        ran.push(this.name, await ctx.call<string>('users.who'));
        return true;
      } as never)
      class TenantGateway extends TrustingGateway {}
      const users = { name: 'users', actions: { who: ({ meta }: any) => `user ${meta.user.id}` } };
      const running = await start([TenantGateway, users]);
      const client = as(running, { id: 7 }, '/tenants/acme');
      await connected(client);
      const [ctx] = asked as [SocketContext];
      expect(ran.slice(0, 2)).to.deep.equal(['gateway', 'user 7']);
      expect(ctx).to.include({ event: undefined, namespace: '/tenants/acme' });
      expect(ctx.params).to.deep.equal({});
      expect(ctx.args).to.deep.equal([]);
      expect(ctx.nspParams).to.deep.equal({ id: 'acme' });
      expect(ctx.socket).to.equal(namespaceOf(running, '/tenants/acme').sockets.get(client.id as string));
      expect(ctx.meta).to.deep.include({ $socketId: client.id, user: { id: 7 } });
      expect(ctx.signal.aborted).to.equal(false);
    });

    it('see what an overridden socketGetMeta makes, also of a promise', async () => {
      @SocketNamespace('/x', { name: 'gateway', settings })
      @Authorize(decide as never)
      class MetaGateway extends TrustingGateway {
        override async socketGetMeta(socket: Socket) {
          return { ...(await super.socketGetMeta(socket)), tenant: 'acme' };
        }
      }
      policy = ({ meta }) => meta.tenant === 'acme' && meta.user.id === 7;
      await connected(as(await start(MetaGateway), { id: 7 }));
    });

    for (const value of [false, undefined, null, 0, '', NaN]) {
      it(`refuse where one gives ${String(value)}, or promises it`, async () => {
        const running = await start(PolicyGateway);
        for (const decision of [() => value, async () => value]) {
          policy = decision;
          expect((await refused(as(running, { id: 1 }))).data).to.include({ code: 403 });
        }
      });
    }

    for (const make of [() => new Error('secret'), () => null, () => undefined, () => 'secret', () => ({})]) {
      it(`refuse where one throws, or rejects with, ${inspect(make())}`, async () => {
        const logger = new CollectingLogger();
        const running = await start(PolicyGateway, { logger });
        for (const fail of [
          () => {
            throw make();
          },
          () => Promise.reject(make()),
        ]) {
          policy = fail;
          const { message, data } = await refused(as(running, { id: 1 }));
          expect(data).to.include({ code: 500, type: 'INTERNAL_SERVER_ERROR' });
          expect(JSON.stringify([message, data])).not.to.include('secret');
          expect(logger.having(data.data.requestID)).to.have.length(1);
        }
        expect(ran).to.deep.equal([]);
      });
    }

    it('must all hold: stacked and beside roles, inherited too', async () => {
      const rules: Record<string, boolean> = {};
      const rule = (name: string) => () => {
        ran.push(name);
        return rules[name] as boolean;
      };
      @Authorize('member', rule('first'), rule('second'))
      @Authorize(async () => rule('stacked')())
      @SocketNamespace('/x', { name: 'gateway', settings })
      class BaseGateway extends TrustingGateway {}
      @SocketNamespace('/x', { name: 'gateway', settings })
      class ExtendedGateway extends BaseGateway {}
      const names = ['first', 'second', 'stacked'];
      for (const type of [BaseGateway, ExtendedGateway]) {
        const running = await start(type);
        for (const wrong of [...names, undefined]) {
          for (const name of names) rules[name] = name !== wrong;
          const client = as(running, { id: 1, role: 'member' });
          if (wrong === undefined) await connected(client);
          else expect((await refused(client)).data, wrong).to.include({ code: 403, type: 'POLICY' });
        }
        expect(ran).to.include.members(names);
        ran = [];
        expect((await refused(as(running, { id: 1 }))).data).to.include({ code: 403, type: 'MISSING_ROLE' });
        expect(ran).to.deep.equal([]);
      }
    });

    it('let anonymous clients in where an event is open to them, and judge a user also then', async () => {
      @SocketNamespace('/x', { name: 'gateway', settings })
      @Authorize(decide as never)
      class LoginGateway extends TrustingGateway {
        @AllowAnonymous()
        @SocketEvent()
        login() {}
      }
      const running = await start(LoginGateway);
      policy = () => false;
      const anonymous = as(running, undefined);
      await connected(anonymous);
      expect(asked).to.deep.equal([]);
      expect((await ask(anonymous, 'login')).error).to.equal(null);
      expect((await ask(anonymous, 'hi')).error).to.include({ code: 401 });
      expect((await refused(as(running, { id: 1 }))).data).to.include({ code: 403 });
    });

    it('guard polling clients and other namespaces of a connection, too', async () => {
      @SocketNamespace('/open', { settings })
      class AnyGateway extends SocketGateway {}
      const running = await start([PolicyGateway, AnyGateway]);
      policy = () => false;
      const client = newClient(running, '/open', { auth: { user: { id: 1 } }, transports: ['polling'] });
      await connected(client);
      expect((await refused(client.io.socket('/x', { auth: { user: { id: 1 } } }))).data).to.include({
        code: 403,
      });
      expect(client.connected).to.equal(true);
    });
  });

  describe('that are pending', () => {
    it('keep everything from the socket that is sent meanwhile', async () => {
      const running = await start(PolicyGateway);
      const pending = signal();
      const go = signal<boolean>();
      policy = () => {
        pending.fire();
        return go;
      };
      const spy = as(running, { id: 1 });
      spy.onAny((event) => expect.fail(`the spy heard '${String(event)}'`));
      const refusal = refused(spy);
      await pending;
      const namespace = namespaceOf(running);
      namespace.emit('ticket', 'secret');
      for (const rooms of ['inbox:1', '$user:1', asked[0]?.socket.id as string]) {
        namespace.to(rooms).emit('ticket', 'secret');
        await running.broker.call('gateway.broadcast', { event: 'ticket', rooms });
      }
      expect(await namespace.fetchSockets()).to.deep.equal([]);
      expect(await running.broker.call('gateway.getClients')).to.deep.equal([]);
      go.fire(false);
      expect((await refusal).data).to.include({ code: 403 });
      expect([...namespace.adapter.rooms.keys()]).to.deep.equal([]);
      expect([...namespace.adapter.sids.keys()]).to.deep.equal([]);
      namespace.emit('ticket', 'secret');
      expect(ran).to.deep.equal([]);
    });

    it('are told by the signal that the client has gone', async () => {
      const running = await start(PolicyGateway);
      const aborted = signal<unknown>();
      const pending = signal();
      policy = (ctx: SocketContext) => {
        ctx.signal.addEventListener('abort', () => aborted.fire(ctx.signal.reason));
        pending.fire();
        return new Promise(() => undefined);
      };
      const client = as(running, { id: 1 });
      await pending;
      client.disconnect();
      expect(await aborted).to.include({ name: 'AbortError' });
    });

    it('are told by the signal, and refuse, when the time of the handshake is over', async () => {
      @SocketNamespace('/x', { name: 'gateway', settings, limits: { handshakeTimeout: 50 } })
      @Authorize(decide as never)
      class HastyGateway extends TrustingGateway {}
      const running = await start(HastyGateway);
      const aborted = signal<unknown>();
      policy = (ctx: SocketContext) => {
        ctx.signal.addEventListener('abort', () => aborted.fire(ctx.signal.reason));
        return new Promise(() => undefined);
      };
      expect((await refused(as(running, { id: 1 }))).data).to.include({
        code: 503,
        type: 'HANDSHAKE_TIMEOUT',
      });
      expect(await aborted).to.include({ type: 'HANDSHAKE_TIMEOUT' });
      expect([...namespaceOf(running).adapter.rooms.keys()]).to.deep.equal([]);
    });

    it('leave no listener behind on the connection', async () => {
      const running = await start(PolicyGateway);
      let listeners: unknown[] = [];
      policy = ({ socket }: SocketContext) => {
        listeners = socket.conn.listeners('close');
        return true;
      };
      await connected(as(running, { id: 1 }));
      const { conn } = (asked as [SocketContext])[0].socket;
      const added = listeners.at(-1) as () => void;
      expect(conn.listeners('close')).not.to.include(added);
    });
  });

  describe('of a client that comes back', () => {
    @SocketNamespace('/x', { name: 'gateway', settings: { ...settings, io: { options: RECOVERY } } })
    @Authorize('member', decide as never)
    class ReturningGateway extends TrustingGateway {
      @OnConnect()
      greet(socket: Socket) {
        socket.emit('hello', socket.recovered);
      }
    }
    const member = { id: 1, role: 'member' };

    /** Connects a client that can be recovered, breaks its connection, and sends it a message. */
    async function leave(running: Running, user: object): Promise<Client> {
      const client = as(running, user);
      await next(client, 'hello');
      const socket = namespaceOf(running).sockets.get(client.id as string) as Socket;
      const gone = new Promise((resolve) => socket.once('disconnect', resolve));
      client.io.engine.close();
      await gone;
      namespaceOf(running).to('inbox:1').emit('ticket', 'secret');
      asked = [];
      return client;
    }

    it('are asked before it gets what it has missed', async () => {
      const running = await start(ReturningGateway);
      const client = await leave(running, member);
      const pending = signal();
      const go = signal<boolean>();
      policy = () => {
        pending.fire();
        return go;
      };
      const tickets: unknown[] = [];
      client.on('ticket', (ticket) => tickets.push(ticket));
      const back = connected(client);
      client.connect();
      await pending;
      expect(tickets).to.deep.equal([]);
      const [ctx] = asked as [SocketContext];
      expect(ctx.meta).to.deep.include({ $socketId: ctx.socket.id, user: member });
      go.fire(true);
      await back;
      expect(client.recovered).to.equal(true);
      expect(client.id).to.equal(ctx.socket.id);
      await ask(client, 'hi');
      expect(tickets).to.deep.equal(['secret']);
    });

    const CHANGES: Record<string, (client: Client) => void> = {
      'a policy does not hold any more': () => (policy = () => false),
      'a policy rejects': () => (policy = async () => Promise.reject(new Error('down'))),
      'the role is lost': ({ auth }) => {
        (auth as { user: { role: string } }).user.role = 'guest';
      },
    };
    for (const [what, change] of Object.entries(CHANGES)) {
      it(`keep it out, and what it has missed from it, where ${what}`, async () => {
        const user = { ...member };
        const running = await start(ReturningGateway);
        const client = await leave(running, user);
        const [{ session }] = (namespaceOf(running).adapter as any).recoverable.sessions.values();
        change(client);
        if (what.includes('role')) session.data.user.role = 'guest';
        client.onAny((event) => expect.fail(`it heard '${String(event)}'`));
        const refusal = refused(client);
        client.connect();
        expect((await refusal).data.code).to.be.oneOf([403, 500]);
        expect([...namespaceOf(running).adapter.rooms.keys()]).to.deep.equal([]);
      });
    }

    it('admit it anew where only its old session is refused', async () => {
      const running = await start(ReturningGateway);
      const client = await leave(running, member);
      const id = client.id;
      policy = () => asked.length > 1;
      const back = connected(client);
      client.connect();
      await back;
      expect(client.recovered).to.equal(false);
      expect(client.id).not.to.equal(id);
      expect(asked).to.have.length(2);
    });
  });
});
