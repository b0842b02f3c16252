import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Server } from 'socket.io';
import { present } from '../answer/wire-error';
import { connectionIdOf } from '../socket-io/connection-of-request';
import { isClosed } from '../socket-io/gateway-server';
import { drainingError } from '../socket-io/refuse-handshake';

/** When a refused client may ask again, in seconds: its load balancer has chosen another node by then. */
const RETRY_AFTER_S = 1;

/** Refuses new connections with 503 while no gateway on the server takes clients. Requests of open connections pass. */
export function refuseHandshakes(io: Server): void {
  io.engine.use((request: IncomingMessage, response: unknown, next: () => void) => {
    if (connectionIdOf(request) !== undefined || !isClosed(io)) next();
    else refuse(request, response);
  });
}

/** @param response that of Engine.IO for a request to upgrade, which cannot be written */
function refuse({ socket }: IncomingMessage, response: unknown): void {
  const body = JSON.stringify(present(drainingError()));
  const headers = {
    'Retry-After': String(RETRY_AFTER_S),
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  };
  if (response instanceof ServerResponse) {
    response.writeHead(503, headers).end(body);
    return;
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 503 Service Unavailable\r\n${lines.join('')}\r\n${body}`, () => {
    socket.destroy();
  });
}
