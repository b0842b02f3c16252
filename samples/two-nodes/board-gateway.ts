import { IsString, Length } from 'class-validator';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  ConnectedSocket,
  Errors,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  User,
} from 'moleculer-socket-gateway';

/** Who is connected: somebody with the same id on another node is the same person. */
export interface Person {
  id: string;
}

export class NewNote {
  @IsString()
  @Length(1, 200)
  text!: string;
}

/** What is on the board. */
export interface Note extends NewNote {
  from: string;
  /** The node that it came in on. */
  node: string;
}

/** A board that everybody sees, whichever node he is connected to. */
@SocketNamespace('/board')
@Authorize()
export class BoardGateway extends SocketGateway {
  @Authenticate()
  authenticate({ handshake }: Socket): Person {
    const name: unknown = handshake.auth.name;
    if (typeof name !== 'string' || name === '') throw new Errors.UnAuthorizedError('NO_NAME');
    return { id: name };
  }

  @SocketEvent()
  pin(@MessageBody() { text }: NewNote, @User() { id }: Person, @ConnectedSocket() socket: Socket): Note {
    const note = { from: id, node: this.broker.nodeID, text };
    socket.broadcast.emit('note', note); // the adapter takes it to the other nodes
    return note;
  }

  /** Who is there, on any node. */
  @SocketEvent()
  async people(@ConnectedSocket() socket: Socket): Promise<string[]> {
    const sockets: { data: { user?: Person } }[] = await socket.nsp.fetchSockets();
    return sockets.flatMap(({ data }) => data.user?.id ?? []).sort();
  }
}
