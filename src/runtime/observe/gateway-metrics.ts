import type { ServiceBroker } from 'moleculer';
import { nameOfPath, servesName } from '../../plan/paths';
import type { GatewayPlan } from '../../plan/plan';
import type { Report } from '../errors/run-safely';
import type { ClusterCounters, ExceededLimit, Metrics } from '../model';
import { FlushQueue } from './flush-queue';
import { Meter } from './meter';
import { METRICS } from './metric-definitions';
import { SafeRegistry, type CountingRegistry } from './safe-registry';
import { RateSettler, type ListingRegistry } from './settle-rates';

interface Registry extends CountingRegistry, ListingRegistry {
  register(options: object): unknown;
  getMetric(name: string): unknown;
}

/**
 * Counts what happens. A dynamic namespace counts under its pattern, and an event that is not declared under `*`: labels
 * never contain text of a client.
 */
export class GatewayMetrics implements Metrics {
  /** Returns undefined if the broker has no metrics: then nothing is spent on them. */
  static of(broker: ServiceBroker, report: Report): GatewayMetrics | undefined {
    if (!broker.isMetricsEnabled()) return undefined;
    const registry = broker.metrics as object as Registry;
    for (const metric of METRICS) if (!registry.getMetric(metric.name)) registry.register(metric);
    const counting = new SafeRegistry(registry, report);
    return new GatewayMetrics(counting, new RateSettler(registry, counting));
  }

  private readonly queue: FlushQueue;
  private readonly meters = new Map<string, Map<string, Meter>>();

  private constructor(
    private readonly registry: CountingRegistry,
    rates: RateSettler,
  ) {
    this.queue = new FlushQueue(() => {
      rates.look();
    });
  }

  arrive(): void {
    this.queue.arrive();
  }

  event(namespace: string, event: string): Meter {
    let ofNamespace = this.meters.get(namespace);
    if (!ofNamespace) this.meters.set(namespace, (ofNamespace = new Map<string, Meter>()));
    let meter = ofNamespace.get(event);
    if (!meter) ofNamespace.set(event, (meter = new Meter(this.registry, this.queue, { namespace, event })));
    return meter;
  }

  refusedEvent(namespace: string, event: string, code: unknown): void {
    const meter = this.event(namespace, event);
    meter.end(meter.begin());
    this.refusedPacket(namespace, code);
  }

  refusedPacket(namespace: string, code: unknown): void {
    this.registry.increment('moleculer.io.messages.refused.total', { namespace, code });
  }

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

  present(namespace: string, users: number): void {
    this.registry.set('moleculer.io.presence.users', users, { namespace });
  }

  cluster(service: string): ClusterCounters {
    const labels = { service };
    const count = (name: string) => (messages: number) => {
      this.registry.increment(name, labels, messages);
    };
    return {
      sent: count('moleculer.io.cluster.sent.total'),
      received: count('moleculer.io.cluster.received.total'),
      lost: count('moleculer.io.cluster.lost.total'),
      peers: (peers) => {
        this.registry.set('moleculer.io.cluster.peers', peers, labels);
      },
    };
  }
}
