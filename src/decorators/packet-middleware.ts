import type { Socket } from 'socket.io';
import { recordMember } from '../metadata/storage';
import type { GatewayMethodDecorator } from './record-method';

/**
 * Calls the method, `(packet, next, socket)`, for every packet, `[event, ...args]`. It lets the packet on with `next()`, and answers its ack with
 * `next(error)`, a throw or a rejection.
 */
export function PacketMiddleware(): GatewayMethodDecorator<
  (packet: never, next: (error?: Error) => void, socket: Socket) => unknown
> {
  return (target, member) => {
    recordMember(target, {
      kind: 'middleware',
      member: String(member),
      of: 'packet',
      decorator: '@PacketMiddleware()',
    });
  };
}
