import type { Context, ServiceBroker } from 'moleculer';
import type { Adapter } from 'socket.io-adapter';
import { nameOfPath, pathOfNamespace } from '../../plan/paths';
import type { AdapterKind, Cluster, Gateway, NamespaceTarget, SocketsElsewhere } from '../model';
import { adapterKindOf } from './adapter-kind';
import { ClusterAdapter } from './cluster-adapter';
import { ClusterLink } from './cluster-link';
import { ClusterNamespaces } from './cluster-namespaces';
import type { PacketCodec } from '../socket-io/packet-codec';
import { decodeValues, encodeValues } from './encode-values';
import { readParts } from './encode-message';
import type { ClusterCounters, ClusterLog } from './observers';
import { warnOfOtherAdapters } from './warn-of-other-adapters';
import { namespacesOf } from '../socket-io/namespace-tables';

/** Takes values that another node has published under a topic. */
export type Receiver = (values: readonly unknown[]) => void;

export interface ServiceClusterOptions {
  readonly broker: ServiceBroker;
  /** The full name of the service. */
  readonly service: string;
  /** The event that the nodes of the service exchange. */
  readonly event: string;
  readonly log: ClusterLog;
  readonly counters: ClusterCounters | undefined;
  /** Handlers of values that other nodes publish, by topic. */
  readonly receivers: Readonly<Record<string, Receiver>>;
}

interface Running {
  readonly link: ClusterLink;
  readonly namespaces: ClusterNamespaces;
}

/** The gateways of one service on this node, and their link to the other nodes of the service. */
export class ServiceCluster implements Cluster {
  /** A class has one gateway; settings of moleculer-io have one for each namespace. */
  readonly gateways: Gateway[] = [];
  private readonly linked: ((link: ClusterLink) => void)[] = [];
  private running: Running | undefined;
  private codec: PacketCodec | undefined;

  constructor(private readonly options: ServiceClusterOptions) {}

  get adapter(): AdapterKind {
    const [gateway] = this.gateways;
    return gateway ? adapterKindOf(gateway) : 'none';
  }

  get namespaces(): ClusterNamespaces | undefined {
    return this.adapter === 'moleculer' ? this.running?.namespaces : undefined;
  }

  get hasLink(): boolean {
    return this.running !== undefined;
  }

  /** Calls a function when there is a link to the other nodes, unless the gateways stay on this node. */
  whenLinked(use: (link: ClusterLink) => void): void {
    this.linked.push(use);
  }

  /** Links this node to the others. Does nothing if the broker has no transporter, or if there is a link. */
  start(): void {
    const { broker, event, log, counters, service, receivers } = this.options;
    if (!broker.transit || this.running) return;
    const link = new ClusterLink({ broker, event, log, counters });
    const namespaces = new ClusterNamespaces({
      link,
      log,
      codec: () => this.findCodec(),
      adapterOf: (name) => this.adapterOf(name, link),
      namespacesOf: (path) => this.namespacesOf(path),
    });
    for (const [topic, receive] of Object.entries(receivers)) {
      link.handle(topic, {
        send: (parts) => {
          receive(decodeValues(this.findCodec(), readParts(parts)));
        },
      });
    }
    warnOfOtherAdapters(link, () => this.adapter, service, log);
    this.running = { link, namespaces };
    if (this.adapter !== 'local') for (const use of this.linked) use(link);
  }

  /**
   * Resolves when the other nodes can reach this one, at most 500 ms after the service is registered.
   *
   * @returns undefined if the gateways need no other nodes
   */
  greet(): Promise<void> | undefined {
    const isNeeded =
      this.adapter === 'moleculer' ||
      this.adapter === 'other' ||
      this.gateways.some(({ plan }) => plan.forwards.length > 0 || plan.presence);
    return isNeeded ? this.running?.link.greet() : undefined;
  }

  /** Takes what another node has sent. */
  receive(ctx: Context): void {
    this.running?.link.receive(ctx);
  }

  elsewhere(target: NamespaceTarget): SocketsElsewhere | undefined {
    const { adapter, running } = this;
    const isOn = adapter === 'moleculer' || adapter === 'other';
    return isOn && running && running.link.size > 0 ? running.namespaces.remote(target) : undefined;
  }

  publish(topic: string, values: readonly unknown[]): void {
    const { running } = this;
    if (running && running.link.size > 0) running.link.send(topic, encodeValues(this.findCodec(), values));
  }

  /** Tells the other nodes that this one is gone. It may be started again. */
  async close(): Promise<void> {
    const { running } = this;
    await running?.link.close();
    if (this.running === running) this.running = undefined;
  }

  /** Values are written by the parser of the Socket.IO server, also when the gateways have left it. */
  private findCodec(): PacketCodec {
    this.codec = this.gateways[0]?.io ?? this.codec;
    if (!this.codec) throw new Error(`'${this.options.service}' has no Socket.IO server yet`);
    return this.codec;
  }

  private adapterOf(name: string, link: ClusterLink): Adapter | undefined {
    const { adapter: kind, gateways } = this;
    if (kind !== 'moleculer' && kind !== 'other') return undefined;
    for (const { namespaces } of gateways) {
      const namespace = namespaces.get(name);
      if (namespace) return namespace.adapter;
    }
    // Namespaces of the application belong to one of the services on the server.
    const io = gateways[0]?.io;
    const adapter = io && namespacesOf(io).get(name)?.adapter;
    return adapter instanceof ClusterAdapter && adapter.remote?.link === link ? adapter : undefined;
  }

  private namespacesOf(path: string): string[] {
    return this.gateways.flatMap(({ plan, namespaces }) =>
      [...namespaces.keys()].filter((name) => {
        const own = pathOfNamespace(plan, name);
        return own !== undefined && nameOfPath(own) === path;
      }),
    );
  }
}
