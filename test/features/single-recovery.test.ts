import { expect } from 'chai';
import sinon from 'sinon';
import type { Namespace, Socket } from 'socket.io';
import { Authenticate, SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import { RawClient } from '../support/raw-client';
import {
  afterwards,
  ask,
  CollectingLogger,
  connected,
  newClient,
  next,
  signal,
  start,
  type Client,
  type Running,
} from '../support/run-gateway';

const RECOVERY = { maxDisconnectionDuration: 60_000 };
const settingsWith = (options: object = {}) => ({
  port: 0,
  io: { options: { connectionStateRecovery: { ...RECOVERY, ...options } } },
});

/** What `@Authenticate` does for a client that enters anew. */
let authenticate: () => unknown;

function gatewayWith(options?: object) {
  @SocketNamespace('/x', { name: 'gateway', settings: settingsWith(options) })
  class SessionGateway extends SocketGateway {
    @Authenticate()
    who(socket: Socket) {
      return socket.handshake.auth['pid'] === undefined ? { id: 7 } : authenticate();
    }
    @SocketEvent()
    user(ctx: SocketContext) {
      return ctx.meta.user ?? null;
    }
    @SocketEvent()
    logout(ctx: SocketContext) {
      ctx.meta.user = null;
    }
  }
  return SessionGateway;
}

/** The secret with which a client comes back. */
interface Secret {
  readonly pid: string;
  readonly offset: string;
}

const namespaceOf = ({ gateway }: Running) => gateway.namespaces.get('/x') as Namespace;

/** Waits until the server knows that a client has gone. */
function goneFrom(running: Running, id: string): Promise<void> {
  return new Promise((resolve) =>
    namespaceOf(running)
      .sockets.get(id)
      ?.once('disconnect', () => resolve()),
  );
}

/** Connects a client of user 7 that can be recovered, and breaks its connection. */
async function leave(
  running: Running,
  before?: (client: Client) => unknown,
): Promise<Secret & { id: string }> {
  const client = newClient(running);
  await connected(client);
  await before?.(client);
  const heard = next(client, 'hello');
  namespaceOf(running).emit('hello');
  await heard;
  const { _pid: pid, _lastOffset: offset } = client as object as { _pid: string; _lastOffset: string };
  const id = client.id as string;
  const gone = goneFrom(running, id);
  client.io.engine.close();
  await gone;
  return { pid, offset, id };
}

/** Sends the CONNECT packet of a client that comes back. */
async function knock(running: Running, { pid, offset }: Secret): Promise<RawClient> {
  const raw = await RawClient.open(running);
  raw.send(`40/x,${JSON.stringify({ pid, offset })}`);
  return raw;
}

/** The id that a client has got; undefined if it was refused. */
async function idOf(raw: RawClient): Promise<string | undefined> {
  const answer = await raw.message(/^4[04]\/x,/);
  return answer.startsWith('40') ? (JSON.parse(answer.slice(5)) as { sid: string }).sid : undefined;
}

const userOf = async (raw: RawClient): Promise<any> => (await raw.ask(1, '["user"]'))[1];
const manage = (running: Running, action: string, params: object): Promise<any> =>
  running.broker.call(`gateway.${action}`, params);

describe('a session', () => {
  beforeEach(() => {
    authenticate = () => ({ id: 8 });
  });

  /** Checks that one of them came in with the session, and the others anew. */
  async function expectOneReturn(running: Running, id: string, clients: readonly RawClient[]): Promise<void> {
    const ids = await Promise.all(clients.map(idOf));
    expect(ids.filter((one) => one === id)).to.have.length(1);
    expect(new Set(ids).size).to.equal(clients.length);
    const users = await Promise.all(clients.map(userOf));
    expect(users.map((user) => user.id).sort()).to.deep.equal([7, ...clients.slice(1).map(() => 8)]);
    expect((await manage(running, 'getClients', {})).sort()).to.deep.equal(ids.sort());
  }

  it('returns once, where clients ask for it at the same moment', async () => {
    const running = await start(gatewayWith());
    const { id, ...secret } = await leave(running);
    const clients = await Promise.all([1, 2, 3, 4].map(() => RawClient.open(running)));
    for (const raw of clients) raw.send(`40/x,${JSON.stringify(secret)}`);
    await expectOneReturn(running, id, clients);
  });

  it('returns once, where they ask one after the other', async () => {
    const running = await start(gatewayWith());
    const { id, ...secret } = await leave(running);
    const clients: RawClient[] = [];
    for (let n = 0; n < 3; n++) {
      clients.push(await knock(running, secret));
      await idOf(clients[n] as RawClient);
    }
    await expectOneReturn(running, id, clients);
  });

  it('returns once, where they ask while the first is still connecting', async () => {
    const running = await start(gatewayWith());
    const { id, ...secret } = await leave(running);
    const { adapter } = namespaceOf(running);
    const restore = adapter.restoreSession.bind(adapter);
    const go = signal();
    const restoring = signal();
    sinon.stub(adapter, 'restoreSession').callsFake(async (...args) => {
      restoring.fire();
      await go;
      return restore(...args);
    });
    const first = await knock(running, secret);
    await restoring;
    const others = [await knock(running, secret), await knock(running, secret)];
    for (const raw of others) expect(await idOf(raw)).not.to.equal(id);
    go.fire();
    expect(await idOf(first)).to.equal(id);
    await expectOneReturn(running, id, [first, ...others]);
  });

  it('returns once, where middlewares are not skipped', async () => {
    const running = await start(gatewayWith({ skipMiddlewares: false }));
    const { id, ...secret } = await leave(running);
    let asked = 0;
    authenticate = () => ({ id: asked++ === 0 ? 7 : 8 });
    const clients = [await knock(running, secret), await knock(running, secret)];
    await expectOneReturn(running, id, clients);
  });

  it('is ended, with all who came in, by disconnect { user }', async () => {
    const running = await start(gatewayWith());
    authenticate = () => ({ id: 7 });
    const { id: _id, ...secret } = await leave(running);
    const clients = await Promise.all([1, 2, 3].map(() => knock(running, secret)));
    await Promise.all(clients.map(idOf));
    await manage(running, 'disconnect', { user: 7 });
    await Promise.all(clients.map((raw) => raw.message('41/x,')));
    expect(await manage(running, 'getClients', {})).to.deep.equal([]);
    authenticate = () => ({ id: 8 });
    expect(await userOf(await knockAndEnter(running, secret))).to.deep.equal({ id: 8 });
  });

  async function knockAndEnter(running: Running, secret: Secret): Promise<RawClient> {
    const raw = await knock(running, secret);
    await idOf(raw);
    return raw;
  }

  it('is ended by disconnect { user } while it is being restored', async () => {
    for (const skipMiddlewares of [true, false]) {
      const running = await start(gatewayWith({ skipMiddlewares }));
      const { id, ...secret } = await leave(running);
      const { adapter } = namespaceOf(running);
      const restore = adapter.restoreSession.bind(adapter);
      const restoring = signal();
      const go = signal();
      const slowly = async <T>(value: T): Promise<T> => {
        restoring.fire();
        await go;
        return value;
      };
      if (skipMiddlewares)
        sinon.stub(adapter, 'restoreSession').callsFake(async (...args) => slowly(await restore(...args)));
      else authenticate = () => slowly({ id: 7 });
      const raw = await knock(running, secret);
      await restoring;
      await manage(running, 'disconnect', { user: 7 });
      if (skipMiddlewares) authenticate = () => ({ id: 8 });
      go.fire();
      if (skipMiddlewares) {
        expect(await idOf(raw)).not.to.equal(id);
        expect(await userOf(raw)).to.deep.equal({ id: 8 });
      } else {
        await raw.message('41/x,');
        expect(await manage(running, 'getClients', {})).to.deep.equal([]);
      }
    }
  });

  it('returns once after a logout, and logged out', async () => {
    const running = await start(gatewayWith());
    const { id, ...secret } = await leave(running, (client) => ask(client, 'logout'));
    const clients = await Promise.all([1, 2].map(() => knock(running, secret)));
    const ids = await Promise.all(clients.map(idOf));
    expect(ids.filter((one) => one === id)).to.have.length(1);
    const users = await Promise.all(clients.map(userOf));
    expect(users[ids.indexOf(id)]).to.equal(null);
    expect(users[1 - ids.indexOf(id)]).to.deep.equal({ id: 8 });
  });

  it('does not return after its user has expired, to nobody', async () => {
    @SocketNamespace('/x', { name: 'gateway', settings: settingsWith() })
    class ExpiringGateway extends gatewayWith() {
      override who(socket: Socket): any {
        return Object.assign(super.who(socket) as object, { exp: Date.now() / 1000 + 20 });
      }
    }
    const running = await start(ExpiringGateway);
    const { id, ...secret } = await leave(running);
    const clock = sinon.useFakeTimers({ now: Date.now() + 30_000, toFake: ['Date'] });
    afterwards(() => clock.restore());
    for (let n = 0; n < 2; n++) expect(await idOf(await knock(running, secret))).not.to.equal(id);
  });

  it('returns again, once, where the client that came back has been cut off again', async () => {
    const running = await start(gatewayWith());
    const { id, ...secret } = await leave(running);
    for (let n = 0; n < 3; n++) {
      const [first, second] = [await knock(running, secret), await knock(running, secret)];
      await expectOneReturn(running, id, [first, second]);
      const gone = goneFrom(running, id);
      for (const raw of [first, second]) raw.socket.terminate();
      await gone;
    }
  });

  for (const [what, end] of Object.entries({
    'the client has left': (raw: RawClient) => raw.send('41/x,'),
    'the server has disconnected it': (raw: RawClient, running: Running) => {
      namespaceOf(running).sockets.forEach((socket) => socket.disconnect());
      return raw.message('41/x,');
    },
  })) {
    it(`does not return again where ${what}`, async () => {
      const running = await start(gatewayWith());
      const { id, ...secret } = await leave(running);
      const raw = await knockAndEnter(running, secret);
      expect(await idOf(raw)).to.equal(id);
      const gone = goneFrom(running, id);
      await end(raw, running);
      await gone;
      for (let n = 0; n < 2; n++) expect(await idOf(await knock(running, secret))).not.to.equal(id);
    });
  }

  it('is still there where the connection of who wanted it broke before it was in', async () => {
    const running = await start(gatewayWith());
    const { id, ...secret } = await leave(running);
    const { adapter } = namespaceOf(running);
    const restore = adapter.restoreSession.bind(adapter);
    const go = signal();
    const restoring = signal();
    const stub = sinon.stub(adapter, 'restoreSession').callsFake(async (...args) => {
      restoring.fire();
      await go;
      return restore(...args);
    });
    const first = await knock(running, secret);
    await restoring;
    const [connection] = Object.values<any>((running.gateway.io.engine as any).clients);
    const closed = new Promise((resolve) => connection.once('close', resolve));
    first.socket.terminate();
    await closed;
    stub.restore();
    go.fire();
    await new Promise((resolve) => setImmediate(resolve));
    await expectOneReturn(running, id, [await knock(running, secret), await knock(running, secret)]);
  });

  it('is still there where authentication refused the client', async () => {
    const running = await start(gatewayWith({ skipMiddlewares: false }));
    const { id, ...secret } = await leave(running);
    authenticate = () => {
      throw new Error('no');
    };
    expect(await idOf(await knock(running, secret))).to.equal(undefined);
    authenticate = () => ({ id: 7 });
    expect(await idOf(await knock(running, secret))).to.equal(id);
  });

  it('is anonymous where authentication does not find its user again', async () => {
    const running = await start(gatewayWith({ skipMiddlewares: false }));
    const { id, ...secret } = await leave(running);
    authenticate = () => null;
    const raw = await knockAndEnter(running, secret);
    expect(await userOf(raw)).to.equal(null);
    await manage(running, 'disconnect', { user: 7 });
    expect(await manage(running, 'getClients', {}), 'it is no socket of the user').to.deep.equal([id]);
  });

  it('is given up where a message cannot be sent again, and the process lives', async () => {
    const logger = new CollectingLogger();
    const running = await start(gatewayWith(), { logger });
    const { id, ...secret } = await leave(running);
    const { adapter } = namespaceOf(running);
    const session = {
      sid: id,
      pid: secret.pid,
      rooms: [id],
      data: {},
      missedPackets: [['bad', { big: 10n }]],
    };
    sinon.stub(adapter, 'restoreSession').resolves(session);
    const raw = await knock(running, secret);
    expect(await idOf(raw)).not.to.equal(id);
    expect(await userOf(raw)).to.deep.equal({ id: 8 });
    expect(logger.having('a client could not be recovered')).to.have.length(1);
    expect([...namespaceOf(running).adapter.sids.keys()]).not.to.include(id);
  });

  it('comes back without a message that cannot be sent', async () => {
    const running = await start(gatewayWith());
    const { id, ...secret } = await leave(running);
    expect(() => namespaceOf(running).emit('bad', { big: 10n })).to.throw();
    namespaceOf(running).emit('good', 1);
    const raw = await knock(running, secret);
    expect(await idOf(raw)).to.equal(id);
    expect(await raw.message(/"good"/)).to.match(/^42\/x,\["good",1,/);
  });

  it('that the adapter does not know is asked for anew by each client', async () => {
    const running = await start(gatewayWith());
    const { offset } = await leave(running);
    const ids = await Promise.all(
      [1, 2].map(async () => idOf(await knock(running, { pid: 'unknown', offset }))),
    );
    expect(new Set(ids).size).to.equal(2);
  });
});
