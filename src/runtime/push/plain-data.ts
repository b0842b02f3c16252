/** Deeper than anybody reads. */
const DEEPEST = 16;

/**
 * Returns a copy for reading that can be sent anywhere: plain objects and arrays stay, a regular expression becomes its text, and
 * whatever else is no JSON (a function, a class, an instance, a circle) a word in brackets.
 */
export function plainData(value: unknown, above: readonly unknown[] = []): unknown {
  switch (typeof value) {
    case 'function':
      return `[function ${value.name}]`;
    case 'bigint':
    case 'symbol':
      return `[${String(value)}]`;
    case 'number':
      return Number.isFinite(value) ? value : `[${value}]`;
    case 'object':
      return value === null ? null : plainObject(value, above);
    default:
      return value;
  }
}

function plainObject(value: object, above: readonly unknown[]): unknown {
  if (value instanceof RegExp) return String(value);
  if (above.includes(value) || above.length >= DEEPEST) return '[…]';
  const inside = [...above, value];
  if (Array.isArray(value)) return value.map((entry) => plainData(entry, inside));
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null;
  if (prototype !== null && prototype !== Object.prototype) {
    const name = prototype.constructor?.name;
    return `[${typeof name === 'string' ? name : 'object'}]`;
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plainData(entry, inside)]));
}
