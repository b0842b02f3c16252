import type { Socket } from 'socket.io';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  ForwardEvent,
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
  SocketNamespace,
} from '../../src';
import type { ActionProxy, ProxyCallOptions, SocketContext } from '../../src';

interface Account {
  id: number;
  roles: string[];
}

interface Meta {
  ip: string;
}

/** Everything as it should be. */
@SocketNamespace('/right')
@Authorize('member', (ctx) => ctx.meta.user !== undefined)
@Authorize((ctx: SocketContext<{ id: number }, Meta>) => ctx.params.id > ctx.meta.ip.length)
export class Right extends SocketGateway {
  @Authenticate<Account>({ room: (user) => `user:${user.id}` })
  authenticate(socket: Socket): Promise<Account | undefined> {
    return this.broker.call('users.verify', { token: socket.handshake.auth['token'] });
  }

  @OnConnect()
  greet(socket: Socket): void {
    socket.emit('hello');
  }

  @OnConnect()
  async count() {
    await Promise.resolve();
  }

  @OnDisconnecting()
  leaving(socket: Socket, reason: string): void {
    socket.to([...socket.rooms]).emit('bye', reason);
  }

  @OnDisconnect()
  left(socket: Socket): void {
    this.logger.info(socket.id);
  }

  @OnDisconnect()
  leftFor(_socket: Socket, _reason: string, description?: unknown) {
    return description;
  }

  @OnDisconnecting()
  leavingFor(_socket: Socket, reason: string, description?: Error) {
    return `${reason} ${description?.message ?? ''}`;
  }

  @OnBeforeCall()
  before(ctx: SocketContext) {
    ctx.meta.user = { id: 1 };
  }

  @OnBeforeCall('order.*')
  beforeOrders(
    ctx: SocketContext<{ id: number }, Meta>,
    socket: Socket,
    action: string,
    params: { id: number },
    callOptions: ProxyCallOptions,
  ) {
    ctx.meta.ip = socket.handshake.address;
    params.id += action.length;
    callOptions.timeout = 5;
  }

  @OnAfterCall(['a', 'b'])
  after(_ctx: SocketContext, _socket: Socket, result: { ok: boolean }) {
    return { ...result, ok: true };
  }

  @OnCallError()
  failed(_ctx: SocketContext, _socket: Socket, error: Error): never {
    throw error;
  }

  @NamespaceMiddleware()
  enter(socket: Socket, next: (error?: Error) => void) {
    next(socket.handshake.secure ? undefined : new Error('TLS only'));
  }

  @NamespaceMiddleware()
  async look(socket: Socket) {
    await Promise.resolve(socket.id);
  }

  @PacketMiddleware()
  packet(packet: [event: string, ...args: unknown[]], next: (error?: Error) => void, _socket: Socket) {
    if (packet[0] !== 'noise') next();
  }

  @AllowAnonymous()
  @SocketEvent()
  login() {
    return true;
  }

  @SocketEvent(['one', 'two'], { timeout: 100 })
  @Authorize()
  async both(ctx: SocketContext<{ text: string }>) {
    return Promise.resolve(ctx.params.text);
  }

  @SocketEvent('*')
  private rest() {
    return this.login();
  }

  @SocketEvent('call', { whitelist: ['math.*', /^users\./] })
  readonly call!: ActionProxy;

  @Authorize('admin')
  @SocketEvent({ mappingPolicy: 'restrict', aliases: { add: 'math.add' } })
  calculate!: ActionProxy;

  use() {
    return this.rest();
  }
}

/** An abstract base may carry everything but a namespace. */
@Authorize()
export abstract class Base extends SocketGateway {
  @Authenticate()
  authenticate(socket: Socket) {
    return this.verify(socket.handshake.auth);
  }

  abstract verify(token: unknown): unknown;

  @SocketEvent()
  ping() {
    return 'pong';
  }
}

/** Parameters of a handler may be of any type. */
export class Handlers extends SocketGateway {
  @SocketEvent()
  none() {
    return 1;
  }

  @SocketEvent()
  one(_a: number) {
    return 1;
  }

  @SocketEvent()
  many(_a: Account, _b: string | undefined, ..._rest: unknown[]): Promise<void> {
    return Promise.resolve();
  }
}

// @ts-expect-error -- @SocketNamespace stands on a class that is no gateway
@SocketNamespace('/plain')
export class Plain {}

// @ts-expect-error -- @Authorize stands on a class that is no gateway
@Authorize()
export class PlainGuarded {}

/** Methods of a class that is no gateway. */
export class NoGateway {
  // @ts-expect-error -- the class is no gateway
  @SocketEvent()
  event() {
    return 1;
  }

