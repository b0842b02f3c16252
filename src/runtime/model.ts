import type { Context, Service, ServiceBroker } from 'moleculer';
import type { Server as HttpServer } from 'node:http';
import type { Namespace, Server, Socket } from 'socket.io';
import type { Adapter, BroadcastOptions } from 'socket.io-adapter';
import type { EventPlan, GatewayPlan, StreamPlan } from '../plan/plan';
import type {
  AckFunction,
  GatewayLimits,
  GatewayShape,
  PresentUser,
  RateLimiter,
  ServerSettings,
  SocketContext,
  SocketServerOptions,
  WireError,
} from '../types';
import type { Report } from './errors/run-safely';
import type { ActionEndpoint } from './moleculer/internals';

/*
 * THE NOUNS of the runtime, types only. Functions depend on these, not on the code that constructs them: only the folder
 * gateway/ does that.
 */

/** The methods of a gateway's service that the runtime calls and that a class may override. */
export interface GatewayService extends GatewayShape {
  socketGetMeta(socket: Socket): object | PromiseLike<object>;
  socketSaveUser(socket: Socket, user: unknown): unknown;
  socketSaveMeta?(socket: Socket, ctx: SocketContext): unknown;
  socketJoinRooms?(socket: Socket, rooms: string | string[]): unknown;
  socketLeaveRoom?(socket: Socket, room: string): unknown;
  reformatError?(error: Error, ctx: SocketContext | undefined, socket: Socket): unknown;
}

/** A running plan. A class has one per service; settings of moleculer-io have one per namespace. */
export interface Gateway {
  readonly plan: GatewayPlan;
  readonly broker: ServiceBroker;
  readonly service: GatewayService;
  readonly logger: Service['logger'];
  /** Logs a failure of code that no client waits for. */
  readonly report: Report;
  readonly log: EventLog;
  /** Undefined if the broker has no metrics. */
  readonly metrics: Metrics | undefined;
  readonly ackWriter: AckWriter;
  readonly EventContext: EventContextClass;
  /** The broker that contexts of events are constructed with. */
  readonly brokerOfEvents: ServiceBroker;
  readonly overrides: OverriddenMethods;

  readonly events: ReadonlyMap<string, BoundEvent>;
  readonly catchAll: BoundEvent | undefined;
  /** Binds an event to the service. */
  bindEvent(plan: EventPlan): BoundEvent;
  /** The actions of other services that are served as events; undefined if the gateway serves only its own events. */
  readonly exposed: ExposedEvents | undefined;

  /** Limits the sockets that enter. */
  readonly connectionRate: readonly RateLimit[];
  readonly callbacks: SocketCallbacks;

  /** The live namespaces by name. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
  addNamespace(namespace: Namespace): void;
  /** Removes a namespace, unless another one of the same name has replaced it. */
  removeNamespace(namespace: Namespace): void;

  /** Makes sure that a client that comes back is not recovered as this socket. */
  forbidRecovery(socket: Socket): void;

  /** The Socket.IO server that the gateway is attached to. */
  io: Server | undefined;
  /** The settings of the server. They may change until the gateway is attached, for example in `created()`. */
  readonly server: ServerSettings;
  /** Options of socket.io given to `initSocketIO`, in place of those in the settings. */
  socketOptions: SocketServerOptions | undefined;
  /** The HTTP server given to `initSocketIO`. */
  attachedTo: HttpServer | undefined;
  /** The setting `io.adapter` of the server that the gateway is on; `'given'` if the application has given an adapter. */
  adapterSetting: 'local' | 'moleculer' | 'given' | undefined;
  /** The other nodes of the gateway's service. */
  readonly cluster: Cluster;
  readonly streams: ReceivesStreams;
  /** The users of the rooms of the gateway; undefined without the option `presence`. */
  readonly presence: Presence | undefined;

