import { recordMember } from '../metadata/storage';
import type { DisconnectMethod, GatewayMethodDecorator } from './record-method';

/**
 * Calls the method, `(socket, reason, description)`, when a client goes, while it is still in its rooms. `description` says
 * more about the reason, in most cases as an `Error`; it is undefined if nothing more is known.
 */
export function OnDisconnecting(): GatewayMethodDecorator<DisconnectMethod> {
  return (target, member) => {
    recordMember(target, {
      kind: 'lifecycle',
      member: String(member),
      moment: 'disconnecting',
      decorator: '@OnDisconnecting()',
    });
  };
}
