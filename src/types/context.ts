import type { Context, Service } from 'moleculer';
import type { Readable } from 'node:stream';
import type { DefaultEventsMap, Namespace, Server, Socket } from 'socket.io';
import type { ContextPresence, PresenceTypes } from './presence';

/** The events of one direction and their arguments, as Socket.IO's own types have them: `{ message(text: string): void }`. */
export interface EventsMap {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the functions of a map have any arguments
  [event: string]: any;
}

/** The meta that every socket adds to the calls that are made for it. */
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

/**
 * The user in the meta of a context whose application says what its users are. Reading it gives a user: write
 * `Account | undefined` as the type of users where events are open to anonymous clients.
 */
export interface TypedUser<User> {
  /** The user. Setting it logs in, `null` logs out. */
  get user(): User;
  set user(user: User | null | undefined);
}

/** The content of `socket.data`: the user, and data of the application. `any` if the user has no type. */
export type SocketData<User> = unknown extends User
  ? // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Socket.IO's own default
    any
  : // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the application puts there
    { user?: User | null; [key: string]: any };

/** A socket of a gateway that says what its clients are sent and what its users are. */
export type GatewaySocket<ToClient extends EventsMap = DefaultEventsMap, User = unknown> = Socket<
  DefaultEventsMap,
  ToClient,
  DefaultEventsMap,
  SocketData<User>
>;

/** The members that a Moleculer context has in addition if it belongs to an event of a socket. */
export interface SocketContextParts<
  ToClient extends EventsMap = DefaultEventsMap,
  User = unknown,
  Present extends PresenceTypes = PresenceTypes,
> {
  /** The socket that sent the event. */
  readonly socket: GatewaySocket<ToClient, User>;
  /** The arguments of the event, without its name and without the ack. */
  readonly args: readonly unknown[];
  /** The name of the event, as the client wrote it. */
  readonly event: string;
  /** The name of the namespace, as the client wrote it. */
  readonly namespace: string;
  /**
   * Fires while the event runs if its client goes away (an `AbortError`), and when the event takes longer than its
   * timeout (the `RequestTimeoutError` that the client was answered with).
   */
  readonly signal: AbortSignal;
  /** The parameters of a dynamic namespace, by name. */
  readonly nspParams: Readonly<Record<string, string>>;
  /** The stream that the client sends with the event, as `@MessageStream()` injects it. Undefined or null: it sends none. */
  readonly stream?: Readable | null;
  /** The users of the rooms. The gateway needs the option `presence`. */
  readonly presence: ContextPresence<Present>;
}

/**
 * A Moleculer `Context` that knows its socket. `ctx.params` is the first argument of the event, `ctx.meta` flows
 * into `ctx.call`.
 *
 * @typeParam Params type of `ctx.params`
 * @typeParam Meta what your hooks add to `ctx.meta`
 * @typeParam ToClient the events that clients are sent through `ctx.socket`
 * @typeParam User the user in `ctx.meta.user` and `ctx.socket.data.user`; `Account | undefined` where clients may be anonymous
 * @typeParam Present info and meta of `ctx.presence`: `{ info: { name: string }; meta: { isTyping: boolean } }`
 * @example
 * type ChatContext<Params = unknown> = SocketContext<Params, { ip: string }, ToClient, Account>;
 */
export type SocketContext<
  Params = unknown,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- hooks add what they like, and a declared meta must fit
  Meta extends object = Record<string, any>,
  ToClient extends EventsMap = DefaultEventsMap,
  User = unknown,
  Present extends PresenceTypes = PresenceTypes,
> = Context<Params, Meta & SocketMeta & (unknown extends User ? unknown : TypedUser<User>)> &
  SocketContextParts<ToClient, User, Present>;

/** The answer to a client that asked for one. A handler that injects it answers by itself. */
export type AckFunction = (...args: unknown[]) => void;

/** The type of a property under `@SocketEvent`: clients call the actions of the cluster through it. */
export interface ActionProxy {
  /** The events that the proxy answers to. */
  readonly events: readonly string[];
}

/** An error as a client gets it. */
export interface WireError {
  name: string;
  message: string;
  code: number | string;
  type?: string;
  data?: unknown;
}

/** A gateway as decorators and hooks see it: a Moleculer service with a Socket.IO server. */
export interface GatewayShape extends Service {
  /** The Socket.IO server. It is there from the start of the service on, and with `server: false` from `created()` on. */
  readonly io: Server;
  /** The live namespaces of this gateway by name; for a dynamic path its children, never the parent. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
}