  /** Resolves when the service has started: handshakes wait for it. */
  readonly ready: Promise<void>;
  readonly started: boolean;
  /** Lets the waiting handshakes in, or refuses them with an error. */
  open(error?: Error): void;

  availability: Availability;
  /**
   * Called when a drain has closed all connections of the gateway, before the broker stops: hands over to other nodes what this
   * node knows. A call that takes longer than 5 s is not awaited any more.
   */
  readonly handOvers: HandOver[];
}

/**
 * Whether clients are to come to a gateway. `'unready'`: it drains, and load balancers are to notice. `'closed'`: it drains, and
 * refuses new clients until its service starts again.
 */
export type Availability = 'open' | 'unready' | 'closed';

/** Hands over to other nodes what a drained gateway knows. What it throws is logged. */
export type HandOver = () => Promise<void> | void;

/**
 * The way in which a Socket.IO server reaches other nodes: over Moleculer's transporter, with another adapter, not at all because its setting
 * says so, or not at all.
 */
export type AdapterKind = 'moleculer' | 'other' | 'local' | 'none';

/** A namespace by its name, or all live namespaces of a declared path. */
export type NamespaceTarget = string | { readonly path: string };

/** The other nodes of a gateway's service. */
export interface Cluster {
  readonly adapter: AdapterKind;
  /** Connects the adapters of namespaces to other nodes; undefined if they stay on this node. */
  readonly namespaces: ConnectsAdapters | undefined;
  /** True if the broker has a transporter, and the service has started. */
  readonly hasLink: boolean;
  /** Returns the sockets of a namespace on other nodes; undefined if there is no other node, or none is reached. */
  elsewhere(target: NamespaceTarget): SocketsElsewhere | undefined;
  /** Sends values to the service on all other nodes, whatever their adapters are. */
  publish(topic: string, values: readonly unknown[]): void;
}

/** Connects adapters to those of other nodes. */
export interface ConnectsAdapters {
  attach(adapter: Adapter): void;
  detach(adapter: Adapter): void;
}

/** The sockets of a namespace, or of all live namespaces of a path, on other nodes. This node need not have the namespace. */
export interface SocketsElsewhere {
  emitValues(values: readonly unknown[], opts: BroadcastOptions): void;
  /**
   * Sends an event, and hands over the answers of clients.
   *
   * @param counted called for each node with the number of its clients that have answered, when it has no more answers
   * @returns resolves when all nodes have no more answers
   * @throws ClusterError if a node has some in `opts.flags.timeout` milliseconds
   */
  emitWithAck(
    values: readonly unknown[],
    opts: BroadcastOptions,
    counted: (clients: number) => void,
    ack: (...answer: unknown[]) => void,
  ): Promise<void>;
  join(opts: BroadcastOptions, rooms: readonly string[]): void;
  leave(opts: BroadcastOptions, rooms: readonly string[]): void;
  disconnect(opts: BroadcastOptions, close: boolean): void;
  /** @throws ClusterError if a node does not answer within 5 s */
  ids(opts: BroadcastOptions): Promise<string[]>;
}

/** The id of a user, as applications choose it. */
export type UserId = string | number;

/** The users of the rooms of a gateway, on all nodes. */
export interface Presence {
  /** True while changes wait to be told. */
  readonly isPending: boolean;
  /** A socket has connected. */
  connect(session: SocketSession): void;
  /**
   * A socket is about to leave its rooms.
   *
   * @param isFinal false if the connection was cut off, after which the client may come back
   */
  disconnect(session: SocketSession, isFinal: boolean): void;
  /** The user of a socket has changed. */
  refresh(session: SocketSession): void;
  /**
   * Sets the meta of a device.
   *
   * @throws TypeError if JSON cannot hold it
   */
  update(session: SocketSession, meta: unknown): void;
  /**
   * Returns users, each once, in the order in which they came.
   *
   * @param namespace undefined: all namespaces
   * @param room undefined: all rooms
   */
  list(namespace: string | undefined, room: string | undefined): PresentUser[];
  /** Tells the other nodes what has changed, and ends. They keep the devices of this node for the grace. */
  close(): void;
}

