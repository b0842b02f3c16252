import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createSecureServer, type ServerOptions as TlsOptions } from 'node:https';
import type { Socket as TcpSocket } from 'node:net';
import { ServiceUnavailableError } from '../../errors';

/** Connections may end by themselves for this long when the server stops, in milliseconds. */
const CLOSE_TIMEOUT_MS = 500;
/** Node's own 511 overflow when many clients come back at once; then they try again only after seconds. */
const DEFAULT_BACKLOG = 4096;

/** The address to listen on. */
export interface Address {
  readonly ip: string;
  readonly port: string;
}

/** An HTTP server of the gateways' own. */
export class HttpListener {
  readonly server: HttpServer;
  private readonly connections = new Set<TcpSocket>();

  constructor(
    private readonly address: Address,
    https: TlsOptions | undefined,
    private readonly backlog = DEFAULT_BACKLOG,
  ) {
    const nothingHere: Parameters<typeof createServer>[1] = (_request, response) => {
      response.writeHead(404).end();
    };
    this.server = https ? createSecureServer(https, nothingHere) : createServer(nothingHere);
    const { connections } = this;
    // One listener for all connections.
    const forget = function (this: TcpSocket): void {
      connections.delete(this);
    };
    this.server.on('connection', (connection: TcpSocket) => {
      connections.add(connection);
      connection.on('close', forget);
    });
  }

  /** @throws ServiceUnavailableError with the reason in its message, if the port cannot be bound */
  async listen(): Promise<void> {
    const { ip, port } = this.address;
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: NodeJS.ErrnoException): void => {
        const why = error.code === 'EADDRINUSE' ? 'is already in use' : `cannot be opened (${error.message})`;
        const failure = new ServiceUnavailableError(error.code, { ip, port });
        failure.message = `Port ${port} of ${ip} ${why}; give the gateway another one in settings.port`;
        reject(Object.assign(failure, { cause: error }));
      };
      this.server.once('error', refuse);
      try {
        this.server.listen({ port: Number(port), host: ip, backlog: this.backlog }, () => {
          this.server.off('error', refuse);
          resolve();
        });
      } catch (error) {
        this.server.off('error', refuse);
        refuse(error as Error);
      }
    });
  }

  /** Stops listening, and destroys connections that do not end in time. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    const timer = setTimeout(() => {
      for (const connection of this.connections) connection.destroy();
    }, CLOSE_TIMEOUT_MS);
    await closed;
    clearTimeout(timer);
  }
}
