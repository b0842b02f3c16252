import type { ServiceBroker } from 'moleculer';
import { allEndpoints } from '../moleculer/internals';

/** A gateway somewhere in the cluster, and the nodes that run it. */
export interface RemoteGateway {
  /** The full name of its service, as 'v2.chat'. */
  readonly name: string;
  /** The name without the version. */
  readonly shortName: string;
  readonly nodes: readonly string[];
}

/** The management action that every gateway has. */
const MARK = '.getClients';

/** Returns the gateways on all nodes, by name. */
export function runningGateways(broker: ServiceBroker): RemoteGateway[] {
  const found = new Map<string, RemoteGateway & { readonly nodes: string[] }>();
  for (const { id, action, service } of allEndpoints(broker)) {
    if (!action.managesGateway || !action.name.endsWith(MARK)) continue;
    const name = action.name.slice(0, -MARK.length);
    const gateway = found.get(name) ?? { name, shortName: service.name, nodes: [] };
    found.set(name, gateway);
    gateway.nodes.push(id);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Returns the gateways that a command is about.
 *
 * @param name full or short; undefined for all
 * @throws Error if there is none
 */
export function findGateways(broker: ServiceBroker, name: string | undefined): RemoteGateway[] {
  const all = runningGateways(broker);
  if (all.length === 0) throw new Error('no node runs a gateway');
  if (name === undefined) return all;
  const exact = all.filter((gateway) => gateway.name === name);
  const found = exact.length > 0 ? exact : all.filter((gateway) => gateway.shortName === name);
  if (found.length > 0) return found;
  throw new Error(
    `there is no gateway '${name}'; there are: ${all.map((gateway) => gateway.name).join(', ')}`,
  );
}

/**
 * Calls an action of a gateway on every node that runs it: not every gateway has an adapter that reaches the others.
 *
 * @returns the results
 * @throws Error that names the nodes on which it failed
 */
export async function callOnAllNodes<Result>(
  broker: ServiceBroker,
  { name, nodes }: RemoteGateway,
  action: string,
  params: object,
): Promise<Result[]> {
  const outcomes = await Promise.allSettled(
    nodes.map((nodeID) => broker.call<Result, object>(`${name}.${action}`, params, { nodeID })),
  );
  const failures = outcomes.flatMap((outcome, at) =>
    outcome.status === 'rejected' ? `${nodes[at]}: ${(outcome.reason as Error).message}` : [],
  );
  if (failures.length > 0) throw new Error(`'${name}.${action}' failed on ${failures.join('; ')}`);
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

/** Returns the ids of the sockets of a gateway on all nodes. */
export async function socketIdsOf(
  broker: ServiceBroker,
  gateway: RemoteGateway,
  room?: string,
): Promise<string[]> {
  const params = room === undefined ? {} : { room };
  return [...new Set((await callOnAllNodes<string[]>(broker, gateway, 'getClients', params)).flat())];
}

/** Returns a number of sockets in words. */
export function countSockets(count: number): string {
  return `${count} socket${count === 1 ? '' : 's'}`;
}
