import type { ServiceBroker } from 'moleculer';
import type { GatewayLimits } from '../types';
import { nameOfPath, servesName } from '../compiler/compile-paths';
import type { GatewayPlan } from '../compiler/plan';
import { EventMeter, type MeterRegistry } from './event-meter';

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

/** What a client can go beyond; each is the name of an option. */
export type ExceededLimit = Exclude<keyof GatewayLimits, 'concurrency'> | 'rateLimit';

interface Registry extends MeterRegistry {
  register(options: object): unknown;
  getMetric(name: string): unknown;
  decrement(name: string, labels: object): void;
}

/**
 * Counts what happens. Labels are names that the application declared, never what a client wrote: a dynamic namespace
 * counts under its pattern, an event that nobody declared under `*`.
 */
export class GatewayMetrics {
  /** Undefined where the broker has no metrics: then nothing is spent on them. */
  static of(broker: ServiceBroker): GatewayMetrics | undefined {
    if (!broker.isMetricsEnabled()) return undefined;
    const registry = broker.metrics as object as Registry;
    for (const metric of METRICS) if (!registry.getMetric(metric.name)) registry.register(metric);
    return new GatewayMetrics(registry);
  }

  private readonly meters = new Map<string, Map<string, EventMeter>>();

  private constructor(private readonly registry: Registry) {}

  /** The meter of an event, as it was declared, in a namespace, as it was declared. */
  event(namespace: string, event: string): EventMeter {
    let ofNamespace = this.meters.get(namespace);
    if (!ofNamespace) this.meters.set(namespace, (ofNamespace = new Map<string, EventMeter>()));
    let meter = ofNamespace.get(event);
    if (!meter) ofNamespace.set(event, (meter = new EventMeter(this.registry, namespace, event)));
    return meter;
  }

  /** A packet that a middleware has refused, before it was known which event it is. */
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
