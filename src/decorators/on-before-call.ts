import type { Socket } from 'socket.io';
import { recordMember } from '../metadata/storage';
import type { ProxyCallOptions } from '../types';
import type { AnySocketContext, GatewayMethodDecorator } from './record-method';

/**
 * Calls the method before handlers and proxied actions. It may change `params`, `callOptions` and `ctx.meta`, may be async, and refuses the event by throwing.
 *
 * @param events names or patterns of events, `'order.*'`, `'create-*|update-*'`; none: every event of the gateway
 */
export function OnBeforeCall(
  events: string | readonly string[] = [],
): GatewayMethodDecorator<
  (
    ctx: AnySocketContext,
    socket: Socket,
    action: string,
    params: never,
    callOptions: ProxyCallOptions,
  ) => unknown
> {
  return (target, member) => {
    recordMember(target, {
      kind: 'hook',
      member: String(member),
      moment: 'before',
      events: [events].flat(),
      decorator: '@OnBeforeCall()',
    });
  };
}
