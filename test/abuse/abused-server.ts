import { IsString } from 'class-validator';
import { Errors, ServiceBroker, type ServiceSchema } from 'moleculer';
import type { ServerOptions, Socket } from 'socket.io';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  Ctx,
  MessageBody,
  NspParam,
  OnConnect,
  PacketMiddleware,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';

/*
 * A server with a gateway of every kind, for clients that mean it no good.
 */

export interface AbusedOptions {
  readonly io?: Partial<ServerOptions>;
  readonly origin?: string;
  readonly limits?: Record<string, number>;
}

class Note {
  @IsString()
  text!: string;
}

const PROXY = { whitelist: ['math.*', 'session.*'], aliases: { add: 'math.add' } };

/** What a call can see of whoever makes it. */
function identity(ctx: SocketContext): object {
  const { $socketId, $rooms, user, ...rest } = ctx.meta;
  return {
    id: $socketId === ctx.socket.id,
    rooms: $rooms?.length,
    user: user ?? null,
    rest: Object.keys(rest),
  };
}

const services: ServiceSchema[] = [
  { name: 'math', actions: { add: (ctx: any) => Number(ctx.params.a) + Number(ctx.params.b) } },
  {
    name: 'session',
    actions: {
      login(ctx: any) {
        if (typeof ctx.params?.id !== 'string') throw new Errors.ValidationError('id must be a string');
        ctx.meta.user = { id: ctx.params.id };
      },
      logout(ctx: any) {
        ctx.meta.user = null;
      },
      join(ctx: any) {
        ctx.meta.$join = String(ctx.params.room);
      },
      whoami: (ctx: any) => ctx.meta.user ?? null,
    },
  },
];

/** Sets nothing of its own, and everything that is the same for all. */
function gateways(limits: Record<string, number> | undefined, settings: Record<string, unknown>): unknown[] {
  const own = limits ? { limits } : {};

  /** As simple as it gets; well-behaved clients are here, too. */
  @SocketNamespace('/x', { ...own, settings })
  class PlainGateway extends SocketGateway {
    @SocketEvent()
    ping() {
      return 'pong';
    }
    @SocketEvent()
    echo(ctx: SocketContext) {
      return ctx.args;
    }
    @SocketEvent()
    note(@MessageBody() note: Note) {
      return { text: note.text, keys: Object.keys(note) };
    }
    @SocketEvent('checked', { params: { text: 'string', $$strict: 'remove' } })
    checked(ctx: SocketContext) {
      return ctx.params;
    }
    @SocketEvent()
    whoami(ctx: SocketContext) {
      return identity(ctx);
    }
    @SocketEvent()
    async join(@MessageBody() room: string, @Ctx() ctx: SocketContext) {
      await ctx.socket.join(room);
      return ctx.socket.rooms.size;
    }
    @SocketEvent()
    say(@Ctx() ctx: SocketContext<{ room: string; text: string }>) {
      ctx.socket.to(ctx.params.room).emit('said', ctx.params.text);
    }
    @SocketEvent()
    async slow() {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    @SocketEvent('call', PROXY)
    call!: ActionProxy;
  }

  /** Every packet passes through code of the application's. */
  @SocketNamespace('/guarded', { ...own })
  class GuardedGateway extends SocketGateway {
    @OnConnect()
    async welcome(socket: Socket) {
      socket.on('mine', (...args: unknown[]) => {
        const ack = args.at(-1);
        if (typeof ack === 'function') (ack as (...answer: unknown[]) => void)(null, args.length);
      });
      await Promise.resolve();
    }
    @PacketMiddleware()
    async first(_packet: unknown[], next: () => void) {
      await Promise.resolve();
      next();
    }
    @SocketEvent()
    ping() {
      return 'pong';
    }
    @SocketEvent()
    echo(ctx: SocketContext) {
      return ctx.args;
    }
  }

  /** Takes what nobody else takes. */
  @SocketNamespace('/all', { ...own })
  class CatchAllGateway extends SocketGateway {
    @SocketEvent()
    ping() {
      return 'pong';
    }
    @SocketEvent('*')
    any(ctx: SocketContext) {
      return { event: ctx.event, args: ctx.args };
    }
  }

  @SocketNamespace('/tenants/:tenant', { ...own })
  class TenantGateway extends SocketGateway {
    @SocketEvent()
    ping() {
      return 'pong';
    }
    @SocketEvent()
    where(@NspParam('tenant') tenant: string) {
      return tenant;
    }
  }

  /** Has secrets. */
  @SocketNamespace('/secret', { ...own })
  @Authorize()
  class SecretGateway extends SocketGateway {
    @Authenticate()
    authenticate(socket: Socket) {
      const { token } = socket.handshake.auth as { token?: unknown };
      if (token === undefined) return undefined;
      if (token !== 'letmein') throw new Error('wrong token');
      return { id: 'friend', roles: ['reader'] };
    }
    @AllowAnonymous()
    @SocketEvent()
    ping() {
      return 'pong';
    }
    @SocketEvent()
    secret() {
      return 'the secret';
    }
    @Authorize('admin')
    @SocketEvent()
    deeper() {
      return 'the deeper secret';
    }
    @AllowAnonymous()
    @SocketEvent()
    whoami(ctx: SocketContext) {
      return identity(ctx);
    }
    @AllowAnonymous()
    @SocketEvent('call', PROXY)
    call!: ActionProxy;
  }

  const moleculerIo = {
    name: 'io',
    mixins: [SocketIOService],
    settings: {
      ...settings,
      ...own,
      io: {
        ...(settings['io'] as object | undefined),
        namespaces: {
          '/io': {
            events: {
              ping(...args: unknown[]) {
                (args.at(-1) as (...answer: unknown[]) => void)(null, 'pong');
              },
              count(...args: unknown[]) {
                (args.at(-1) as (...answer: unknown[]) => void)(null, args.length - 1);
              },
              call: PROXY,
            },
          },
        },
      },
    },
  };
  return [PlainGateway, GuardedGateway, CatchAllGateway, TenantGateway, SecretGateway, moleculerIo];
}

/** The namespaces, all of which answer `ping`. */
export const NAMESPACES = ['/x', '/guarded', '/all', '/tenants/a', '/secret', '/io'] as const;

if (require.main === module) {
  serve(async ({ io, origin, limits }: AbusedOptions) => {
    const broker = new ServiceBroker({
      logger: false,
      metrics: { enabled: true, collectProcessMetrics: false } as object,
      skipProcessEventRegistration: true,
      registry: STOPS_AT_ONCE,
    });
    const settings = {
      port: 0,
      ...(origin !== undefined && { cors: { origin } }),
      ...(io && { io: { options: io } }),
    };
    for (const service of [...gateways(limits, settings), ...services]) {
      broker.createService(service as ServiceSchema);
    }
    await broker.start();
    return { brokers: [broker] };
  });
}
