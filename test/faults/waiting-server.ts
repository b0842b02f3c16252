import { registerDecorator } from 'class-validator';
import { ServiceBroker, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  Ctx,
  MessageBody,
  NamespaceMiddleware,
  OnAfterCall,
  OnBeforeCall,
  OnCallError,
  OnConnect,
  OnDisconnect,
  PacketMiddleware,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';

/*
 * A server whose code waits, at the step that a client names, until the test lets it go on.
 */

interface Wish {
  readonly at?: string;
}

/** What has come to its step, by the step; and those who wait there. */
const reached = new Map<string, { count: number; told: (() => void)[]; waiting: (() => void)[] }>();
/** What has been done in the end. */
const done: string[] = [];

function stepOf(at: string): { count: number; told: (() => void)[]; waiting: (() => void)[] } {
  const known = reached.get(at) ?? { count: 0, told: [], waiting: [] };
  reached.set(at, known);
  return known;
}

/** Waits, if this is where the client wants that. */
function waitAt<T>(at: string, wish: Wish | undefined, result?: T): Promise<T | undefined> | T | undefined {
  if (wish?.at !== at) return result;
  const step = stepOf(at);
  step.count++;
  for (const tell of step.told.splice(0)) tell();
  return new Promise((resolve) => step.waiting.push(() => resolve(result)));
}

function Checked(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      target: target.constructor,
      propertyName: propertyName as string,
      async: true,
      validator: {
        validate: async (_value, args) => (await waitAt('validator', args?.object as Wish, true)) ?? true,
      },
    });
  };
}

class Body {
  @Checked()
  at?: string;
}

@SocketNamespace('/x', { settings: { port: 0 } })
class WaitingGateway extends SocketGateway {
  @NamespaceMiddleware()
  async enter(socket: Socket, next: () => void) {
    await waitAt('namespace middleware', socket.handshake.auth as Wish);
    next();
  }
  @Authenticate({ room: (user: { room: string }) => user.room })
  async authenticate(socket: Socket) {
    await waitAt('authenticate', socket.handshake.auth as Wish);
    return { id: 1, room: 'everybody' };
  }
  @OnConnect()
  async connected(socket: Socket) {
    await waitAt('OnConnect', socket.handshake.auth as Wish);
  }
  @OnDisconnect()
  async gone(socket: Socket) {
    await waitAt('OnDisconnect', socket.handshake.auth as Wish);
  }
  @PacketMiddleware()
  async packet(packet: unknown[], next: () => void) {
    await waitAt('packet middleware', packet[1] as Wish | undefined);
    next();
  }
  override async socketSaveUser(socket: Socket, user: unknown) {
    await waitAt('socketSaveUser', user as Wish | undefined);
    await super.socketSaveUser(socket, user);
  }
  @OnBeforeCall()
  async before(ctx: SocketContext<Wish>) {
    await waitAt('before hook', ctx.params);
  }
  @OnAfterCall()
  async after(ctx: SocketContext<Wish>) {
    await waitAt('after hook', ctx.params);
  }
  @OnCallError()
  async failed(ctx: SocketContext<Wish>, _socket: Socket, error: Error) {
    await waitAt('error hook', ctx.params);
    throw error;
  }
  @Authorize(async (ctx: SocketContext<Wish>) => (await waitAt('policy', ctx.params, true)) ?? true)
  @SocketEvent()
  async work(@MessageBody() body: Body, @Ctx() ctx: SocketContext) {
    await waitAt('handler', body);
    if (body.at === 'error hook') throw new Error('failed');
    if (body.at === 'socketSaveUser') ctx.meta.user = { id: 2, at: body.at };
    if (body.at === 'after hook') ctx.meta.$join = 'late';
    // Who has gone gets nothing, and nothing comes of that.
    ctx.socket.emit('done');
    ctx.socket.to('everybody').emit('done');
    await ctx.socket.join('more');
    done.push(body.at ?? '');
    return 'worked';
  }
  @SocketEvent('hurried', { timeout: 50 })
  async hurried(@MessageBody({ unchecked: true }) body: Wish) {
    await waitAt('handler', body);
  }
  @SocketEvent()
  ping() {
    return 'pong';
  }
  @SocketEvent({ whitelist: ['slow.*'] })
  call!: ActionProxy;
}

/** One event after the other. */
@SocketNamespace('/one-by-one', { limits: { concurrency: 1 } })
class OneByOneGateway extends SocketGateway {
  @SocketEvent()
  async work(@MessageBody({ unchecked: true }) body: Wish) {
    await waitAt('handler', body);
    done.push(body.at ?? '');
  }
}

const slow: ServiceSchema = {
  name: 'slow',
  actions: {
    async act(ctx: any) {
      await waitAt('action', ctx.params);
      done.push(ctx.params.at as string);
    },
  },
};

if (require.main === module) {
  serve(async () => {
    const broker = new ServiceBroker({
      logger: false,
      metrics: { enabled: true, collectProcessMetrics: false } as object,
      skipProcessEventRegistration: true,
      registry: STOPS_AT_ONCE,
    });
    for (const service of [WaitingGateway, OneByOneGateway, slow])
      broker.createService(service as ServiceSchema);
    await broker.start();
    return {
      brokers: [broker],
      commands: {
        /** Resolves when so many wait there. */
        async reached(at: string, count = 1) {
          const step = stepOf(at);
          while (step.count < count) await new Promise<void>((resolve) => step.told.push(resolve));
        },
        release(at: string) {
          for (const go of stepOf(at).waiting.splice(0)) go();
        },
        forget(at: string) {
          reached.delete(at);
        },
        done: () => done,
      },
    };
  });
}
