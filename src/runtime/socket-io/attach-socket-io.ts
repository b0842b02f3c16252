import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { Server } from 'socket.io';
import { checkEngineIO } from './check-socket-io';
import { namespacesOf } from './namespace-tables';

type Listener = (...args: unknown[]) => void;

/** The events of an HTTP server on which Engine.IO and Socket.IO put listeners. */
const EVENTS = ['request', 'upgrade', 'close', 'listening'] as const;
/** Clients have this long to close their side, in milliseconds. */
const CLOSE_TIMEOUT_MS = 500;
const CLOSED = 3;

const attached = new WeakSet<HttpServer>();

/** A Socket.IO server on an HTTP server that the application may own. */
export interface Attachment {
  readonly http: HttpServer;
  /** Leaves the HTTP server as it was found. It is not closed, and must have no clients of the Socket.IO server any more. */
  detach(): void;
}

/**
 * Attaches a Socket.IO server to an HTTP server.
 *
 * @param options of Engine.IO, where those of the server do not say otherwise
 * @param answer answers requests that are not for Socket.IO, before the listeners of the HTTP server: true if it has done so
 * @throws Error if the HTTP server has a Socket.IO server of this library already (two break every websocket), or if Engine.IO has
 *   become another
 */
export function attachSocketIO(
  io: Server,
  http: HttpServer,
  options: object = {},
  answer?: (request: IncomingMessage, response: ServerResponse) => boolean,
): Attachment {
  if (attached.has(http))
    throw new Error(
      'a gateway of another broker is attached to this HTTP server already; give each broker its own',
    );
  attached.add(http);
  const before = new Map(EVENTS.map((event) => [event, http.listeners(event) as Listener[]]));
  if (answer) answerFirst(http, answer);
  // Its own method may be the one of attach-later.ts.
  Server.prototype.attach.call(io, http, options);
  checkEngineIO(io);
  http.on('upgrade', surviveReset);
  io.engine.on('connection', stopSurviving);
  io.engine.on('connection', shortenCloseTimeout);
  const added = EVENTS.flatMap((event) =>
    (http.listeners(event) as Listener[])
      .filter((listener) => !before.get(event)?.includes(listener))
      .map((listener) => ({ event, listener })),
  );
  return {
    http,
    detach() {
      for (const { event, listener } of added) http.off(event, listener);
      // Engine.IO and Socket.IO take the listeners for requests off and call them themselves.
      const present = http.listeners('request') as Listener[];
      for (const listener of before.get('request') ?? [])
        if (!present.includes(listener)) http.on('request', listener);
      attached.delete(http);
    },
  };
}

/** Calls the listeners for requests only for those that a function does not answer, as Engine.IO does. */
function answerFirst(
  http: HttpServer,
  answer: (request: IncomingMessage, response: ServerResponse) => boolean,
): void {
  const listeners = http.listeners('request') as Listener[];
  http.removeAllListeners('request');
  http.on('request', (request, response) => {
    if (answer(request, response)) return;
    for (const listener of listeners) listener.call(http, request, response);
  });
}

/**
 * Handles errors of a connection. Node has no error listener on a connection that asks for an upgrade until the upgrade is
 * answered. A check of the origin may take long, and a client that resets the connection meanwhile would end the process.
 */
function surviveReset(
  _request: unknown,
  socket: { on(event: 'error', listener: () => void): unknown },
): void {
  socket.on('error', ignore);
}

/** Takes the listener off again: by now `ws` has its own, and a second one would make every connection larger. */
function stopSurviving({ request }: { request: IncomingMessage }): void {
  request.socket.off('error', ignore);
}

function ignore(): void {
  // Listeners of the HTTP server are told of it, too.
}

/**
 * Shortens the time for which Engine.IO 6.6 keeps a closed polling connection until its next poll: 30 s by default, even if
 * the client has gone. Its timer would keep the process alive.
 */
function shortenCloseTimeout({ transport }: { transport: { closeTimeout?: number } }): void {
  if (transport.closeTimeout !== undefined) transport.closeTimeout = CLOSE_TIMEOUT_MS;
}

/**
 * Closes a Socket.IO server, in bounded time: all connections, in a way after which clients come back by themselves, and all
 * adapters. A server that was never attached has only adapters.
 */
export async function closeServer(io: Server): Promise<void> {
  const { engine } = io as object as { engine?: { clients: Record<string, EngineClient>; close(): void } };
  const transports = Object.values(engine?.clients ?? {}).map(({ transport }) => transport);
  const sockets = transports.flatMap(({ socket }) => socket ?? []);
  engine?.close();
  // Polling connections that wait for their next poll to close are closed now.
  for (const transport of transports) transport.shouldClose?.();
  await Promise.allSettled(
    [...namespacesOf(io).values()].map(async (namespace) => namespace.adapter.close()),
  );
  await Promise.all(sockets.map(endWebSocket));
}

/** Waits for a client to close its WebSocket, and terminates it after a timeout. */
async function endWebSocket(socket: WebSocket): Promise<void> {
  if (socket.readyState === CLOSED) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      socket.terminate();
    }, CLOSE_TIMEOUT_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

interface EngineClient {
  readonly transport: { readonly socket?: WebSocket; shouldClose?(): void };
}

/** The part of a websocket of `ws`, or of another engine, that is needed here. */
interface WebSocket {
  readonly readyState: number;
  terminate(): void;
  once(event: 'close', listener: () => void): void;
}
