import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { ServerOptions as TlsOptions } from 'node:https';
import type { ServerOptions } from 'socket.io';

/** Settings of the server, as moleculer-io and moleculer-web spell them. Other nodes never see them. */
export interface ServerSettings {
  /** Default: the environment's `PORT`, or 3000. 0 takes any free port. */
  port?: number | string;
  /** Default: the environment's `IP`, or 0.0.0.0. */
  ip?: string;
  /**
   * Connections that may wait for the server to accept them, as `listen` of Node.js takes it. The operating system may allow fewer.
   * Default: 4096.
   */
  backlog?: number;
  /** Options of `https.createServer`; makes the server speak HTTPS. */
  https?: TlsOptions;
  /** `false`: never listen; `initSocketIO` gives the server. An `http.Server` of yours is used as it is. */
  server?: boolean | HttpServer;
  /** CORS of the polling transport; `cors.origin` guards the handshake of every transport. */
  cors?: ServerOptions['cors'];
  io?: {
    /** Options of socket.io. An adapter in them goes before `adapter`. */
    options?: SocketServerOptions;
    /**
     * How the nodes of a gateway reach each other's clients. `'moleculer'`: over Moleculer's transporter. `'local'`: not at all.
     * Default: `'moleculer'` if the broker has a transporter; for `SocketIOService`: not at all, with a warning where a second node
     * of the service is seen.
     */
    adapter?: 'moleculer' | 'local';
  };
  /** Serves a page to try the events of the gateway. With `NODE_ENV=production` it needs a `guard`. Default: false. */
  explorer?: boolean | ExplorerOptions;
  /** Bounds what is kept for clients that come back. */
  recovery?: RecoverySettings;
  /**
   * How the gateway closes its connections before its broker stops, also by SIGTERM. `false`: it does not drain. `true`: with the
   * defaults. Default: `true` if `NODE_ENV` is `production`, else `false`.
   */
  drain?: DrainSettings | boolean;
  /**
   * The path of the HTTP server that answers 200 if all gateways on the server are started and not draining, else 503. `false`: none.
   * Default: `'/ready'` on a server that the gateways open; none on moleculer-web's and yours.
   */
  readiness?: string | false;
}

/** Limits what a node keeps for clients that come back, with `connectionStateRecovery`. */
export interface RecoverySettings {
  /**
   * So many bytes of sessions and missed packets are kept at most. The oldest are forgotten first: their clients come in anew.
   * Default: 33_554_432 (bytes, 32 MiB).
   */
  maxBytes?: number;
}

/** Times of a drain. */
export interface DrainOptions {
  /** The connections are closed in random order over this time. Default: 10_000 (ms). */
  window?: number;
  /**
   * How long a connection, from its turn on, may wait for its pending events. Then they are answered 503 `DRAINING`, and the connection
   * is closed. Default: 5_000 (ms).
   */
  grace?: number;
}

/** The setting `drain`. */
export interface DrainSettings extends DrainOptions {
  /**
   * How long the gateway lets clients in while it is not ready, so that load balancers notice first. Default: 0 (ms).
   */
  delay?: number;
}

/** The result of the action `health` of a gateway, for one node. */
export interface GatewayHealth {
  /** Clients are to come: the gateway is started, has a server, and does not drain. */
  ready: boolean;
  draining: boolean;
  /** The open connections of the gateway's server, with those of other gateways on it. */
  connections: number;
  /** The events of the gateway's sockets that have arrived and are not done. */
  pending: number;
}

/**
 * Options of the explorer, the page to try the events of a gateway. Its clients have the rights of any other client: the page
 * shows the contract, and nothing else that a client does not see.
 *
 * @example
 * settings: { explorer: { guard: (req) => isAdmin(req.headers.cookie) } }
 */
export interface ExplorerOptions {
  /** The path of the page on the server of the gateway. Default: `'/explorer'`. */
  path?: string;
  /**
   * Returns true if a request may see the page and the contract. Any other result is answered with 403, an error and no
   * answer within 10 s with 503. Default: every request may, but not with `NODE_ENV=production`.
   */
  guard?: (request: IncomingMessage) => boolean | Promise<boolean>;
  /** The heading of the page. Default: the name of the service. */
  title?: string;
}

/** Options of socket.io. An adapter may also be a function that takes nothing, connects first, and gives the adapter. */
export type SocketServerOptions = Partial<Omit<ServerOptions, 'adapter'>> & {
  adapter?: ServerOptions['adapter'] | (() => AdapterFactory | Promise<AdapterFactory>);
};

/** A function that creates the adapter of a namespace. */
export type AdapterFactory = NonNullable<ServerOptions['adapter']>;

/** Levels of Moleculer's logger; null or false is silence. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | null | false;

/**
 * The log settings, as moleculer-io spells them. The gateway logs at most 100 characters of a client's text, without
 * control characters; of params and results, at most 5 levels and 100 values.
 */
export interface LogSettings {
  /** Level for every event that arrives. Default: silence. */
  logRequest?: LogLevel;
  /** Level for the payload of every event. Default: silence. */
  logRequestParams?: LogLevel;
  /** Level for every answer. Default: silence. */
  logResponse?: LogLevel;
  /** Level for sockets that come and go. Default: silence. */
  logClientConnection?: LogLevel;
  /** Level for every call of the action `broadcast`. Default: silence. */
  logBroadcastRequest?: LogLevel;
  /** Level for every event that is registered at start. Default: silence. */
  logRouteRegistration?: LogLevel;
  /** Whether errors with a code from 400 to 499 are logged too. Default false. */
  log4XXResponses?: boolean;
}
