import type { Namespace, Socket } from 'socket.io';
import type { GatewayRuntime } from '../gateway/build-gateway';
import { createSocket } from './gateway-socket';
import { recovers, recoverSession } from '../connection/recovery';

interface Maker {
  /** Socket.IO's own function: it makes the socket of a client that asks for the namespace. */
  _createSocket?(client: unknown, auth: object): Promise<Socket>;
}

/** From now on the namespace makes sockets that guard what the application puts on them. */
export function makeGuardedSockets(gateway: GatewayRuntime, namespace: Namespace): void {
  const isRecovering = recovers(namespace);
  (namespace as object as Maker)._createSocket = async (client, auth) => {
    const session = isRecovering ? await recoverSession(gateway, namespace, auth) : undefined;
    return createSocket(namespace, client, auth, session);
  };
}

/** From now on the namespace makes Socket.IO's own sockets again. */
export function makePlainSockets(namespace: Namespace): void {
  delete (namespace as object as Maker)._createSocket;
}
