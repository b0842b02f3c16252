import { Transform } from 'class-transformer';
import { registerDecorator } from 'class-validator';
import { ServiceBroker, type Middleware, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Ack,
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
  OnDisconnecting,
  PacketMiddleware,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';
import { failAt, made, type Fault } from './thrown';

/*
 * A server whose every piece of application code fails where and how a client wants it to.
 */

/** What a client sends, and where it says what shall fail. */
interface Wish {
  readonly fault?: Fault;
}

const limits = { handshakeTimeout: 3000, ackTimeout: 3000 };

/** The wish of the event that the socket sends at the moment: one after the other. */
function wishOf(socket: Socket): Fault | undefined {
  return (socket.data as Wish).fault;
}

/** What a client wishes for its connection. */
function wishAtConnection(socket: Socket): Fault | undefined {
  return (socket.handshake.auth as Wish).fault;
}

/** A middleware that fails, or calls next with what else may be thrown. */
function middleware(at: string, fault: Fault | undefined, next: (error?: any) => void): any {
  if (fault?.at === `${at}: next`) next(made(fault.kind));
  else if (fault?.at === `${at}: next, later`) setImmediate(() => next(made(fault.kind)));
  else if (fault?.at === `${at}: next with data`)
    next(Object.assign(new Error('no'), { data: made(fault.kind) }));
  else if (fault?.at === at) return failAt(at, fault);
  else next();
  return undefined;
}

function Checked(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      target: target.constructor,
      propertyName: propertyName as string,
      async: true,
      validator: {
        validate: (_value, args) => failAt('validator', (args?.object as Wish).fault, true),
      },
    });
  };
}

class Body {
  @Checked()
  fault?: Fault;
  @Transform(({ obj }) => failAt('transformer', (obj as Wish).fault, 1))
  made?: number;
}

/** A limiter that has points for everybody, and one that fails where it is told to. */
const free = { consume: async () => undefined } as never;
const failingLimiter = {
  consume: (key: string) => failAt('limiter', (JSON.parse(key) as Wish).fault),
} as never;

/** Every step of an event. */
@SocketNamespace('/events', {
  limits,
  settings: { port: 0 },
  packetMiddlewares: [
    (packet, next, socket) => {
      socket.data = { ...(socket.data as object), fault: (packet[1] as Wish | undefined)?.fault };
      next();
    },
  ],
  hooks: {
    before: { all: (ctx: any) => failAt("Moleculer's before hook", ctx.params?.fault) },
    after: {
      all: (ctx: any, result: unknown) => failAt("Moleculer's after hook", ctx.params?.fault, result),
    },
    error: {
      all: (ctx: any, error: Error) => {
        if (ctx.params?.fault?.at === "Moleculer's error hook")
          return failAt("Moleculer's error hook", ctx.params.fault);
        throw error;
      },
    },
  },
})
class EventsGateway extends SocketGateway {
  @Authenticate({ room: () => 'users' })
  authenticate() {
    return { id: 1 };
  }
  @OnConnect()
  connected(socket: Socket) {
    socket.use((packet, next) =>
      middleware('use, the first', (packet[1] as Wish | undefined)?.fault, (error) =>
        setImmediate(() => next(error)),
      ),
    );
    socket.use((packet, next) => middleware('use', (packet[1] as Wish | undefined)?.fault, next));
    socket.onAny((_event, wish: Wish | undefined) => failAt('onAny', wish?.fault));
    socket.on('listened', (wish: Wish, ack: () => void) => {
      ack();
      return failAt('listener', wish.fault);
    });
  }
  @PacketMiddleware()
  packet(packet: unknown[], next: () => void) {
    return middleware('packet middleware', (packet[1] as Wish | undefined)?.fault, next);
  }
  override socketGetMeta(socket: Socket) {
    return failAt('socketGetMeta', wishOf(socket), super.socketGetMeta(socket));
  }
  override socketSaveUser(socket: Socket, user: unknown) {
    return failAt('socketSaveUser', wishOf(socket), super.socketSaveUser(socket, user));
  }
  override reformatError(_error: Error, _ctx: SocketContext | undefined, socket: Socket) {
    return failAt('reformatError', wishOf(socket));
  }
  @OnBeforeCall('all')
  before(ctx: SocketContext<Wish>) {
    return failAt('before hook', ctx.params.fault);
  }
  @OnAfterCall('all')
  after(ctx: SocketContext<Wish>) {
    return failAt('after hook', ctx.params.fault);
  }
  @OnCallError('all')
  error(ctx: SocketContext<Wish>, _socket: Socket, error: Error) {
    if (ctx.params.fault?.at === 'error hook') return failAt('error hook', ctx.params.fault);
    throw error;
  }

