import { Agent, type Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { assumeUser } from '../runtime/test-seam';
import { connectInMemory } from './memory-connection';
import { nextTurn } from './real-time';

/** Options of the connections of a client. */
export interface MemoryAgentOptions {
  /** The address that the gateway sees. Default: '127.0.0.1'. */
  readonly address?: string | undefined;
  /** The user of all handshakes; undefined if the gateway shall authenticate them. */
  readonly assumed?: { readonly user: unknown } | undefined;
}

/** Turns of the event loop in which both ends of a connection close by themselves. */
const MAX_CLOSING_TURNS = 20;

/** Connects a client to an HTTP server of this process, in memory. */
export class MemoryAgent extends Agent {
  /** The client's ends of all open connections. */
  private readonly connections = new Set<Duplex>();
  /** The server's ends. */
  private readonly serverEnds = new Set<Duplex>();
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
    hold(this.connections, client);
    hold(this.serverEnds, server);
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

  /** Breaks all connections, and waits until both ends are closed: they have timers until then. */
  async close(): Promise<void> {
    this.cut();
    for (let turn = 0; turn < MAX_CLOSING_TURNS; turn++) {
      if (this.connections.size + this.serverEnds.size === 0) break;
      await nextTurn();
    }
    for (const connection of [...this.connections, ...this.serverEnds]) connection.destroy();
    this.destroy();
  }

  /** Lets the client connect again. */
  repair(): void {
    this.isCut = false;
  }
}

function hold(connections: Set<Duplex>, connection: Duplex): void {
  connections.add(connection);
  connection.once('close', () => connections.delete(connection));
}
