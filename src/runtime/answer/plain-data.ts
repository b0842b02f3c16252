import { isMap, isSet } from 'node:util/types';
import { isResource } from './resource';

/** Levels that are checked without tracking visited objects. Deeper values, such as cycles, are left to `inspectResult`. */
const MAX_LEVELS = 32;

/**
 * Returns true if a value is certainly plain data: it owns no resource, and holds no `Map`, `Set` or `Blob`. Called for the result
 * of every event. Never throws.
 */
export function isPlainData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  try {
    return isPlainObject(value, MAX_LEVELS);
  } catch {
    // A getter or a proxy threw.
    return false;
  }
}

/** Returns true if an object decides with `toJSON` what it is written as. */
export function hasOwnForm(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function';
}

function isPlainObject(value: object, levels: number): boolean {
  if (Array.isArray(value)) {
    if (levels <= 0) return false;
    for (const entry of value as unknown[]) {
      if (typeof entry === 'object' && entry !== null && !isPlainObject(entry, levels - 1)) return false;
    }
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    if ((value as { [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator] !== undefined) return false;
  } else {
    if (ArrayBuffer.isView(value) || value instanceof Date) return true;
    if (isResource(value)) return false;
    if (hasOwnForm(value)) return true;
    if (isMap(value) || isSet(value) || value instanceof Blob) return false;
  }
  if (levels <= 0) return false;
  // Inherited properties, too: the body of a `Response` is one.
  for (const key in value) {
    const entry = (value as Record<string, unknown>)[key];
    if (typeof entry === 'object' && entry !== null && !isPlainObject(entry, levels - 1)) return false;
  }
  return true;
}
