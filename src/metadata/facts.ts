import type {
  ActionProxyOptions,
  AuthenticateOptions,
  AuthorizeRule,
  ForwardEventOptions,
  MessageBodyOptions,
  NamespacePattern,
  OnPresenceOptions,
  RateLimitOptions,
  RoomPatterns,
  SocketEventOptions,
  SocketNamespaceOptions,
} from '../types';

/** The source of the value of a handler's parameter. */
export type ArgumentSource =
  | {
      readonly from: 'body';
      readonly index: number;
      readonly options: MessageBodyOptions | undefined;
    }
  | { readonly from: 'meta'; readonly key?: string }
  | { readonly from: 'nspParam' | 'query'; readonly name: string }
  | {
      readonly from:
        | 'socket'
        | 'context'
        | 'stream'
        | 'user'
        | 'ack'
        | 'socketId'
        | 'rooms'
        | 'nspParams'
        | 'request'
        | 'io';
    };

/** The moments of a socket's life that a method can ask to be called at. */
export type LifecycleMoment = 'connect' | 'disconnecting' | 'disconnect';

/** When a call hook runs, in Moleculer's words. */
export type HookMoment = 'before' | 'after' | 'error';

/** Records one decorator of one member of a class as it was written. The compiler checks it later. */
export type MemberFact = { readonly member: string; readonly isStatic: boolean } & (
  | {
      readonly kind: 'event';
      /** Undefined: the event is called like the member. */
      readonly names: readonly unknown[] | undefined;
      readonly options: SocketEventOptions | ActionProxyOptions;
      readonly on: 'method' | 'property' | 'accessor';
    }
  | {
      readonly kind: 'argument';
      readonly index: number;
      readonly decorator: string;
      readonly source: ArgumentSource;
    }
  | { readonly kind: 'lifecycle'; readonly moment: LifecycleMoment; readonly decorator: string }
  | {
      readonly kind: 'forward';
      readonly events: readonly unknown[];
      readonly options: ForwardEventOptions;
      readonly decorator: string;
    }
  | {
      readonly kind: 'presence';
      /** Undefined: all rooms that are shown. */
      readonly rooms: RoomPatterns | undefined;
      readonly options: OnPresenceOptions;
      readonly decorator: string;
    }
  | { readonly kind: 'authenticate'; readonly options: AuthenticateOptions }
  | { readonly kind: 'authorize'; readonly rules: readonly AuthorizeRule[] }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'rateLimit'; readonly options: RateLimitOptions }
  | {
      readonly kind: 'hook';
      readonly moment: HookMoment;
      readonly events: readonly string[];
      readonly decorator: string;
    }
  | { readonly kind: 'middleware'; readonly of: 'namespace' | 'packet'; readonly decorator: string }
);

/** Records the decorators of a class. */
export type ClassFact =
  | {
      readonly kind: 'namespace';
      readonly paths: readonly NamespacePattern[];
      readonly options: SocketNamespaceOptions;
    }
  | { readonly kind: 'authorize'; readonly rules: readonly AuthorizeRule[] }
  | { readonly kind: 'rateLimit'; readonly options: RateLimitOptions };

/** The records of moleculer-decorators: the parts of a service schema, by method name. */
export interface ServiceParts {
  actions: Record<string, unknown>;
  events: Record<string, unknown>;
  methods: Record<string, unknown>;
}

/** All that was said of one class, without what it inherits. */
export interface ClassRecord {
  readonly classFacts: ClassFact[];
  readonly memberFacts: MemberFact[];
  readonly parts: ServiceParts;
  /** `@Service` of moleculer-decorators stands above the class, and wrote a `created` of its own into the schema. */
  wrappedByService: boolean;
}
