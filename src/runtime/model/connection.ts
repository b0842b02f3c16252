import type { Socket } from 'socket.io';
import type { AckFunction, RateLimiter, SocketContext } from '../../types';

/** The state of a connection that its namespaces share. */
export interface ConnectionState {
  /** Number of namespaces that the connection is in or asks for. */
  namespaces: number;
  /** Number of handshakes of namespaces that were refused. */
  refusals: number;
  /** Bytes of its pending events, and of the names and `auth`s of its namespaces. */
  pendingBytes: number;
  /** Bytes of the chunks of uploads that no handler has taken yet. */
  streamBytes: number;
  /** True if the connection has ever been admitted to a namespace. */
  wasAdmitted: boolean;
  /** Why a limit or a drain has closed the connection. */
  closedFor: Error | undefined;
  /** The sockets of the connection by id, as Socket.IO keeps them; undefined before it asks for a gateway's namespace. */
  sockets: ReadonlyMap<string, Socket> | undefined;
  /** True if a drain is about to close the connection: its events are not accepted any more. */
  isLeaving: boolean;
  /** The key of the connection in rate limits; undefined until it is first needed. */
  rateKey: string | undefined;
  /** The rate limits that hold the key in memory. */
  rateLimits: Set<RateLimit> | undefined;
}

/** A packet that has arrived and is not done, or not answered. Those of a socket are linked, in order of arrival. */
export interface PendingPacket {
  /** Undefined if the client wants no answer. */
  readonly ack: AckFunction | undefined;
  /** True once code of the application has it. */
  readonly hasBegun: boolean;
  /** True if it was answered in place of being handled. If it has not begun, it must not begin any more. */
  isRefused: boolean;
  older: PendingPacket | undefined;
  newer: PendingPacket | undefined;
}

/** The streams of one socket. */
export interface SocketStreams {
  /** The offers of events that are not answered yet, and the streams that run, by id. */
  readonly exchanges: Map<string, StreamExchange>;
  /** Number of open streams, which `limits.streams` bounds. */
  open: number;
}

/** The offer of a client with an event: to take a stream as the answer, and perhaps to send one. */
export interface StreamExchange {
  /** The id that the client has given it. */
  readonly $stream: string;
  /** True if the client sends a stream. */
  readonly upload: boolean;
  /** @param bytes of the packet */
  receiveChunk(seq: unknown, data: unknown, bytes: number, ack: AckFunction | undefined): void;
  /** @param error undefined if the client has sent everything */
  receiveEnd(error: Error | undefined): void;
  /** Ends what the client wants no more of. */
  cancel(): void;
  /** Ends when the client has gone. */
  abandon(): void;
}

/** The abort controllers of events, by context. */
export type EventAborts = Map<object, AbortController>;

/** A rate limit with its limiter. */
export interface RateLimit {
  readonly limiter: RateLimiter;
  readonly keyOf: (ctx: SocketContext) => string;
  /** Deletes the key of a closed connection from memory; undefined if the limit does not count by connection. */
  readonly forget: ((key: string) => void) | undefined;
}
