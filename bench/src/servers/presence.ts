import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Service } from 'moleculer';
import { Authenticate, OnConnect, SocketGateway, SocketNamespace } from 'moleculer-socket-gateway';
import type { Server, Socket } from 'socket.io';
import { NAMESPACE } from '../payloads';
import { newBroker } from './broker';
import type { RunningServer, ServerSpec } from './server-spec';

/* A gateway whose users enter a room each, without presence and with it. */

/** Users of a room. */
const ROOM_SIZE = 50;

const PRESENCE = {
  none: {},
  /** All users of the namespace, whom only the application asks about. */
  namespace: { presence: { notify: false } },
  /** The users of each room, who are told of each other. */
  rooms: { presence: { rooms: 'room:*' } },
} as const;

export async function start({ shape }: ServerSpec): Promise<RunningServer> {
  @SocketNamespace(NAMESPACE, {
    name: 'chat',
    settings: { port: 0 },
    ...PRESENCE[shape as keyof typeof PRESENCE],
  })
  class ChatGateway extends SocketGateway {
    @Authenticate()
    authenticate(socket: Socket) {
      return { id: (socket.handshake.auth as { id: number }).id };
    }
    @OnConnect()
    enter(socket: Socket) {
      const { id } = socket.handshake.auth as { id: number };
      return socket.join(`room:${Math.floor(id / ROOM_SIZE)}`);
    }
  }
  const broker = newBroker();
  const service = broker.createService(ChatGateway as never) as unknown as Service & {
    io: Server & { httpServer: HttpServer };
  };
  await broker.start();
  return {
    port: (service.io.httpServer.address() as AddressInfo).port,
    commands: shape === 'none' ? {} : { users: () => broker.call('chat.countPresence', {}) },
  };
}
