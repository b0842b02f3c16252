import { Errors, type Service, type ServiceBroker } from 'moleculer';
import type { Server as HttpServer } from 'node:http';
import type { Namespace, Server, Socket } from 'socket.io';
import { serverSettings } from '../../plan/server-settings';
import { injectedAck } from '../../plan/injected-ack';
import { nameOfPath, servesName } from '../../plan/paths';
import type { EventPlan, GatewayPlan } from '../../plan/plan';
import type { GatewayShape, ServerSettings, SocketContext, SocketServerOptions } from '../../types';
import { ACK_FORMATS, type AckWriter } from '../answer/ack-formats';
import { ExposedEvents } from '../auto-expose/cluster-actions';
import { eventIDsOf, type NewEventID } from '../event/event-id';
import { eventLogOf, type EventLog } from '../observe/event-log';
import { describeThrown, type Report } from '../errors/run-safely';
import { GatewayMetrics } from '../observe/gateway-metrics';
import { socketGetMeta, socketSaveMeta } from '../../moleculer-io/ways';
import { RateLimits, type RateLimit } from '../event/rate-limits';
import { aroundOf, type Around } from '../event/around';
import { callsArePlain, localEndpoint, type ActionEndpoint } from '../moleculer/internals';
import { socketContextClassOf, type SocketContextClass } from '../event/event-context';
import { momentsOf, type SocketMoments } from '../connection/socket-callbacks';
import { handlerAction } from './bind-event';
import { traceOf, type StartEventSpan } from '../observe/event-span';

/** The methods of a gateway that the runtime calls, and that a class may override. */
export interface GatewayMethods extends GatewayShape {
  socketGetMeta(socket: Socket): object | PromiseLike<object>;
  socketSaveUser(socket: Socket, user: unknown): unknown;
  socketSaveMeta?(socket: Socket, ctx: SocketContext): unknown;
  socketJoinRooms?(socket: Socket, rooms: string | string[]): unknown;
  socketLeaveRoom?(socket: Socket, room: string): unknown;
  reformatError?(error: Error, ctx: SocketContext | undefined, socket: Socket): unknown;
}

/** An event of the plan, bound to the service that answers it. */
export interface BoundTarget {
  readonly plan: EventPlan;
  /** The full name of the action that the handler is; empty where the action is another service's. */
  readonly action: string;
  readonly endpoint: ActionEndpoint | undefined;
  /** The handler has the ack, and its result is no answer. */
  readonly answersItself: boolean;
  readonly rateLimits: readonly RateLimit[];
  /** Runs the handler as an action, with all of Moleculer's middlewares. */
  readonly run: (ctx: SocketContext) => PromiseLike<unknown>;
}

/** All that an event goes through. */
export interface BoundEvent extends BoundTarget {
  /** The middlewares that stand around the event; undefined where there are none. */
  readonly around: Around | undefined;
  /** Undefined where nobody traces it. */
  readonly trace: StartEventSpan | undefined;
}

/** Opens a child namespace for a moment, if anybody can be in it; undefined if the name is none of its pattern's. */
export type ChildOpener = (
  name: string,
) => { namespace: Namespace; release: () => void } | 'nobody' | undefined;

/** A plan at work: one per service of a gateway. */
export class GatewayRuntime {
  readonly broker: ServiceBroker;
  readonly logger: Service['logger'];
  readonly answer: AckWriter;
  readonly Context: SocketContextClass;
  readonly callsArePlain: boolean;
  /** Undefined: Moleculer makes the ids of contexts. */
  readonly newEventID: NewEventID | undefined;
  readonly service: GatewayMethods;
  readonly events: ReadonlyMap<string, BoundEvent>;
  readonly catchAll: BoundEvent | undefined;
  /** The events that other services ask for; undefined where the gateway serves its own only. */
  readonly exposed: ExposedEvents | undefined;
  private readonly live = new Map<string, Namespace>();
  readonly log: EventLog;
  private readonly limits: RateLimits;
  /** Of sockets that want to enter. */
  readonly connectionRate: readonly RateLimit[];
  readonly metrics: GatewayMetrics | undefined;
  /** Whom to call when sockets come and go. */
  readonly moments: SocketMoments;
  /** Open a child of a dynamic namespace that has no sockets here. */
  readonly childOpeners = new Set<ChildOpener>();
  /** Settles when the service has started: until then handshakes wait. */
  readonly ready: Promise<void>;
  started = false;
  /** The sockets of a namespace may be on other nodes. */
  hasAdapter = false;
  /**
   * The service itself has a method `reformatError`. One of a mixin does not count: moleculer-web brings one that
   * shows every error.
   */
  readonly reformatsErrors: boolean;
  /** The application makes meta itself, with `socketGetMeta`. */
  readonly overridesMeta: boolean;
  /** The application saves meta itself, with `socketSaveMeta`. */
  readonly savesMeta: boolean;
  /** Lets the waiting handshakes in, or refuses them. */
  readonly open: (error?: Error) => void;

