import type { Socket } from 'socket.io';
import type { ProxyCallOptions } from '../types';
import { member, type AnySocketContext, type GatewayMethodDecorator } from './record-method';

/**
 * Calls the method before handlers and proxied actions. It may change `params`, `callOptions` and `ctx.meta`, may be async, and refuses the event by throwing.
 *
 * @param events names or patterns of events, `'order.*'`, `'create-*|update-*'`; none: every event of the gateway
 */
export function OnBeforeCall(
  events: string | readonly string[] = [],
  ...applied: []
): GatewayMethodDecorator<
  (
    ctx: AnySocketContext,
    socket: Socket,
    action: string,
    params: never,
    callOptions: ProxyCallOptions,
  ) => unknown
> {
  return member('@OnBeforeCall()', [events, ...applied], {
    kind: 'hook',
    moment: 'before',
    events: [events].flat(),
    decorator: '@OnBeforeCall()',
  });
}
