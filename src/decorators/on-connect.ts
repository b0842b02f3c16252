import type { Socket } from 'socket.io';
import { recordMember } from '../metadata/storage';
import type { GatewayMethodDecorator } from './record-method';

/** Calls the method, `(socket)`, when a client has connected. Events of the client wait, in order, until an async method is done; if it throws, the socket is disconnected. */
export function OnConnect(): GatewayMethodDecorator<(socket: Socket) => unknown> {
  return (target, member) => {
    recordMember(target, {
      kind: 'lifecycle',
      member: String(member),
      moment: 'connect',
      decorator: '@OnConnect()',
    });
  };
}
