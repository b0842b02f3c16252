import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ClassTransformOptions } from 'class-transformer';
import type { ValidatorOptions } from 'class-validator';
import type { ActionSchema, CallingOptions } from 'moleculer';
import type { DefaultEventsMap, Socket } from 'socket.io';
import type { GatewayShape, SocketContext } from './context';
import type { ConnectionRate } from './rate-limit';

/** A class whose instances a payload is turned into and checked as; `String`, `Number`, … stand for primitives. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- the type of `String`, `Buffer` and every class alike
export type PayloadClass = Function;

/** A schema of zod, valibot, arktype or any other library that follows https://standardschema.dev. */
export type PayloadSchema = StandardSchemaV1;

/** The declared type of a payload; an array of a class, or of what a schema describes, is written `[Item]`. */
export type PayloadType = PayloadClass | PayloadSchema | readonly [PayloadClass | PayloadSchema];

/** Options of `@MessageBody`. */
export type MessageBodyOptions = CheckedBodyOptions | UncheckedBodyOptions;

/** Options of `@MessageBody` for an argument that is checked. */
export interface CheckedBodyOptions {
  /**
   * The type of the argument, if the parameter's type does not say it: a class, `[Item]`, `String`, `Number`, `Boolean`,
   * or a schema. Default: the type that TypeScript has emitted for the parameter.
   */
  type?: PayloadType;
  /** `true`: the argument may be left out, `undefined` or `null`, and is not checked then. Default: false. */
  optional?: boolean;
  unchecked?: false;
}

/** Options of `@MessageBody` for an argument that nothing describes. */
export interface UncheckedBodyOptions {
  /** `true`: the argument is taken as it comes, whatever the client sends. */
  unchecked: true;
  optional?: boolean;
  /** An argument that is not checked has no type. */
  type?: never;
}

/** Limits of the streams of an event. */
export interface StreamOptions {
  /** Bytes of an upload at most; of objects, the bytes of their packets. Over it, the upload fails with 413. Default: no limit. */
  maxBytes?: number;
  /**
   * Milliseconds between two chunks, in both directions: what the client sends and acknowledges, and what the handler gives. After
   * that, the stream fails with 408. Default: 30_000 (ms).
   */
  idle?: number;
  /**
   * `false`: clients send bytes only, objects fail with 400. Default: true for `@MessageStream`, false for actions, which may run on
   * another node and expect bytes.
   */
  objects?: boolean;
}

/**
 * Options of `@SocketEvent` on a method: anything that a Moleculer action takes, the type of the payload, and options of the
 * application's own, which its middlewares find in `event.action`.
 */
export interface SocketEventOptions extends Partial<ActionSchema> {
  /** Milliseconds after which the call fails with a `RequestTimeoutError` 504. Default: the broker's `requestTimeout`. */
  timeout?: number;
  /**
   * How the event takes the stream that `@MessageStream` or `ctx.stream` is, and gives the one that it returns. With a stream, `timeout`
   * is for its first chunk, and for the answer after an upload.
   */
  stream?: StreamOptions;
  /** The class of the first argument, where TypeScript cannot say it (an array, an interface, a union), or a schema. */
  payload?: PayloadType;
  /** The type of the result, for the contract: nothing checks it. Default: the contract does not say what the ack brings. */
  returns?: PayloadType;
  /** Describes the event in the contract and in `listEvents`. */
  description?: string;
  /** `true`: clients should not send the event any more; a text says what to send instead. Default false. */
  deprecated?: boolean | string;
  /** The action is called like its method. */
  name?: never;
  /** The handler is the method. */
  handler?: never;
  /** It is for actions of other services: the method answers its event as it is, or several: `@SocketEvent(['a', 'b'])`. */
  socket?: never;
  /** An option of the application's own. One that resembles a known option does not compile: `timout` for `timeout`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- with `unknown`, interfaces of options would not fit
  [option: string]: any;
}

/** Options of the call that a client makes through an {@link ActionProxy}. */
export type ProxyCallOptions = Omit<CallingOptions, 'parentCtx'>;

/** Options of `@SocketEvent` on a property of type {@link ActionProxy}. */
export interface ActionProxyOptions {
  /**
   * Lists the actions that may be called: globs or regular expressions on the full name. `*` is within a segment, `**` crosses dots, a
   * dot is a dot. `['**']` opens all actions but those of services whose name begins with `$`, and those that manage a
   * gateway: a pattern must begin with the name of the service.
   */
  whitelist?: readonly (string | RegExp)[];
  /** Lists the actions that may not be called, even if the whitelist allows them. */
  blacklist?: readonly (string | RegExp)[];
  /** Short names for actions: `{ add: 'math.add' }`. */
  aliases?: Readonly<Record<string, string>>;
  /** `'restrict'`: only aliases can be called. Default `'all'`. */
  mappingPolicy?: 'all' | 'restrict';
  /** Describes the proxy in the contract and in `listEvents`. */
  description?: string;
  /** `true`: clients should not send the event any more; a text says what to send instead. Default false. */
  deprecated?: boolean | string;
  /** `true`: a client may send several calls at once, as an array or an object of `{ action, params }`. Default false. */
  multi?: boolean;
  /**
   * `true`, or limits: actions take the streams that clients send, and return streams. With Moleculer 0.15 an action reads
   * `ctx.stream`; with 0.14 the stream is its params, and `ctx.meta` has what moleculer-web 0.10 puts there. Default: false.
   */
  streams?: boolean | StreamOptions;
  /** Options of every call, or a function that makes them; a fresh copy for every call. */
  callOptions?:
    | ProxyCallOptions
    | { bivariant(ctx: SocketContext, socket: Socket): ProxyCallOptions | undefined }['bivariant'];
  /** `false`: no span for the event, only for the action. Default: as the broker traces. */
  tracing?: ActionSchema['tracing'];
  /** Called before the action, after the hooks of the gateway. */
  onBeforeCall?: BeforeCallHook;
  /** Called after the action, before the hooks of the gateway; a result other than `undefined` replaces the action's. */
  onAfterCall?: AfterCallHook;
}

/** A hook that runs before a handler or a proxied action, `this` being the service. */
export type BeforeCallHook = {
  bivariant(
    this: GatewayShape,
    ctx: SocketContext,
    socket: Socket,
    action: string,
    params: unknown,
    callOptions: ProxyCallOptions,
  ): unknown;
}['bivariant'];

/** A hook that runs after a handler or a proxied action; what it returns replaces the result, unless it is `undefined`. */
export type AfterCallHook = {
  bivariant(this: GatewayShape, ctx: SocketContext, socket: Socket, result: unknown): unknown;
}['bivariant'];

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
  /** A room that all sockets of a user are in, from the login to the logout. */
  room?: (user: User) => string;
  /**
   * When the user expires, as a `Date` or in milliseconds since the epoch: then the socket is disconnected. Undefined:
   * never. Default: `user.exp` in seconds, as in a JSON Web Token.
   */
  expiresAt?: (user: User) => Date | number | undefined;
}

