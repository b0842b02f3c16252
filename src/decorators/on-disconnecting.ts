import { member, type DisconnectMethod, type GatewayMethodDecorator } from './record-method';

/**
 * Calls the method, `(socket, reason, description)`, when a client goes, while it is still in its rooms. `description` says
 * more about the reason, in most cases as an `Error`; it is undefined if nothing more is known.
 */
export function OnDisconnecting(...applied: []): GatewayMethodDecorator<DisconnectMethod> {
  return member('@OnDisconnecting()', applied, {
    kind: 'lifecycle',
    moment: 'disconnecting',
    decorator: '@OnDisconnecting()',
  });
}
