import { expect } from 'chai';
import type { Context, ServiceSchema } from 'moleculer';
import type { Namespace, Socket } from 'socket.io';
import { Adapter } from 'socket.io-adapter';
import {
  Authenticate,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import {
  ask,
  CollectingLogger,
  connect,
  newClient,
  next,
  refused,
  start,
  type Client,
  type Registered,
  type Running,
} from '../support/run-gateway';

const settings = { port: 0 };

/** Sets the rooms that it is told to in its meta. */
const move: ServiceSchema = {
  name: 'move',
  actions: {
    join: (ctx: Context<{ room: unknown }, any>) => void (ctx.meta.$join = ctx.params.room),
    leave: (ctx: Context<{ room: unknown }, any>) => void (ctx.meta.$leave = ctx.params.room),
  },
};

@SocketNamespace('/x', { name: 'gateway', settings })
class OpenGateway extends SocketGateway {
  @Authenticate({ room: ({ id }: { id: number }) => `inbox:${id}` })
  who({ handshake }: Socket) {
    return handshake.auth['id'] === undefined ? undefined : { id: handshake.auth['id'] };
  }
  @SocketEvent()
  rooms(ctx: SocketContext) {
    return [...ctx.socket.rooms];
  }
  @SocketEvent()
  user(ctx: SocketContext) {
    return ctx.meta.user ?? null;
  }
  @SocketEvent({ whitelist: ['move.*'] })
  call!: ActionProxy;

  @SocketEvent()
  metaJoin(ctx: SocketContext<{ room: any }>) {
    ctx.meta.$join = ctx.params.room;
    ctx.meta.user = { id: 'changed' };
  }
  @SocketEvent()
  metaLeave(ctx: SocketContext<{ room: any }>) {
    ctx.meta.$leave = ctx.params.room;
    ctx.meta.user = { id: 'changed' };
  }
  @SocketEvent()
  nestedJoin(ctx: SocketContext) {
    return ctx.call('move.join', ctx.params);
  }
  @SocketEvent()
  nestedLeave(ctx: SocketContext) {
    return ctx.call('move.leave', ctx.params);
  }
  @SocketEvent()
  socketJoin(ctx: SocketContext<{ room: any }>) {
    void ctx.socket.join(ctx.params.room);
  }
  @SocketEvent()
  async socketLeave(ctx: SocketContext<{ room: any }>) {
    await ctx.socket.leave(ctx.params.room);
  }
  @SocketEvent()
  namespaceJoin(ctx: SocketContext<{ room: any }>) {
    ctx.socket.nsp.socketsJoin(ctx.params.room);
  }
  @SocketEvent()
  namespaceLeave(ctx: SocketContext<{ room: any }>) {
    ctx.socket.nsp.in(ctx.socket.id).socketsLeave(ctx.params.room);
  }
  @SocketEvent()
  othersJoin(ctx: SocketContext<{ room: any }>) {
    ctx.socket.broadcast.socketsJoin(ctx.params.room);
  }
  @SocketEvent()
  async fetchedLeave(ctx: SocketContext<{ room: any }>) {
    for (const socket of await ctx.socket.nsp.fetchSockets()) socket.leave(ctx.params.room);
  }
  @SocketEvent()
  leaveAll(ctx: SocketContext) {
    ctx.socket['leaveAll']();
  }
}

type Door = (running: Running, client: Client, room: unknown) => Promise<{ error: any }>;
const event =
  (name: string): Door =>
  (_running, client, room) =>
    ask(client, name, { room });
const proxied =
  (action: string): Door =>
  (_running, client, room) =>
    ask(client, 'call', action, { room });
const managed =
  (action: string, param: string): Door =>
  ({ broker }, client, room) =>
    broker.call(`gateway.${action}`, { socketIds: client.id, [param]: room }).then(
      () => ({ error: null }),
      (error: unknown) => ({ error }),
    );

/** Every way into a room or out of it that does not take what is no string. */
const STRICT: Record<string, Door> = {
  '$join of a handler': event('metaJoin'),
  '$leave of a handler': event('metaLeave'),
  '$join of an action': proxied('move.join'),
  '$leave of an action': proxied('move.leave'),
  '$join of an action that a handler calls': event('nestedJoin'),
  '$leave of an action that a handler calls': event('nestedLeave'),
  'socket.join': event('socketJoin'),
  'socket.leave': event('socketLeave'),
  'namespace.socketsJoin': event('namespaceJoin'),
  'namespace.socketsLeave': event('namespaceLeave'),
  'socket.broadcast.socketsJoin': event('othersJoin'),
  'leave of a fetched socket': event('fetchedLeave'),
};
const DOORS: Record<string, Door> = {
  ...STRICT,
  'the action joinRooms': managed('joinRooms', 'join'),
  'the action leaveRooms': managed('leaveRooms', 'leave'),
};

const roomsOf = async (client: Client): Promise<string[]> => (await ask(client, 'rooms')).result.sort();

/** Breaks the connection of a client under it, and waits until the server knows. */
async function drop({ gateway }: Running, client: Client): Promise<void> {
  const socket = gateway.namespaces.get('/x')?.sockets.get(client.id as string) as Socket;
  const gone = new Promise((resolve) => socket.once('disconnect', resolve));
  client.io.engine.close();
  await gone;
}

describe('rooms of the gateway', () => {
  for (const [name, door] of Object.entries(DOORS)) {
    describe(`and ${name}`, () => {
      it('are refused with 400, alone and in a list, and nothing changes', async () => {
        const running = await start([OpenGateway, move]);
        const elsewhere = await start(OpenGateway);
        const eve = await connect(running, '/x', { auth: { id: 9 } });
        const ann = await connect(running, '/x', { auth: { id: 7 } });
        const far = await connect(elsewhere);
        const gone = await connect(running);
        const goneId = gone.id;
        await drop(running, gone);
        const before = await roomsOf(eve);
        expect(before).to.have.members([eve.id, '$user:9', 'inbox:9']);
        for (const room of ['$user:7', '$user:9', '$', '$x', ann.id, eve.id, far.id, goneId]) {
          for (const rooms of name.includes('leave') && !name.startsWith('$leave')
            ? [room]
            : [room, [room], ['fine', room]]) {
            const { error } = await door(running, eve, rooms);
            expect(error, String(rooms)).to.include({ code: 400, type: 'ROOM_RESERVED' });
            expect(await roomsOf(eve), String(rooms)).to.deep.equal(before);
          }
        }
        expect((await ask(eve, 'user')).result, 'the user').to.deep.equal({ id: 9 });
        expect(await roomsOf(ann)).to.have.members([ann.id, '$user:7', 'inbox:7']);
      });

      it('are no names that only look like them', async () => {
        const running = await start([OpenGateway, move]);
        const eve = await connect(running);
        for (const room of ['a$', 'user:7', 'x'.repeat(20), `${eve.id}x`, (eve.id as string).slice(1)])
          expect((await door(running, eve, room)).error, room).to.equal(null);
      });
    });
  }

  for (const [name, door] of Object.entries(STRICT)) {
    it(`and ${name}: what is no room is refused with 400, and breaks nothing`, async () => {
      const running = await start([OpenGateway, move]);
      const eve = await connect(running);
      for (const room of [{}, { a: 1 }, 7, true, null, [['a']], [7], ['a', {}], [null]]) {
        const { error } = await door(running, eve, room);
        expect(error, JSON.stringify(room)).to.include({ code: 400, type: 'ROOM_NOT_VALID' });
        expect(await roomsOf(eve)).to.deep.equal([eve.id]);
      }
    });
  }

  it('are kept by leaveAll', async () => {
    const running = await start([OpenGateway, move]);
    const ann = await connect(running, '/x', { auth: { id: 7 } });
    await ask(ann, 'socketJoin', { room: ['a', 'b'] });
    await ask(ann, 'leaveAll');
    expect(await roomsOf(ann)).to.have.members([ann.id, '$user:7']);
    await drop(running, ann);
    expect([...(running.gateway.namespaces.get('/x') as Namespace).adapter.rooms.keys()]).to.deep.equal([]);
  });

  it('are refused before an overridden socketJoinRooms of the drop-in is called, and behind it', async () => {
    const called: unknown[] = [];
    const running = await start([
      {
        name: 'io',
        mixins: [SocketIOService],
        settings: { ...settings, io: { namespaces: { '/x': { events: { call: {} } } } } },
        methods: {
          socketJoinRooms(socket: Socket, rooms: string | string[]) {
            called.push(rooms);
            return socket.join(rooms === 'mine' ? '$user:7' : rooms);
          },
        },
      } as unknown as Registered,
      move,
    ] as Registered[]);
    const eve = await connect(running);
    expect((await ask(eve, 'call', 'move.join', { room: '$user:7' })).error).to.include({ code: 400 });
    expect(called).to.deep.equal([]);
    expect((await ask(eve, 'call', 'move.join', { room: 'mine' })).error).to.include({ code: 400 });
    expect((await ask(eve, 'call', 'move.join', { room: 'tea' })).error).to.equal(null);
    expect(called).to.deep.equal(['mine', 'tea']);
  });

  describe('where another node asks for them', () => {
    /** What the adapters of Redis do with a message of another node. */
    const fromAfar = (namespace: Namespace, method: 'addSockets' | 'delSockets', id: string, room: string) =>
      Adapter.prototype[method].call(namespace.adapter, { rooms: new Set([id]), except: new Set<string>() }, [
        room,
      ]);

    class FirstAdapter extends Adapter {}
    @SocketNamespace('/x', {
      name: 'gateway',
      settings: { port: 0, io: { options: { adapter: async () => FirstAdapter } } },
    })
    class LateGateway extends OpenGateway {}

    for (const [what, gateway] of [
      ['its adapter', OpenGateway],
      ['an adapter that connects first', LateGateway],
    ] as const) {
      it(`are logged and left alone, through ${what}`, async () => {
        const logger = new CollectingLogger();
        const running = await start([gateway, move], { logger });
        const ann = await connect(running, '/x', { auth: { id: 7 } });
        const namespace = running.gateway.namespaces.get('/x') as Namespace;
        const id = ann.id as string;
        fromAfar(namespace, 'addSockets', id, '$user:9');
        fromAfar(namespace, 'delSockets', id, '$user:7');
        fromAfar(namespace, 'delSockets', id, id);
        fromAfar(namespace, 'addSockets', id, 'tea');
        expect(await roomsOf(ann)).to.have.members([id, '$user:7', 'inbox:7', 'tea']);
        expect(logger.having('rooms that belong to the gateway')).to.have.length(3);
        expect(logger.errors).to.deep.equal([]);
      });
    }
  });

  describe('and the room of @Authenticate', () => {
    for (const room of ['$mine', 'the id of a socket']) {
      it(`which must not be ${room}`, async () => {
        let name = room;
        @SocketNamespace('/x', { settings })
        class RoomGateway extends SocketGateway {
          @Authenticate({ room: () => name })
          who() {
            return { id: 1 };
          }
        }
        const logger = new CollectingLogger();
        const running = await start(RoomGateway, { logger });
        if (room !== '$mine') name = (await connect(await start(OpenGateway))).id as string;
        expect((await refused(newClient(running))).data).to.include({ code: 401 });
        const [line] = logger.having('room of RoomGateway.who must not return');
        expect(line?.text).to.include("write 'user:' + user.id");
      });
    }
  });

  describe('make exact', () => {
    it('disconnect { user }: the user cannot leave its room, also when it logs in again', async () => {
      const running = await start([OpenGateway, move]);
      const ann = await connect(running, '/x', { auth: { id: 7 } });
      const ben = await connect(running, '/x', { auth: { id: 8 } });
      for (const door of Object.values(DOORS)) await door(running, ann, '$user:7');
      for (const door of Object.values(DOORS)) await door(running, ben, '$user:7');
      const gone = next(ann, 'disconnect');
      await running.broker.call('gateway.disconnect', { user: 7 });
      await gone;
      expect(await running.broker.call('gateway.getClients')).to.deep.equal([ben.id]);
    });

    it('request: only the socket is asked, and only its answer counts', async () => {
      const running = await start([OpenGateway, move]);
      const [ann, eve] = [await connect(running), await connect(running)];
      for (const door of Object.values(DOORS)) await door(running, eve, ann.id);
      eve.on('pay', (...args: any[]) => args.pop()('forged'));
      ann.on('pay', (_secret: string, answer: (value: string) => void) => {
        setTimeout(() => answer('paid'), 50);
      });
      const params = { socketId: ann.id, event: 'pay', args: ['secret'], timeout: 1000 };
      expect(await running.broker.call('gateway.request', params)).to.equal('paid');
    });

    it('socketIds: the name of a room is no id', async () => {
      const running = await start([OpenGateway, move]);
      const [ann, eve] = [await connect(running), await connect(running)];
      for (const room of ['lobby', 'x'.repeat(20), 'id']) {
        await ask(ann, 'socketJoin', { room });
        await running.broker.call('gateway.joinRooms', { socketIds: [room, eve.id], join: 'joined' });
        expect(await roomsOf(ann)).not.to.include('joined');
        await running.broker.call('gateway.disconnect', { socketIds: room });
        const request = { socketId: room, event: 'rooms', timeout: 500 };
        const error = await running.broker
          .call('gateway.request', request)
          .catch((reason: unknown) => reason);
        expect(error).to.include({ code: 404, type: 'SOCKET_NOT_FOUND' });
      }
      expect(await roomsOf(eve)).to.include('joined');
      expect((await ask(ann, 'rooms')).error).to.equal(null);
    });

    it('addresses: the rooms can be sent to', async () => {
      const running = await start([OpenGateway, move]);
      const ann = await connect(running, '/x', { auth: { id: 7 } });
      const eve = await connect(running, '/x', { auth: { id: 9 } });
      eve.on('hello', () => expect.fail('eve heard what is for ann'));
      for (const rooms of ['$user:7', ann.id]) {
        const hello = next(ann, 'hello');
        await running.broker.call('gateway.broadcast', { event: 'hello', args: [rooms], rooms });
        expect(await hello).to.deep.equal([rooms]);
      }
      await ask(eve, 'rooms');
    });
  });
});
