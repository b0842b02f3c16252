import type { Socket } from 'socket.io';
import { member, type GatewayMethodDecorator } from './record-method';

/** Calls the method, `(socket)`, when a client has connected. Events of the client wait, in order, until an async method is done; if it throws, the socket is disconnected. */
export function OnConnect(...applied: []): GatewayMethodDecorator<(socket: Socket) => unknown> {
  return member('@OnConnect()', applied, { kind: 'lifecycle', moment: 'connect', decorator: '@OnConnect()' });
}
