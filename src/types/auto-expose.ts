import type {} from 'moleculer';
import type { ActionProxyOptions, StreamOptions } from './event-options';

/**
 * An event that an action asks for. Plain data, as it travels to the gateways of other nodes: a function in it would be
 * lost on the way.
 */
export interface SocketExposure {
  /** The name of the event. */
  event: string;
  /**
   * The path of the namespace as its gateway has written it, `'/orders'` or `'/tenants/:id'`; several. None: every gateway
   * with `autoExpose`.
   */
  namespace?: string | readonly string[];
  /**
   * Guards of this event, in addition to those of the gateway. `true` allows any user; names are roles, one of which
   * suffices.
   */
  authorize?: true | string | readonly string[];
  /** `true`, or limits: the action takes the streams that clients send, and returns streams. Default: false. */
  streams?: boolean | StreamOptions;
}

/** The value of an action's `socket`: the events under which gateways with `autoExpose` serve it. */
export type SocketExposures = string | SocketExposure | readonly (string | SocketExposure)[];

/** Options of `autoExpose`. */
export interface AutoExposeOptions {
  /**
   * Lists the actions that may be exposed: globs or regular expressions on the full name. Default: all actions with `socket`.
   * Actions of services whose name begins with `$` need a pattern that begins with that name.
   */
  whitelist?: readonly (string | RegExp)[];
  /** Options of every call, or a function that makes them; a fresh copy for every call. */
  callOptions?: ActionProxyOptions['callOptions'];
  /** `true`, or limits: all of these actions take and return streams. Default: false, but for those that ask for it. */
  streams?: boolean | StreamOptions;
}

/** The option `autoExpose`: all actions that ask for it, those on a whitelist, or a whitelist and options of the calls. */
export type AutoExpose = boolean | readonly (string | RegExp)[] | AutoExposeOptions;

/** A declared type, as `listEvents` tells it. */
export interface ListedType {
  kind: 'class' | 'schema' | 'primitive';
  /** The class, the primitive, or the library of the schema: `NewMessage`, `number`, `zod`. */
  name: string;
  /** It is an array of these. */
  array?: true;
}

/** A checked argument, as `listEvents` tells it. */
export interface ListedPayload extends ListedType {
  /** Its position. */
  index: number;
  /** It may be left out. */
  optional?: true;
}

/** An event of a gateway, as its action `listEvents` tells it: plain data, for reading. */
export interface ListedEvent {
  /** The name; `'*'` is what nothing else answers. */
  event: string;
  /** The paths of the namespaces that have it, as they were written. */
  namespaces: string[];
  /**
   * A method of the gateway, a proxy through which clients call actions, an exposed action, a function of moleculer-io's settings, or
   * what clients are sent because of the option `presence`.
   */
  kind: 'handler' | 'proxy' | 'action' | 'function' | 'presence';
  /** The full name of the action that answers. */
  action?: string;
  /** The params of that action, in the words of Moleculer's validator; what is no plain data is described. */
  params?: unknown;
  /** The positions of the arguments that a handler takes as they come: `@MessageBody({ unchecked: true })`. Absent: none. */
  unchecked?: number[];
  /** The arguments that a handler checks, by their position. Absent: none. */
  payload?: ListedPayload[];
  /** The type of the result, if the event declares it. */
  returns?: ListedType;
  /** Describes the event. */
  description?: string;
  /** Clients should not send it any more; a text says what to send instead. */
  deprecated?: boolean | string;
  /** The guards: one role of every list, and the number of policies. Absent: every connected client may send it. */
  authorize?: { roles: string[][]; policies: number };
  /** The actions that clients may call through a proxy. */
  calls?: {
    mappingPolicy: 'all' | 'restrict';
    whitelist?: string[];
    blacklist?: string[];
    aliases?: Record<string, string>;
    multi: boolean;
  };
}

declare module 'moleculer' {
  interface ActionSchema {
    /** The events that gateways with `autoExpose` serve the action as: `'order.create'`, or more exactly. */
    socket?: SocketExposures | false | null;
  }
}