  // @ts-expect-error -- the class is no gateway
  @OnConnect()
  connected() {
    return 1;
  }

  // @ts-expect-error -- the class is no gateway
  @Authenticate()
  authenticate() {
    return 1;
  }

  // @ts-expect-error -- the class is no gateway
  @OnBeforeCall()
  before() {
    return 1;
  }

  // @ts-expect-error -- the class is no gateway
  @Authorize()
  guarded() {
    return 1;
  }

  // @ts-expect-error -- the class is no gateway
  @SocketEvent('call', { whitelist: ['**'] })
  call!: ActionProxy;
}

/** Members that cannot be what their decorator says. */
export class Wrong extends SocketGateway {
  // @ts-expect-error -- a property under @SocketEvent has the type ActionProxy
  @SocketEvent('text')
  text!: string;

  // @ts-expect-error -- a property under @SocketEvent has the type ActionProxy, not that of a function
  @SocketEvent('handler')
  handler = () => 1;

  // @ts-expect-error -- an accessor is no handler
  @SocketEvent()
  get accessor() {
    return 1;
  }

  // @ts-expect-error -- a static method is no handler
  @SocketEvent()
  static event() {
    return 1;
  }

  // @ts-expect-error -- a static method is told nothing
  @OnConnect()
  static connected() {
    return 1;
  }

  // @ts-expect-error -- a property is no method
  @OnConnect()
  property = () => 1;

  // @ts-expect-error -- the socket is no string
  @OnConnect()
  onText(_socket: string) {
    return 1;
  }

  // @ts-expect-error -- there is no second parameter
  @OnConnect()
  onConnectTwo(_socket: Socket, _reason: string) {
    return 1;
  }

  // @ts-expect-error -- the reason is a string
  @OnDisconnect()
  onReason(_socket: Socket, _reason: number) {
    return 1;
  }

  // @ts-expect-error -- the reason is a string
  @OnDisconnecting()
  onLeaving(_socket: Socket, _reason: Error) {
    return 1;
  }

  // @ts-expect-error -- the first parameter is the context, not the socket
  @OnBeforeCall()
  beforeSocket(_socket: Socket) {
    return 1;
  }

  // @ts-expect-error -- the name of the action is a string
  @OnBeforeCall()
  beforeAction(_ctx: SocketContext, _socket: Socket, _action: number) {
    return 1;
  }

  // @ts-expect-error -- the second parameter is the socket, not the result
  @OnAfterCall()
  afterResult(_ctx: SocketContext, _result: { ok: boolean }) {
    return 1;
  }

  // @ts-expect-error -- the third parameter is the error
  @OnCallError()
  errorText(_ctx: SocketContext, _socket: Socket, _error: string) {
    return 1;
  }

  // @ts-expect-error -- the method that authenticates gets the socket, not the context
  @Authenticate()
  authenticateContext(_ctx: SocketContext) {
    return 1;
  }

  // @ts-expect-error -- the method that authenticates gets nothing but the socket
  @Authenticate()
  authenticateTwo(_socket: Socket, _token: string) {
    return 1;
  }

  // @ts-expect-error -- next takes an Error
  @NamespaceMiddleware()
  enter(_socket: Socket, _next: (reason: number) => void) {
    return 1;
  }

  // @ts-expect-error -- the third parameter is the socket
  @PacketMiddleware()
  packet(_packet: unknown[], _next: () => void, _socket: string) {
    return 1;
  }
}

/** Decorators are factories: without parentheses none of them compiles. */
export class NoParentheses extends SocketGateway {
  // @ts-expect-error -- it is a factory
  @AllowAnonymous
  allowAnonymous() {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  @Authenticate
  authenticate() {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  @Authorize
  authorize() {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  @ForwardEvent
  forwardEvent() {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  @NamespaceMiddleware
  namespaceMiddleware() {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  @OnAfterCall
  onAfterCall() {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  @OnBeforeCall
  onBeforeCall() {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  @OnCallError
  onCallError() {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  @OnConnect
  onConnect() {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  @OnDisconnect
  onDisconnect() {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  @OnDisconnecting
  onDisconnecting() {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  @PacketMiddleware
  packetMiddleware() {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  @RateLimit
  rateLimit() {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  @SocketEvent
  socketEvent() {
    return 1;
  }
}
// @ts-expect-error -- it is a factory
@SocketNamespace
export class NoSocketNamespace extends SocketGateway {}
// @ts-expect-error -- it is a factory
@Authorize
export class NoAuthorize extends SocketGateway {}
// @ts-expect-error -- it is a factory
@RateLimit
export class NoRateLimit extends SocketGateway {}
