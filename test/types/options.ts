import type { ServiceBroker } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  compileGateway,
  Ctx,
  decorate,
  ForwardEvent,
  OnBeforeCall,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';
import type { ActionProxy, ActionProxyOptions, GatewayPlan, PolicyContext, SocketContext } from '../../src';

class Message {
  text!: string;
}

/** Paths. */
SocketNamespace();
SocketNamespace('/chat');
SocketNamespace(/^\/chat-\d+$/);
SocketNamespace(['/chat', /^\/x/, '/tenants/:id']);
SocketNamespace(['/chat', '/talk'] as const);
// @ts-expect-error -- a path is no number
SocketNamespace(7);
// @ts-expect-error -- a path is no number
SocketNamespace(['/chat', 7]);
// @ts-expect-error -- null is no path
SocketNamespace(null);

/** Options of the service and of the namespace. */
SocketNamespace('/chat', {
  name: 'chat',
  version: 2,
  settings: {
    port: 0,
    ip: '127.0.0.1',
    https: { key: 'k', cert: 'c' },
    server: false,
    cors: { origin: ['https://example.org'] },
    io: { options: { pingInterval: 1000, transports: ['websocket'] } },
    logRequest: 'info',
    logResponse: null,
    log4XXResponses: true,
    $noVersionPrefix: true,
    own: { deep: 1 },
  },
  metadata: { region: 'eu' },
  dependencies: ['users', { name: 'math', version: 2 }],
  mixins: [{ name: 'mixin', methods: {} }],
  hooks: { before: { '*': 'check' } },
  actions: { ping: () => 'pong' },
  middlewares: [
    function (socket, next) {
      this.logger.info(socket.id, this.namespaces.size);
      next();
    },
  ],
  packetMiddlewares: [
    async (packet, next, socket) => {
      if (packet[0] === socket.id) next(new Error('no'));
    },
  ],
  ack: 'object',
  limits: {
    concurrency: 1,
    maxPending: Infinity,
    maxDepth: 3,
    maxNamespaces: 2,
    handshakeTimeout: 1,
    ackTimeout: 1,
  },
  validation: { whitelist: true, groups: ['a'], enableImplicitConversion: true },
  exposeErrors: true,
});
SocketNamespace('/chat', { mixins: { name: 'mixin' }, version: 'beta' });
// @ts-expect-error -- an ack is 'error-first' or 'object'
SocketNamespace('/chat', { ack: 'json' });
// @ts-expect-error -- there is no such limit
SocketNamespace('/chat', { limits: { maxDepht: 3 } });
// @ts-expect-error -- a limit is a number
SocketNamespace('/chat', { limits: { maxDepth: '3' } });
// @ts-expect-error -- there is no such option
SocketNamespace('/chat', { namespace: '/chat' });
// @ts-expect-error -- a port is a number or a string
SocketNamespace('/chat', { settings: { port: {} } });
// @ts-expect-error -- there is no such level
SocketNamespace('/chat', { settings: { logRequest: 'loud' } });
// @ts-expect-error -- socket.io has no such option
SocketNamespace('/chat', { settings: { io: { options: { pingIntervall: 1 } } } });
// @ts-expect-error -- a middleware is a function
SocketNamespace('/chat', { middlewares: ['check'] });
// @ts-expect-error -- the packet is no string
SocketNamespace('/chat', { packetMiddlewares: [(_packet: string) => 1] });
// @ts-expect-error -- class-validator has no such option
SocketNamespace('/chat', { validation: { whiteList: true } });

/** Options of handlers. */
SocketEvent();
SocketEvent({ timeout: 5 });
SocketEvent('message', {
  timeout: 5,
  params: { text: 'string|min:1' },
  cache: { keys: ['id'], ttl: 5 },
  visibility: 'published',
  retryPolicy: { enabled: true, retries: 2 },
  circuitBreaker: { enabled: true },
  bulkhead: { enabled: true, concurrency: 3 },
  fallback: 'later',
  tracing: { tags: { params: ['id'] } },
  hooks: { before: (ctx) => void (ctx.meta.seen = true) },
});
SocketEvent('message', { payload: Message });
SocketEvent('message', { payload: [Message] });
SocketEvent('message', { payload: String });
// @ts-expect-error -- the name of an event is a string
SocketEvent(7);
// @ts-expect-error -- a timeout is a number
SocketEvent('message', { timeout: '5s' });
// @ts-expect-error -- the action is called like the method
SocketEvent('message', { name: 'other' });
// @ts-expect-error -- the handler is the method
SocketEvent('message', { handler: () => 1 });
// @ts-expect-error -- a payload is a class
SocketEvent('message', { payload: 'Message' });
// @ts-expect-error -- an array of payloads has one class
SocketEvent('message', { payload: [Message, Message] });
// @ts-expect-error -- there is no such visibility
SocketEvent('message', { visibility: 'hidden' });

/** Options of the application's own. */
SocketEvent('message', { permission: 'orders.read', audit: { level: 2 }, rest: 'GET /orders', timeout: 5 });
SocketEvent({ permission: 'orders.read', payload: Message });
SocketEvent('call', { whitelist: ['math.*'], audit: true });
const ownOptions: ActionProxyOptions = { whitelist: ['math.*'] };
SocketEvent('call', ownOptions);
// @ts-expect-error -- beside them, a timeout is a number still
SocketEvent('message', { audit: true, timeout: '5s' });
// @ts-expect-error -- and there is no such visibility
SocketEvent({ audit: true, visibility: 'hidden' });

