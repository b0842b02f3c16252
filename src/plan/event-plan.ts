import type { Service } from 'moleculer';
import type { Socket } from 'socket.io';
import type {
  ActionProxyOptions,
  PayloadType,
  Policy,
  RateLimitKey,
  RateLimitStore,
  SocketContext,
} from '../types';
import type { NamesAction } from './named-services';
import type { BodyCheck } from './body-check';

/** A method of the class, to be called with the service as `this`. */
export interface MethodPlan {
  readonly name: string;
  readonly call: (this: unknown, ...args: never[]) => unknown;
}

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
