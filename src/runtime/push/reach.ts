import type { BroadcastOperator, DefaultEventsMap, Namespace } from 'socket.io';
import type { BroadcastOptions } from 'socket.io-adapter';
import { nameOfPath, pathOfNamespace, servesName, withSlash } from '../../plan/paths';
import { NotFoundError } from '../../errors';
import { printable } from '../../plan/printable';
import type { Gateway, SocketsElsewhere } from '../model';
import { adapterElsewhere } from './adapter-elsewhere';
import { optionsOf, senderTo, type Audience } from './audience';

type Operator = BroadcastOperator<DefaultEventsMap, unknown>;

/** The sockets of a namespace, or of all namespaces of a dynamic path, on all nodes. */
export interface Reach {
  readonly gateway: Gateway;
  /** The live namespaces on this node. A namespace may have sockets on other nodes only. */
  readonly here: readonly Namespace[];
  /** True if the adapters of the namespaces take messages and commands to other nodes; else `elsewhere` does. */
  readonly sendsByAdapter: boolean;
  /** True if the adapters of the namespaces ask other nodes; else `elsewhere` does. */
  readonly asksByAdapter: boolean;
  /** The sockets on other nodes; undefined if there are none that are not reached by adapters. */
  readonly elsewhere: SocketsElsewhere | undefined;
}

/**
 * Returns the sockets of the namespace of that name; without a name, those of all namespaces of the gateways.
 *
 * @throws NotFoundError 404 if the gateways have no such namespace; nothing is created
 */
export function reachOf(gateways: readonly Gateway[], name: string | undefined): readonly Reach[] {
  if (name === undefined) {
    // In moleculer-io '/' is meant.
    const root = gateways.find(({ plan, namespaces }) => plan.moleculerIo && namespaces.has('/'));
    return root ? [reachOfName(root, '/')] : gateways.flatMap(reachOfAll);
  }
  const wanted = withSlash(name);
  const owner =
    gateways.find(({ namespaces }) => namespaces.has(wanted)) ??
    gateways.find(({ plan }) =>
      plan.paths.some((path) => path.kind === 'dynamic' && servesName(path, wanted)),
    );
  if (!owner) throw new NotFoundError('NAMESPACE_NOT_FOUND', { namespace: printable(name) });
  return [reachOfName(owner, wanted)];
}

function reachOfName(gateway: Gateway, name: string): Reach {
  const { namespaces, cluster, io } = gateway;
  const namespace = namespaces.get(name);
  if (namespace) return reachOfNamespace(gateway, namespace);
  const isOnAdapter = io !== undefined && cluster.adapter === 'other' && !cluster.hasLink;
  const elsewhere = isOnAdapter ? adapterElsewhere(io, name) : cluster.elsewhere(name);
  return { gateway, here: [], sendsByAdapter: false, asksByAdapter: false, elsewhere };
}

/**
 * Returns how to reach the sockets of a namespace. The adapter sends what it encodes once for all nodes. The link asks for
 * ids in place of whole sockets. Other adapters are asked themselves, which keeps questions in order with messages, but not
 * about children of a dynamic path: some answer for children that they have closed.
 */
function reachOfNamespace(gateway: Gateway, namespace: Namespace): Reach {
  const { cluster, plan } = gateway;
  const isAskedByLink =
    cluster.adapter === 'moleculer' || pathOfNamespace(plan, namespace.name)?.kind === 'dynamic';
  const elsewhere = isAskedByLink ? cluster.elsewhere(namespace.name) : undefined;
  return { gateway, here: [namespace], sendsByAdapter: true, asksByAdapter: !elsewhere, elsewhere };
}

/** Returns how to reach all sockets of a gateway. Other nodes may have other children of a dynamic path. */
function reachOfAll(gateway: Gateway): Reach[] {
  const { plan, namespaces, cluster } = gateway;
  const byPath = new Map<string, Namespace[]>();
  const literal: Namespace[] = [];
  for (const namespace of namespaces.values()) {
    const path = pathOfNamespace(plan, namespace.name);
    if (path?.kind !== 'dynamic') literal.push(namespace);
    else byPath.set(nameOfPath(path), [...(byPath.get(nameOfPath(path)) ?? []), namespace]);
  }
  const dynamic = plan.paths.filter((path) => path.kind === 'dynamic').map(nameOfPath);
  return [
    ...literal.map((namespace) => reachOfNamespace(gateway, namespace)),
    ...dynamic.flatMap((path): Reach[] => {
      const here = byPath.get(path) ?? [];
      const elsewhere = cluster.elsewhere({ path });
      if (!elsewhere) return here.map((namespace) => reachOfNamespace(gateway, namespace));
      return [{ gateway, here, sendsByAdapter: false, asksByAdapter: false, elsewhere }];
    }),
  ];
}

/** Sends an event. */
export function emitTo(reach: Reach, audience: Audience, event: string, args: readonly unknown[]): void {
  const { here, sendsByAdapter, elsewhere } = reach;
  const audienceHere = sendsByAdapter ? audience : { ...audience, local: true };
  for (const namespace of here) senderTo(namespace, audienceHere)?.emit(event, ...args);
  if (sendsByAdapter || !elsewhere || audience.local || audience.rooms?.length === 0) return;
  elsewhere.emitValues([event, ...args], optionsOf(audience));
}

/** Does something with the sockets in some rooms. */
export function commandTo(
  { here, sendsByAdapter, elsewhere }: Reach,
  rooms: readonly string[],
  commandHere: (sockets: Operator) => void,
  commandElsewhere: (sockets: SocketsElsewhere, opts: BroadcastOptions) => void,
): void {
  for (const namespace of here) commandHere((sendsByAdapter ? namespace : namespace.local).in([...rooms]));
  if (!sendsByAdapter && elsewhere) commandElsewhere(elsewhere, optionsOf({ rooms }));
}

/**
 * Returns the ids of the sockets in a room; without one, of all.
 *
 * @throws ClusterError if another node does not answer within 5 s
 */
export async function idsIn(reach: Reach, room: string | undefined): Promise<string[]> {
  const { here, asksByAdapter, elsewhere } = reach;
  const [elsewhereIds = [], ...found] = await Promise.all([
    asksByAdapter ? [] : elsewhere?.ids(optionsOf({ rooms: room })),
    ...here.map((namespace) => {
      const sockets = asksByAdapter ? namespace : namespace.local;
      return (room === undefined ? sockets : sockets.in(room)).fetchSockets();
    }),
  ]);
  return [...found.flat().map(({ id }) => id), ...elsewhereIds];
}
