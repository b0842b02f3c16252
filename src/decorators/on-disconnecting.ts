import type { Socket } from 'socket.io';
import { recordMember } from '../metadata/storage';
import type { GatewayMethodDecorator } from './record-method';

/** Calls the method, `(socket, reason)`, when a client goes, while it is still in its rooms. */
export function OnDisconnecting(): GatewayMethodDecorator<(socket: Socket, reason: string) => unknown> {
  return (target, member) => {
    recordMember(target, {
      kind: 'lifecycle',
      member: String(member),
      moment: 'disconnecting',
      decorator: '@OnDisconnecting()',
    });
  };
}
