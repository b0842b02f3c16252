import { proxyPlan } from '../compiler/compile-proxy';
import { Problems } from '../compiler/problems';
import type { ActionPlan, EventPlan, ProxyPlan } from '../plan/plan';
import type { ActionProxyOptions } from '../types';

/** The function or action that answers a call of a client. */
export interface CalledEvent {
  readonly target: ProxyPlan | ActionPlan;
  readonly guard: EventPlan['guard'];
}

/** The events of handler items. A handler item is what moleculer-io's action `call` gets: the settings of an event. */
const events = new WeakMap<object, CalledEvent>();

/** Returns the handler item of an event. */
export function itemOf({ target, guard }: CalledEvent): object {
  // All exposed actions of a namespace share one object of options.
  const item = target.kind === 'proxy' ? target.options : { ...target.options };
  events.set(item, { target, guard });
  return item;
}

/**
 * Returns the event of a handler item. An item that the application has written is compiled once.
 *
 * @throws DeclarationError if the item is no object, or has options that are wrong
 */
export function eventOfItem(item: unknown): CalledEvent {
  const isObject = typeof item === 'object' && item !== null;
  const known = isObject ? events.get(item) : undefined;
  if (known) return known;
  const problems = new Problems('call');
  const report = (what: string): void => {
    problems.add('handlerItem', what);
  };
  if (!isObject) report("must be the settings of an event: { whitelist: ['math.*'] }");
  const options: ActionProxyOptions = isObject ? item : {};
  const event = { target: proxyPlan('call', options, report, () => undefined), guard: undefined };
  problems.throwIfAny();
  events.set(options, event);
  return event;
}
