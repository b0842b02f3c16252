import type { ServiceBroker } from 'moleculer';
import type { GatewayLimits } from '../../types';
import { nameOfPath, servesName } from '../../plan/paths';
import type { GatewayPlan } from '../../plan/plan';
import type { Report } from '../errors/run-safely';
import { ActionMeter } from './action-meter';
import { GuardedRegistry, type CountingRegistry } from './safe-registry';
import { measuringHook, type ActionHook } from '../moleculer/internals';
import { MeterTurn } from './flush-queue';
import { Meter } from './meter';

/** The metrics of gateways; the first four are named as in moleculer-io. */
const METRICS = [
  {
    name: 'moleculer.io.messages.total',
    type: 'counter',
    labelNames: ['namespace', 'event'],
    unit: 'msg',
    rate: true,
    description: 'Number of events',
  },
  {
    name: 'moleculer.io.messages.active',
    type: 'gauge',
    labelNames: ['namespace', 'event'],
    unit: 'msg',
    description: 'Number of events in work',
  },
  {
    name: 'moleculer.io.messages.time',
    type: 'histogram',
    labelNames: ['namespace', 'event'],
    unit: 'millisecond',
    quantiles: true,
    buckets: true,
    description: 'Time from an event to its answer',
  },
  {
    name: 'moleculer.io.socket.active',
    type: 'gauge',
    labelNames: ['namespace'],
    unit: 'socket',
    description: 'Number of connected sockets',
  },
  {
    name: 'moleculer.io.socket.disconnects.total',
    type: 'counter',
    labelNames: ['namespace', 'reason'],
    unit: 'socket',
    description: 'Number of disconnected sockets',
  },
  {
    name: 'moleculer.io.handshakes.refused.total',
    type: 'counter',
    labelNames: ['namespace', 'code'],
    unit: 'socket',
    description: 'Number of sockets that were not let in',
  },
  {
    name: 'moleculer.io.messages.refused.total',
    type: 'counter',
    labelNames: ['namespace', 'code'],
    unit: 'msg',
    description: 'Number of events that were answered with an error',
  },
  {
    name: 'moleculer.io.limits.exceeded.total',
    type: 'counter',
    labelNames: ['namespace', 'limit'],
    unit: 'times',
    description: 'Number of times that a client asked for more than a limit allows',
  },
  {
    name: 'moleculer.io.messages.forwarded.total',
    type: 'counter',
    labelNames: ['namespace', 'event'],
    unit: 'msg',
    rate: true,
    description: "Number of Moleculer's events that were sent on to clients",
  },
] as const;

const MESSAGES = {
  total: 'moleculer.io.messages.total',
  active: 'moleculer.io.messages.active',
  time: 'moleculer.io.messages.time',
};

/** What a client can go beyond; each is the name of an option. */
export type ExceededLimit = Exclude<keyof GatewayLimits, 'concurrency'> | 'rateLimit';

interface Registry extends CountingRegistry {
  register(options: object): unknown;
  getMetric(name: string): unknown;
}

/**
 * Counts what happens. Labels are names that the application declared, never what a client wrote: a dynamic namespace
 * counts under its pattern, an event that nobody declared under `*`.
 */
export class GatewayMetrics {
  /** Undefined where the broker has no metrics: then nothing is spent on them. */
  static of(broker: ServiceBroker, report: Report): GatewayMetrics | undefined {
    if (!broker.isMetricsEnabled()) return undefined;
    const registry = broker.metrics as object as Registry;
    for (const metric of METRICS) if (!registry.getMetric(metric.name)) registry.register(metric);
    return new GatewayMetrics(new GuardedRegistry(registry, report), measuringHook(broker));
  }

  private readonly turn = new MeterTurn();
  private readonly meters = new Map<string, Map<string, Meter>>();

  /** @param measuring what Moleculer itself measures actions with; undefined where it does not */
  private constructor(
    private readonly registry: CountingRegistry,
    readonly measuring: ActionHook | undefined,
  ) {}

  /** A packet has come from the network: what it brings about can be told together with what comes with it. */
  arrive(): void {
    this.turn.arrive();
  }

  /** The meter of an event, as it was declared, in a namespace, as it was declared. */
  event(namespace: string, event: string): Meter {
    let ofNamespace = this.meters.get(namespace);
    if (!ofNamespace) this.meters.set(namespace, (ofNamespace = new Map<string, Meter>()));
    let meter = ofNamespace.get(event);
    if (!meter)
      ofNamespace.set(event, (meter = new Meter(this.registry, this.turn, MESSAGES, { namespace, event })));
    return meter;
  }

  /** The meter of an action that a handler is, for the events that run it. */
  action(service: string, name: string): ActionMeter {
    return new ActionMeter(this.registry, this.turn, service, name);
  }

  /** An event that is refused before it has begun. */
  refusedEvent(namespace: string, event: string, code: unknown): void {
    const meter = this.event(namespace, event);
    meter.end(meter.begin());
    this.refusedPacket(namespace, code);
  }

  /** A packet was answered with an error; a middleware may have refused it before it was known which event it is. */
  refusedPacket(namespace: string, code: unknown): void {
    this.registry.increment('moleculer.io.messages.refused.total', { namespace, code });
  }

  /**
   * An event of Moleculer's was sent on.
   *
   * @param event as it was declared, a pattern perhaps
   * @param names the namespaces that it was sent to; undefined for all
   */
  forwarded({ paths }: GatewayPlan, event: string, names: readonly string[] | undefined): void {
    const reached = names ? paths.filter((path) => names.some((name) => servesName(path, name))) : paths;
    for (const path of reached) {
      this.registry.increment('moleculer.io.messages.forwarded.total', {
        namespace: nameOfPath(path),
        event,
      });
    }
  }

  connected(namespace: string): void {
    this.registry.increment('moleculer.io.socket.active', { namespace });
  }

  disconnected(namespace: string, reason: string): void {
    this.registry.decrement('moleculer.io.socket.active', { namespace });
    this.registry.increment('moleculer.io.socket.disconnects.total', { namespace, reason });
  }

  /** @param namespace `'*'` for a connection that is in none, or in several */
  exceeded(namespace: string, limit: ExceededLimit): void {
    this.registry.increment('moleculer.io.limits.exceeded.total', { namespace, limit });
  }

  refused(namespace: string, code: unknown): void {
    this.registry.increment('moleculer.io.handshakes.refused.total', { namespace, code });
  }
}
