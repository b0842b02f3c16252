import type { Context, Service, ServiceSchema } from 'moleculer';
import { mayOverlap } from '../event-patterns';
import { differences } from '../forward-options';
import type { ForwardPlan, GatewayPlan } from '../../plan/plan';
import { fullNameOf, type ForwardHandlers } from '../../plan/service-runtime';
import { Problems } from '../problems';

type EventHandler = (this: Service, ctx: Context) => unknown;

/** An event of a schema, as an object. */
interface Subscription {
  name?: string;
  group?: string;
  handler?: EventHandler | EventHandler[];
  [option: string]: unknown;
}

/**
 * Subscribes a gateway to the events that it sends on. An event that the service listens to anyway stays one subscription,
 * with one handler more.
 *
 * @param schema the final one, all mixins included
 * @throws DeclarationError where the subscription has other options already
 */
export function subscribeForwards(plan: GatewayPlan, schema: ServiceSchema, handlers: ForwardHandlers): void {
  if (plan.forwards.length === 0) return;
  const problems = new Problems(plan.className);
  const events = { ...schema.events } as Record<string, unknown>;
  for (const [event, forwards] of byEvent(plan.forwards)) {
    const key = Object.keys(events).find((one) => nameOf(one, events[one]) === event) ?? event;
    const existing = asSubscription(events[key]);
    const wanted = Object.assign({}, ...forwards.map(({ subscription }) => subscription)) as Subscription;
    for (const option of existing ? differences(existing, wanted) : []) {
      problems.add(
        forwards[0]?.member,
        `the option ${option} of '${event}' is another one where the service listens to it by itself; give it the same`,
      );
    }
    const own = forwards.map((forward): EventHandler => {
      return function (ctx) {
        return handlers.forward(this, forward, ctx);
      };
    });
    // A method that is both is called once.
    const others = [existing?.handler ?? []]
      .flat()
      .filter((one) => !isForwarded(one, plan.service, forwards));
    const all = [...others, ...own];
    events[key] = {
      // 0.14 looks at the name of the parameter otherwise, which a minifier may change.
      ...(others.length === 0 && { context: true }),
      ...wanted,
      ...existing,
      handler: all.length === 1 ? all[0] : all,
    };
  }
  problems.throwIfAny();
  schema.events = giveGroups(events, plan.forwards, schema) as ServiceSchema['events'];
}

/**
 * Gives subscriptions their groups. An emitted event reaches one node of every group, and that node runs all its handlers of
 * the group. So two patterns that match the same event must not be in one group, or clients get it twice.
 */
function giveGroups(
  events: Readonly<Record<string, unknown>>,
  forwards: readonly ForwardPlan[],
  schema: ServiceSchema,
): Record<string, unknown> {
  const usual = fullNameOf(schema);
  const forwarded = new Set(forwards.map(({ event }) => event));
  const groupOf = (key: string): string =>
    asSubscription(events[key])?.group ?? (forwarded.has(nameOf(key, events[key])) ? usual : schema.name);
  return Object.fromEntries(
    Object.entries(events).map(([key, event]) => {
      const name = nameOf(key, event);
      if (!forwarded.has(name) || asSubscription(event)?.group !== undefined) return [key, event];
      const shared = Object.keys(events).some(
        (other) =>
          other !== key && groupOf(other) === groupOf(key) && mayOverlap(nameOf(other, events[other]), name),
      );
      return [key, { ...(event as Subscription), group: shared ? `${usual}:${inWords(name)}` : usual }];
    }),
  );
}

function byEvent(forwards: readonly ForwardPlan[]): Map<string, ForwardPlan[]> {
  const grouped = new Map<string, ForwardPlan[]>();
  for (const forward of forwards)
    grouped.set(forward.event, [...(grouped.get(forward.event) ?? []), forward]);
  return grouped;
}

function isForwarded(
  handler: unknown,
  { methods }: GatewayPlan['service'],
  forwards: readonly ForwardPlan[],
): boolean {
  return forwards.some(({ member }) => methods[member] === handler);
}

function asSubscription(event: unknown): Subscription | undefined {
  if (typeof event === 'function' || Array.isArray(event)) return { handler: event as EventHandler };
  return typeof event === 'object' && event !== null ? (event as Subscription) : undefined;
}

function nameOf(key: string, event: unknown): string {
  return asSubscription(event)?.name ?? key;
}

// Some transporters use a group's name as a topic, in which `*` would be a wildcard.
function inWords(pattern: string): string {
  return pattern.replaceAll('**', 'all').replaceAll('*', 'any').replaceAll('?', 'one');
}
