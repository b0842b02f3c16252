import { Namespace, type Server, type Socket } from 'socket.io';
import { servesName } from '../../plan/paths';
import type { DynamicPath, LiteralPath, PathPlan } from '../../plan/plan';
import { admitSocket } from '../connection/admit-socket';
import { connectSocket } from '../connection/connect-socket';
import type { ChildOpener, GatewayRuntime } from '../gateway/build-gateway';
import { guardNamespace } from '../socket-io/safe-namespace';
import { keepWhileUsed, silenceOlderAdapters } from '../socket-io/child-namespace';
import { guardRecovery } from '../connection/recovery';
import { makeGuardedSockets, makePlainSockets } from '../socket-io/make-sockets';

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
 * @returns the function that takes it away again, with the sockets in it
 */
export function bindPath(gateway: GatewayRuntime, io: Server, path: PathPlan): () => Promise<void> {
  return path.kind === 'literal' ? bindLiteral(gateway, io, path) : bindDynamic(gateway, io, path);
}

function bindLiteral(gateway: GatewayRuntime, io: Server, { name }: LiteralPath): () => Promise<void> {
  const namespace = io.of(name);
  const onConnection = (socket: Socket): void => {
    connectSocket(gateway, name, socket, NO_PARAMETERS);
  };
  const admit = (socket: Socket, next: (error?: Error) => void): void => {
    admitSocket(gateway, name, socket, next);
  };
  // Socket.IO's own, where the last gateway of '/' has left guarded ones: these cannot fail, and must be found again.
  Namespace.prototype.use.call(namespace, admit);
  Namespace.prototype.on.call(namespace, 'connection', onConnection);
  guardNamespace(gateway, namespace);
  guardRecovery(namespace);
  makeGuardedSockets(gateway, namespace);
  gateway.addNamespace(namespace);
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

function bindDynamic(gateway: GatewayRuntime, io: Server, path: DynamicPath): () => Promise<void> {
  const { pattern } = path;
  const label = path.source;
  const matches: Matcher = (name, _auth, next) => {
    next(null, servesName(path, name));
  };
  const parent = io.of(matches) as object as ParentNamespace;
  parent.use((socket, next) => {
    admitSocket(gateway, label, socket, next);
  });
  parent.on('connection', (socket) => {
    connectSocket(gateway, label, socket, Object.freeze({ ...pattern.exec(socket.nsp.name)?.groups }));
  });

  const releases = new WeakMap<Namespace, () => void>();
  const adopt = (child: Namespace): void => {
    if (!parent.children.has(child)) return;
    gateway.addNamespace(child);
    guardNamespace(gateway, child);
    guardRecovery(child);
    makeGuardedSockets(gateway, child);
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

/** A client comes back by itself when its connection breaks, not when the server asks it to leave. */
function closeConnections(namespace: Namespace): void {
  const { _preConnectSockets } = namespace as object as { _preConnectSockets: Map<string, Socket> };
  for (const socket of [...namespace.sockets.values(), ..._preConnectSockets.values()]) {
    // Without waiting for what is still to be written: a client between two polls would hold up the end of the process.
    socket.conn.close(true);
  }
}
