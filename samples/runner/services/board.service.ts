import type { Socket } from 'socket.io';
import {
  MessageBody,
  NspParam,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from 'moleculer-socket-gateway';

/** A second gateway: it names no port, and shares the server of the first one. */
@SocketNamespace('/boards/:board')
export default class BoardGateway extends SocketGateway {
  @OnConnect()
  welcome(socket: Socket) {
    socket.emit('note', `This is ${socket.nsp.name}`);
  }

  @SocketEvent()
  pin(@MessageBody() note: string, @NspParam('board') board: string) {
    this.namespaces.get(`/boards/${board}`)?.emit('note', note);
  }
}
