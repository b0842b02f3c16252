import { Namespace, type Socket } from 'socket.io';
import { ServiceUnavailableError } from '../../errors';
import { present } from '../answer/wire-error';
import type { Report } from '../errors/run-safely';
import type { Gateway } from '../model';
import { findSession } from './socket-session';

/*
 * The last step of a handshake: Socket.IO constructs the socket, and lets it join the room of its own id. If the adapter throws
 * there, or a listener of the application on the adapter, nothing else would catch it.
 */

/** The type of Socket.IO's packet that refuses a namespace. */
const CONNECT_ERROR = 4;

/** The parts of Socket.IO's connection that its types do not show. */
export interface EnteringClient {
  readonly conn: { readonly protocol: number };
  _packet(packet: { type: number; nsp: string; data: unknown }): void;
}

interface Entry {
  _doConnect(socket: Socket, done: unknown): void;
}

/** Refuses a client with 503 if its socket cannot enter the namespace. */
export function makeEntrySafe({ report }: Pick<Gateway, 'report'>, namespace: Namespace): void {
  const original = Namespace.prototype as object as Entry;
  const entry: Entry = {
    _doConnect(socket, done) {
      try {
        original._doConnect.call(namespace, socket, done);
      } catch (error) {
        socket.connected = false;
        (socket as object as { _cleanup(): void })._cleanup();
        const session = findSession(socket);
        session?.gateway.metrics?.refused(session.path, REFUSAL.code);
        refuseEntry(report, namespace, socket.client as object as EnteringClient, error);
      }
    },
  };
  Object.assign(namespace, entry);
}

const REFUSAL = new ServiceUnavailableError('ADAPTER_FAILED', { retryable: true });

/** Tells a client whose socket could not enter a namespace. */
export function refuseEntry(
  report: Report,
  namespace: Namespace,
  client: EnteringClient,
  error: unknown,
): void {
  report('a socket could not enter its namespace', error);
  const data = present(REFUSAL);
  // Clients of Socket.IO 2 get the data alone.
  const told = client.conn.protocol === 3 ? data : { message: REFUSAL.message, data };
  client._packet({ type: CONNECT_ERROR, nsp: namespace.name, data: told });
}