/**
 * The context that policies of a class are asked with: that of an event, or, when a socket connects, one whose `event` is
 * undefined and whose `params` are `{}`.
 *
 * @typeParam User the user in `ctx.meta.user`
 * @example
 * const isMember = (ctx: PolicyContext) => ctx.event === undefined || isOpen(ctx.event);
 */
export type PolicyContext<User = unknown> = Omit<ContextOfPolicy<User>, 'event'> & {
  readonly event: string | undefined;
};

type ContextOfPolicy<User> = SocketContext<
  unknown,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- hooks add to meta what they like
  Record<string, any>,
  DefaultEventsMap,
  User
>;

/**
 * A policy, `(ctx) => boolean | Promise<boolean>`: whether this event may go on. It may declare its params and meta. Policies of a
 * class decide at the connection, too, as described at {@link PolicyContext}.
 *
 * @typeParam User the user in `ctx.meta.user`: without one the event is refused before a policy is asked
 */
export type Policy<User = unknown> = {
  bivariant(ctx: ContextOfPolicy<User>): boolean | Promise<boolean>;
}['bivariant'];

/** A rule of `@Authorize`: the name of a role, or a policy. */
export type AuthorizeRule<User = unknown> = string | Policy<User>;

/** Limits what one client may ask of the gateway. All limits are on by default. */
export interface GatewayLimits {
  /** Events of one socket that may run at the same time; 1 gives strict order. Default: unlimited. */
  concurrency?: number;
  /** Events of one socket that may run or wait; one more is refused with 429. Default 256. */
  maxPending?: number;
  /**
   * Bytes that pending events of one connection, and the names and `auth`s of its namespaces, may hold. One more event is refused
   * with 429, one more namespace with `connect_error` 429. Measured as they arrive; a character of text counts as one byte.
   * Default: 16 MiB.
   */
  maxPendingBytes?: number;
  /** The rate at which sockets of one address may enter; more are refused with 429. Default: unlimited. */
  connections?: ConnectionRate;
  /** Maximum levels of a payload; a deeper payload is refused with 413. Default: 64. */
  maxDepth?: number;
  /** Bytes that may wait for a client that does not read; then it is disconnected. Default 16 MiB. */
  maxBufferedBytes?: number;
  /** Namespaces that one connection may be in. Default 100. */
  maxNamespaces?: number;
  /**
   * Handshakes of namespaces that may be refused on one connection, for whatever reason. Then the connection is closed; clients of
   * Socket.IO connect again by themselves. Default: 20.
   */
  maxRefusals?: number;
  /** Milliseconds from the connection, or the wish to enter a namespace, to the end of authentication. Default 10,000. */
  handshakeTimeout?: number;
  /** Streams of one socket that may be open, in both directions; one more is refused with 429. Default: 8. */
  streams?: number;
  /**
   * Milliseconds that a client has to answer what the server asks: `request`, and `emit` with an ack or `emitWithAck` to a socket, a
   * room or a namespace, where they name no timeout. A packet middleware has as long. Default 10,000.
   */
  ackTimeout?: number;
}

/**
 * Options of class-validator and class-transformer, on top of `{ whitelist: true }`: properties that a class does not
 * declare are dropped unless `whitelist` is `false`.
 */
export type ValidationOptions = ValidatorOptions &
  ClassTransformOptions & {
    /**
     * `false` leaves all payloads to class-validator and class-transformer. `true` compiles a class into one function that
     * accepts most valid payloads in a fraction of the time. Default: true.
     */
    compiled?: boolean;
  };

/** The arguments of an ack: `(error, result)`, or one object with `ok`. */
export type AckFormat = 'error-first' | 'object';
