import { IsString, Length } from 'class-validator';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  ConnectedSocket,
  Ctx,
  Errors,
  MessageBody,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  User,
  type SocketContext,
} from 'moleculer-socket-gateway';
import type { Note } from './notes';

/** A user: the same id on another node is the same user. */
export interface Person {
  id: string;
}

export class NewNote {
  @IsString()
  @Length(1, 40)
  id!: string;

  @IsString()
  @Length(1, 200)
  text!: string;
}

/**
 * A board that all clients see, whatever node they are connected to. The notes are kept elsewhere: this gateway may end at any time.
 */
@SocketNamespace('/board', {
  dependencies: ['notes'],
  settings: {
    // The balancer looks every 100 ms whether the node is ready. In production the defaults will do.
    drain: { delay: 300, window: 1_000, grace: 5_000 },
  },
})
@Authorize()
export class BoardGateway extends SocketGateway {
  @Authenticate()
  authenticate({ handshake }: Socket): Person {
    const name: unknown = handshake.auth.name;
    if (typeof name !== 'string' || name === '') throw new Errors.UnAuthorizedError('NO_NAME');
    return { id: name };
  }

  @OnConnect()
  welcome(socket: Socket) {
    socket.emit('node', this.broker.nodeID);
  }

  @SocketEvent()
  async pin(
    @MessageBody() { id, text }: NewNote,
    @User() { id: from }: Person,
    @ConnectedSocket() socket: Socket,
    @Ctx() ctx: SocketContext,
  ): Promise<Note> {
    const note: Note = { id, from, node: this.broker.nodeID, text };
    const isNew = await ctx.call<boolean, Note>('notes.add', note);
    // To the clients of all nodes, over Moleculer's transporter.
    if (isNew) socket.broadcast.emit('note', note);
    return note;
  }

  /** What is on the board: a page asks when it has come back. */
  @SocketEvent()
  notes(@Ctx() ctx: SocketContext): Promise<Note[]> {
    return ctx.call<Note[]>('notes.list');
  }

  /** The users on all nodes. */
  @SocketEvent()
  async people(@ConnectedSocket() socket: Socket): Promise<string[]> {
    const sockets: { data: { user?: Person } }[] = await socket.nsp.fetchSockets();
    return [...new Set(sockets.flatMap(({ data }) => data.user?.id ?? []))].sort();
  }
}
