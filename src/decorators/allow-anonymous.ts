import { recordMember } from '../metadata/storage';
import type { GatewayShape } from '../types';

/**
 * Exempts an event from the guard of its class. The connection then admits clients without a user, for whom
 * only such events are open: a login, for example.
 */
export function AllowAnonymous(): (
  target: GatewayShape,
  member: string | symbol,
  descriptor?: PropertyDescriptor,
) => void {
  return (target, member) => {
    recordMember(target, { kind: 'anonymous', member: String(member) });
  };
}
