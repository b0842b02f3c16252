import type { Server } from 'socket.io';
import { wasAdmitted } from '../socket-io/connection';
import type { Gateway } from '../model';

interface Connection {
  readonly id: string;
  readonly remoteAddress: string;
  on(event: 'close', listener: (this: Connection, reason: string) => void): unknown;
}

interface Engine {
  on(event: 'connection', listener: (connection: Connection) => void): unknown;
}

/**
 * Says why Socket.IO closes a connection that has entered no namespace in its time: it does not say so itself.
 *
 * @param gateways those on the server now
 */
export function reportSilentConnections(io: Server, gateways: () => Iterable<Gateway>): void {
  // One listener for all connections.
  const onClose = function (this: Connection, reason: string): void {
    const [first] = gateways();
    if (!first || reason !== 'forced close' || wasAdmitted(this)) return;
    first.metrics?.exceeded('*', 'handshakeTimeout');
    first.logger.warn(
      `the connection ${this.id} from ${this.remoteAddress} is closed: it has entered no namespace in the time that ` +
        'limits.handshakeTimeout gives',
    );
  };
  (io.engine as object as Engine).on('connection', (connection) => connection.on('close', onClose));
}