/** Decorators in plain JavaScript, seen by TypeScript. */
class Undecorated extends SocketGateway {
  send(): number {
    return 1;
  }
}
export const Applied: typeof Undecorated = decorate(
  Undecorated,
  [SocketNamespace('/chat'), Authorize(), RateLimit({ points: 1, duration: 1 })],
  {
    send: SocketEvent('send', { payload: Message }),
    login: [AllowAnonymous(), SocketEvent()],
    authenticate: Authenticate(),
    before: OnBeforeCall(),
    forward: ForwardEvent('a'),
    call: SocketEvent('call', { whitelist: ['math.*'] }),
  },
);
decorate(Undecorated, SocketNamespace('/chat'));
// @ts-expect-error -- the class is no gateway
decorate(class Plain {}, SocketNamespace('/chat'));
// @ts-expect-error -- a path is no decorator
decorate(Undecorated, '/chat');
// @ts-expect-error -- an event is no decorator
decorate(Undecorated, SocketNamespace('/chat'), { send: 'send' });
// @ts-expect-error -- a decorator of parameters has no place here
decorate(Undecorated, SocketNamespace('/chat'), { send: Ctx() });

/** Options of proxies. */
export class Proxies extends SocketGateway {
  @SocketEvent('call', {
    whitelist: ['math.*', /^users\./],
    blacklist: ['math.secret'],
    aliases: { add: 'math.add' },
    mappingPolicy: 'restrict',
    callOptions: (ctx, socket) => ({ timeout: 5, meta: { id: socket.id, event: ctx.event } }),
    onBeforeCall(ctx, socket, action, _params, callOptions) {
      this.logger.info(ctx.event, socket.id, action.length, this.namespaces.size);
      callOptions.timeout = 7;
    },
    onAfterCall: (_ctx, _socket, result) => ({ result }),
  })
  call!: ActionProxy;

  @SocketEvent('fixed', { whitelist: ['**'], callOptions: { timeout: 5, retries: 1, meta: { a: 1 } } })
  fixed!: ActionProxy;
}
// @ts-expect-error -- a whitelist is an array
SocketEvent('call', { whitelist: 'math.*' });
// @ts-expect-error -- patterns are globs and regular expressions
SocketEvent('call', { whitelist: [7] });
// @ts-expect-error -- an alias names an action
SocketEvent('call', { aliases: { add: 7 } });
// @ts-expect-error -- there is no such policy
SocketEvent('call', { mappingPolicy: 'none' });
// @ts-expect-error -- a hook is a function
SocketEvent('call', { onBeforeCall: 'before' });
// @ts-expect-error -- a timeout is a number
SocketEvent('call', { callOptions: { timeout: '5s' } });
// @ts-expect-error -- the name of the action is a string
SocketEvent('call', { onBeforeCall: (_ctx, _socket, _action: number) => 1 });

/** Other decorators. */
OnBeforeCall('order.*');
OnBeforeCall(['a', 'b'] as const);
// @ts-expect-error -- events are named by strings
OnBeforeCall(/order/);
// @ts-expect-error -- events are named by strings
OnBeforeCall([7]);
Authorize();
Authorize(
  'admin',
  (ctx) => ctx.event === 'x',
  async (ctx) => ctx.call<boolean>('may.I'),
);
Authorize((ctx) => ctx.event.startsWith('order.'));
Authorize((ctx: PolicyContext) => ctx.event === undefined || ctx.event.startsWith('order.'));
// @ts-expect-error -- at the connection there is no event
Authorize((ctx: PolicyContext) => ctx.event.startsWith('order.'));
// @ts-expect-error -- a rule is the name of a role or a policy
Authorize(7);
// @ts-expect-error -- a policy says yes or no
Authorize(() => 'yes');
// @ts-expect-error -- roles are not given as an array
Authorize(['admin']);
Authenticate({ room: (user: { id: number }) => String(user.id) });
// @ts-expect-error -- a room is a string
Authenticate({ room: (user: { id: number }) => user.id });
// @ts-expect-error -- there is no such option
Authenticate({ rooms: () => 'a' });

/** What a gateway is. */
@SocketNamespace('/chat')
export class Chat extends SocketGateway {
  private readonly history: string[] = [];

  created(): void {
    this.history.push(this.name);
  }

  use(): void {
    this.io.emit('hello');
    this.namespaces.get('/chat')?.emit('hello');
    void this.initSocketIO(undefined, { pingInterval: 5 });
    this.logger.info(this.settings, this.broker.nodeID);
    // @ts-expect-error -- the namespaces are the gateway's to keep
    this.namespaces.set('/other', this.io.of('/other'));
    // @ts-expect-error -- so is the server
    this.io = this.io;
  }

  override async socketGetMeta(socket: Socket) {
    return { ...(await super.socketGetMeta(socket)), ip: socket.handshake.address };
  }

  override reformatError(error: Error, ctx: SocketContext | undefined, socket: Socket) {
    return { name: error.name, message: `${ctx?.event ?? 'none'} ${socket.id}`, code: 500 };
  }
}

export function register(broker: ServiceBroker): void {
  broker.createService(Chat);
}

/** A decorated class keeps its own type. */
export const decorated: typeof Chat = SocketNamespace('/talk')(Chat);

/** The plan, which nothing may be changed in. */
const plan: GatewayPlan = compileGateway(Chat);
export const names: readonly string[] = plan.events.map((event) => event.name);
// @ts-expect-error -- the plan is frozen
plan.className = 'Other';
// @ts-expect-error -- so are its lists
plan.events.push(plan.events[0]!);
// @ts-expect-error -- and what is in them
plan.limits.maxDepth = 3;
// @ts-expect-error -- a plan is made of a class, not of its name
compileGateway('Chat');
