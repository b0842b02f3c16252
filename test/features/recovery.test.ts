import { expect } from 'chai';
import sinon from 'sinon';
import type { Socket as ServerSocket } from 'socket.io';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import {
  afterwards,
  ask,
  CollectingLogger,
  connected,
  newClient,
  next,
  start,
  type Client,
  type Running,
} from '../support/run-gateway';

const RECOVERY = { connectionStateRecovery: { maxDisconnectionDuration: 60_000 } };
const settings = { port: 0, io: { options: RECOVERY } };

describe('a client that comes back', () => {
  let authentications = 0;
  let user: object;

  @SocketNamespace('/x', { settings })
  @Authorize()
  class MailGateway extends SocketGateway {
    @Authenticate({ room: ({ id }: { id: number }) => `inbox:${id}` })
    authenticate() {
      authentications++;
      return user;
    }
    @OnConnect()
    hello(socket: ServerSocket) {
      // A client can come back only where it has got something.
      socket.emit('hello', socket.recovered);
    }
    @SocketEvent()
    me(ctx: SocketContext) {
      return { user: ctx.meta.user, rooms: [...ctx.socket.rooms].sort() };
    }
    @SocketEvent()
    @AllowAnonymous()
    login(ctx: SocketContext) {
      ctx.meta.user = ctx.params;
    }
    @SocketEvent()
    async slowLogout(ctx: SocketContext) {
      await new Promise((resolve) => ctx.socket.once('disconnect', resolve));
      ctx.meta.user = null;
    }
  }

  beforeEach(() => {
    authentications = 0;
    user = { id: 1 };
  });

  /** Connects a client that can be recovered. */
  async function enter(running: Running): Promise<Client> {
    const client = newClient(running);
    await next(client, 'hello');
    return client;
  }

  /** Breaks the connection of a client under it, and waits until the server knows. */
  async function drop(running: Running, client: Client): Promise<void> {
    const socket = running.gateway.namespaces.get('/x')?.sockets.get(client.id as string) as ServerSocket;
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    client.io.engine.close();
    await gone;
  }

  /** @returns whether the server took it for the one that had gone */
  async function comeBack(client: Client): Promise<boolean> {
    const back = connected(client);
    client.connect();
    await back;
    return client.recovered;
  }

  it('has its user, its rooms and what it missed, and is not asked again', async () => {
    const running = await start(MailGateway);
    const client = await enter(running);
    const before = (await ask(client, 'me')).result;
    await drop(running, client);
    running.gateway.namespaces.get('/x')?.to('inbox:1').emit('mail', 'missed');
    const mail = next(client, 'mail');
    expect(await comeBack(client)).to.equal(true);
    expect((await mail)[0]).to.equal('missed');
    expect((await ask(client, 'me')).result).to.deep.equal(before);
    expect(authentications).to.equal(1);
  });

  const refusals: Record<string, (running: Running, client: Client) => unknown> = {
    'its user was disconnected': ({ broker }) => broker.call('mail.disconnect', { user: 1 }),
    'it was disconnected by its id': ({ broker }, { id }) =>
      broker.call('mail.disconnect', { socketIds: id }),
    'its room was disconnected': ({ broker }) => broker.call('mail.disconnect', { rooms: 'inbox:1' }),
    'everybody was disconnected': ({ gateway }) => gateway.io.of('/x').disconnectSockets(),
    'its room was disconnected by hand': ({ gateway }) =>
      gateway.io.of('/x').in('inbox:1').disconnectSockets(),
  };
  for (const [what, act] of Object.entries(refusals)) {
    it(`does not come back where ${what} meanwhile, and hears nothing of what it missed`, async () => {
      const running = await start(MailGateway);
      const client = await enter(running);
      const id = client.id as string;
      await drop(running, client);
      running.gateway.namespaces.get('/x')?.to('inbox:1').emit('mail', 'secret');
      client.on('mail', () => expect.fail('it heard what it missed'));
      await act(running, Object.assign(Object.create(client) as Client, { id }));
      expect(await comeBack(client)).to.equal(false);
      expect(client.id).to.not.equal(id);
      expect(authentications).to.equal(2);
    });
  }

  it('comes back where others were disconnected meanwhile', async () => {
    const running = await start(MailGateway);
    const client = await enter(running);
    await drop(running, client);
    await running.broker.call('mail.disconnect', { user: 2 });
    await running.broker.call('mail.disconnect', { rooms: ['inbox:2', 'inbox'] });
    running.gateway.io.of('/x').except('inbox:1').disconnectSockets();
    expect(await comeBack(client)).to.equal(true);
  });

  it('comes back where it was disconnected before it logged in again', async () => {
    const running = await start(MailGateway);
    const first = await enter(running);
    const gone = next(first, 'disconnect');
    await running.broker.call('mail.disconnect', { user: 1 });
    await gone;
    await new Promise((resolve) => setTimeout(resolve, 2));
    const client = await enter(running);
    await drop(running, client);
    expect(await comeBack(client)).to.equal(true);
  });

  it('does not come back where its user has expired meanwhile', async () => {
    const running = await start(MailGateway);
    user = { id: 1, exp: Date.now() / 1000 + 20 };
    const client = await enter(running);
    await drop(running, client);
    const clock = sinon.useFakeTimers({ now: Date.now() + 30_000, toFake: ['Date'] });
    afterwards(() => clock.restore());
    user = { id: 1 };
    expect(await comeBack(client)).to.equal(false);
    expect(authentications).to.equal(2);
  });

  it('comes in like any other where it cannot be told whether its user has expired', async () => {
    let isTold = true;
    @SocketNamespace('/x', { name: 'mail', settings })
    class ExpiringGateway extends MailGateway {
      @Authenticate({
        expiresAt: () => {
          if (isTold) return undefined;
          throw new Error('the clock has stopped');
        },
      })
      override authenticate() {
        return super.authenticate();
      }
    }
    const logger = new CollectingLogger();
    const running = await start(ExpiringGateway, { logger });
    const client = await enter(running);
    await drop(running, client);
    isTold = false;
    const refused = next(client, 'connect_error');
    client.connect();
    expect(((await refused)[0] as { data?: unknown }).data).to.include({ code: 401 });
    expect(logger.having('the clock has stopped')).not.to.be.empty;
    expect(authentications).to.equal(2);
  });

  it('comes in like any other where the adapter cannot tell what it has missed', async () => {
    const logger = new CollectingLogger();
    const running = await start(MailGateway, { logger });
    const client = await enter(running);
    await drop(running, client);
    const { adapter } = running.gateway.io.of('/x');
    sinon.stub(adapter, 'restoreSession').rejects(new Error('the store has gone'));
    expect(await comeBack(client)).to.equal(false);
    expect(authentications).to.equal(2);
    const [line] = logger.having('the store has gone');
    expect(line?.text).to.include('MailGateway: a client could not be recovered');
  });

  it('is disconnected when its user expires after it came back', async () => {
    const running = await start(MailGateway);
    user = { id: 1, exp: (Date.now() + 2000) / 1000 };
    const client = await enter(running);
    await drop(running, client);
    expect(await comeBack(client)).to.equal(true);
    expect(await next(client, 'disconnect')).to.include('io server disconnect');
  });

  it('does not come back a second time once it was disconnected', async () => {
    const running = await start(MailGateway);
    const client = await enter(running);
    await drop(running, client);
    expect(await comeBack(client)).to.equal(true);
    const gone = next(client, 'disconnect');
    running.gateway.namespaces
      .get('/x')
      ?.sockets.get(client.id as string)
      ?.disconnect();
    await gone;
    expect(await comeBack(client)).to.equal(false);
  });

  it('does not come back as who has logged out while it went', async () => {
    const running = await start(MailGateway);
    const client = await enter(running);
    client.emit('slowLogout');
    await ask(client, 'me');
    await drop(running, client);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await comeBack(client)).to.equal(false);
  });

  it('has logged out for good where it did so before it went', async () => {
    const running = await start(MailGateway);
    const client = await enter(running);
    await ask(client, 'login', null);
    await drop(running, client);
    expect(await comeBack(client)).to.equal(true);
    expect((await ask(client, 'me')).error).to.include({ code: 401 });
    expect((await ask(client, 'login', { id: 2 })).error).to.equal(null);
    expect((await ask(client, 'me')).result.rooms)
      .to.include('inbox:2')
      .and.not.include('inbox:1');
  });

  it('counts against maxNamespaces, and is counted out again', async () => {
    @SocketNamespace('/x', { settings, limits: { maxNamespaces: 1 } })
    class NarrowGateway extends MailGateway {}
    const running = await start(NarrowGateway);
    const client = await enter(running);
    for (let i = 0; i < 3; i++) {
      await drop(running, client);
      expect(await comeBack(client)).to.equal(true);
    }
    expect((await ask(client, 'me')).error).to.equal(null);
  });

  it('has what moleculer-io gives to sockets', async () => {
    const service = {
      name: 'io',
      mixins: [SocketIOService],
      settings: {
        ...settings,
        io: {
          ...settings.io,
          namespaces: {
            '/x': {
              events: {
                who(this: ServerSocket & { $service: { name: string } }, ack: (name: string) => void) {
                  ack(this.$service.name);
                },
              },
            },
          },
        },
      },
    };
    const running = await start(service as never);
    running.gateway.io.of('/x').on('connection', (socket) => socket.emit('hello'));
    const client = await enter(running);
    const socket = running.gateway.io.of('/x').sockets.get(client.id as string) as ServerSocket;
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    client.io.engine.close();
    await gone;
    expect(await comeBack(client)).to.equal(true);
    expect(await client.emitWithAck('who')).to.equal('io');
  });
});
