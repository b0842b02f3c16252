/** Comparisons of keys that a payload may cost: about a twentieth of a second. */
const MOST = 25_000_000;

/**
 * Whether class-transformer would take too long with a payload: it compares every key of an object with every other, so
 * that one object of a megabyte keeps the process busy for seconds.
 */
export function costsTooMuch(payload: unknown): boolean {
  let cost = 0;
  const add = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || cost > MOST) return;
    const entries: unknown[] = Array.isArray(value) ? value : Object.values(value);
    if (entries !== value) cost += entries.length ** 2;
    for (const entry of entries) add(entry);
  };
  add(payload);
  return cost > MOST;
}
