import type { GatewayShape } from '../types';
import { member } from './record-method';

/**
 * Exempts an event from the guard of its class. The connection then admits clients without a user, for whom
 * only such events are open: a login, for example.
 */
export function AllowAnonymous(
  ...applied: []
): (target: GatewayShape, name: string | symbol, descriptor?: PropertyDescriptor) => void {
  return member('@AllowAnonymous()', applied, { kind: 'anonymous' });
}
