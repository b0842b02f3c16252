import type { ClassTransformOptions } from 'class-transformer';
import type { ValidatorOptions } from 'class-validator';
import type { ActionSchema, CallingOptions, Context, Service, ServiceSchema } from 'moleculer';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { ServerOptions as TlsOptions } from 'node:https';
import type { Namespace, Server, ServerOptions, Socket } from 'socket.io';

/** A namespace to serve: `'/chat'`, `'/tenants/:tenantId'`, or a regular expression, which like Socket.IO's is not anchored. */
export type NamespacePattern = string | RegExp;

/** What every socket adds to the meta of the calls that are made for it. */
export interface SocketMeta {
  /** The id of the socket. */
  $socketId?: string;
  /** The rooms that the socket was in when the event arrived. */
  $rooms?: string[];
  /** The user, as `@Authenticate` returned it or as an action set it. Setting it logs in, `null` logs out. */
  user?: unknown;
  /** Rooms that the socket shall join before the ack. */
  $join?: string | string[];
  /** Rooms that the socket shall leave before the ack. */
  $leave?: string | string[];
}

/** What a Moleculer context has beside its own when it stands for an event of a socket. */
export interface SocketContextParts {
  /** The socket that sent the event. */
  readonly socket: Socket;
  /** The arguments of the event, without its name and without the ack. */
  readonly args: readonly unknown[];
  /** The name of the event, as the client wrote it. */
  readonly event: string;
  /** The name of the namespace, as the client wrote it. */
  readonly namespace: string;
  /** The parameters of a dynamic namespace, by name. */
  readonly nspParams: Readonly<Record<string, string>>;
}

/**
 * A Moleculer `Context` that knows its socket. `ctx.params` is the first argument of the event, `ctx.meta` flows
 * into `ctx.call`.
 *
 * @typeParam Params type of `ctx.params`
 * @typeParam Meta what your hooks add to `ctx.meta`
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- hooks add what they like, and a declared meta must fit
export type SocketContext<Params = unknown, Meta extends object = Record<string, any>> = Context<
  Params,
  Meta & SocketMeta
> &
  SocketContextParts;

/** The answer to a client that asked for one. A handler that injects it answers by itself. */
export type AckFunction = (...args: unknown[]) => void;

/** The type of a property under `@SocketEvent`: clients call the actions of the cluster through it. */
export interface ActionProxy {
  /** The events that the proxy answers to. */
  readonly events: readonly string[];
}

/** A class whose instances a payload is turned into and checked as; `String`, `Number`, … stand for primitives. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- the type of `String`, `Buffer` and every class alike
export type PayloadClass = Function;

/** The declared type of a payload; an array of a class is written `[Item]`. */
export type PayloadType = PayloadClass | readonly [PayloadClass];

/** Options of `@SocketEvent` on a method: anything that a Moleculer action takes, and the type of the payload. */
export interface SocketEventOptions extends Partial<ActionSchema> {
  /** Milliseconds after which the call fails with a `RequestTimeoutError` 504. Default: the broker's `requestTimeout`. */
  timeout?: number;
  /** The class of the first argument, where TypeScript cannot say it: an array, an interface, a union. */
  payload?: PayloadType;
  /** The action is called like its method. */
  name?: never;
  /** The handler is the method. */
  handler?: never;
}

/** Options of the call that a client makes through an {@link ActionProxy}. */
export type ProxyCallOptions = Omit<CallingOptions, 'parentCtx'>;

/** Options of `@SocketEvent` on a property of type {@link ActionProxy}. */
export interface ActionProxyOptions {
  /** Which actions may be called: globs or regular expressions on the full name. `['**']` opens all of them. */
  whitelist?: readonly (string | RegExp)[];
  /** Which actions may not be called, whatever the whitelist says. */
  blacklist?: readonly (string | RegExp)[];
  /** Short names for actions: `{ add: 'math.add' }`. */
  aliases?: Readonly<Record<string, string>>;
  /** `'restrict'`: only aliases can be called. Default `'all'`. */
  mappingPolicy?: 'all' | 'restrict';
  /** Options of every call, or a function that makes them; a fresh copy for every call. */
  callOptions?: ProxyCallOptions | ((ctx: SocketContext, socket: Socket) => ProxyCallOptions | undefined);
  /** Called before the action, after the hooks of the gateway. */
  onBeforeCall?: BeforeCallHook;
  /** Called after the action, before the hooks of the gateway; a result other than `undefined` replaces the action's. */
  onAfterCall?: AfterCallHook;
}

/** A hook that runs before a handler or a proxied action, `this` being the service. */
export type BeforeCallHook = (
  this: GatewayShape,
  ctx: SocketContext,
  socket: Socket,
  action: string,
  params: unknown,
  callOptions: ProxyCallOptions,
) => unknown;

/** A hook that runs after a handler or a proxied action; what it returns replaces the result, unless it is `undefined`. */
export type AfterCallHook = (
  this: GatewayShape,
  ctx: SocketContext,
  socket: Socket,
  result: unknown,
) => unknown;

/** A hook that runs when a handler or a proxied action fails: it returns a result, or throws. */
export type CallErrorHook = (this: GatewayShape, ctx: SocketContext, socket: Socket, error: Error) => unknown;

/** Decides about a socket that wants to enter a namespace; `this` is the service. */
export type NamespaceMiddlewareFunction = (
  this: GatewayShape,
  socket: Socket,
  next: (error?: Error) => void,
) => unknown;

/** Decides about every packet, `[event, ...args]`; `this` is the service. */
export type PacketMiddlewareFunction = (
  this: GatewayShape,
  packet: unknown[],
  next: (error?: Error) => void,
  socket: Socket,
) => unknown;

