import type { CallingOptions, Context, Service, ServiceSchema, ServiceSettingSchema } from 'moleculer';
import type { Server as HttpServer } from 'node:http';
import type { DefaultEventsMap, Namespace, Server, Socket } from 'socket.io';
import type {
  AutoExpose,
  GatewayLimits,
  LogLevel,
  LogSettings,
  ServerSettings,
  SocketServerOptions,
} from '../types';

/*
 * The types that moleculer-io exports, under the same names. `any` is in them where it is in moleculer-io's.
 */

/* eslint-disable @typescript-eslint/no-explicit-any -- types of applications that were written for moleculer-io must fit */

/** Any events. */
export interface EventsMap {
  [event: string]: any;
}

/** The content of `ctx.meta` in the calls of clients. */
export interface SocketIOMeta {
  /** The id of the socket. */
  $socketId: string;
  /** The rooms that the socket is in. */
  $rooms: string[];
  /** Rooms to join after the call. */
  $join?: string | string[];
  /** Rooms to leave after the call. */
  $leave?: string | string[];
  /** The user, as `socketAuthorize` or an action has set it. */
  user?: any;
}

/** A socket of the service. `client.user` is the user of the namespace that the socket is in. */
export interface SocketMoleculerIO<
  ClientUser = unknown,
  ServiceSettings = ServiceSettingSchema,
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
> extends Socket<ListenEvents, EmitEvents, ServerSideEvents> {
  readonly $service: Service<ServiceSettings>;
  readonly client: Socket<ListenEvents, EmitEvents, ServerSideEvents>['client'] & { user?: ClientUser };
}

/** An event by which clients call actions. */
export interface NamespaceEvent {
  /** `'restrict'`: only aliases can be called. Default: `'all'`. */
  mappingPolicy: 'all' | 'restrict';
  /** Short names for actions: `{ add: 'math.add' }`. */
  aliases: Record<string, string>;
  /** The actions that may be called: globs or regular expressions. Default: all that are published. */
  whitelist: (string | RegExp)[];
  /** The actions that may not be called, whatever the whitelist says. */
  blacklist: (string | RegExp)[];
  /** `true`: a client may send several calls at once. Default: false. */
  multi: boolean;
  /** Options of each call. A `meta` in them replaces what `socketGetMeta` returns. */
  callOptions: Partial<CallingOptions>;
  /** Runs before the action. May change `params`, `ctx.meta` and `callOptions`. */
  onBeforeCall<P = any>(
    ctx: Context<Record<string, any>, SocketIOMeta>,
    socket: SocketMoleculerIO<any>,
    action: string,
    params: P,
    callOptions: CallingOptions,
  ): unknown;
  /** Runs after the action. What it returns replaces the result, unless it is undefined. */
  onAfterCall<Result = any>(
    ctx: Context<Record<string, any>, SocketIOMeta>,
    socket: SocketMoleculerIO<any>,
    res: Result,
  ): unknown;
}

/** A middleware of a namespace; `this` is the service. */
export type NamespaceMiddlewareFunction = Parameters<Server['use']>[0];

/** A middleware of packets; `this` is the service. */
export type SocketMiddlewareFunction = Parameters<Socket['use']>[0];

/** A function that answers an event by itself; the last argument is the ack, if the client asked for one. */
export type EventCustomFunction<T = any> = (
  this: SocketMoleculerIO<any>,
  ...args: T[]
) => void | Promise<void>;

/** A namespace of the settings. */
export interface IONamespace {
  /** Whether the method `socketAuthorize` decides which sockets may enter. */
  authorization?: boolean;
  /** `false`: only the handlers are made, for `registerNamespace`. */
  createNamespace?: boolean;
  middlewares?: NamespaceMiddlewareFunction[];
  packetMiddlewares?: SocketMiddlewareFunction[];
  /** Serves actions that carry `socket: 'event'` as events: `true`, or a whitelist. */
  autoExpose?: AutoExpose;
  /** Functions, and events by which clients call actions. */
  events?: Record<string, Partial<NamespaceEvent> | EventCustomFunction>;
}

/** `settings.io`. */
export interface IOSetting {
  /** Options of socket.io. */
  options?: SocketServerOptions;
  namespaces?: Record<string, IONamespace>;
}

/** The settings of the service. */
export type IOServiceSettings = Omit<ServerSettings, 'io'> &
  LogSettings & {
    io?: IOSetting;
    /** Limits what one client may ask of the service. */
    limits?: GatewayLimits;
    [setting: string]: any;
  };

/** The methods of the service that an application may call or override. */
export interface IOServiceMethods {
  initSocketIO(server?: HttpServer | SocketServerOptions, options?: SocketServerOptions): Promise<void>;
  socketAuthorize(socket: SocketMoleculerIO<any>, handlerItem: IONamespace): unknown;
  socketGetMeta(socket: SocketMoleculerIO<any>): SocketIOMeta;
  /** Calls `socketSaveUser` with `ctx.meta.user`. */
  socketSaveMeta(socket: SocketMoleculerIO<any>, ctx: Context<any, SocketIOMeta>): unknown;
  /** Sets the user of the socket. */
  socketSaveUser(socket: SocketMoleculerIO<any>, user: any): unknown;
  socketOnError(error: Error, respond: (error: unknown, ...data: any[]) => void): void;
  socketJoinRooms(socket: SocketMoleculerIO<any>, rooms: string | string[]): unknown;
  socketLeaveRoom(socket: SocketMoleculerIO<any>, room: string): unknown;
  /** Serves one more namespace with the events of `settings.io.namespaces[handlerName]`. */
  registerNamespace(name: string, handlerName: string, item?: IONamespace): Namespace;
  removeNamespace(name: string): Promise<void>;
  /** Returns true if a setting like `cors.origin` allows an origin. */
  checkOrigin(origin: string, allowed: unknown): unknown;
  /** Logs at a level that a setting names. */
  logWithLevel(level: LogLevel | undefined, ...args: unknown[]): void;
}

/** The schema of a service that is made of the mixin. */
export type IOServiceSchema = ServiceSchema<IOServiceSettings>;