/** Counts the messages between the nodes of a gateway. */
export interface ClusterCounters {
  /** Messages given to the transporter. A message to three nodes counts three times. */
  sent(messages: number): void;
  /** Messages that arrived and were read. */
  received(messages: number): void;
  /** Messages that could not be sent, arrived too late, or were malformed. */
  lost(messages: number): void;
  /** Called with the number of peers whenever it changes. */
  peers(count: number): void;
}

/** The methods that the application has overridden. Looked up once, not for every event. */
export interface OverriddenMethods {
  /** `socketGetMeta`. */
  readonly meta: boolean;
  /** `socketSaveMeta`. */
  readonly saveMeta: boolean;
  /** `reformatError` of the service itself. That of moleculer-web's mixin does not count: it shows every error. */
  readonly reformatError: boolean;
}

/** The parts of an event that its steps need. */
export interface EventSteps {
  readonly plan: EventPlan;
  /** The full name of the handler's action; empty if the action belongs to another service. */
  readonly action: string;
  readonly endpoint: ActionEndpoint | undefined;
  /** The handler has the ack, and its result is no answer. */
  readonly answersItself: boolean;
  readonly rateLimits: readonly RateLimit[];
  /** The streams of the event; undefined if it has none. */
  readonly streams: StreamPlan | undefined;
  /** Runs the handler as an action, with all of Moleculer's middlewares. */
  readonly run: (ctx: SocketContext) => PromiseLike<unknown>;
  /** Runs the event inside of an action of the service, which runs its steps; undefined if they run by themselves. */
  readonly enclosing: Around | undefined;
}

/** An event of the plan, bound to the service that answers it. */
export interface BoundEvent extends EventSteps {
  /** Runs what is around the steps of the event: middlewares, an enclosing action; undefined if there is nothing. */
  readonly around: Around | undefined;
  /** Starts the span of an event; undefined if it is not traced. */
  readonly trace: StartEventSpan | undefined;
}

/** Takes an event through the middlewares that are around it, and returns its result. */
export type Around = (ctx: SocketContext) => Promise<unknown>;

/** The state of a connection that its namespaces share. */
export interface ConnectionState {
  /** Number of namespaces that the connection is in or asks for. */
  namespaces: number;
  /** Number of handshakes of namespaces that were refused. */
  refusals: number;
  /** Bytes of its pending events, and of the names and `auth`s of its namespaces. */
  pendingBytes: number;
  /** Bytes of the chunks of uploads that no handler has taken yet. */
  streamBytes: number;
  /** True if the connection has ever been admitted to a namespace. */
  wasAdmitted: boolean;
  /** Why a limit or a drain has closed the connection. */
  closedFor: Error | undefined;
  /** The sockets of the connection by id, as Socket.IO keeps them; undefined before it asks for a gateway's namespace. */
  sockets: ReadonlyMap<string, Socket> | undefined;
  /** True if a drain is about to close the connection: its events are not accepted any more. */
  isLeaving: boolean;
  /** The key of the connection in rate limits; undefined until it is first needed. */
  rateKey: string | undefined;
  /** The rate limits that hold the key in memory. */
  rateLimits: Set<RateLimit> | undefined;
}

