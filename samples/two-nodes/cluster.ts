import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { BrokerOptions } from 'moleculer';

/** The nodes, and the ports on which their transporters listen. */
export type Cluster = Readonly<Record<string, number>>;

/**
 * Gives each node a port for Moleculer's TCP transporter. On one network the nodes would find each other by UDP, without a list:
 * `transporter: 'TCP'` is all then.
 */
export async function createCluster(nodeIDs: readonly string[]): Promise<Cluster> {
  const servers = nodeIDs.map(() => createServer().listen(0));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return Object.fromEntries(nodeIDs.map((nodeID, at) => [nodeID, ports[at] as number]));
}

/** The options of the broker of a node. */
export function brokerOptions(nodeID: string, cluster: Cluster): BrokerOptions {
  const urls = Object.entries(cluster).map(([id, port]) => `127.0.0.1:${port}/${id}`);
  return {
    nodeID,
    // Moleculer logs an error for each message to a node that is being restarted.
    logLevel: { TRANSIT: 'fatal', '**': 'warn' },
    transporter: { type: 'TCP', options: { udpDiscovery: false, urls } } as never,
  };
}
