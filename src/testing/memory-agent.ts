import { Agent, type Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { assumeUser } from '../runtime/test-seam';
import { connectInMemory } from './memory-connection';
import { nextTurn } from './real-time';

/** How the connections of a client are made. */
export interface MemoryAgentOptions {
  /** The address that the gateway sees. Default: '127.0.0.1'. */
  readonly address?: string | undefined;
  /** The user of all handshakes; undefined if the gateway shall authenticate them. */
  readonly assumed?: { readonly user: unknown } | undefined;
}

/** Connects a client to an HTTP server of this process, in memory. */
export class MemoryAgent extends Agent {
  private readonly connections = new Set<Duplex>();
  private isCut = false;

  constructor(
    private readonly server: HttpServer,
    private readonly options: MemoryAgentOptions,
  ) {
    super();
  }

  override createConnection(): Duplex {
    const { client, server } = connectInMemory(this.options.address);
    if (this.options.assumed) assumeUser(server, this.options.assumed.user);
    this.connections.add(client);
    client.once('close', () => this.connections.delete(client));
    this.server.emit('connection', server);
    // The gateway notices that a client is gone by the poll that breaks.
    if (this.isCut) void nextTurn().then(() => client.destroy());
    return client;
  }

  /** Breaks all connections, as a network does. A client that has none, between two polls, loses the next one. */
  cut(): void {
    this.isCut = true;
    for (const connection of [...this.connections]) connection.destroy();
  }

  /** Lets the client connect again. */
  repair(): void {
    this.isCut = false;
  }
}
