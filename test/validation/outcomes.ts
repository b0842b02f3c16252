import { Errors } from 'moleculer';

/*
 * Makes what comes out of a check comparable: as text that says everything, the order of properties included.
 */

/** What came out, told the same way for both sides. */
export interface Outcome {
  /** What it is, in words. */
  readonly shown: string;
  readonly isValid: boolean;
  readonly problems: number;
  /** Nothing had to be waited for. */
  readonly isImmediate: boolean;
}

/**
 * Runs a check to its end.
 *
 * @param payload what the check is given: a result must share no object with it where the other result does not
 */
export async function outcomeOf(payload: unknown, check: () => unknown): Promise<Outcome> {
  const given = objectsIn(payload);
  let isImmediate = false;
  try {
    const result = check();
    isImmediate = !(result instanceof Promise);
    const settled = await result;
    return { shown: await show(settled, given), isValid: true, problems: 0, isImmediate };
  } catch (thrown) {
    const isRefused = thrown instanceof Errors.ValidationError;
    const { data } = thrown as { data?: unknown };
    const shown = isRefused ? JSON.stringify(data, null, 1) : `threw ${String(thrown)}`;
    return { shown, isValid: false, problems: isRefused ? (data as unknown[]).length : 0, isImmediate };
  }
}

function objectsIn(value: unknown, found = new Set<unknown>()): Set<unknown> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found;
  found.add(value);
  for (const { value: inner } of Object.values(Object.getOwnPropertyDescriptors(value)))
    objectsIn(inner, found);
  if (value instanceof Map || value instanceof Set) for (const inner of value) objectsIn(inner, found);
  return found;
}

async function show(value: unknown, given: Set<unknown>, inside: readonly unknown[] = []): Promise<string> {
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null)
    return Object.is(value, -0) ? '-0' : `${typeof value} ${String(value)}`;
  if (inside.includes(value)) return 'a circle';
  const path = [...inside, value];
  const parts: string[] = [];
  if (given.has(value)) parts.push('the same as in the payload');
  if (value instanceof Date) parts.push(String(value.getTime()));
  if (value instanceof Buffer) return `Buffer ${value.toString('hex')} ${parts.join()}`;
  if (value instanceof Promise) parts.push(await show(await value, given, path));
  if (value instanceof Map || value instanceof Set)
    for (const inner of value as Iterable<unknown>) parts.push(await show(inner, given, path));
  for (const key of Reflect.ownKeys(value)) {
    const { get, value: inner } = Object.getOwnPropertyDescriptor(value, key)!;
    parts.push(`${String(key)}: ${get ? 'accessor' : await show(inner, given, path)}`);
  }
  return `${prototypeOf(value)} {${parts.join(', ')}}`;
}

function prototypeOf(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  return prototype === null ? 'null' : String(prototype.constructor?.name);
}
