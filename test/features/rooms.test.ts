import { expect } from 'chai';
import type { Context, ServiceSchema } from 'moleculer';
import { Adapter } from 'socket.io-adapter';
import {
  OnAfterCall,
  OnBeforeCall,
  SocketEvent,
  SocketGateway,
  SocketId,
  SocketNamespace,
  SocketRooms,
  type ActionProxy,
  type SocketContext,
  type SocketNamespaceOptions,
} from '../../src';
import { ask, CollectingLogger, connect, next, start, type Client } from '../support/run-in-memory';

const settings = { port: 0 };
interface Moves {
  $join?: unknown;
  $leave?: unknown;
}

const rooms: ServiceSchema = {
  name: 'rooms',
  actions: {
    move(ctx: Context<Moves, Moves>) {
      Object.assign(ctx.meta, ctx.params);
      return 'moved';
    },
  },
};

function roomGateway(options: SocketNamespaceOptions = {}) {
  @SocketNamespace('/x', { name: 'gateway', settings, ...options })
  class RoomGateway extends SocketGateway {
    @SocketEvent()
    move(ctx: SocketContext<object>) {
      Object.assign(ctx.meta, ctx.params);
      return 'moved';
    }
    @SocketEvent()
    async nested(ctx: SocketContext<object>) {
      return ctx.call('rooms.move', ctx.params);
    }
    @SocketEvent({ whitelist: ['rooms.*'], aliases: { move: 'rooms.move' } })
    call!: ActionProxy;

    @SocketEvent()
    rooms(@SocketRooms() rooms: Iterable<string>, @SocketId() id: string) {
      return [...rooms].filter((room) => room !== id);
    }
  }
  return RoomGateway;
}

const roomsOf = async (client: Client): Promise<string[]> => (await ask(client, 'rooms')).result;

/** The ways to set rooms in the meta of a call. */
const DOORS: Record<string, (client: Client, moves: Moves) => Promise<unknown>> = {
  'a handler': (client, moves) => ask(client, 'move', moves),
  'an action': (client, moves) => ask(client, 'call', 'move', moves),
  'an action that a handler calls': (client, moves) => ask(client, 'nested', moves),
};

describe('$join and $leave', () => {
  for (const [who, move] of Object.entries(DOORS)) {
    describe(`of ${who}`, () => {
      it('take a room, or a list of rooms', async () => {
        const client = await connect(await start([roomGateway(), rooms]));
        expect(await move(client, { $join: 'a' })).to.deep.equal({ error: null, result: 'moved' });
        expect(await roomsOf(client)).to.deep.equal(['a']);
        await move(client, { $join: ['b', 'c', 'a'] });
        expect(await roomsOf(client)).to.deep.equal(['a', 'b', 'c']);
        await move(client, { $leave: 'a' });
        expect(await roomsOf(client)).to.deep.equal(['b', 'c']);
        await move(client, { $leave: ['b', 'nowhere', 'c'] });
        expect(await roomsOf(client)).to.deep.equal([]);
      });

      it('leave before they join', async () => {
        const client = await connect(await start([roomGateway(), rooms]));
        await move(client, { $join: ['a', 'b'] });
        await move(client, { $leave: ['a', 'b'], $join: ['b', 'c'] });
        expect(await roomsOf(client)).to.deep.equal(['b', 'c']);
      });

      it('do nothing with empty lists', async () => {
        const client = await connect(await start([roomGateway(), rooms]));
        await move(client, { $join: 'a' });
        expect(await move(client, { $join: [], $leave: [] })).to.deep.equal({ error: null, result: 'moved' });
        expect(await roomsOf(client)).to.deep.equal(['a']);
      });
    });
  }

  it('are about one socket, and count for one call', async () => {
    const running = await start([roomGateway(), rooms]);
    const [a, b] = [await connect(running), await connect(running)];
    await ask(a, 'move', { $join: 'a' });
    await ask(b, 'move', {});
    await ask(a, 'move', { $leave: 'a' });
    await ask(a, 'move', {});
    expect([await roomsOf(a), await roomsOf(b)]).to.deep.equal([[], []]);
  });

  it('may be set by hooks', async () => {
    @SocketNamespace('/x', { settings })
    class HookGateway extends roomGateway() {
      @OnBeforeCall('move')
      before(ctx: SocketContext) {
        ctx.meta.$join = ['before'];
      }
      @OnAfterCall('call')
      after(ctx: SocketContext) {
        ctx.meta.$join = 'after';
      }
    }
    const client = await connect(await start([HookGateway, rooms]));
    await ask(client, 'move', {});
    await ask(client, 'call', 'move', {});
    expect(await roomsOf(client)).to.deep.equal(['before', 'after']);
  });

  it('reach what is sent to the room right after the ack', async () => {
    const running = await start([roomGateway(), rooms]);
    const client = await connect(running);
    const hello = next(client, 'hello');
    await ask(client, 'call', 'move', { $join: 'a' });
    running.gateway.namespaces.get('/x')!.to('a').emit('hello', 1);
    expect(await hello).to.deep.equal([1]);
  });

  it('work where the client asks for no ack', async () => {
    const client = await connect(await start([roomGateway(), rooms]));
    client.emit('move', { $join: 'a' });
    client.emit('call', 'move', { $join: 'b' });
    // The last one is asked after the others have been answered.
    await ask(client, 'nested', { $join: 'c' });
    expect((await roomsOf(client)).sort()).to.deep.equal(['a', 'b', 'c']);
  });

  describe('with an async adapter', () => {
    const log: string[] = [];
    /** An adapter that has to ask somebody else, as those of several nodes may. */
    class AsyncAdapter extends Adapter {
      override async addAll(id: string, joined: Set<string>) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (joined.has('forbidden')) throw new Error('the adapter refuses');
        await super.addAll(id, joined);
        log.push(`joined ${[...joined].join()}`);
      }
      override async del(id: string, room: string) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        await super.del(id, room);
        log.push(`left ${room}`);
      }
    }
    const options = { settings: { port: 0, io: { options: { adapter: AsyncAdapter } } } };

    for (const [who, move] of Object.entries(DOORS)) {
      it(`are awaited before the ack (${who})`, async () => {
        const client = await connect(await start([roomGateway(options), rooms]));
        await move(client, { $join: 'a' });
        log.length = 0;
        await move(client, { $leave: ['a', 'b'], $join: ['c', 'd'] });
        log.push('answered');
        expect(log).to.deep.equal(['left a', 'left b', 'joined c,d', 'answered']);
        expect(await roomsOf(client)).to.deep.equal(['c', 'd']);
      });
    }

    it('answer with an error where the adapter rejects', async () => {
      const logger = new CollectingLogger();
      const client = await connect(await start([roomGateway(options), rooms], { logger }));
      const { error } = await ask(client, 'move', { $join: 'forbidden' });
      expect(error).to.include({ name: 'InternalServerError', code: 500 });
      expect(logger.errors.map(({ text }) => text).join()).to.include('the adapter refuses');
      expect((await ask(client, 'move', { $join: 'a' })).error).to.equal(null);
      expect(await roomsOf(client)).to.deep.equal(['a']);
    });
  });
});
