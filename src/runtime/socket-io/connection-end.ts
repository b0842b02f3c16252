import type { EngineConnection } from './connection';

/** The state of a websocket that is closed on both sides. */
const CLOSED = 3;

interface Transport {
  /** The websocket; undefined for polling. */
  readonly socket?: { readonly readyState?: number; terminate?(): void };
  /** Ends a close that waits for the next request of a polling client. */
  shouldClose?(): void;
}

/**
 * The end of a connection: closes it when everything that is buffered for it is sent, after which clients of Socket.IO come back by
 * themselves. Engine.IO calls a websocket closed before its client has read what was sent; here it is over when the client has
 * answered the close.
 */
export class ConnectionEnd {
  private readonly transport: Transport;

  constructor(private readonly connection: EngineConnection) {
    this.transport = (connection as object as { transport: Transport }).transport;
    connection.close();
  }

  get isOver(): boolean {
    return (
      this.connection.readyState === 'closed' && (this.transport.socket?.readyState ?? CLOSED) === CLOSED
    );
  }

  /** Cuts the connection off, with what is not sent. */
  terminate(): void {
    this.connection.close(true);
    this.transport.shouldClose?.();
    this.transport.socket?.terminate?.();
  }
}
