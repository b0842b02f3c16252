import { Namespace, type Server, type Socket } from 'socket.io';
import { servesName } from '../../plan/paths';
import type { DynamicPath, LiteralPath, PathPlan } from '../../plan/plan';
import { admitSocket } from '../connection/admit-socket';
import { beginSession } from '../connection/begin-session';
import { connectSocket } from '../connection/connect-socket';
import { recovers, recoverSession, watchForcedDisconnects } from '../connection/recovery';
import { toError } from '../errors/to-error';
import type { ChildOpener, Gateway } from '../model';
import { keepWhileUsed, silenceOlderAdapters } from '../socket-io/child-namespace';
import { makeGatewaySockets, makePlainSockets } from '../socket-io/make-sockets';
import { makeNamespaceSafe } from '../socket-io/safe-namespace';

type Matcher = (name: string, auth: unknown, next: (error: Error | null, matches: boolean) => void) => void;

/** The parts of Socket.IO's dynamic namespaces that its types do not show. */
interface ParentNamespace extends Namespace {
  readonly children: Set<Namespace>;
  createChild(name: string): Namespace;
}

const NO_PARAMETERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Binds a path of a gateway to a Socket.IO server.
 *
 * @returns a function that unbinds it, and closes the connections of its sockets
 */
export function bindPath(gateway: Gateway, io: Server, path: PathPlan): () => Promise<void> {
  return path.kind === 'literal' ? bindLiteral(gateway, io, path) : bindDynamic(gateway, io, path);
}

function bindLiteral(gateway: Gateway, io: Server, { name }: LiteralPath): () => Promise<void> {
  const namespace = io.of(name);
  // Functions of this gateway alone, since they must be found again when it leaves '/'.
  const onConnection = (socket: Socket): void => {
    connectSocket(socket);
  };
  const admit = (socket: Socket, next: (error?: Error) => void): void => {
    admitSocket(socket, next);
  };
  // Socket.IO's own methods: the previous gateway of '/' may have left safe ones on the namespace, which wrap functions.
  Namespace.prototype.use.call(namespace, admit);
  Namespace.prototype.on.call(namespace, 'connection', onConnection);
  adoptNamespace(gateway, namespace, name, NO_PARAMETERS);
  return async () => {
    namespace.off('connection', onConnection);
    gateway.removeNamespace(namespace);
    closeConnections(namespace);
    if (name === '/') {
      makePlainSockets(namespace);
      const middlewares = (namespace as object as { _fns: unknown[] })._fns;
      middlewares.splice(middlewares.indexOf(admit), 1);
      return;
    }
    io._nsps.delete(name);
    await namespace.adapter.close();
  };
}

function bindDynamic(gateway: Gateway, io: Server, path: DynamicPath): () => Promise<void> {
  const { pattern } = path;
  const label = path.source;
  const matches: Matcher = (name, _auth, next) => {
    try {
      next(null, servesName(path, name));
    } catch (error) {
      // The adapter of the new namespace threw.
      gateway.report(`a namespace of '${label}' could not be created`, error);
      next(toError(error), false);
    }
  };
  const parent = io.of(matches) as object as ParentNamespace;
  parent.use(admitSocket);
  parent.on('connection', connectSocket);

  const releases = new WeakMap<Namespace, () => void>();
  const adopt = (child: Namespace): void => {
    if (!parent.children.has(child)) return;
    adoptNamespace(gateway, child, label, Object.freeze({ ...pattern.exec(child.name)?.groups }));
    silenceOlderAdapters(child);
    const release = keepWhileUsed(child, () => {
      parent.children.delete(child);
      gateway.removeNamespace(child);
    });
    releases.set(child, release);
  };
  const openChild: ChildOpener = (name) => {
    if (!servesName(path, name) || io._nsps.has(name)) return undefined;
    // Without an adapter all sockets are here, and so there is nobody.
    if (!gateway.hasAdapter) return 'nobody';
    const namespace = parent.createChild(name);
    return { namespace, release: () => releases.get(namespace)?.() };
  };
  io.on('new_namespace', adopt);
  gateway.childOpeners.add(openChild);

  return async () => {
    io.off('new_namespace', adopt);
    gateway.childOpeners.delete(openChild);
    (io as object as { parentNsps: Map<unknown, unknown> }).parentNsps.delete(matches);
    const open = [...parent.children];
    for (const child of open) {
      gateway.removeNamespace(child);
      io._nsps.delete(child.name);
      closeConnections(child);
    }
    parent.children.clear();
    for (const child of open) await child.adapter.close();
  };
}

/** Makes a namespace serve sockets of the gateway, and makes code that the application adds to it safe. */
function adoptNamespace(
  gateway: Gateway,
  namespace: Namespace,
  path: string,
  nspParams: Readonly<Record<string, string>>,
): void {
  makeNamespaceSafe(gateway, namespace);
  watchForcedDisconnects(namespace);
  makeGatewaySockets(
    namespace,
    (socket) => beginSession(gateway, path, nspParams, socket),
    recovers(namespace) ? (auth) => recoverSession(gateway, namespace, auth) : undefined,
  );
  gateway.addNamespace(namespace);
}

/** Closes the connections, after which clients come back by themselves; after a disconnect by the server they do not. */
function closeConnections(namespace: Namespace): void {
  const { _preConnectSockets } = namespace as object as { _preConnectSockets: Map<string, Socket> };
  for (const socket of [...namespace.sockets.values(), ..._preConnectSockets.values()]) {
    // Discards what is not written yet: waiting for a client between two polls would delay the end of the process.
    socket.conn.close(true);
  }
}
