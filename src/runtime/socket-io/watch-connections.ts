import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'socket.io';
import type { Gateway } from '../model';
import { forgetConnection } from './connection-keys';
import { recordClosing } from './close-connection';
import { findState, type EngineConnection } from './connection';
import { connectionIdOf } from './connection-of-request';

interface Connection extends EngineConnection {
  on(event: 'close', listener: (this: Connection, reason: string, description?: unknown) => void): unknown;
  readonly transport: { emit(event: 'error', error: Error): unknown };
}

interface Engine {
  readonly opts: { readonly maxHttpBufferSize: number };
  readonly clients: Readonly<Record<string, Connection | undefined>>;
  on(event: 'connection', listener: (connection: Connection) => void): unknown;
  use(middleware: (request: IncomingMessage, response: ServerResponse, next: () => void) => void): unknown;
}

/** The message of the error with which `ws` ends a websocket whose message is larger than its `maxPayload`. */
const TOO_LARGE = 'Max payload size exceeded';
const PAYLOAD_TOO_LARGE = 413;

/**
 * Logs and counts the connections that Engine.IO and Socket.IO close because of a limit, which they do not log themselves, and
 * forgets closed connections.
 *
 * @param gateways returns those on the server now
 * @returns the open connections, kept up to date. Engine.IO has them in an object, of which a list takes milliseconds.
 */
export function watchConnections(
  io: Server,
  gateways: () => Iterable<Gateway>,
): ReadonlySet<EngineConnection> {
  const open = new Set<EngineConnection>();
  const engine = io.engine as object as Engine;
  const { maxHttpBufferSize } = engine.opts;
  // One listener for all connections.
  const onClose = function (this: Connection, reason: string, description?: unknown): void {
    open.delete(this);
    forgetConnection(this);
    const [first] = gateways();
    if (!first) return;
    if (reason === 'transport error' && isTooLarge(description)) {
      recordClosing(
        this,
        first,
        'maxHttpBufferSize',
        `it has sent a packet over maxHttpBufferSize, which is ${maxHttpBufferSize} bytes; raise it in io.options, ` +
          'or let clients send less',
        `the connection ${this.id}`,
      );
    } else if (reason === 'forced close' && !findState(this)?.wasAdmitted) {
      recordClosing(
        this,
        first,
        'handshakeTimeout',
        'it has entered no namespace in the time that limits.handshakeTimeout gives',
        `the connection ${this.id}`,
      );
    }
  };
  engine.on('connection', (connection) => {
    open.add(connection);
    connection.on('close', onClose);
  });
  closeAfterTooLargePost(engine);
  return open;
}

/** Closes a connection whose request with packets was refused with 413. Engine.IO would leave it open. */
function closeAfterTooLargePost(engine: Engine): void {
  const onClose = function (this: ServerResponse): void {
    if (this.statusCode !== PAYLOAD_TOO_LARGE) return;
    const id = connectionIdOf(this.req);
    // Ends the connection as an error of the websocket would.
    if (id !== undefined) engine.clients[id]?.transport.emit('error', new Error(TOO_LARGE));
  };
  engine.use((request, response, next) => {
    if (request.method === 'POST') response.on('close', onClose);
    next();
  });
}

function isTooLarge(description: unknown): boolean {
  return description instanceof Error && description.message.includes(TOO_LARGE);
}
