import { ServiceBroker, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Ctx,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { CollectingLogger } from '../support/run-gateway';
import { serve, STOPS_AT_ONCE } from '../support/serve';
import { failingAdapter, fault, type Way } from './failing-adapter';

/*
 * A server whose adapter fails in the method, and in the way, that the test wants.
 */

const USES: Record<string, (gateway: SocketGateway, socket: Socket) => unknown> = {
  'io.emit': ({ io }) => io.emit('told'),
  'namespace.emit': (_gateway, { nsp }) => nsp.emit('told'),
  'socket.to().emit': (_gateway, socket) => socket.to('room').emit('told'),
  'socket.emit': (_gateway, socket) => socket.emit('told'),
  'socket.join': async (_gateway, socket) => socket.join('room'),
  'socket.join, not awaited': (_gateway, socket) => void socket.join('room'),
  'socket.leave': async (_gateway, socket) => socket.leave('room'),
  'socket.leave, not awaited': (_gateway, socket) => void socket.leave('room'),
  'socket.rooms': (_gateway, socket) => socket.rooms.size,
  socketsJoin: (_gateway, { nsp, id }) => nsp.in(id).socketsJoin('room'),
  socketsLeave: (_gateway, { nsp, id }) => nsp.in(id).socketsLeave('room'),
  disconnectSockets: (_gateway, { nsp }) => nsp.in('nobody').disconnectSockets(),
  fetchSockets: async (_gateway, { nsp }) => (await nsp.fetchSockets()).length,
  'fetchSockets, not awaited': (_gateway, { nsp }) => void nsp.fetchSockets(),
  allSockets: async (_gateway, { nsp }) => (await nsp.allSockets()).size,
  serverSideEmit: (_gateway, { nsp }) => nsp.serverSideEmit('anything'),
  serverCount: (_gateway, { nsp }) => nsp.adapter.serverCount(),
  'namespace.emit with an ack': (_gateway, { nsp, id }) =>
    new Promise((resolve) =>
      nsp
        .in(id)
        .timeout(500)
        .emit('told', (...answer: unknown[]) => resolve(answer.length)),
    ),
  emitWithAck: (_gateway, { nsp, id }) => nsp.in(id).timeout(500).emitWithAck('told'),
};

@SocketNamespace('/x', { settings: { port: 0 } })
class XGateway extends SocketGateway {
  @SocketEvent()
  ping() {
    return 'pong';
  }
  @SocketEvent()
  async use(@MessageBody() way: string, @Ctx() ctx: SocketContext) {
    const result = await USES[way]!(this, ctx.socket);
    return typeof result === 'number' ? result : 'done';
  }
  @SocketEvent()
  move(@MessageBody() room: string, @Ctx() ctx: SocketContext) {
    ctx.meta.$join = room;
    ctx.meta.$leave = room;
  }
}

/** A gateway whose users have rooms, on a dynamic path. */
@SocketNamespace('/tenants/:id')
class TenantGateway extends SocketGateway {
  @Authenticate({ room: () => 'users' })
  enter() {
    return { id: 7 };
  }
  @SocketEvent()
  ping() {
    return 'pong';
  }
}

interface Options {
  readonly recovery?: boolean;
  readonly arrows?: boolean;
  /** The adapter of the server is Socket.IO's own, and the application listens to its rooms. */
  readonly listeners?: boolean;
}

serve(async ({ recovery = false, arrows = false, listeners = false }: Options) => {
  const logger = new CollectingLogger('warn');
  const broker = new ServiceBroker({
    logger: logger as never,
    skipProcessEventRegistration: true,
    registry: STOPS_AT_ONCE,
  });
  const options = {
    ...(!listeners && { adapter: failingAdapter({ recovery, arrows }) }),
    ...(recovery && { connectionStateRecovery: {} }),
  };
  const settings: object = { settings: { io: { options } } };
  const x = broker.createService(XGateway as never, settings as ServiceSchema);
  broker.createService(TenantGateway as never);
  await broker.start();
  return {
    brokers: [broker],
    commands: {
      fail(method?: string, way?: Way) {
        Object.assign(fault, { method, way });
        logger.lines.length = 0;
      },
      uses: () => Object.keys(USES),
      logged: () => logger.lines.map(({ text }) => text.split('\n')[0]),
      call: async (action: string, params: object) => {
        try {
          return { result: (await broker.call(action, params)) ?? null };
        } catch (error) {
          return { error: (error as Error).message };
        }
      },
      listen() {
        const { adapter } = (x as unknown as SocketGateway).io.of('/x');
        for (const event of ['create-room', 'join-room', 'leave-room', 'delete-room']) {
          adapter.on(event, () => {
            if (fault.method === event) throw new Error(`a listener of ${event} failed`);
          });
        }
      },
      rooms: () => (x as unknown as SocketGateway).io.of('/x').adapter.rooms.size,
      async replace() {
        (x as unknown as SocketGateway).io.adapter(failingAdapter({}) as never);
      },
    },
  };
});