/** Options of `@Authenticate`. */
export interface AuthenticateOptions<User = unknown> {
  /** A room that all sockets of a user join. */
  room?: (user: User) => string;
}

/** A policy, `(ctx) => boolean | Promise<boolean>`: whether this event may go on. It may declare its params and meta. */
export type Policy = { bivariant(ctx: SocketContext): boolean | Promise<boolean> }['bivariant'];

/** A rule of `@Authorize`: the name of a role, or a policy. */
export type AuthorizeRule = string | Policy;

/** How much one client may ask of the gateway. Everything is on by default. */
export interface GatewayLimits {
  /** Events of one socket that may run at the same time; 1 gives strict order. Default: unlimited. */
  concurrency?: number;
  /** Events of one socket that may run or wait; one more is refused with 429. Default 256. */
  maxPending?: number;
  /** How deep a payload may be nested; one deeper is refused with 413. Default 64. */
  maxDepth?: number;
  /** Bytes that may wait for a client that does not read; then it is disconnected. Default 16 MiB. */
  maxBufferedBytes?: number;
  /** Namespaces that one connection may be in. Default 100. */
  maxNamespaces?: number;
  /** Milliseconds from the wish to enter a namespace to the end of authentication. Default 10,000. */
  handshakeTimeout?: number;
  /** Milliseconds that a packet middleware may take, and that a client has for the answer to `request`. Default 10,000. */
  ackTimeout?: number;
}

/** Options of class-validator and class-transformer. Default `{ whitelist: true }`. */
export type ValidationOptions = ValidatorOptions & ClassTransformOptions;

/** How an ack answers: `(error, result)`, or one object with `ok`. */
export type AckFormat = 'error-first' | 'object';

/** Settings of the server, as moleculer-io and moleculer-web spell them. Other nodes never see them. */
export interface ServerSettings {
  /** Default: the environment's `PORT`, or 3000. 0 takes any free port. */
  port?: number | string;
  /** Default: the environment's `IP`, or 0.0.0.0. */
  ip?: string;
  /** Options of `https.createServer`; makes the server speak HTTPS. */
  https?: TlsOptions;
  /** `false`: never listen; `initSocketIO` gives the server. An `http.Server` of yours is used as it is. */
  server?: boolean | HttpServer;
  /** CORS of the polling transport; `cors.origin` guards the handshake of every transport. */
  cors?: ServerOptions['cors'];
  /** `options`: those of socket.io. */
  io?: { options?: SocketServerOptions };
}

/** Options of socket.io. An adapter may also be a function that takes nothing, connects first, and gives the adapter. */
export type SocketServerOptions = Partial<Omit<ServerOptions, 'adapter'>> & {
  adapter?: ServerOptions['adapter'] | (() => AdapterFactory | Promise<AdapterFactory>);
};

/** What gives a namespace its adapter. */
export type AdapterFactory = NonNullable<ServerOptions['adapter']>;

/** Levels of Moleculer's logger; null or false is silence. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | null | false;

/** What the gateway logs, as moleculer-io spells it. */
export interface LogSettings {
  /** Level for every event that arrives. Default: silence. */
  logRequest?: LogLevel;
  /** Level for the payload of every event. Default: silence. */
  logRequestParams?: LogLevel;
  /** Level for every answer. Default: silence. */
  logResponse?: LogLevel;
  /** Level for sockets that come and go. Default: silence. */
  logClientConnection?: LogLevel;
  /** Level for every call of the action `broadcast`. Default: silence. */
  logBroadcastRequest?: LogLevel;
  /** Level for every event that is registered at start. Default: silence. */
  logRouteRegistration?: LogLevel;
  /** Whether errors with a code from 400 to 499 are logged too. Default false. */
  log4XXResponses?: boolean;
}

/** Options of `@SocketNamespace`: the service, and the namespace. */
export interface SocketNamespaceOptions {
  /** Default: the name of the class without `Gateway`, in camelCase. */
  name?: string;
  version?: string | number;
  settings?: ServerSettings & LogSettings & Record<string, unknown>;
  metadata?: Record<string, unknown>;
  dependencies?: ServiceSchema['dependencies'];
  mixins?: Partial<ServiceSchema> | readonly Partial<ServiceSchema>[];
  hooks?: ServiceSchema['hooks'];
  actions?: ServiceSchema['actions'];
  events?: ServiceSchema['events'];
  methods?: ServiceSchema['methods'];
  /** Run for every socket that wants to enter, before authentication. */
  middlewares?: readonly NamespaceMiddlewareFunction[];
  /** Run for every packet. */
  packetMiddlewares?: readonly PacketMiddlewareFunction[];
  /** How acks are answered. Default `'error-first'`. */
  ack?: AckFormat;
  limits?: GatewayLimits;
  validation?: ValidationOptions;
  /** `true`: clients see the message of every error, also of those that may hold secrets. Default false. */
  exposeErrors?: boolean;
}

/** An error as a client gets it. */
export interface WireError {
  name: string;
  message: string;
  code: number | string;
  type?: string;
  data?: unknown;
}

/** What a gateway is to decorators and hooks: a Moleculer service with a Socket.IO server. */
export interface GatewayShape extends Service {
  /** The Socket.IO server; undefined before the gateway was attached to one. */
  readonly io: Server;
  /** The live namespaces of this gateway by name; for a dynamic path its children, never the parent. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
}

/** A class of gateways. */
export type GatewayClass<T extends GatewayShape = GatewayShape> = abstract new (...args: never[]) => T;

/** The HTTP request of a socket's handshake. */
export type SocketHandshakeRequest = IncomingMessage;
