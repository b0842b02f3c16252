import type { Context, Service } from 'moleculer';
import type { DefaultEventsMap, Namespace, Server, Socket } from 'socket.io';

/** The events of one direction and their arguments, as Socket.IO's own types have them: `{ message(text: string): void }`. */
export interface EventsMap {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the functions of a map have any arguments
  [event: string]: any;
}

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
export interface SocketContextParts<ToClient extends EventsMap = DefaultEventsMap> {
  /** The socket that sent the event. */
  readonly socket: Socket<DefaultEventsMap, ToClient>;
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
}

/**
 * A Moleculer `Context` that knows its socket. `ctx.params` is the first argument of the event, `ctx.meta` flows
 * into `ctx.call`.
 *
 * @typeParam Params type of `ctx.params`
 * @typeParam Meta what your hooks add to `ctx.meta`
 * @typeParam ToClient the events that clients are sent through `ctx.socket`
 */
export type SocketContext<
  Params = unknown,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- hooks add what they like, and a declared meta must fit
  Meta extends object = Record<string, any>,
  ToClient extends EventsMap = DefaultEventsMap,
> = Context<Params, Meta & SocketMeta> & SocketContextParts<ToClient>;

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

/** What a gateway is to decorators and hooks: a Moleculer service with a Socket.IO server. */
export interface GatewayShape extends Service {
  /** The Socket.IO server; undefined before the gateway starts. It may be attached to no HTTP server yet: see `initSocketIO`. */
  readonly io: Server;
  /** The live namespaces of this gateway by name; for a dynamic path its children, never the parent. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
}
