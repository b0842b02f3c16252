/** What the user wrote is theirs to keep as it is: settings, an action's definition, a proxy's options. */
const LEFT_ALONE = new Set(['server', 'service', 'action', 'options']);

/** Freezes a plan, object by object and array by array. */
export function freeze<T extends object>(plan: T): T {
  for (const [key, value] of Object.entries(plan) as [string, unknown][]) {
    if (!LEFT_ALONE.has(key) && isPlain(value) && !Object.isFrozen(value)) freeze(value);
  }
  return Object.freeze(plan);
}

function isPlain(value: unknown): value is object {
  return (
    Array.isArray(value) ||
    (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
  );
}
