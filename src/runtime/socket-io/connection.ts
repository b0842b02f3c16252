import type { ConnectionState } from '../model';

/*
 * The state of a connection is a property of it: an entry in a WeakMap costs the garbage collector more than everything else
 * that a connection allocates here.
 */

const STATE = Symbol('gateway state');

type Connection = object & { [STATE]?: ConnectionState };

/** Returns what the gateways keep of a connection. Allocated when it is first needed. */
export function stateOf(connection: Connection): ConnectionState {
  return (connection[STATE] ??= {
    namespaces: 0,
    refusals: 0,
    pendingBytes: 0,
    streamBytes: 0,
    wasAdmitted: false,
    closedFor: undefined,
    sockets: undefined,
    isLeaving: false,
    rateKey: undefined,
    rateLimits: undefined,
  });
}

/** Returns what the gateways keep of a connection; undefined if they keep nothing. */
export function findState(connection: Connection): ConnectionState | undefined {
  return connection[STATE];
}

/** The parts of an Engine.IO connection that are used here and that its types do not show. */
export interface EngineConnection {
  readonly id: string;
  /** Undefined behind a Unix socket. */
  readonly remoteAddress: string | undefined;
  readonly readyState: string;
  /** 3 for clients of Socket.IO 2. */
  readonly protocol: number;
  write(data: string | Buffer): unknown;
  /**
   * Closes the connection. Packets that arrive from now on are dropped.
   *
   * @param discard true: at once; else what is buffered is sent before
   */
  close(discard?: boolean): unknown;
}
