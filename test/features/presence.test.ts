import { expect } from 'chai';
import type { Socket as ServerSocket } from 'socket.io';
import {
  Authenticate,
  OnPresence,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type PresenceDiff,
  type PresenceOptions,
  type PresentUser,
  type SocketContext,
} from '../../src';
import { typed, type GatewayTypes } from '../../src/client';
import { PresenceView } from '../support/presence-view';
import {
  ask,
  CollectingLogger,
  connect,
  connected,
  METRICS,
  newClient,
  next,
  signal,
  start,
  valuesOf,
  type Client,
  type Options,
  type Running,
} from '../support/run-gateway';

interface Account {
  id: string | number;
  name?: string;
}

/** What the listeners of the gateway have been told. */
let told: { diff: PresenceDiff; room: string; namespace: string }[] = [];
let onTold: () => void = () => undefined;

function hall(presence: PresenceOptions, options: object = {}) {
  @SocketNamespace('/x', { name: 'hall', settings: { port: 0 }, presence, ...options })
  class HallGateway extends SocketGateway {
    @Authenticate()
    authenticate(socket: ServerSocket): unknown {
      return socket.handshake.auth['user'];
    }
    @SocketEvent()
    enter(ctx: SocketContext<string>) {
      return ctx.socket.join(ctx.params);
    }
    @SocketEvent()
    leave(ctx: SocketContext<string>) {
      return ctx.socket.leave(ctx.params);
    }
    @SocketEvent()
    login(ctx: SocketContext) {
      ctx.meta.user = ctx.params;
    }
    @SocketEvent()
    update(ctx: SocketContext) {
      ctx.presence.update(ctx.params);
    }
    @SocketEvent()
    list(ctx: SocketContext<string | undefined>) {
      return ctx.presence.list(typeof ctx.params === 'string' ? ctx.params : undefined);
    }
    @OnPresence()
    changed(diff: PresenceDiff, room: string, namespace: string) {
      told.push({ diff, room, namespace });
      onTold();
    }
  }
  return HallGateway;
}

interface Member {
  readonly client: Client;
  readonly view: PresenceView;
}

/** Connects a client that collects what it is told. */
async function member(running: Running, user?: Account, namespace = '/x'): Promise<Member> {
  const client = newClient(running, namespace, { auth: { user } });
  const view = new PresenceView(client);
  await connected(client);
  return { client, view };
}

const run = (presence: PresenceOptions, options?: Options): Promise<Running> =>
  start(hall(presence), options);
const ids = (users: readonly PresentUser[]): (string | number)[] => users.map(({ id }) => id);
const listed = ({ gateway }: Running, room?: string): PresentUser[] =>
  (gateway as unknown as SocketGateway).presence.list(room === undefined ? {} : { room });

/** Breaks the connection of a client, and waits until the server knows. */
async function cut({ gateway }: Running, { client }: Member): Promise<void> {
  const socket = gateway.namespaces.get('/x')?.sockets.get(client.id!);
  const gone = new Promise((resolve) => socket?.once('disconnect', resolve));
  client.io.engine.close();
  await gone;
}

/** Resolves when the listeners have been told something. */
async function untilTold(holds: () => boolean): Promise<void> {
  const done = signal();
  onTold = () => {
    if (holds()) done.fire();
  };
  onTold();
  await done;
}