  @Authorize((ctx: SocketContext<Wish>) => failAt('policy', ctx.params.fault, true))
  @SocketEvent({
    params: {
      $$async: true,
      fault: {
        type: 'object',
        optional: true,
        custom: (value: Fault) => failAt("Moleculer's validator", value, value),
      },
    },
  })
  all(@MessageBody() body: Body, @Ctx() ctx: SocketContext) {
    const { fault } = body;
    const throwsFirst = ['error hook', "Moleculer's error hook", 'reformatError'];
    if (fault && throwsFirst.includes(fault.at)) throw new Error('secret');
    if (fault?.at === 'socketSaveUser') ctx.meta.user = { id: Math.random() };
    if (fault?.at === 'result') return made(fault.kind);
    if (fault?.at === 'part of the result') return { part: [made(fault.kind)] };
    return failAt('handler', fault, 'fine');
  }
  @RateLimit({
    points: 1,
    duration: 1,
    key: (ctx: SocketContext<Wish>) => failAt('rate limit key', ctx.params.fault, 'key'),
    store: free,
  })
  @RateLimit({
    points: 1,
    duration: 1,
    key: (ctx: SocketContext<Wish>) => JSON.stringify(ctx.params),
    store: failingLimiter,
  })
  @SocketEvent()
  limited() {
    return 'fine';
  }
  /** Runs until its client has gone. */
  @SocketEvent()
  async hang(@MessageBody({ unchecked: true }) { fault }: Wish, @Ctx() { signal, socket }: SocketContext) {
    socket.emit('hangs');
    signal.addEventListener('abort', () => failAt('listener of an abort', fault));
    signal.onabort = () => failAt('onabort', fault);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  }
  @SocketEvent()
  self(@MessageBody({ unchecked: true }) { fault }: Wish, @Ack() ack: (...answer: unknown[]) => void) {
    if (fault?.at === 'value of the ack') ack(null, made(fault.kind));
    if (fault?.at === 'value of the ack, later') setImmediate(() => ack(null, made(fault.kind)));
    if (fault?.at === 'after the ack') ack(null, 'fine');
    if (fault?.at === 'after two acks') {
      ack(null, 'fine');
      ack(null, 'twice');
      setImmediate(() => ack(null, 'late'));
    }
    return fault?.at.startsWith('value') ? undefined : failAt(fault?.at ?? '', fault);
  }
  @SocketEvent('*')
  any(ctx: SocketContext<Wish>) {
    return failAt('catch-all', ctx.params.fault, 'fine');
  }
  @SocketEvent('call', {
    whitelist: ['faulty.*'],
    callOptions: (ctx) => failAt('callOptions', (ctx.params as Wish).fault, {}),
    onBeforeCall: (ctx) => failAt('onBeforeCall', (ctx.params as Wish).fault),
    onAfterCall: (ctx) => failAt('onAfterCall', (ctx.params as Wish).fault),
  })
  call!: ActionProxy;

  /** Asks clients in every way there is; who answers is the client's choice. */
  @SocketEvent()
  question(
    @MessageBody({ unchecked: true }) { fault, way }: Wish & { way: string },
    @Ctx() { socket }: SocketContext,
  ) {
    const callback = (): unknown => failAt('callback', fault);
    const namespace = socket.nsp;
    const ways: Record<string, () => unknown> = {
      'socket.emit': () => socket.emit('question', callback),
      'socket.timeout().emit': () => socket.timeout(5).emit('question', callback),
      'namespace.emit': () => namespace.timeout(5).emit('question', callback),
      'namespace.to().emit': () => namespace.to(socket.id).timeout(5).emit('question', callback),
      'namespace.in().except().emit': () =>
        namespace.in(socket.id).except('nobody').timeout(5).emit('question', callback),
      'namespace.local.emit': () => namespace.local.timeout(5).emit('question', callback),
      'namespace.volatile.emit': () => namespace.volatile.timeout(5).emit('question', callback),
      'socket.broadcast.emit': () => socket.broadcast.timeout(5).emit('question', callback),
      'socket.to().emit': () => socket.to('users').timeout(5).emit('question', callback),
      'a broadcast to nobody': () => namespace.to('nobody').timeout(5).emit('question', callback),
    };
    ways[way]!();
  }
}

