import type { Socket } from 'socket.io';
import { recordMember } from '../metadata/storage';
import type { GatewayMethodDecorator } from './record-method';

/** Calls the method, `(socket, reason)`, when a client has gone and has left its rooms. */
export function OnDisconnect(): GatewayMethodDecorator<(socket: Socket, reason: string) => unknown> {
  return (target, member) => {
    recordMember(target, {
      kind: 'lifecycle',
      member: String(member),
      moment: 'disconnect',
      decorator: '@OnDisconnect()',
    });
  };
}
