import type { EventPlan, GatewayPlan, PathPlan } from '../../plan/plan';

/** An event, with what is known of the action that answers it. */
export interface DescribedEvent {
  readonly plan: EventPlan;
  /** The params of the action, where the plan does not have them. */
  readonly params?: unknown;
  /** The action is known from another node, which has told nothing of functions and regular expressions in its params. */
  readonly isRemote?: boolean;
}

/** A namespace and the events that it has. */
export interface DescribedNamespace {
  readonly path: PathPlan;
  readonly events: readonly DescribedEvent[];
}

/** A gateway as it is described: as its class declares it, or as it is at work. */
export interface DescribedGateway {
  readonly plan: GatewayPlan;
  readonly namespaces: readonly DescribedNamespace[];
}

/** Returns what a class declares. */
export function declaredGateway(plan: GatewayPlan): DescribedGateway {
  const events = plan.events.map((event) => ({ plan: event }));
  return { plan, namespaces: plan.paths.map((path) => ({ path, events })) };
}
