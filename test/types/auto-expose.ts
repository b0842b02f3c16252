import type { ActionSchema, ServiceBroker, ServiceSchema } from 'moleculer';
import { SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import type { ActionProxy, AutoExposePlan, ListedEvent, SocketExposures } from '../../src';
import type { Equal, Expect } from './assert';

/** What a gateway exposes. */
SocketNamespace('/chat', { autoExpose: true });
SocketNamespace('/chat', { autoExpose: false });
SocketNamespace('/chat', { autoExpose: ['orders.*', /^users\./] });
SocketNamespace('/chat', { autoExpose: ['orders.*'] as const });
SocketNamespace('/chat', { autoExpose: {} });
SocketNamespace('/chat', {
  autoExpose: {
    whitelist: ['orders.*'],
    callOptions: (ctx, socket) => ({ timeout: 5, meta: { id: socket.id, event: ctx.event } }),
  },
});
SocketNamespace('/chat', { autoExpose: { callOptions: { timeout: 5, retries: 1 } } });
// @ts-expect-error -- a whitelist is an array
SocketNamespace('/chat', { autoExpose: 'orders.*' });
// @ts-expect-error -- patterns are globs and regular expressions
SocketNamespace('/chat', { autoExpose: [7] });
// @ts-expect-error -- there is no such option
SocketNamespace('/chat', { autoExpose: { blacklist: ['orders.*'] } });
// @ts-expect-error -- a timeout is a number
SocketNamespace('/chat', { autoExpose: { callOptions: { timeout: '5s' } } });

/** What an action asks for. */
export const orders: ServiceSchema = {
  name: 'orders',
  actions: {
    create: { socket: 'order.create', params: { item: 'string' }, handler: () => 1 },
    list: { socket: ['order.list', { event: 'orders', namespace: '/orders' }], handler: () => 1 },
    cancel: {
      socket: { event: 'order.cancel', namespace: ['/orders', '/admin'], authorize: ['admin', 'clerk'] },
      handler: () => 1,
    },
    mine: { socket: { event: 'order.mine', authorize: true }, handler: () => 1 },
    hidden: { socket: false, handler: () => 1 },
    none: { socket: null, handler: () => 1 },
    plain: () => 1,
  },
};
export const action: ActionSchema = { socket: 'order.create' };
export const fixed: SocketExposures = ['a', { event: 'b', authorize: 'admin' }] as const;
type Carried = ActionSchema['socket'];
export type Carries = Expect<Equal<Carried, SocketExposures | false | null | undefined>>;
// @ts-expect-error -- an event has a name
export const number: ActionSchema = { socket: 7 };
// @ts-expect-error -- an event has a name
export const flag: ActionSchema = { socket: true };
// @ts-expect-error -- a namespace needs an event
export const noEvent: ActionSchema = { socket: { namespace: '/orders' } };
// @ts-expect-error -- there is no such key, and misspelt nothing is guarded
export const misspelt: ActionSchema = { socket: { event: 'a', authorise: 'admin' } };
// @ts-expect-error -- a service does not open what a gateway has closed
export const opened: ActionSchema = { socket: { event: 'a', authorize: false } };
// @ts-expect-error -- a function does not get to other nodes
export const policy: ActionSchema = { socket: { event: 'a', authorize: () => true } };
// @ts-expect-error -- a path is a string: a regular expression does not get to other nodes
export const expression: ActionSchema = { socket: { event: 'a', namespace: /^\/a/ } };
export const misplaced: ServiceSchema = {
  name: 'orders',
  actions: {
    // @ts-expect-error -- an event has a name
    create: { socket: 7, handler: () => 1 },
  },
};
// @ts-expect-error -- a handler answers its event already
SocketEvent('message', { socket: 'other' });

/** Several calls at once. */
export class Proxies extends SocketGateway {
  @SocketEvent('call', { whitelist: ['math.*'], multi: true })
  call!: ActionProxy;
}
// @ts-expect-error -- it is on or off
SocketEvent('call', { whitelist: ['math.*'], multi: 10 });

/** What a gateway tells. */
export async function tell(broker: ServiceBroker): Promise<string[]> {
  const events = await broker.call<ListedEvent[], { namespace?: string }>('chat.listEvents', {});
  return events.map(({ event, namespaces, kind, action: name = '', authorize }) => {
    // @ts-expect-error -- an action does not say what it is called with
    const secret: unknown = events[0]?.callOptions;
    return [event, ...namespaces, kind, name, ...(authorize?.roles.flat() ?? []), String(secret)].join(' ');
  });
}
export type Kinds = Expect<
  Equal<ListedEvent['kind'], 'handler' | 'proxy' | 'action' | 'function' | 'presence'>
>;

// @ts-expect-error -- the plan is frozen
export const change = (plan: AutoExposePlan) => (plan.whitelist = undefined);