/** A socket of a gateway's namespace, from its handshake to its end. */
export interface SocketSession {
  readonly gateway: Gateway;
  readonly socket: Socket;
  readonly connection: ConnectionState;
  /** The path of the gateway that the namespace belongs to, as it was written: the label of its metrics. */
  readonly path: string;
  /** The parameters of the dynamic namespace. */
  readonly nspParams: Readonly<Record<string, string>>;
  /** The request id that the client wants for all its events; undefined if each event gets its own. */
  readonly requestID: string | undefined;
  /** The events of the namespace. With `autoExpose` the map changes as services come and go. */
  readonly events: ReadonlyMap<string, BoundEvent>;
  /** Bytes of the CONNECT packet: its `auth` is held as long as the socket lives. */
  readonly handshakeBytes: number;
  /** True if the session is counted among the namespaces of its connection. */
  isCounted: boolean;
  /** Bytes of the packet that is being received. */
  packetBytes: number;
  /** Receives the packets; undefined until the socket is connected. */
  receive: Receive | undefined;
  /** Number of events that have arrived and are not done. */
  pending: number;
  /** The last one of them, and of the events that are done and still have to be answered by the application. */
  lastPending: PendingPacket | undefined;
  /** Number of events that are done and still have to be answered by the application. */
  unanswered: number;
  /** Number of them that run; the others wait for a slot. */
  running: number;
  /** Wakes the events that wait for a slot, in order. */
  waiting: (() => void)[] | undefined;
  /** The abort controllers of running events whose handlers use `ctx.signal`. */
  aborts: EventAborts | undefined;
  /** The streams of the socket; undefined until the first one. */
  streams: SocketStreams | undefined;
  /** Disconnects the socket when its user expires. */
  expiryTimer: NodeJS.Timeout | undefined;
}

/** A packet that has arrived and is not done, or not answered. Those of a socket are linked, in order of arrival. */
export interface PendingPacket {
  /** Undefined if the client wants no answer. */
  readonly ack: AckFunction | undefined;
  /** True once code of the application has it. */
  readonly hasBegun: boolean;
  /** True if it was answered in place of being handled. If it has not begun, it must not begin any more. */
  isRefused: boolean;
  older: PendingPacket | undefined;
  newer: PendingPacket | undefined;
}

/** The streams of one socket. */
export interface SocketStreams {
  /** The offers of events that are not answered yet, and the streams that run, by id. */
  readonly exchanges: Map<string, StreamExchange>;
  /** Number of open streams, which `limits.streams` bounds. */
  open: number;
}

/** The offer of a client with an event: to take a stream as the answer, and perhaps to send one. */
export interface StreamExchange {
  /** The id that the client has given it. */
  readonly $stream: string;
  /** True if the client sends a stream. */
  readonly upload: boolean;
  /** @param bytes of the packet */
  receiveChunk(seq: unknown, data: unknown, bytes: number, ack: AckFunction | undefined): void;
  /** @param error undefined if the client has sent everything */
  receiveEnd(error: Error | undefined): void;
  /** The client wants no more of it. */
  cancel(): void;
  /** The client has gone. */
  abandon(): void;
}

/** Receives what belongs to streams, below the pipeline of events. */
export interface ReceivesStreams {
  /** Receives a packet whose event begins with `$stream:`. */
  receive(session: SocketSession, packet: Packet): void;
  /**
   * Registers the streams that a client offers with an event, and puts the exchange in the place of the offer.
   *
   * @returns false if the offer was refused, and the event answered
   */
  register(session: SocketSession, packet: Packet): boolean;
}

/** A packet as Socket.IO delivers it: the event, its arguments, and the ack if the client asked for one. */
export type Packet = unknown[];

/** Receives a packet that has passed the middlewares of the socket. `bytes` is its size as it arrived. */
export type Receive = (session: SocketSession, packet: Packet, bytes: number) => void;

/** The abort controllers of events, by context. */
export type EventAborts = Map<object, AbortController>;

/** The state of an event: its session while it runs, the timeout that it ended with, or undefined. */
export type EventState = SocketSession | Error | undefined;

/** Constructs the context of an event, or, without the name of one, of a handshake. */
export type EventContextClass = new (
  broker: ServiceBroker,
  endpoint: ActionEndpoint | undefined,
  session: SocketSession,
  event: string | undefined,
  args: readonly unknown[],
  meta: object,
) => SocketContext;

