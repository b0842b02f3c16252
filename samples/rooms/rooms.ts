import type { Context, ServiceSchema } from 'moleculer';
import {
  type ActionProxy,
  Errors,
  SocketEvent,
  SocketGateway,
  type SocketMeta,
  SocketNamespace,
} from 'moleculer-socket-gateway';

/** What the service sends to everybody in a room. */
export interface Said {
  room: string;
  from: string;
  text: string;
}

/** Every socket is alone in a Socket.IO room named after its id: the prefix keeps clients out of that one. */
const PREFIX = 'room:';
const room = { type: 'string', min: 1, max: 24 };
const text = { type: 'string', min: 1, max: 500 };

/** An action moves the socket that called it by `$join` and `$leave`, on whichever node it runs. */
export const rooms: ServiceSchema = {
  name: 'rooms',
  actions: {
    join: {
      params: { room },
      handler({ params, meta }: Context<{ room: string }, SocketMeta>) {
        meta.$join = PREFIX + params.room;
      },
    },

    leave: {
      params: { room },
      handler({ params, meta }: Context<{ room: string }, SocketMeta>) {
        meta.$leave = PREFIX + params.room;
      },
    },

    list: ({ meta }: Context<unknown, SocketMeta>) =>
      (meta.$rooms ?? []).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length)),

    say: {
      params: { room, text },
      async handler(ctx: Context<{ room: string; text: string }, SocketMeta>) {
        const to = PREFIX + ctx.params.room;
        if (!ctx.meta.$rooms?.includes(to)) throw new Errors.ForbiddenError('NOT_IN_THE_ROOM');
        const said = { ...ctx.params, from: ctx.meta.$socketId };
        // Every gateway has such actions for other services: see the README.
        await ctx.call('lobby.broadcast', { event: 'said', args: [said], rooms: to });
      },
    },

    /** For other services only: no gateway shows it to clients. */
    close: {
      visibility: 'public',
      params: { room },
      async handler(ctx: Context<{ room: string }>) {
        const gone = PREFIX + ctx.params.room;
        await ctx.call('lobby.broadcast', { event: 'closed', args: [ctx.params.room], rooms: gone });
        await ctx.call('lobby.leaveRooms', { rooms: gone, leave: gone });
      },
    },
  },
};

/** Clients say `socket.emit('rooms', 'join', { room: 'tea' }, ack)`; without `restrict` they could call any action. */
@SocketNamespace('/rooms')
export class LobbyGateway extends SocketGateway {
  @SocketEvent({
    mappingPolicy: 'restrict',
    aliases: { join: 'rooms.join', leave: 'rooms.leave', list: 'rooms.list', say: 'rooms.say' },
  })
  rooms!: ActionProxy;
}
