import type { GatewayPlan } from '../plan/plan';

/** Freezes a plan. What the user wrote into it (an adapter, the params of an action) is theirs and stays as it is. */
export function freezePlan(plan: GatewayPlan): GatewayPlan {
  const { service, server } = plan;
  // Made by the compiler, filled by the user.
  for (const container of Object.values(service) as unknown[]) {
    if (container !== service.hooks && container !== service.dependencies) Object.freeze(container);
  }
  Object.freeze(service);
  Object.freeze(server);
  for (const { target } of plan.events) {
    if (target.kind === 'handler') Object.freeze(target.action);
    if (target.kind === 'proxy') Object.freeze(target.options);
  }
  for (const { subscription } of plan.forwards) Object.freeze(subscription);
  return freezeDeep(plan, declaredTypes(plan));
}

/** Classes and schemas, some of which are plain objects, and lists of one. */
function declaredTypes({ validation, handlers, forwards }: GatewayPlan): ReadonlySet<unknown> {
  return new Set<unknown>([
    validation,
    ...handlers.flatMap(({ bodies, returns }) => [...bodies.map(({ type }) => type), returns]),
    ...forwards.map(({ payload }) => payload),
  ]);
}

/** @param theirs what stays as it is */
function freezeDeep<T extends object>(value: T, theirs: ReadonlySet<unknown>): T {
  for (const inner of Object.values(value) as unknown[]) {
    if (isPlain(inner) && !Object.isFrozen(inner) && !theirs.has(inner)) freezeDeep(inner, theirs);
  }
  return Object.freeze(value);
}

function isPlain(value: unknown): value is object {
  return (
    Array.isArray(value) ||
    (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
  );
}
