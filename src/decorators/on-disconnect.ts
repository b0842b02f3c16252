import type { Socket } from 'socket.io';
import { member, type GatewayMethodDecorator } from './record-method';

/** Calls the method, `(socket, reason)`, when a client has gone and has left its rooms. */
export function OnDisconnect(
  ...applied: []
): GatewayMethodDecorator<(socket: Socket, reason: string) => unknown> {
  return member('@OnDisconnect()', applied, {
    kind: 'lifecycle',
    moment: 'disconnect',
    decorator: '@OnDisconnect()',
  });
}
