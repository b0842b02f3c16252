import { request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { NodeProcess } from './node-process';

const PROBE_INTERVAL_MS = 100;

/**
 * Does what nginx or an ingress does: sends each new connection to a node that is ready, in turn. Websockets need no sticky sessions,
 * since a websocket is one connection.
 */
export class Balancer {
  private ready: readonly NodeProcess[] = [];
  private turn = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly nodes: readonly NodeProcess[]) {
    this.timer = setInterval(() => void this.probe(), PROBE_INTERVAL_MS);
  }

  /** Sends the websockets of an HTTP server on to the nodes. */
  serve(server: Server): void {
    server.on('upgrade', (asked: IncomingMessage, client: Duplex, head: Buffer) => {
      client.on('error', () => undefined);
      const node = this.next();
      if (!node) {
        // Nothing reads from the connection, so it would not notice that the client closes it.
        client.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n', () => client.destroy());
        return;
      }
      const upstream = connect(node.port, '127.0.0.1');
      upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
      client.on('close', () => upstream.destroy());
      upstream.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headersOf(asked)}\r\n`);
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
  }

  /** Sends a request that any node can answer on to one of them. */
  forward(asked: IncomingMessage, response: ServerResponse): void {
    const [node] = this.ready;
    const fail = () => response.writeHead(503).end();
    if (!node) {
      fail();
      return;
    }
    const { method, url, headers } = asked;
    const upstream = request({ port: node.port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    asked.pipe(upstream.on('error', fail));
  }

  /** Asks all nodes whether they are ready. */
  async probe(): Promise<void> {
    const isReady = await Promise.all(this.nodes.map((node) => node.isReady()));
    this.ready = this.nodes.filter((_, at) => isReady[at]);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private next(): NodeProcess | undefined {
    return this.ready[this.turn++ % this.ready.length];
  }
}

function headersOf({ rawHeaders }: IncomingMessage): string {
  let text = '';
  for (let at = 0; at < rawHeaders.length; at += 2) text += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`;
  return text;
}
