import type { Socket } from 'socket.io';
import { member, type AnySocketContext, type GatewayMethodDecorator } from './record-method';

/**
 * Calls the method when a handler or a proxied action fails: it returns a result, or throws.
 *
 * @param events names or patterns of events, `'order.*'`, `'create-*|update-*'`; none: every event of the gateway
 */
export function OnCallError(
  events: string | readonly string[] = [],
  ...applied: []
): GatewayMethodDecorator<(ctx: AnySocketContext, socket: Socket, error: Error) => unknown> {
  return member('@OnCallError()', [events, ...applied], {
    kind: 'hook',
    moment: 'error',
    events: [events].flat(),
    decorator: '@OnCallError()',
  });
}
