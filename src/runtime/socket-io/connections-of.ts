import type { Namespace, Server, Socket } from 'socket.io';
import type { Gateway } from '../model';
import type { EngineConnection } from './connection';

interface Engine {
  readonly clients: Readonly<Record<string, EngineConnection>>;
}

/** Returns all open connections of a server; an empty list if it is attached nowhere. */
export function allConnections(io: Server): EngineConnection[] {
  const { engine } = io as object as { engine?: Engine };
  return Object.values(engine?.clients ?? {});
}

/** Returns the connections with a socket in a namespace of the gateway, or with one that asks to enter. */
export function connectionsOf({ namespaces }: Gateway): EngineConnection[] {
  const connections = new Set<EngineConnection>();
  for (const namespace of namespaces.values())
    for (const { conn } of socketsIn(namespace)) connections.add(conn as object as EngineConnection);
  return [...connections];
}

/** Returns the sockets in a namespace, and those that ask to enter. */
export function socketsIn(namespace: Namespace): Socket[] {
  const { _preConnectSockets } = namespace as object as { _preConnectSockets: Map<string, Socket> };
  return [...namespace.sockets.values(), ..._preConnectSockets.values()];
}