/** Every step of a connection. */
@SocketNamespace('/connections', {
  limits,
  middlewares: [(socket, next) => middleware('namespace middleware', wishAtConnection(socket), next)],
})
class ConnectionsGateway extends SocketGateway {
  @NamespaceMiddleware()
  enter(socket: Socket, next: (error?: Error) => void) {
    return middleware('decorated namespace middleware', wishAtConnection(socket), next);
  }
  @Authenticate({
    room: (user: Wish) => failAt('room', user.fault, 'room'),
    expiresAt: (user: Wish) => failAt('expiresAt', user.fault),
  })
  authenticate(socket: Socket) {
    return failAt('authenticate', wishAtConnection(socket), { id: 1, fault: wishAtConnection(socket) });
  }
  @OnConnect()
  connected(socket: Socket) {
    socket.on('disconnect', () => failAt("listener of 'disconnect'", wishAtConnection(socket)));
    socket.on('disconnecting', () => failAt("listener of 'disconnecting'", wishAtConnection(socket)));
    return failAt('OnConnect', wishAtConnection(socket));
  }
  @OnDisconnecting()
  leaving(socket: Socket) {
    return failAt('OnDisconnecting', wishAtConnection(socket));
  }
  @OnDisconnect()
  left(socket: Socket) {
    return failAt('OnDisconnect', wishAtConnection(socket));
  }
  started() {
    const namespace = this.namespaces.get('/connections')!;
    namespace.use((socket, next) => middleware('namespace.use', wishAtConnection(socket), next));
    namespace.on('connection', (socket) => failAt("listener of 'connection'", wishAtConnection(socket)));
  }
  @SocketEvent()
  ping() {
    return 'pong';
  }
}

/** moleculer-io's methods. */
const moleculerIo = {
  name: 'io',
  mixins: [SocketIOService],
  settings: {
    port: 0,
    limits,
    io: {
      namespaces: {
        '/io': {
          authorization: true,
          packetMiddlewares: [
            (packet: unknown[], next: () => void, socket: Socket) => {
              const wish = packet[packet[0] === 'call' ? 2 : 1] as Wish | undefined;
              socket.data = { ...(socket.data as object), fault: wish?.fault };
              next();
            },
          ],
          events: {
            custom: ({ fault }: Wish, ack: (...answer: unknown[]) => void) =>
              fault ? failAt('custom function', fault) : ack(null, 'fine'),
            answered({ fault }: Wish, ack: (...answer: unknown[]) => void) {
              ack(null, 'fine');
              return failAt('custom function, answered', fault);
            },
            failing({ fault }: Wish) {
              throw Object.assign(new Error('secret'), { fault });
            },
            call: {
              whitelist: ['faulty.*'],
              // They get what the action `call` got.
              onBeforeCall: (ctx: SocketContext<{ params: Wish }>) =>
                failAt('onBeforeCall of settings', ctx.params.params.fault),
              onAfterCall: (ctx: SocketContext<{ params: Wish }>) =>
                failAt('onAfterCall of settings', ctx.params.params.fault),
            },
          },
        },
      },
    },
  },
  methods: {
    socketAuthorize: (socket: Socket) => failAt('socketAuthorize', wishAtConnection(socket), { id: 1 }),
    socketGetMeta: (socket: Socket) =>
      failAt('socketGetMeta of moleculer-io', wishOf(socket), { $socketId: socket.id }),
    socketSaveMeta: (socket: Socket) => failAt('socketSaveMeta', wishOf(socket)),
    socketOnError(error: Error, respond: (error: unknown) => void) {
      const { fault } = error as Wish;
      if (fault) return failAt('socketOnError', fault);
      respond({ name: 'Answered', message: '', code: 1 });
    },
    socketJoinRooms: (socket: Socket) => failAt('socketJoinRooms', wishOf(socket)),
    socketLeaveRoom: (socket: Socket) => failAt('socketLeaveRoom', wishOf(socket)),
  },
};

const faulty: ServiceSchema = {
  name: 'faulty',
  actions: {
    act(ctx: any) {
      const { fault } = ctx.params as Wish;
      if (fault?.at === 'socketJoinRooms') ctx.meta.$join = 'room';
      if (fault?.at === 'socketLeaveRoom') ctx.meta.$leave = 'room';
      return failAt('action', fault, 'fine');
    },
  },
};

/** A middleware of Moleculer's. */
const failing: Middleware = {
  localAction(next: (ctx: any) => unknown) {
    return (ctx: any) => failAt("Moleculer's middleware", ctx.params?.fault) ?? next(ctx);
  },
};

serve(async () => {
  // The logger is Moleculer's own, with all that it does to what it is given.
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) console[method] = () => undefined;
  const broker = new ServiceBroker({
    logger: { type: 'Console', options: { level: 'info', colors: false } },
    metrics: { enabled: true, collectProcessMetrics: false } as object,
    skipProcessEventRegistration: true,
    registry: STOPS_AT_ONCE,
    middlewares: [failing],
  });
  for (const service of [EventsGateway, ConnectionsGateway, moleculerIo, faulty]) {
    broker.createService(service as object as ServiceSchema);
  }
  await broker.start();
  return { brokers: [broker] };
});
