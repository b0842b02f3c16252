import type { Context, Service, ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import type {
  AckFormat,
  GatewayLimits,
  NamespaceMiddlewareFunction,
  PacketMiddlewareFunction,
  PayloadType,
  ServerSettings,
  ValidationOptions,
} from '../types';
import type { NamesAction } from './named-services';
import type { BodyCheck } from './body-check';
import type {
  ActionFilter,
  EventPlan,
  GuardPlan,
  HandlerPlan,
  MethodPlan,
  RateLimitPlan,
  StreamPlan,
} from './event-plan';
import type { MoleculerIoWays } from './moleculer-io-ways';

/*
 * Everything that a gateway is, decided once. The runtime reads it and decides nothing.
 */

export type * from './event-plan';
export type * from './moleculer-io-ways';

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
