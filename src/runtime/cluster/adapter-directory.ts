import type { Namespace, Server } from 'socket.io';
import type { ClusterAdapter } from './cluster-adapter';
import type { ConnectsAdapters } from '../model';

/** Returns the cluster that a namespace belongs to; undefined if it stays on its node. */
export type FindCluster = (namespace: Namespace) => ConnectsAdapters | undefined;

const directories = new WeakMap<Server, AdapterDirectory>();

/** Knows the adapters of one Socket.IO server. Some of them exist before the gateways of their namespaces start. */
export class AdapterDirectory {
  private readonly adapters = new Map<ClusterAdapter, ConnectsAdapters | undefined>();
  private find: FindCluster = () => undefined;

  static of(server: Server): AdapterDirectory {
    const directory = directories.get(server) ?? new AdapterDirectory();
    directories.set(server, directory);
    return directory;
  }

  /** Lets the adapters that exist, and those to come, take part in the clusters that a function finds. */
  connect(find: FindCluster): void {
    this.find = find;
    this.refresh();
  }

  /** Asks again to which cluster each adapter belongs. Call it when a gateway has started or stopped. */
  refresh(): void {
    for (const adapter of this.adapters.keys()) this.update(adapter);
  }

  /** Asks to which cluster an adapter belongs. Call it also when its namespace gets another owner. */
  update(adapter: ClusterAdapter): void {
    const before = this.adapters.get(adapter);
    const now = this.find(adapter.nsp);
    this.adapters.set(adapter, now);
    if (before === now) return;
    before?.detach(adapter);
    now?.attach(adapter);
  }

  /** Forgets an adapter that is closed. */
  delete(adapter: ClusterAdapter): void {
    this.adapters.get(adapter)?.detach(adapter);
    this.adapters.delete(adapter);
  }
}
