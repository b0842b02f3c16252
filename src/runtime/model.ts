import type { Service, ServiceBroker } from 'moleculer';
import type { Server as HttpServer } from 'node:http';
import type { Namespace, Server, Socket } from 'socket.io';
import type { EventPlan, GatewayPlan } from '../plan/plan';
import type { PresentUser, ServerSettings, SocketContext, SocketServerOptions } from '../types';
import type { Report } from './errors/run-safely';
import type { ActionEndpoint } from './moleculer/internals';
import type { AckWriter } from './model/answer';
import type { Cluster } from './model/cluster';
import type {
  ConnectionState,
  EventAborts,
  PendingPacket,
  RateLimit,
  SocketStreams,
} from './model/connection';
import type { BoundEvent, ExposedEvents } from './model/event';
import type { EventLog, Metrics } from './model/observation';
import type { GatewayService, OverriddenMethods, SocketCallbacks } from './model/service';

/*
 * THE NOUNS of the runtime, types only. Functions depend on these, not on the code that constructs them: only the folder
 * gateway/ does that. The gateway, its sockets and what refers to either are here; the others are in model/.
 */

export type * from './model/answer';
export type * from './model/cluster';
export type * from './model/connection';
export type * from './model/event';
export type * from './model/observation';
export type * from './model/service';

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

/** The id of a user, as applications choose it. */
export type UserId = string | number;

/** The users of the rooms of a gateway, on all nodes. */
export interface Presence {
  /** True while changes wait to be told. */
  readonly isPending: boolean;
  /** Adds a socket that has connected. */
  connect(session: SocketSession): void;
  /**
   * Removes a socket that is about to leave its rooms.
   *
   * @param isFinal false if the connection was cut off, after which the client may come back
   */
  disconnect(session: SocketSession, isFinal: boolean): void;
  /** Shows the new user of a socket. */
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
