import type { Namespace, Server, Socket } from 'socket.io';
import { admitSocket } from '../admit-socket';
import type { DynamicPath, LiteralPath } from '../../compiler/plan';
import { connectSocket } from '../connect-socket';
import type { GatewayRuntime } from '../gateway-runtime';
import { keepWhileUsed } from './child-namespace';

type Matcher = (name: string, auth: unknown, next: (error: Error | null, matches: boolean) => void) => void;

const NO_PARAMETERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Binds the namespaces of a gateway to a Socket.IO server.
 *
 * @returns the function that takes them away again, with the sockets in them
 */
export function bindNamespaces(gateway: GatewayRuntime, io: Server): () => Promise<void> {
  const unbind = gateway.plan.paths.map((path) =>
    path.kind === 'literal' ? bindLiteral(gateway, io, path) : bindDynamic(gateway, io, path),
  );
  return async () => {
    await Promise.all(unbind.map((take) => take()));
  };
}

function bindLiteral(gateway: GatewayRuntime, io: Server, { name }: LiteralPath): () => Promise<void> {
  const namespace = io.of(name);
  const onConnection = (socket: Socket): void => {
    connectSocket(gateway, socket, NO_PARAMETERS);
  };
  const admit = (socket: Socket, next: (error?: Error) => void): void => {
    admitSocket(gateway, socket, next);
  };
  namespace.use(admit);
  namespace.on('connection', onConnection);
  gateway.namespaces.set(name, namespace);
  return async () => {
    const middlewares = (namespace as object as { _fns: unknown[] })._fns;
    middlewares.splice(middlewares.indexOf(admit), 1);
    namespace.off('connection', onConnection);
    gateway.namespaces.delete(name);
    closeConnections(namespace);
    if (name !== '/') {
      io._nsps.delete(name);
      await namespace.adapter.close();
    }
  };
}

function bindDynamic(gateway: GatewayRuntime, io: Server, { pattern }: DynamicPath): () => Promise<void> {
  const matches: Matcher = (name, _auth, next) => {
    next(null, pattern.test(name));
  };
  const parent = io.of(matches as Parameters<Server['of']>[0]);
  parent.use((socket, next) => {
    admitSocket(gateway, socket, next);
  });
  parent.on('connection', (socket) => {
    connectSocket(gateway, socket, parametersOf(pattern, socket.nsp.name));
  });
  const { children } = parent as object as { children: Set<Namespace> };
  const adopt = (child: Namespace): void => {
    if (!children.has(child)) return;
    gateway.namespaces.set(child.name, child);
    keepWhileUsed(child, () => {
      children.delete(child);
      // A namespace of the same name may have come in the meantime.
      if (gateway.namespaces.get(child.name) === child) gateway.namespaces.delete(child.name);
    });
  };
  io.on('new_namespace', adopt);
  return async () => {
    io.off('new_namespace', adopt);
    (io as object as { parentNsps: Map<unknown, unknown> }).parentNsps.delete(matches);
    const open = [...children];
    for (const child of open) {
      gateway.namespaces.delete(child.name);
      io._nsps.delete(child.name);
      closeConnections(child);
    }
    children.clear();
    await Promise.all(open.map((child) => child.adapter.close()));
  };
}

/** A client comes back by itself when its connection breaks, not when the server asks it to leave. */
function closeConnections(namespace: Namespace): void {
  for (const socket of namespace.sockets.values()) socket.conn.close();
}

function parametersOf(pattern: RegExp, name: string): Readonly<Record<string, string>> {
  return Object.freeze({ ...pattern.exec(name)?.groups });
}
