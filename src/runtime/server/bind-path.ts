import { Namespace } from 'socket.io';
import { nameOfPath } from '../../plan/paths';
import type { DynamicPath, LiteralPath, PathPlan } from '../../plan/plan';
import { admitSocket } from '../connection/admit-socket';
import { beginSession } from '../connection/begin-session';
import { connectSocket } from '../connection/connect-socket';
import { abandonSession, recovers, recoverSession, watchForcedDisconnects } from '../connection/recovery';
import { updateAdapter } from '../cluster/connect-adapters';
import { debug } from '../debug';
import type { Gateway } from '../model';
import { keepWhileUsed } from '../socket-io/child-namespace';
import { socketsIn } from '../socket-io/connections-of';
import type { GatewayServer } from '../socket-io/gateway-server';
import { makeGatewaySockets } from '../socket-io/make-sockets';
import { NamespacePattern } from '../socket-io/namespace-pattern';
import { deleteNamespace, DynamicParent, namespacesOf } from '../socket-io/namespace-tables';
import { countParts, makeNamespaceSafe, removeMiddleware, takeEntrance } from '../socket-io/safe-namespace';

type AdoptedNamespace = { readonly release: () => void };

const NO_PARAMETERS: Readonly<Record<string, string>> = Object.freeze({});

/** For each child of a dynamic path, a function that removes it from its gateway. */
const evictions = new WeakMap<Namespace, () => void>();

/**
 * Binds a path of a gateway to a Socket.IO server. Namespaces that the application has opened before belong to the gateway from
 * now on.
 *
 * @returns a function that unbinds it, and closes the connections of its sockets
 */
export function bindPath(gateway: Gateway, io: GatewayServer, path: PathPlan): () => Promise<void> {
  debug("%s: binds '%s'", gateway.plan.className, nameOfPath(path));
  return path.kind === 'literal' ? bindLiteral(gateway, io, path) : bindDynamic(gateway, io, path);
}

function bindLiteral(gateway: Gateway, io: GatewayServer, { name }: LiteralPath): () => Promise<void> {
  io.literalNames.add(name);
  const existing = namespacesOf(io).get(name);
  if (existing) evictions.get(existing)?.();
  const namespace = io.of(name);
  const { release } = adoptNamespace(gateway, io, namespace, name, NO_PARAMETERS);
  return async () => {
    io.literalNames.delete(name);
    release();
    // Messages that are sent while sockets disconnect still reach the other nodes; the adapter is closed after this.
    closeConnections(namespace);
    if (name === '/') {
      updateAdapter(namespace);
      return;
    }
    deleteNamespace(namespace);
    await namespace.adapter.close();
  };
}

function bindDynamic(gateway: Gateway, io: GatewayServer, path: DynamicPath): () => Promise<void> {
  const pattern = new NamespacePattern(path.pattern, io.literalNames);
  const parent = new DynamicParent(io, pattern);
  io.dynamicPaths.set(path, gateway);

  const open = new Map<Namespace, AdoptedNamespace>();
  const forget = (child: Namespace): void => {
    open.get(child)?.release();
    open.delete(child);
    parent.delete(child);
  };
  const evict = (child: Namespace): void => {
    forget(child);
    deleteNamespace(child);
    closeConnections(child);
    void child.adapter.close();
  };
  const adopt = (child: Namespace): void => {
    if (child.name === '/' || io.ownedNamespaces.has(child) || !pattern.test(child.name)) return;
    parent.add(child);
    const params = Object.freeze({ ...path.pattern.exec(child.name)?.groups });
    const { release, ownParts } = adoptNamespace(gateway, io, child, path.source, params);
    // Middlewares that the application added to a namespace that it opened guard it. Keep them when the last client leaves.
    const isOfApplication = !io.isConnecting;
    const isKept = (): boolean => isOfApplication && countParts(child) > ownParts;
    keepWhileUsed(child, isKept, () => {
      forget(child);
    });
    open.set(child, { release });
    evictions.set(child, () => {
      evict(child);
    });
  };
  for (const namespace of [...namespacesOf(io).values()]) adopt(namespace);
  io.on('new_namespace', adopt);

  return async () => {
    io.off('new_namespace', adopt);
    io.dynamicPaths.delete(path);
    parent.close();
    const children = [...open.keys()];
    for (const child of children) {
      forget(child);
      deleteNamespace(child);
      closeConnections(child);
    }
    for (const child of children) await child.adapter.close();
  };
}

/**
 * Makes a namespace serve sockets of the gateway, and makes the code safe that the application has added to it or adds later. The
 * connections of clients that are in it already are closed: they have passed no guard.
 *
 * @returns how many middlewares and listeners the gateway has added, and a function that takes the namespace
 *   away from the gateway
 */
function adoptNamespace(
  gateway: Gateway,
  io: GatewayServer,
  namespace: Namespace,
  path: string,
  nspParams: Readonly<Record<string, string>>,
): AdoptedNamespace & { readonly ownParts: number } {
  closeConnections(namespace);
  const putBack = takeEntrance(namespace);
  const partsBefore = countParts(namespace);
  makeNamespaceSafe(gateway, namespace);
  watchForcedDisconnects(gateway, namespace);
  const stopSockets = makeGatewaySockets(
    gateway,
    namespace,
    path,
    (socket, bytes) => beginSession(gateway, path, nspParams, socket, bytes),
    recovers(namespace)
      ? {
          restore: (auth, createProbe) => recoverSession(gateway, namespace, auth, createProbe),
          abandon(session, error) {
            abandonSession(gateway, namespace, session, error);
          },
        }
      : undefined,
  );
  // Socket.IO's own methods: those of the namespace would wrap these functions, which never throw and must be found again.
  Namespace.prototype.use.call(namespace, admitSocket);
  Namespace.prototype.on.call(namespace, 'connection', connectSocket);
  const ownParts = countParts(namespace) - partsBefore;
  putBack();
  io.ownedNamespaces.add(namespace);
  gateway.addNamespace(namespace);
  updateAdapter(namespace);
  return {
    ownParts,
    release() {
      io.ownedNamespaces.delete(namespace);
      gateway.removeNamespace(namespace);
      stopSockets();
      // All others are removed from the server, guarded as they are.
      if (namespace.name !== '/') return;
      removeMiddleware(namespace, admitSocket);
      namespace.off('connection', connectSocket);
    },
  };
}

/** Closes the connections, after which clients come back by themselves; after a disconnect by the server they do not. */
function closeConnections(namespace: Namespace): void {
  // Discards what is not written yet: waiting for a client between two polls would delay the end of the process.
  for (const { conn } of socketsIn(namespace)) conn.close(true);
}
