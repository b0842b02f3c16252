import type { ForwardEventOptions } from '../types';
import { member, type GatewayMethodDecorator } from './record-method';

/**
 * Sends Moleculer's events on to clients. When the event arrives, the method, `(ctx)`, is called; what it returns is emitted, and
 * `undefined` sends nothing. A client gets it once, however many nodes have the gateway, with an adapter or without, whether the
 * event was emitted (then the method runs on one node) or broadcast (then it runs on each). An event that was broadcast locally
 * stays with the clients of its node.
 *
 * @param event a Moleculer event, several, or patterns, `'order.*'`, `'**'`; Moleculer's own, `'$node.connected'`, must be named
 * @param options to whom, and as what; also those of a Moleculer event: `group`, `params`, `tracing`, `bulkhead`, …
 * @throws DeclarationError when the class is compiled
 * @example
 * @ForwardEvent<Order>('order.updated', { rooms: (ctx) => `user:${ctx.params.userID}` })
 * updated(ctx: Context<Order>) { return { id: ctx.params.id, status: ctx.params.status }; }
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a method without declared params may read them all the same
export function ForwardEvent<Params = any>(
  event: string | readonly string[],
  options?: ForwardEventOptions<Params>,
  ...applied: []
): GatewayMethodDecorator<(...args: never[]) => unknown> {
  return member('@ForwardEvent()', [event, options, ...applied], {
    kind: 'forward',
    events: [event].flat(),
    options: (options === undefined ? {} : options) as ForwardEventOptions,
    decorator: '@ForwardEvent()',
  });
}
