import { ServiceBroker, type Context } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  Ctx,
  ForwardEvent,
  MessageBody,
  OnBeforeCall,
  OnConnect,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
  type SocketMeta,
} from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';
import { IsInt, IsString } from 'class-validator';

/*
 * What the long run is made against: a gateway with everything on, in a process whose garbage can be collected.
 */

class Order {
  @IsInt() id!: number;
  @IsString() item!: string;
}

// Not with connection state recovery: Socket.IO keeps what was sent for a minute, and the heap is not flat before.
const settings = { port: 0 };
const limits = { maxPending: 50, maxBufferedBytes: 1024 * 1024, handshakeTimeout: 1000, ackTimeout: 500 };

@SocketNamespace(['/soak', '/tenants/:id'], { settings, limits })
class SoakGateway extends SocketGateway {
  @Authenticate({ room: ({ id }: { id: string }) => `user:${id}` })
  async authenticate({ handshake }: Socket) {
    const { user, exp, slow, bad } = handshake.auth as Record<string, unknown>;
    if (bad) throw new Error('refused');
    if (slow) await new Promise((resolve) => setTimeout(resolve, 20));
    return user === undefined ? undefined : { id: user, exp };
  }

  @OnConnect()
  async welcome(socket: Socket) {
    await new Promise((resolve) => setImmediate(resolve));
    socket.emit('welcome', socket.recovered);
  }

  @OnBeforeCall('echo')
  before(ctx: SocketContext) {
    ctx.meta['seen'] = true;
  }

  @SocketEvent()
  echo(@MessageBody({ unchecked: true }) value: unknown) {
    return value;
  }

  @Authorize()
  @SocketEvent()
  order(@MessageBody() order: Order, @Ctx() ctx: SocketContext) {
    return ctx.call('soak-worker.work', { id: order.id });
  }

  @SocketEvent()
  fail() {
    throw new Error('a failure that the log need not keep');
  }

  @SocketEvent('late', { timeout: 50 })
  late(ctx: SocketContext) {
    return new Promise((resolve) => ctx.signal.addEventListener('abort', () => resolve(undefined)));
  }

  @SocketEvent()
  untilGone(ctx: SocketContext) {
    return new Promise((resolve) => ctx.signal.addEventListener('abort', () => resolve(undefined)));
  }

  @RateLimit({ points: 2, duration: 1 })
  @SocketEvent()
  rare() {}

  @SocketEvent()
  login(@MessageBody() user: string, @Ctx() ctx: SocketContext) {
    ctx.meta.user = user ? { id: user } : null;
  }

  @SocketEvent()
  async asks({ socket }: SocketContext) {
    return socket.emitWithAck('question').catch(() => 'no answer');
  }

  @SocketEvent('call', { whitelist: ['soak-worker.*'], multi: true })
  call!: ActionProxy;

  @ForwardEvent('order.*', { rooms: 'orders' })
  forward(ctx: Context<object>) {
    return ctx.params;
  }
}

const worker = {
  name: 'soak-worker',
  actions: {
    work: (ctx: Context<{ id: number }>) => ctx.params.id,
    enter(ctx: Context<object, SocketMeta>) {
      ctx.meta.$join = 'orders';
    },
    fail() {
      throw new Error('another failure');
    },
  },
};

serve(async () => {
  const broker = new ServiceBroker({
    logger: false,
    skipProcessEventRegistration: true,
    registry: STOPS_AT_ONCE,
    metrics: { enabled: true, collectProcessMetrics: false },
  });
  broker.createService(worker);
  broker.createService(SoakGateway);
  await broker.start();
  return {
    brokers: [broker],
    commands: {
      broadcast: (event: string) => broker.call('soak.broadcast', { event, args: ['x'.repeat(100)] }),
      emit: (id: number) => broker.emit('order.updated', { id }),
      disconnect: (user: string) => broker.call('soak.disconnect', { user }),
      /** Away and back, with all clients on it. */
      reload: async () => {
        await broker.destroyService(broker.getLocalService('soak'));
        broker.createService(SoakGateway);
        await broker.waitForServices('soak');
      },
    },
  };
});
