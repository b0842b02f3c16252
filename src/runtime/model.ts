import type { Socket } from 'socket.io';
import type { EventAborts } from './event/abort-signal';
import type { BoundEvent, GatewayRuntime } from './gateway/build-gateway';

/** Takes a packet that has passed what the application put on the socket with `use`. */
export type Receive = (session: SocketSession, packet: unknown[]) => void;

/** What the gateway knows of a connected socket beside the socket itself. */
export interface SocketSession {
  readonly gateway: GatewayRuntime;
  readonly socket: Socket;
  /** Where its packets go: undefined until it is decided. */
  receive: Receive | undefined;
  /** The path of the gateway that the namespace belongs to, as it was written: the label of its metrics. */
  readonly path: string;
  /** The parameters of the dynamic namespace that the socket is in. */
  readonly nspParams: Readonly<Record<string, string>>;
  /** What answers which event in the namespace; where services are exposed, it changes with them. */
  readonly events: ReadonlyMap<string, BoundEvent>;
  /** What the client wants all its events to be known by; undefined: each by an id of its own. */
  readonly requestID: string | undefined;
  /** Events that have arrived and are not done. */
  pending: number;
  /** Those of them that run; the rest wait for their turn. */
  running: number;
  waiting: (() => void)[] | undefined;
  /** Of the events that run, those whose handlers asked for `ctx.signal`. */
  aborts: EventAborts | undefined;
}