/** Writes answers in the ack format of the gateway, and reads them. */
export interface AckWriter {
  succeed(ack: AckFunction, result: unknown): void;
  fail(ack: AckFunction, error: WireError): void;
  /** Returns what the arguments of an ack mean. */
  read(answer: readonly unknown[]): Outcome;
}

/** The outcome of a call, as a client may see it. */
export type Outcome =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: unknown };

/** Code of the application that is called when a socket comes or goes. */
export interface SocketCallback {
  /** Names the code in the log. */
  readonly what: string;
  call(socket: Socket, reason?: string, description?: unknown): unknown;
}

/** The callbacks of each moment, in order: methods of the gateway and hooks of the broker's middlewares. */
export interface SocketCallbacks {
  readonly connecting: readonly SocketCallback[];
  readonly connected: readonly SocketCallback[];
  readonly disconnecting: readonly SocketCallback[];
  readonly disconnected: readonly SocketCallback[];
}

/** A rate limit with its limiter. */
export interface RateLimit {
  readonly limiter: RateLimiter;
  readonly keyOf: (ctx: SocketContext) => string;
  /** Deletes the key of a closed connection from memory; undefined if the limit does not count by connection. */
  readonly forget: ((key: string) => void) | undefined;
}

/** Actions of the cluster that a gateway serves as events. */
export interface ExposedEvents {
  /** Returns the events of a namespace in a map that follows the services. `path` is as it was written. */
  eventsOf(path: string): ReadonlyMap<string, BoundEvent>;
  follow(): void;
  stop(): void;
}

type Write = (...args: unknown[]) => void;

/** Logs more than failures. A function is undefined unless its setting asks for it. */
export interface EventLog {
  readonly request: Write | undefined;
  readonly params: Write | undefined;
  readonly response: Write | undefined;
  readonly connection: Write | undefined;
  readonly route: Write | undefined;
  readonly broadcast: Write | undefined;
  /** True if errors with a code from 400 to 499 are logged, too. */
  readonly clientErrors: boolean;
}

/** The limits that a client can exceed; each is the name of an option. */
export type ExceededLimit = Exclude<keyof GatewayLimits, 'concurrency'> | 'rateLimit' | 'maxHttpBufferSize';

/** Counts what happens. Labels are names that the application declared, never text of a client. */
export interface Metrics {
  /** A packet has arrived from the network. */
  arrive(): void;
  event(path: string, event: string): EventMeter;
  /** An event was refused before it started. */
  refusedEvent(path: string, event: string, code: unknown): void;
  /** A packet was answered with an error. */
  refusedPacket(path: string, code: unknown): void;
  /** A Moleculer event was forwarded to these namespaces; undefined means all. */
  forwarded(plan: GatewayPlan, event: string, names: readonly string[] | undefined): void;
  connected(path: string): void;
  disconnected(path: string, reason: string): void;
  exceeded(path: string, limit: ExceededLimit): void;
  refused(path: string, code: unknown): void;
  /** So many users are present in the namespaces of a path, on all nodes. */
  present(path: string, users: number): void;
  /** Returns what counts the messages between the nodes of a service. */
  cluster(service: string): ClusterCounters;
}

/** Measures the events of one name in one namespace. */
export interface EventMeter {
  /** Returns the start time, which is given to `end`. */
  begin(): number;
  end(beganAt: number): void;
}

/** The span of an event, from its guards to its last hook. */
export interface EventSpan {
  /** Returns this span for the action of the handler; undefined for any other. */
  join(...span: Parameters<Context['startSpan']>): Span | undefined;
  /** Returns true if the span continues after its action has ended. */
  outlives(span: Span): boolean;
  /** The event is answered with an error. */
  fail(error: unknown): void;
  finish(): void;
}

/** A span of Moleculer's. */
export type Span = ReturnType<Context['startSpan']>;

/** Starts the span of an event on the path of its namespace. */
export type StartEventSpan = (ctx: SocketContext, path: string) => EventSpan;
