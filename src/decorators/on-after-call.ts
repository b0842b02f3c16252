import type { Socket } from 'socket.io';
import { member, type AnySocketContext, type GatewayMethodDecorator } from './record-method';

/**
 * Calls the method with the result of handlers and proxied actions. What it returns replaces the result, `null` and `0` too; `undefined` keeps it.
 *
 * @param events names or patterns of events, `'order.*'`, `'create-*|update-*'`; none: every event of the gateway
 */
export function OnAfterCall(
  events: string | readonly string[] = [],
  ...applied: []
): GatewayMethodDecorator<(ctx: AnySocketContext, socket: Socket, result: never) => unknown> {
  return member('@OnAfterCall()', [events, ...applied], {
    kind: 'hook',
    moment: 'after',
    events: [events].flat(),
    decorator: '@OnAfterCall()',
  });
}