  /**
   * @param plan what the gateway is
   * @param socketOptions options of socket.io that `initSocketIO` was given, in place of those of the settings
   * @param attachedTo the HTTP server that `initSocketIO` was given
   */
  constructor(
    readonly plan: GatewayPlan,
    service: Service,
    public socketOptions: SocketServerOptions | undefined,
    public attachedTo: HttpServer | undefined,
  ) {
    this.service = service as GatewayMethods;
    this.callsArePlain = callsArePlain(service.broker);
    this.newEventID = eventIDsOf(service.broker);
    this.broker = service.broker;
    const own = (name: string, usual: unknown): boolean => {
      const method = (this.service.schema as { methods?: Record<string, unknown> }).methods?.[name];
      return method !== undefined && method !== usual;
    };
    this.overridesMeta = own('socketGetMeta', socketGetMeta);
    this.savesMeta = own('socketSaveMeta', socketSaveMeta);
    const written = this.service.originalSchema as { methods?: { reformatError?: unknown } };
    this.reformatsErrors = written.methods?.reformatError !== undefined;
    this.logger = service.logger;
    this.answer = ACK_FORMATS[plan.ack];
    this.log = eventLogOf(service);
    this.metrics = GatewayMetrics.of(service.broker, this.report);
    this.Context = socketContextClassOf(service.broker);
    this.limits = new RateLimits(service.fullName);
    this.connectionRate = this.limits.of(plan.connectionRate ? [plan.connectionRate] : []);
    this.moments = momentsOf(this);
    const bound = plan.events.map((event) => [event.name, this.bind(event)] as const);
    this.events = new Map(bound.filter(([name]) => name !== '*'));
    this.catchAll = bound.find(([name]) => name === '*')?.[1];
    this.exposed = plan.autoExpose && new ExposedEvents(this, plan.autoExpose);
    let open: GatewayRuntime['open'] = () => undefined;
    this.ready = new Promise((resolve, reject) => {
      open = (error) => {
        this.started = !error;
        if (error) reject(error);
        else resolve();
      };
    });
    // Nobody may be waiting when the start fails.
    this.ready.catch(() => undefined);
    this.open = open;
  }

  /** The path that a namespace belongs to, as it was written: the label of metrics. */
  pathOf(namespace: string): string {
    const path = this.plan.paths.find((one) => servesName(one, namespace));
    return path ? nameOfPath(path) : namespace;
  }

  /** Writes what failed, where no client waits for an answer, to the log. */
  readonly report: Report = (what, error) => {
    this.logger.error(`${this.plan.className}: ${what}: ${describeThrown(error)}`);
  };

  /** The settings of its server. Until it is attached they may change: in `created()`, say. */
  get server(): ServerSettings {
    const settings = serverSettings(this.service.settings as Record<string, unknown>);
    return this.socketOptions
      ? { ...settings, io: { ...settings.io, options: this.socketOptions } }
      : settings;
  }

  /** The live namespaces, by name. */
  get namespaces(): ReadonlyMap<string, Namespace> {
    return this.live;
  }

  addNamespace(namespace: Namespace): void {
    this.live.set(namespace.name, namespace);
    this.shown.set(namespace.name, namespace);
  }

  /** Forgets a namespace, unless another of the same name has come in the meantime. */
  removeNamespace(namespace: Namespace): void {
    for (const map of [this.live, this.shown]) {
      if (map.get(namespace.name) === namespace) map.delete(namespace.name);
    }
  }

  /** `this.namespaces` of the service: of all that it serves. */
  private get shown(): Map<string, Namespace> {
    const service = this.service as object as { namespaces?: Map<string, Namespace> };
    return (service.namespaces ??= new Map<string, Namespace>());
  }

  /** The Socket.IO server that the gateway is attached to. */
  set io(io: Server | undefined) {
    (this.service as { io: Server | undefined }).io = io;
  }

  get io(): Server | undefined {
    return (this.service as { io: Server | undefined }).io;
  }

  /** Binds an event to the service. */
  bind(plan: EventPlan): BoundEvent {
    const target = this.bindTarget(plan);
    return { ...target, around: aroundOf(this, target), trace: traceOf(this, target) };
  }

  private bindTarget(plan: EventPlan): BoundTarget {
    const { target } = plan;
    const noAction = { plan, action: '', endpoint: undefined, rateLimits: this.limits.of(plan.rateLimits) };
    if (target.kind === 'proxy' || target.kind === 'action') {
      return {
        ...noAction,
        answersItself: false,
        run: () => Promise.reject(new Error('the action of another service is no handler')),
      };
    }
    if (target.kind === 'function') {
      const run: BoundEvent['run'] = async (ctx) => {
        const ack = injectedAck(ctx);
        await target.call.apply(ctx.socket, ack ? [...ctx.args, ack] : [...ctx.args]);
      };
      return { ...noAction, answersItself: true, run };
    }
    const endpoint = localEndpoint(this.service, target.member);
    const runAction = endpoint && handlerAction(this.service, this.metrics, target.member, endpoint);
    if (!runAction)
      throw new Error(
        `${this.plan.className}.${target.member}: a mixin or modification removed the action; keep it`,
      );
    const action = endpoint.action.name;
    const run: BoundEvent['run'] = (ctx) => {
      // The circuit breaker opens by this, and it is the balancer that usually looks at it.
      if (!endpoint.state) throw new Errors.ServiceNotAvailableError({ action });
      return runAction(ctx);
    };
    const rateLimits = this.limits.of(plan.rateLimits);
    return { plan, action, endpoint, rateLimits, answersItself: target.answersItself, run };
  }
}