describe('presence', () => {
  beforeEach(() => {
    told = [];
    onTold = () => undefined;
  });

  it('shows the users of a namespace to those who enter, and what changes', async () => {
    const running = await run({ of: ({ id, name }: Account) => ({ id, name }) });
    const ada = await member(running, { id: 1, name: 'Ada' });
    await ada.view.has('', 1);
    expect(ada.view.messages[0]).to.have.all.keys('room', 'state');
    const ben = await member(running, { id: 'b', name: 'Ben' });
    await Promise.all([ada.view.has('', 1, 'b'), ben.view.has('', 1, 'b')]);
    expect(ada.view.messages.at(-1)).to.have.all.keys('room', 'joins', 'leaves', 'updates');
    expect(ben.view.messages).to.have.length(1);
    const [first, second] = listed(running);
    expect(first).to.deep.equal({
      id: 1,
      info: { name: 'Ada' },
      devices: [{ socketId: ada.client.id, since: first!.devices[0]!.since }],
    });
    expect(second).to.include({ id: 'b' });
    expect(ada.view.list()).to.deep.equal(listed(running));
    expect(ben.view.list()).to.have.deep.members(listed(running));
    ben.client.disconnect();
    await ada.view.has('', 1);
    expect(ada.view.messages.at(-1)).to.deep.equal({ room: '', joins: [], leaves: [second], updates: [] });
  });

  it('shows a user once, however many devices there are', async () => {
    const running = await run({});
    const ada = await member(running, { id: 1 });
    // Changes that come together are told together.
    const one = await member(running, { id: 2 });
    await ada.view.has('', 1, 2);
    const two = await member(running, { id: 2 });
    await ada.view.until((view) => view.list().find(({ id }) => id === 2)?.devices.length === 2);
    expect(ids(listed(running))).to.deep.equal([1, 2]);
    one.client.disconnect();
    await ada.view.until((view) => view.list().find(({ id }) => id === 2)?.devices.length === 1);
    const kinds = ada.view.messages.flatMap((message) =>
      'state' in message
        ? []
        : [...message.joins.map(() => 'join'), ...message.updates.map(() => 'update'), ...message.leaves],
    );
    expect(kinds).to.deep.equal(['join', 'update', 'update']);
    two.client.disconnect();
    await ada.view.has('', 1);
  });

  it('tells methods what has changed', async () => {
    const running = await run({ rooms: ['', 'room:*'] });
    const ada = await member(running, { id: 1 });
    await ask(ada.client, 'enter', 'room:tea');
    await untilTold(() => told.length >= 2);
    expect(told.map(({ room, namespace, diff }) => [room, namespace, ids(diff.joins)])).to.deep.equal([
      ['', '/x', [1]],
      ['room:tea', '/x', [1]],
    ]);
    ada.client.disconnect();
    await untilTold(() => told.length >= 4);
    const leaves = told.slice(2).map(({ room, diff }) => [room, ids(diff.leaves), diff.joins, diff.updates]);
    expect(leaves).to.have.deep.members([
      ['', [1], [], []],
      ['room:tea', [1], [], []],
    ]);
  });

  it('goes with the rooms that match the patterns, and never those of the gateway', async () => {
    const running = await run({ rooms: [/./, '*'] });
    const ada = await member(running, { id: 1 });
    await ask(ada.client, 'enter', 'tea.green');
    await ask(ada.client, 'enter', 'room:1');
    await ada.view.has('room:1', 1);
    expect(new Set(ada.view.messages.map(({ room }) => room))).to.deep.equal(
      new Set(['tea.green', 'room:1']),
    );
    expect(listed(running, ada.client.id)).to.deep.equal([]);
    expect(listed(running, '$user:1')).to.deep.equal([]);
    expect(listed(running, '')).to.deep.equal([]);
    expect(ids(listed(running))).to.deep.equal([1]);
    const anonymous = await member(running);
    await ask(anonymous.client, 'enter', 'room:1');
    await anonymous.view.has('room:1', 1);
    await ask(ada.client, 'leave', 'room:1');
    await anonymous.view.has('room:1');
  });

  it('shows who leaves a room, logs out or is disconnected at once', async () => {
    const running = await run({ rooms: 'room', grace: 60_000 });
    const watcher = await member(running);
    await ask(watcher.client, 'enter', 'room');
    const goes: Record<string, (one: Member) => unknown> = {
      'leaves the room': ({ client }) => ask(client, 'leave', 'room'),
      'logs out': ({ client }) => ask(client, 'login', null),
      disconnects: ({ client }) => client.disconnect(),
      'is disconnected': ({ client }) => running.broker.call('hall.disconnect', { socketIds: client.id }),
      'is disconnected with its connection': () =>
        running.broker.call('hall.disconnect', { user: 5, close: true }),
      'is made to leave': ({ client }) =>
        running.broker.call('hall.leaveRooms', { socketIds: client.id, leave: 'room' }),
    };
    for (const [what, go] of Object.entries(goes)) {
      const one = await member(running, { id: 5 });
      await ask(one.client, 'enter', 'room');
      await watcher.view.has('room', 5);
      await go(one);
      await watcher.view.has('room');
      expect(listed(running), what).to.deep.equal([]);
      one.client.disconnect();
    }
  });

  it('shows who is cut off for the grace, and then no more', async () => {
    const running = await run({ grace: 150 });
    const watcher = await member(running);
    const ada = await member(running, { id: 1 });
    await watcher.view.has('', 1);
    await cut(running, ada);
    expect(ids(listed(running))).to.deep.equal([1]);
    const cutAt = Date.now();
    await watcher.view.has('');
    expect(Date.now() - cutAt).to.be.at.least(100);
  });

  it('shows neither join nor leave of who comes back within the grace', async () => {
    const running = await run({ grace: 60_000 });
    const watcher = await member(running);
    const ada = await member(running, { id: 1 });
    await watcher.view.has('', 1);
    const before = watcher.view.messages.length;
    await cut(running, ada);
    const back = await member(running, { id: 1 });
    await watcher.view.until((view) => view.list()[0]?.devices[0]?.socketId === back.client.id);
    expect(watcher.view.list()[0]?.devices).to.have.length(1);
    for (const message of watcher.view.messages.slice(before)) {
      expect(message).to.deep.include({ joins: [], leaves: [] });
    }
    // It has come back: now it leaves at once.
    back.client.disconnect();
    await watcher.view.has('');
  });

  it('shows nothing at all of who is recovered, which keeps its meta', async () => {
    const running = await start(
      hall({ grace: 60_000 }, { settings: { port: 0, io: { options: { connectionStateRecovery: {} } } } }),
    );
    const watcher = await member(running);
    const ada = await member(running, { id: 1 });
    await ask(ada.client, 'update', { mood: 'fine' });
    await watcher.view.until((view) => view.list()[0]?.devices[0]?.meta !== undefined);
    const [before] = listed(running);
    const messages = watcher.view.messages.length;
    const hello = next(ada.client, 'hello');
    running.gateway.namespaces.get('/x')!.emit('hello');
    await hello;
    await cut(running, ada);
    const back = connected(ada.client);
    ada.client.connect();
    await back;
    expect(ada.client.recovered).to.equal(true);
    expect(listed(running)).to.deep.equal([before]);
    const last = await member(running, { id: 2 });
    await Promise.all([watcher.view.has('', 1, 2), ada.view.has('', 1, 2)]);
    expect(watcher.view.messages).to.have.length(messages + 1);
    expect(ada.view.list()).to.have.deep.members(listed(running));
    last.client.disconnect();
  });

  it('shows the meta that a device sets, and what `of` says then', async () => {
    const running = await run({ of: (user: Account) => user });
    const [ada, ben] = [await member(running, { id: 1, name: 'Ada' }), await member(running, { id: 2 })];
    await ask(ada.client, 'update', { isTyping: true });
    await ben.view.until((view) => view.list().some(({ devices: [one] }) => one?.meta !== undefined));
    expect(ben.view.list()).to.have.deep.members(listed(running));
    expect(listed(running)[0]!.devices[0]).to.deep.include({ meta: { isTyping: true } });
    await ask(ada.client, 'login', { id: 1, name: 'Countess' });
    await ben.view.until((view) => view.list().some(({ info }) => (info as Account).name === 'Countess'));
    expect(listed(running)[0]!.devices[0]).to.deep.include({ meta: { isTyping: true } });
    const { result } = await ask(ben.client, 'list');
    expect(result).to.deep.equal(listed(running));
    const bad = await ask(ada.client, 'update', undefined);
    expect(bad.error).to.equal(null);
  });

  it('refuses meta that JSON cannot hold', async () => {
    @SocketNamespace('/x', { name: 'hall', settings: { port: 0 }, presence: {} })
    class BadGateway extends SocketGateway {
      @SocketEvent()
      bad(ctx: SocketContext) {
        try {
          ctx.presence.update(5n);
        } catch (error) {
          return (error as Error).message;
        }
        return undefined;
      }
    }
    const client = await connect(await start(BadGateway));
    expect((await ask(client, 'bad')).result).to.match(
      /^the meta of ctx\.presence\.update\(meta\) must be what JSON/,
    );
  });

  it('moves a socket that logs in as another user', async () => {
    const running = await run({});
    const watcher = await member(running);
    const ada = await member(running, { id: 1 });
    await watcher.view.has('', 1);
    await ask(ada.client, 'login', { id: 2 });
    await watcher.view.has('', 2);
    const last = watcher.view.messages.at(-1) as PresenceDiff;
    expect([ids(last.joins), ids(last.leaves)]).to.deep.equal([[2], [1]]);
  });

  it('hides users for whom `of` returns nothing, and reports what it throws', async () => {
    const logger = new CollectingLogger();
    const running = await run(
      {
        of: (user: Account) => {
          if (user.name === 'broken') throw new Error('no name');
          if (user.name === 'async') return Promise.resolve({ id: 1 }) as never;
          return user.name === 'hidden' ? undefined : { id: user.name === 'bad' ? (null as never) : user.id };
        },
      },
      { logger },
    );
    const watcher = await member(running, { id: 0, name: 'watcher' });
    for (const name of ['broken', 'hidden', 'bad', 'async']) await member(running, { id: 1, name });
    await member(running);
    const last = await member(running, { id: 9 });
    await Promise.all([watcher.view.has('', 0, 9), last.view.has('', 0, 9)]);
    expect(ids(listed(running))).to.deep.equal([0, 9]);
    expect(logger.errors.map(({ text }) => text.split('\n')[0])).to.have.length(3);
    expect(logger.having('no name')).to.have.length(1);
    expect(logger.having('presence.of must return an object with an id')).to.have.length(1);
    expect(logger.having('presence.of returned a promise')).to.have.length(1);
  });

  it('tells clients nothing with notify: false', async () => {
    const running = await run({ notify: false });
    const ada = await member(running, { id: 1 });
    await untilTold(() => told.length > 0);
    await member(running, { id: 2 });
    await untilTold(() => told.length > 1);
    expect(ada.view.messages).to.deep.equal([]);
    expect(ids(listed(running))).to.deep.equal([1, 2]);
  });

  it('has actions that list and count', async () => {
    const running = await run({ rooms: ['', 'room:*'] });
    const [ada] = [
      await member(running, { id: 1 }),
      await member(running, { id: 1 }),
      await member(running, { id: 'b' }),
    ];
    await ask(ada.client, 'enter', 'room:tea');
    const call = (action: string, params: object): Promise<any> =>
      running.broker.call(`hall.${action}`, params);
    expect(await call('listPresence', {})).to.deep.equal(listed(running));
    expect(ids(await call('listPresence', { namespace: '/x', room: 'room:tea' }))).to.deep.equal([1]);
    expect(ids(await call('listPresence', { user: 'b' }))).to.deep.equal(['b']);
    expect(await call('countPresence', {})).to.equal(2);
    expect(await call('countPresence', { room: '' })).to.equal(2);
    expect(await call('countPresence', { room: 'room:tea' })).to.equal(1);
    expect(await call('countPresence', { room: 'room:none' })).to.equal(0);
    expect(await call('countPresence', { user: 1 })).to.equal(2);
    expect(await call('countPresence', { user: 3 })).to.equal(0);
    const failure = await call('countPresence', { namespace: '/y' }).catch((error: unknown) => error);
    expect(failure).to.include({ code: 404, type: 'NAMESPACE_NOT_FOUND' });
    const invalid = await call('listPresence', { room: 5 }).catch((error: unknown) => error);
    expect(invalid).to.include({ code: 422 });
    const events = await call('listEvents', {});
    expect(events.filter(({ event }: { event: string }) => event === 'presence')).to.deep.equal([
      {
        event: 'presence',
        namespaces: ['/x'],
        kind: 'presence',
        description: 'Sent to clients: who is in the rooms that they are in, and what changes.',
      },
    ]);
  });

  it('keeps the namespaces of a dynamic path apart', async () => {
    @SocketNamespace('/tenants/:id', { name: 'tenants', settings: { port: 0 }, presence: {} })
    class TenantGateway extends SocketGateway {
      @Authenticate()
      authenticate(socket: ServerSocket): unknown {
        return socket.handshake.auth['user'];
      }
    }
    const running = await start(TenantGateway, METRICS);
    const ada = await member(running, { id: 1 }, '/tenants/7');
    const ben = await member(running, { id: 1 }, '/tenants/8');
    const cid = await member(running, { id: 2 }, '/tenants/8');
    await Promise.all([ada.view.has('', 1), ben.view.has('', 1, 2), cid.view.has('', 1, 2)]);
    const { presence } = running.gateway as unknown as SocketGateway;
    expect(ids(presence.list({ namespace: 'tenants/7' }))).to.deep.equal([1]);
    expect(presence.list().map(({ id, devices }) => [id, devices.length])).to.deep.equal([
      [1, 2],
      [2, 1],
    ]);
    expect(valuesOf(running, 'moleculer.io.presence.users')).to.deep.equal({ '/tenants/:id': 3 });
    cid.client.disconnect();
    await ben.view.has('', 1);
    expect(valuesOf(running, 'moleculer.io.presence.users')).to.deep.equal({ '/tenants/:id': 2 });
  });

  it('survives methods that throw and reject', async () => {
    const logger = new CollectingLogger();
    @SocketNamespace('/x', {
      name: 'hall',
      settings: { port: 0 },
      presence: { of: (_user, { id }) => ({ id }) },
    })
    class ThrowingGateway extends SocketGateway {
      @OnPresence()
      sync() {
        throw new Error('thrown here');
      }
      @OnPresence(['', 'a'], { once: true })
      async async() {
        await Promise.reject(new Error('rejected here'));
      }
      @OnPresence('never')
      never() {
        throw new Error('not for this room');
      }
    }
    const running = await start(ThrowingGateway, { logger });
    const { view, client } = await member(running);
    await view.has('', client.id!);
    const ben = await member(running);
    await view.has('', client.id!, ben.client.id!);
    expect(logger.having('the @OnPresence method sync failed')).to.have.length(2);
    expect(logger.having('rejected here')).to.have.length(2);
    expect(logger.having('not for this room')).to.deep.equal([]);
  });

  it('is what the typed client lists', async () => {
    const running = await run({ rooms: 'room:*', of: ({ id, name }: Account) => ({ id, name }) });
    const ada = await member(running, { id: 1, name: 'Ada' });
    const chat = typed<GatewayTypes>(ada.client);
    const people = chat.presence<{ name: string }>('room:tea');
    const seen: string[][] = [];
    const both = signal();
    people.on((users) => {
      seen.push(users.map(({ info }) => info.name));
      if (users.length === 2) both.fire();
    });
    await ask(ada.client, 'enter', 'room:tea');
    await ada.view.has('room:tea', 1);
    const ben = await member(running, { id: 2, name: 'Ben' });
    await ask(ben.client, 'enter', 'room:tea');
    await both;
    expect(seen).to.deep.equal([[], ['Ada'], ['Ada', 'Ben']]);
    expect(people.list()).to.deep.equal(listed(running, 'room:tea'));
    chat.close();
  });

  it('is an error that says what to write where a gateway has none', async () => {
    @SocketNamespace('/x', { name: 'hall', settings: { port: 0 } })
    class PlainGateway extends SocketGateway {
      @SocketEvent()
      who(ctx: SocketContext) {
        try {
          return ctx.presence.list();
        } catch (error) {
          return (error as Error).message;
        }
      }
    }
    const running = await start(PlainGateway);
    const expected =
      "PlainGateway has no presence; write the option: @SocketNamespace('/chat', { presence: {} })";
    expect((await ask(await connect(running), 'who')).result).to.equal(expected);
    expect(() => (running.gateway as unknown as SocketGateway).presence).to.throw(expected);
    const failure = await running.broker.call('hall.listPresence').catch((error: unknown) => error);
    expect(failure).to.include({ type: 'SERVICE_NOT_FOUND' });
  });
});
