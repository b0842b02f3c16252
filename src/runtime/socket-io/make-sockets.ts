import { Namespace, type Socket } from 'socket.io';
import type { Gateway } from '../model';
import { stateOf, type EngineConnection } from './connection';
import { createSocket, type BeginSession } from './gateway-socket';
import { countRefusal, refusalOfLimits, refuseNamespace } from './refuse-handshake';

/** The client of Socket.IO that a connection has. */
interface Client {
  readonly conn: EngineConnection;
}

/** The part of the server that is needed here. */
interface HandshakeServer {
  /** Bytes of the CONNECT packet that is being handled. */
  readonly handshakeBytes: number;
}

type Add = (client: Client, auth: object, done: unknown) => unknown;

/** The methods of a namespace through which Socket.IO adds a client. */
export interface SocketFactory {
  _add: Add;
  _createSocket?(client: Client, auth: object): Promise<Socket>;
}

/**
 * Makes a namespace construct sockets of the gateway's class, after it has asked the limits of the connection.
 *
 * @param path the label of the metrics
 * @param begin returns the session of a new socket
 * @param recover returns what the adapter has kept of a client that comes back
 * @returns a function that ends it: the namespace admits no client any more, but for `'/'`, which is as before
 */
export function makeGatewaySockets(
  gateway: Gateway,
  namespace: Namespace,
  path: string,
  begin: BeginSession,
  recover: ((auth: object) => Promise<object | undefined>) | undefined,
): () => void {
  const factory = namespace as object as SocketFactory;
  const { _add: previousAdd } = factory;
  const add = originalAdd(namespace);
  let handshakeBytes = 0;
  let hasEnded = false;

  factory._createSocket = async (client, auth) => {
    const bytes = handshakeBytes;
    const session = recover && (await recover(auth));
    // The guard may be gone. Socket.IO drops the socket of a closed connection.
    if (hasEnded) client.conn.close(true);
    return createSocket(begin, bytes, namespace, client, auth, session);
  };
  factory._add = (client, auth, done) => {
    const { conn } = client;
    if (conn.readyState !== 'open') return undefined;
    const bytes = (namespace.server as object as HandshakeServer).handshakeBytes;
    const { limits } = gateway.plan;
    const refusal = refusalOfLimits(gateway, limits, path, conn, bytes);
    if (refusal) {
      refuseNamespace(namespace.server, conn, namespace.name, refusal);
      gateway.metrics?.refused(path, refusal.code);
      countRefusal(conn, gateway, limits.maxRefusals);
      return undefined;
    }
    const state = stateOf(conn);
    state.namespaces++;
    state.pendingBytes += bytes;
    // Socket.IO calls _createSocket before it awaits anything.
    handshakeBytes = bytes;
    return add(client, auth, done);
  };

  return () => {
    hasEnded = true;
    if (namespace.name !== '/') return;
    delete factory._createSocket;
    factory._add = previousAdd;
  };
}

/** Returns the method of Socket.IO's class, bound to a namespace. */
export function originalAdd(namespace: Namespace): Add {
  return (Namespace.prototype as object as SocketFactory)._add.bind(namespace);
}
