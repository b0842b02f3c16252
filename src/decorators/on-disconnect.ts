import { member, type DisconnectMethod, type GatewayMethodDecorator } from './record-method';

/**
 * Calls the method, `(socket, reason, description)`, when a client has gone and has left its rooms. `description` says
 * more about the reason, in most cases as an `Error`; it is undefined if nothing more is known.
 */
export function OnDisconnect(...applied: []): GatewayMethodDecorator<DisconnectMethod> {
  return member('@OnDisconnect()', applied, {
    kind: 'lifecycle',
    moment: 'disconnect',
    decorator: '@OnDisconnect()',
  });
}
