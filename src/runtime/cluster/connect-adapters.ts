import type { Namespace, Server } from 'socket.io';
import type { Gateway } from '../model';
import { AdapterDirectory } from './adapter-directory';
import { ClusterAdapter } from './cluster-adapter';

/**
 * Connects the adapters of a server to the other nodes of the gateways that its namespaces belong to. Namespaces that belong to no
 * gateway, such as `'/'` beside a gateway of `'/chat'`, go with the service whose name comes first.
 *
 * @param gateways returns the gateways that are on the server now
 */
export function connectAdapters(server: Server, gateways: () => Iterable<Gateway>): void {
  AdapterDirectory.of(server).connect((namespace) => {
    const owner = ownerOf(namespace, gateways());
    if (owner) return owner.cluster.namespaces;
    return firstOf(gateways())?.cluster.namespaces;
  });
}

/** Connects the adapter of a namespace that has become that of a gateway, or is no longer. */
export function updateAdapter({ adapter }: Namespace): void {
  if (adapter instanceof ClusterAdapter && !adapter.staysHere)
    AdapterDirectory.of(adapter.nsp.server).update(adapter);
}

function ownerOf(namespace: Namespace, gateways: Iterable<Gateway>): Gateway | undefined {
  for (const gateway of gateways) if (gateway.namespaces.get(namespace.name) === namespace) return gateway;
  return undefined;
}

function firstOf(gateways: Iterable<Gateway>): Gateway | undefined {
  const clustered = [...gateways].filter(({ cluster }) => cluster.namespaces);
  return clustered.sort((one, other) => (one.service.fullName < other.service.fullName ? -1 : 1))[0];
}
