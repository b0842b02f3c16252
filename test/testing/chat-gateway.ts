import { IsString, Length } from 'class-validator';
import type { ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  MessageBody,
  OnConnect,
  OnDisconnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';

export class NewMessage {
  @IsString()
  room!: string;

  @Length(1, 20)
  text!: string;
}

/** The gateway that the tests of the kit are written for. */
@SocketNamespace('/chat')
@Authorize()
export class ChatGateway extends SocketGateway {
  readonly left: string[] = [];

  @Authenticate()
  authenticate(socket: Socket) {
    return this.broker.call('users.verify', { token: socket.handshake.auth.token });
  }

  @OnConnect()
  greet(socket: Socket) {
    socket.emit('hello', socket.handshake.address);
  }

  @OnDisconnect()
  leave(_socket: Socket, reason: string) {
    this.left.push(reason);
  }

  @SocketEvent()
  async join(ctx: SocketContext<{ room: string }>) {
    await ctx.socket.join(ctx.params.room);
  }

  @SocketEvent('message')
  send(@MessageBody() message: NewMessage) {
    this.io.of('/chat').to(message.room).emit('message', message);
    return { id: 1 };
  }

  @SocketEvent()
  me(ctx: SocketContext) {
    return ctx.meta.user;
  }

  @SocketEvent()
  @Authorize('admin')
  secret() {
    return 42;
  }

  @SocketEvent()
  @Authorize(({ meta }) => (meta.user as { name?: string }).name === 'Ann')
  onlyAnn() {
    return 'Ann';
  }

  @SocketEvent()
  fail() {
    throw new TypeError('no such table: people');
  }

  @SocketEvent()
  kick(ctx: SocketContext) {
    ctx.socket.disconnect();
  }

  @SocketEvent('slow', { timeout: 5000 })
  async slow(ctx: SocketContext<{ ms: number }>) {
    await new Promise((resolve) => setTimeout(resolve, ctx.params.ms));
    ctx.socket.emit('late', ctx.params.ms);
    return 'done';
  }

  @SocketEvent()
  later(ctx: SocketContext) {
    void ctx.broker.call('users.notify', { socketId: ctx.socket.id });
  }

  @SocketEvent()
  async question(ctx: SocketContext) {
    return ctx.socket.emitWithAck('question', 'tea?');
  }
}

/** The service that the gateway asks. */
export const USERS: ServiceSchema = {
  name: 'users',
  actions: {
    verify: ({ params }: { params: { token?: string } }) =>
      params.token === 'ann' ? { id: 1, name: 'Ann' } : undefined,
    async notify(ctx: {
      params: { socketId: string };
      call: (action: string, params: object) => Promise<unknown>;
    }) {
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
      await ctx.call('chat.broadcast', { event: 'notice', args: [], rooms: ctx.params.socketId });
    },
  },
};
