import type { AckFunction, SocketContext } from '../types';

const INJECTED_ACK = Symbol('ack');

interface WithInjectedAck {
  [INJECTED_ACK]?: AckFunction;
}

/** Gives the context of an event the ack that `@Ack()` injects. */
export function injectAck(ctx: SocketContext, ack: AckFunction): void {
  (ctx as SocketContext & WithInjectedAck)[INJECTED_ACK] = ack;
}

/** The ack of an event; one that does nothing where the action was called without a socket. */
export function injectedAck(ctx: SocketContext): AckFunction {
  return (ctx as SocketContext & WithInjectedAck)[INJECTED_ACK] ?? ignore;
}

function ignore(): void {
  // Nobody is waiting for an answer.
}
