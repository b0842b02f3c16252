import type { Namespace } from 'socket.io';
import { ClusterAdapter } from './cluster-adapter';
import type { ClusterNamespaces } from './cluster-namespaces';

/** Returns the cluster that a namespace belongs to. */
export type FindCluster = (namespace: Namespace) => ClusterNamespaces | undefined;

/** Knows the adapters of one Socket.IO server, which creates some of them before its gateways start. */
export class AdapterDirectory {
  private readonly adapters = new Map<ClusterAdapter, ClusterNamespaces | undefined>();
  private find: FindCluster = () => undefined;

  /** Lets the adapters that exist, and those to come, take part in the clusters that a function finds. */
  connect(find: FindCluster): void {
    this.find = find;
    this.refresh();
  }

  /** Asks again to which cluster each adapter belongs. Call it when a gateway has started or stopped. */
  refresh(): void {
    for (const adapter of this.adapters.keys()) this.add(adapter);
  }

  add(adapter: ClusterAdapter): void {
    const before = this.adapters.get(adapter);
    const now = this.find(adapter.nsp);
    this.adapters.set(adapter, now);
    if (before === now) return;
    before?.detach(adapter);
    now?.attach(adapter);
  }

  delete(adapter: ClusterAdapter): void {
    this.adapters.get(adapter)?.detach(adapter);
    this.adapters.delete(adapter);
  }
}

/** The class of the adapters of one Socket.IO server. */
export interface MoleculerAdapter {
  new (namespace: Namespace): ClusterAdapter;
  readonly directory: AdapterDirectory;
}

/**
 * Returns an adapter for `io.options.adapter` that reaches the other nodes of a gateway over Moleculer's transporter.
 *
 * Each Socket.IO server needs one of its own. It does nothing until a gateway connects it.
 */
export function moleculerAdapter(): MoleculerAdapter {
  const directory = new AdapterDirectory();
  return class extends ClusterAdapter {
    static readonly directory = directory;

    override init(): void {
      directory.add(this);
    }

    override close(): void {
      directory.delete(this);
    }
  };
}

/** Returns the directory of an adapter class that `moleculerAdapter` has made. */
export function directoryOf(adapter: unknown): AdapterDirectory | undefined {
  const { directory } = (typeof adapter === 'function' ? adapter : {}) as Partial<MoleculerAdapter>;
  return directory instanceof AdapterDirectory ? directory : undefined;
}
