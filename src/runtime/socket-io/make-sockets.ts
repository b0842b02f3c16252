import { Namespace, type Socket } from 'socket.io';
import type { Gateway } from '../model';
import { stateOf, type EngineConnection } from './connection';
import { createSocket, type BeginSession } from './gateway-socket';
import { countRefusal, refusalOfLimits, refuseNamespace, refuseWhileDraining } from './refuse-handshake';
import { refuseEntry, type EnteringClient } from './safe-entry';
import type { StoredSession } from './restored-sessions';
import { sessionOf } from './socket-session';

/** The client of Socket.IO that a connection has. */
interface Client extends EnteringClient {
  readonly conn: EngineConnection;
  readonly sockets: ReadonlyMap<string, Socket>;
}

/** The part of the server that is needed here. */
interface HandshakeServer {
  /** Bytes of the CONNECT packet that is being handled. */
  readonly handshakeBytes: number;
}

type Add = (client: Client, auth: object, done: unknown) => Promise<void> | undefined;

/** The methods of a namespace through which Socket.IO adds a client. */
export interface SocketFactory {
  _add: Add;
  _createSocket?(client: Client, auth: object): Promise<Socket>;
}

/** Recovers clients that come back. */
export interface Recovery {
  /**
   * Returns what the adapter has kept of a client.
   *
   * @param createProbe returns a socket of the client that is not recovered
   */
  restore(auth: object, createProbe: () => Socket): Promise<StoredSession | undefined>;
  /** Called if the socket of a session could not be constructed. */
  abandon(session: StoredSession, error: unknown): void;
}

/**
 * Makes a namespace construct sockets of the gateway's class, after it has asked the limits of the connection.
 *
 * @param path the label of the metrics
 * @param begin returns the session of a new socket
 * @param recovery undefined if the server does not recover clients
 * @returns a function that ends it: the namespace admits no client any more, but for `'/'`, which is as before
 */
export function makeGatewaySockets(
  gateway: Gateway,
  namespace: Namespace,
  path: string,
  begin: BeginSession,
  recovery: Recovery | undefined,
): () => void {
  const factory = namespace as object as SocketFactory;
  const { _add: previousAdd } = factory;
  const add = originalAdd(namespace);
  let handshakeBytes = 0;
  let hasEnded = false;

  factory._createSocket = async (client, auth) => {
    const bytes = handshakeBytes;
    const create = (stored?: StoredSession): Socket =>
      createSocket(begin, bytes, namespace, client, auth, stored);
    const stored = recovery && (await recovery.restore(auth, () => createProbe(create)));
    // The guard may be gone. Socket.IO drops the socket of a closed connection.
    if (hasEnded) client.conn.close(true);
    if (!stored) return create();
    try {
      return create(stored);
    } catch (error) {
      // A packet that the client has missed cannot be serialized, for example.
      recovery?.abandon(stored, error);
      return create();
    }
  };
  factory._add = (client, auth, done) => {
    const { conn } = client;
    if (conn.readyState !== 'open') return undefined;
    const bytes = (namespace.server as object as HandshakeServer).handshakeBytes;
    if (refuseWhileDraining(namespace.server, gateway, conn, namespace.name, path)) return undefined;
    const { limits } = gateway.plan;
    const refusal = refusalOfLimits(gateway, limits, path, conn, bytes);
    if (refusal) {
      refuseNamespace(namespace.server, conn, namespace.name, refusal);
      gateway.metrics?.refused(path, refusal.code);
      countRefusal(conn, gateway, limits.maxRefusals);
      return undefined;
    }
    const state = stateOf(conn);
    state.sockets = client.sockets;
    state.namespaces++;
    state.pendingBytes += bytes;
    // Socket.IO calls _createSocket before it awaits anything.
    handshakeBytes = bytes;
    return add(client, auth, done)?.catch((error: unknown) => {
      // The socket could not be constructed.
      state.namespaces--;
      state.pendingBytes -= bytes;
      refuseEntry(gateway.report, namespace, client, error);
    });
  };

  return () => {
    hasEnded = true;
    if (namespace.name !== '/') return;
    delete factory._createSocket;
    factory._add = previousAdd;
  };
}

/** Returns a socket that never enters the namespace: nothing would stop counting it. */
function createProbe(create: () => Socket): Socket {
  const probe = create();
  sessionOf(probe).isCounted = false;
  return probe;
}

/** Returns the method of Socket.IO's class, bound to a namespace. */
export function originalAdd(namespace: Namespace): Add {
  return (Namespace.prototype as object as SocketFactory)._add.bind(namespace);
}
