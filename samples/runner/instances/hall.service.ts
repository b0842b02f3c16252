import type { Socket } from 'socket.io';
import {
  ConnectedSocket,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from 'moleculer-socket-gateway';

/** A gateway of which each instance serves a part of the clients. All instances listen on one port. */
@SocketNamespace('/hall', {
  settings: {
    port: process.env['PORT'] ?? 3000,
    io: {
      options: {
        // Node.js gives each connection to another instance. A client over polling makes many of them, a websocket is one.
        transports: ['websocket'],
      },
    },
    // The default with NODE_ENV=production.
    drain: true,
  },
})
export default class HallGateway extends SocketGateway {
  /** Says something to the clients of all instances. */
  @SocketEvent()
  say(@MessageBody() text: string, @ConnectedSocket() socket: Socket) {
    socket.broadcast.emit('said', text);
    return this.broker.nodeID;
  }

  /** Takes its time. */
  @SocketEvent()
  async work(@MessageBody() milliseconds: number) {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return this.broker.nodeID;
  }
}
