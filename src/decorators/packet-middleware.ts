import type { Socket } from 'socket.io';
import { member, type GatewayMethodDecorator } from './record-method';

/**
 * Calls the method, `(packet, next, socket)`, for every packet, `[event, ...args]`. It lets the packet on with `next()`, and answers its ack with
 * `next(error)`, a throw or a rejection.
 */
export function PacketMiddleware(
  ...applied: []
): GatewayMethodDecorator<(packet: never, next: (error?: Error) => void, socket: Socket) => unknown> {
  return member('@PacketMiddleware()', applied, {
    kind: 'middleware',
    of: 'packet',
    decorator: '@PacketMiddleware()',
  });
}
