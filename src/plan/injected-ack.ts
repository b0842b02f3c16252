import type { AckFunction, SocketContext } from '../types';

const INJECTED_ACK = Symbol('ack');

interface WithInjectedAck {
  [INJECTED_ACK]?: AckFunction;
}

/** Gives the context of an event the ack that `@Ack()` injects. */
export function injectAck(ctx: SocketContext, ack: AckFunction): void {
  (ctx as SocketContext & WithInjectedAck)[INJECTED_ACK] = ack;
}

/** The ack that was given; undefined where nobody waits for an answer. */
export function injectedAck(ctx: SocketContext): AckFunction | undefined {
  return (ctx as SocketContext & WithInjectedAck)[INJECTED_ACK];
}
