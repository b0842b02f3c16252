import type { Context, ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  Ctx,
  Errors,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
  type SocketMeta,
} from '../../src';

/** Halls with rooms in which users talk: what the generated sequences are played with. */
@SocketNamespace('/halls/:hall', { settings: { port: 0 } })
export class HallGateway extends SocketGateway {
  @Authenticate({ room: ({ id }: { id: string }) => `user:${id}` })
  authenticate({ handshake }: Socket) {
    const { user } = handshake.auth as { user?: string };
    return user === undefined ? undefined : { id: user };
  }

  @SocketEvent()
  login(@MessageBody() id: string, @Ctx() ctx: SocketContext) {
    ctx.meta.user = { id };
  }

  @SocketEvent()
  logout(ctx: SocketContext) {
    ctx.meta.user = null;
  }

  /** What a call that fails has set must not be there afterwards. */
  @SocketEvent()
  fail(ctx: SocketContext) {
    ctx.meta.user = { id: 'intruder' };
    ctx.meta.$join = 'talk:a';
    throw new Error('secret');
  }

  @Authorize()
  @SocketEvent()
  say(@MessageBody() room: string, @MessageBody(1) text: number, @Ctx() { socket }: SocketContext) {
    socket.to(`talk:${room}`).emit('said', room, text);
  }

  @SocketEvent('call', { whitelist: ['talk.*'] })
  call!: ActionProxy;
}

/** Moves sockets by meta, as a service on any node would. */
export const talk: ServiceSchema = {
  name: 'talk',
  actions: {
    enter(ctx: Context<{ room: string }, SocketMeta>) {
      if (!ctx.meta.user) throw new Errors.UnAuthorizedError();
      ctx.meta.$join = `talk:${ctx.params.room}`;
    },
    quit(ctx: Context<{ room: string }, SocketMeta>) {
      ctx.meta.$leave = `talk:${ctx.params.room}`;
    },
    who(ctx: Context<object, SocketMeta>) {
      const rooms = (ctx.meta.$rooms ?? []).filter((room) => /^(talk|user):/.test(room));
      return { user: (ctx.meta.user as { id: string } | null | undefined)?.id ?? null, rooms: rooms.sort() };
    },
  },
};
