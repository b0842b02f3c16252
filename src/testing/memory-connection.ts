import { Duplex } from 'node:stream';

type Done = (error?: Error | null) => void;

/** The address that the gateway sees of a client, unless the test gives another one. */
const LOCAL_ADDRESS = '127.0.0.1';

/** One end of a connection in memory, in the place of a TCP socket. */
class MemoryConnection extends Duplex {
  readonly remoteFamily: string;
  readonly remotePort = 0;
  private peer: MemoryConnection | undefined;
  /** Lets the peer write more. */
  private resumePeer: (() => void) | undefined;

  constructor(readonly remoteAddress: string) {
    super();
    this.remoteFamily = remoteAddress.includes(':') ? 'IPv6' : 'IPv4';
  }

  static pair(clientAddress: string): ConnectedPair {
    const client = new MemoryConnection(LOCAL_ADDRESS);
    const server = new MemoryConnection(clientAddress);
    client.peer = server;
    server.peer = client;
    return { client, server };
  }

  override _read(): void {
    const resume = this.resumePeer;
    this.resumePeer = undefined;
    resume?.();
  }

  override _write(chunk: Buffer, _encoding: string, done: Done): void {
    const { peer } = this;
    // An empty chunk would not be read, and so would never resume this end.
    if (!peer || peer.readableEnded || peer.destroyed || chunk.length === 0) {
      done();
      return;
    }
    peer.resumePeer = done;
    peer.push(chunk);
  }

  override _final(done: Done): void {
    this.endPeer();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.endPeer();
    this.resumePeer?.();
    done(error);
  }

  /** Ends what the peer reads, after what was written before. Like a TCP socket, it closes then. */
  private endPeer(): void {
    const { peer } = this;
    this.peer = undefined;
    if (!peer || peer.destroyed) return;
    peer.push(null);
  }

  // The rest of what HTTP and websockets call on a socket.
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

export interface ConnectedPair {
  readonly client: Duplex;
  readonly server: Duplex;
}

/**
 * Returns the two ends of a connection in memory.
 *
 * @param clientAddress the address that the server sees
 */
export function connectInMemory(clientAddress = LOCAL_ADDRESS): ConnectedPair {
  return MemoryConnection.pair(clientAddress);
}
