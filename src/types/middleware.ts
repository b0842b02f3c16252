import type { ActionSchema, Middleware } from 'moleculer';
import type { Socket } from 'socket.io';
import type { GatewayShape, SocketContext } from './context';

/** Describes an event to the middlewares that may wrap it. It is frozen. */
export interface SocketEventDescription {
  /** The name of the event as it was declared; `'*'` for the catch-all. */
  readonly name: string;
  /** The paths of its gateway as they were declared: `'/chat'`, `'/tenants/:tenantId'`. */
  readonly namespaces: readonly string[];
  readonly service: GatewayShape;
  /**
   * The kind of code that answers it: a method, an action that the client names, an exposed action, or a function of
   * moleculer-io's settings.
   */
  readonly answeredBy: 'handler' | 'proxy' | 'action' | 'function';
  /**
   * The action that the method is, with its name and all options of `@SocketEvent`; the name of one that asked for the
   * event; undefined where the client names it.
   */
  readonly action: Readonly<ActionSchema & Record<string, unknown>> | undefined;
}

/** Answers an event: what it returns is the result, what it throws is the error. */
export type SocketEventHandler = (ctx: SocketContext) => Promise<unknown>;

/** The hooks about sockets that a Moleculer middleware may have. */
export interface SocketMiddlewareHooks {
  /**
   * Called for a socket that wants to enter a namespace. It runs before anything of the gateway's own, and before
   * authentication. A throw or a rejection refuses the socket. May be async, within `limits.handshakeTimeout`.
   */
  socketConnecting?(socket: Socket): unknown;
  /**
   * Called for a socket that is admitted, before the `@OnConnect` methods. Events of the client wait, in order, until it is
   * done; if it throws, the socket is disconnected.
   */
  socketConnected?(socket: Socket): unknown;
  /**
   * Called after the `@OnDisconnect` methods of a socket that was connected.
   *
   * @param description more about the reason, in most cases an `Error`; undefined if nothing more is known
   */
  socketDisconnected?(socket: Socket, reason: string, description?: unknown): unknown;
  /**
   * Stands around an event, from its guards to the last hook: it may measure, deny, repeat, and replace the params and the
   * result. Called once for every event of every gateway, when the gateway is made.
   *
   * @param next answers the event; a middleware that does not call it answers in its place
   * @returns what answers in the place of `next`
   */
  localSocketEvent?(next: SocketEventHandler, event: SocketEventDescription): SocketEventHandler;
}

/**
 * A Moleculer middleware that knows of sockets, for the broker's option `middlewares`.
 *
 * @example
 * const log: SocketMiddleware = {
 *   localSocketEvent: (next, event) => async (ctx) => {
 *     ctx.broker.logger.info(event.name);
 *     return next(ctx);
 *   },
 * };
 * new ServiceBroker({ middlewares: [log] });
 */
export type SocketMiddleware = SocketMiddlewareHooks & MoleculerMiddleware;

/** Moleculer's own type; that of 0.14 says of every property that it is one of Moleculer's hooks. */
type MoleculerMiddleware = string extends keyof Middleware ? AnyHooks : Middleware;
interface AnyHooks {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the only index that agrees with every other
  [hook: string]: any;
}
