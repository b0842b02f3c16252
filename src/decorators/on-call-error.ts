import type { Socket } from 'socket.io';
import { recordMember } from '../metadata/storage';
import type { AnySocketContext, GatewayMethodDecorator } from './record-method';

/**
 * Calls the method when a handler or a proxied action fails: it returns a result, or throws.
 *
 * @param events names or patterns of events, `'order.*'`, `'create-*|update-*'`; none: every event of the gateway
 */
export function OnCallError(
  events: string | readonly string[] = [],
): GatewayMethodDecorator<(ctx: AnySocketContext, socket: Socket, error: Error) => unknown> {
  return (target, member) => {
    recordMember(target, {
      kind: 'hook',
      member: String(member),
      moment: 'error',
      events: [events].flat(),
      decorator: '@OnCallError()',
    });
  };
}
