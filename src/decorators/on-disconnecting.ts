import type { Socket } from 'socket.io';
import { member, type GatewayMethodDecorator } from './record-method';

/** Calls the method, `(socket, reason)`, when a client goes, while it is still in its rooms. */
export function OnDisconnecting(
  ...applied: []
): GatewayMethodDecorator<(socket: Socket, reason: string) => unknown> {
  return member('@OnDisconnecting()', applied, {
    kind: 'lifecycle',
    moment: 'disconnecting',
    decorator: '@OnDisconnecting()',
  });
}
