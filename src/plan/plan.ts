import type { Context, Service, ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import type {
  AckFormat,
  AckFunction,
  ActionProxyOptions,
  GatewayLimits,
  NamespaceMiddlewareFunction,
  PacketMiddlewareFunction,
  PayloadType,
  Policy,
  RateLimitKey,
  RateLimitStore,
  ServerSettings,
  SocketContext,
  ValidationOptions,
} from '../types';
import type { NamesAction } from '../plan/named-services';
import type { BodyCheck } from './body-check';

/*
 * Everything that a gateway is, decided once. The runtime reads it and decides nothing.
 */

/** A method of the class, to be called with the service as `this`. */
export interface MethodPlan {
  readonly name: string;
  readonly call: (this: unknown, ...args: never[]) => unknown;
}

/** A namespace that has one name. */
export interface LiteralPath {
  readonly kind: 'literal';
  readonly name: string;
}

/** A family of namespaces, one for every name that matches. */
export interface DynamicPath {
  readonly kind: 'dynamic';
  /** The path as it was written, for messages and to find a second gateway with the same path. */
  readonly source: string;
  readonly pattern: RegExp;
}

export type PathPlan = LiteralPath | DynamicPath;

/** A guard. All its conditions must hold. */
export interface GuardPlan {
  /** The user needs at least one role from each list. */
  readonly roles: readonly (readonly string[])[];
  readonly policies: readonly Policy[];
}

/** A rate limit. The limit of a class is the same object in each of its events. */
export interface RateLimitPlan {
  readonly points: number;
  /** In seconds. */
  readonly duration: number;
  readonly key: RateLimitKey;
  readonly store?: RateLimitStore;
  /** The place of its declaration. Limits of different places count separately in a common store. */
  readonly scope: string;
}

/** A call hook of an event. */
export interface HookPlan<Call> {
  readonly call: Call;
  /** Only for the catch-all, whose events are not known before they arrive. */
  readonly matches: ((event: string) => boolean) | undefined;
}

export type BeforeHook = HookPlan<
  (this: unknown, ctx: never, socket: never, action: string, params: never, options: never) => unknown
>;
export type ResultHook = HookPlan<
  (this: unknown, ctx: never, socket: never, resultOrError: never) => unknown
>;

/** The call hooks of an event, in the order in which they run. */
export interface HooksPlan {
  readonly before: readonly BeforeHook[];
  readonly after: readonly ResultHook[];
  readonly error: readonly ResultHook[];
}

/** A checked argument of an event. */
export interface BodyPlan {
  readonly index: number;
  /** It may be left out; then the check lets it pass. */
  readonly optional: boolean;
  /** As it was declared. */
  readonly type: PayloadType;
  readonly check: BodyCheck;
}

/** Describes the streams of an event. */
export interface StreamPlan {
  /** Whether clients send one with the event. */
  readonly upload: 'none' | 'optional' | 'required';
  /** Clients may send objects, not only bytes. */
  readonly objects: boolean;
  /** Maximum bytes of an upload; Infinity for no limit. */
  readonly maxBytes: number;
  /** Between two chunks, in milliseconds. */
  readonly idle: number;
}

/** A method that answers events. It is an action of the service, called like the method. */
export interface HandlerPlan {
  readonly kind: 'handler';
  readonly member: string;
  /** Calls the method with its declared arguments. */
  readonly invoke: (service: Service, ctx: SocketContext) => unknown;
  readonly bodies: readonly BodyPlan[];
  /** The positions of the arguments that are taken as they come. */
  readonly unchecked: readonly number[];
  /** The decorators whose values the result may depend on: `@User()`, `@MessageBody(1)`, …; `ctx` may be anything. */
  readonly dependencies: readonly string[];
  /** The handler has injected the ack, and answers by itself. */
  readonly answersItself: boolean;
  readonly streams: StreamPlan;
  /** The method is an async generator: its answer is a stream. */
  readonly generates: boolean;
  /** The type of the result, as the option `returns` declares it. It is not checked. */
  readonly returns: PayloadType | undefined;
  /** The definition of the action, without its handler. */
  readonly action: Readonly<Record<string, unknown>>;
}

/** A property through which clients call actions. */
export interface ProxyPlan {
  readonly kind: 'proxy';
  readonly member: string;
  /** As they were written. */
  readonly options: Readonly<ActionProxyOptions>;
  readonly aliases: ReadonlyMap<string, string>;
  /** `mappingPolicy: 'restrict'`. */
  readonly aliasesOnly: boolean;
  /** Clients may send several calls at once. */
  readonly multi: boolean;
  /** Undefined: the actions neither take nor return streams. */
  readonly streams: StreamPlan | undefined;
  /** Undefined: no limit. */
  readonly whitelist: ActionFilter | undefined;
  readonly blacklist: ActionFilter | undefined;
  /** Whether the whitelist names an action that is closed without it. */
  readonly names: NamesAction;
}

/** An action of another service that answers an event by itself. */
export interface ActionPlan {
  readonly kind: 'action';
  /** Its full name. */
  readonly action: string;
  readonly options: Readonly<Pick<ActionProxyOptions, 'callOptions'>>;
  /** Undefined: the action neither takes nor returns streams. */
  readonly streams: StreamPlan | undefined;
}

/** Whether the full name of an action is on a list. */
export type ActionFilter = (action: string) => boolean;

/** A function from moleculer-io's settings: called with the arguments and the ack, `this` being the socket. */
export interface FunctionPlan {
  readonly kind: 'function';
  readonly member: string;
  readonly call: (this: Socket, ...args: unknown[]) => unknown;
}

/** One event name and what happens when it arrives. */
export interface EventPlan {
  /** `'*'` for the catch-all. */
  readonly name: string;
  readonly target: HandlerPlan | ProxyPlan | FunctionPlan | ActionPlan;
  /** Undefined: open to everybody. */
  readonly guard: GuardPlan | undefined;
  readonly rateLimits: readonly RateLimitPlan[];
  readonly hooks: HooksPlan;
  /** The description of the event, from its options. */
  readonly description?: string;
  /** Clients should not send it any more; a text says what to send instead. */
  readonly deprecated?: boolean | string;
}

/** Describes how a gateway serves actions that carry `socket`. */
export interface AutoExposePlan {
  /** Undefined: every action that asks. */
  readonly whitelist: ActionFilter | undefined;
  /** Whether the whitelist names an action that is closed without it. */
  readonly names: NamesAction;
  /** The event, as the class would have it: with its guard and hooks, and what the action asks for beside them. */
  readonly eventFor: (
    name: string,
    action: string,
    guards: readonly GuardPlan[],
    streams: StreamPlan | undefined,
  ) => EventPlan;
  /** The streams of all actions that are exposed; undefined: of those that ask for it. */
  readonly streams: StreamPlan | undefined;
}

/** A value, or a function of the event's context that gives it. */
export type ChoicePlan<T> = T | ((this: unknown, ctx: Context) => unknown);

/** A Moleculer event that is sent on to clients. */
export interface ForwardPlan {
  /** The name of the event, or a pattern. */
  readonly event: string;
  readonly member: string;
  /** Calls the method; what it gives is sent. */
  readonly invoke: (service: Service, ctx: Context) => unknown;
  /** Undefined: the name of the event. */
  readonly as: ChoicePlan<string> | undefined;
  /** Undefined selects all sockets; an empty list selects none. */
  readonly rooms: ChoicePlan<readonly string[]> | undefined;
  readonly except: ChoicePlan<readonly string[]> | undefined;
  /** Undefined: all of the gateway's. */
  readonly namespaces: ChoicePlan<readonly string[]> | undefined;
  readonly volatile: boolean;
  /** As it was declared. */
  readonly payload: PayloadType | undefined;
  readonly check: BodyCheck | undefined;
  /** The options of the subscription that are Moleculer's. */
  readonly subscription: Readonly<Record<string, unknown>>;
}

/** Describes which users are shown, and to which clients and methods. */
export interface PresencePlan {
  /** Returns how a user is shown. Undefined: by the `id`. */
  readonly of: ((user: unknown, socket: Socket) => unknown) | undefined;
  /** Whether the users of a room are shown. The empty string is the namespace itself. */
  readonly shows: (room: string) => boolean;
  /** Time for which a user stays listed after its last device was cut off, in milliseconds. */
  readonly grace: number;
  /** Whether clients get the event `presence`. */
  readonly notify: boolean;
  readonly listeners: readonly PresenceListenerPlan[];
}

/** A method that is told of changes. */
export interface PresenceListenerPlan {
  readonly method: MethodPlan;
  /** Whether it wants to know of a room. */
  readonly matches: (room: string) => boolean;
  /** Whether it is called on one node only. */
  readonly once: boolean;
}

/** Describes how a socket is authenticated. */
export interface AuthenticationPlan {
  readonly method: MethodPlan;
  /** The room that is the user's. */
  readonly room: ((user: unknown) => string) | undefined;
  /** Undefined: the user's `exp`. */
  readonly expiresAt: ((user: unknown) => Date | number | undefined) | undefined;
}

/** The Moleculer side of the gateway. */
export interface ServicePlan {
  readonly name: string;
  /** The name is made of the name of the class. */
  readonly isNamedByClass: boolean;
  readonly version: string | number | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly dependencies: ServiceSchema['dependencies'];
  readonly mixins: readonly Partial<ServiceSchema>[];
  readonly hooks: ServiceSchema['hooks'];
  readonly actions: Readonly<Record<string, unknown>>;
  readonly events: Readonly<Record<string, unknown>>;
  readonly methods: Readonly<Record<string, unknown>>;
  readonly lifecycle: Readonly<
    Partial<Record<'merged' | 'created' | 'started' | 'stopped', MethodPlan['call']>>
  >;
  /** Parts of the schema that Moleculer does not know, and other modules read: `channels`, `queues`, … */
  readonly others: Readonly<Record<string, unknown>>;
}

/** The limits that are numbers, completed. */
export type LimitsPlan = Readonly<Required<Omit<GatewayLimits, 'connections'>>>;

/** Describes what the runtime does differently for a service that is declared by moleculer-io's settings. */
export interface MoleculerIoWays {
  /** Returns the settings of the server by which the handshakes are guarded. */
  serverSettings(service: Service, settings: ServerSettings): ServerSettings;
  /**
   * Returns the function that runs an event inside of the action `call` of the service.
   *
   * @returns undefined if the event calls no action
   */
  enclose(gateway: RunningGateway, event: EventPlan): ((ctx: SocketContext) => Promise<unknown>) | undefined;
  /** Adds the properties that users of moleculer-io expect on a socket. */
  adoptSocket(gateway: RunningGateway, socket: Socket): void;
  /** Returns the function by which a service writes what its settings of the log ask for. */
  logOf(gateway: RunningGateway): (level: string, ...args: unknown[]) => void;
  /** Saves the user that the method `socketAuthorize` returned. */
  saveUser(service: Service, socket: Socket, user: unknown): unknown;
  /**
   * Lets an overridden `socketOnError` answer an error.
   *
   * @param otherwise answers in the usual way: if there is no such method, or if it fails before it has answered
   */
  answerError(gateway: RunningGateway, error: Error, respond: AckFunction, otherwise: () => void): void;
}

/** The parts of a running gateway that the functions of moleculer-io use. */
export interface RunningGateway {
  readonly service: Service;
  readonly report: (what: string, error: unknown) => void;
}

/** Everything that a gateway is. */
export interface GatewayPlan {
  readonly className: string;
  readonly service: ServicePlan;
  /** The differences of a service that is declared by moleculer-io's settings; undefined for a class. */
  readonly moleculerIo: MoleculerIoWays | undefined;
  /** Settings of the server; never published, and kept by identity. */
  readonly server: Readonly<ServerSettings>;
  readonly paths: readonly PathPlan[];
  readonly handlers: readonly HandlerPlan[];
  readonly events: readonly EventPlan[];
  /** Undefined: only declared events are served. */
  readonly autoExpose: AutoExposePlan | undefined;
  readonly forwards: readonly ForwardPlan[];
  /** The events that clients are sent, with the types of their arguments, as the option `sends` declares them. */
  readonly sends: ReadonlyMap<string, readonly PayloadType[]>;
  /** Undefined: nothing is shown of who is there. */
  readonly presence: PresencePlan | undefined;
  /** The validation options for payloads. */
  readonly validation: ValidationOptions;
  readonly authentication: AuthenticationPlan | undefined;
  /** The guard of the class, which the connection and the events need. */
  readonly guard: GuardPlan | undefined;
  /** Clients without a user may connect, since some event is open to them. */
  readonly admitsAnonymous: boolean;
  readonly onConnect: readonly MethodPlan[];
  readonly onDisconnecting: readonly MethodPlan[];
  readonly onDisconnect: readonly MethodPlan[];
  readonly middlewares: readonly NamespaceMiddlewareFunction[];
  readonly packetMiddlewares: readonly PacketMiddlewareFunction[];
  readonly ack: AckFormat;
  readonly limits: LimitsPlan;
  /** The rate limit for sockets of one address. */
  readonly connectionRate: RateLimitPlan | undefined;
  readonly exposeErrors: boolean;
}

/** A method of sockets' lives. */
export type SocketMethod = (this: unknown, socket: Socket, reason?: string, description?: unknown) => unknown;
