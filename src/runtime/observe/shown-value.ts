import { inspect, types } from 'node:util';
import { printable } from '../../plan/printable';

/** Maximum levels of a value that are logged. */
const MAX_DEPTH = 5;
/** Maximum entries of one object or array that are logged. */
const MAX_ENTRIES = 20;
/** Maximum values that are logged in all. */
const MAX_VALUES = 100;

/** Number of values that may still be shown. */
interface Budget {
  left: number;
}

/**
 * Returns a copy of a value for a line of the log: at most 5 levels, 20 entries each, 100 values in all, and texts and keys
 * of at most 100 characters without control characters. Never throws.
 */
export function shownValue(value: unknown): unknown {
  try {
    return show(value, MAX_DEPTH, { left: MAX_VALUES });
  } catch {
    return 'a value that cannot be shown';
  }
}

function show(value: unknown, levels: number, budget: Budget): unknown {
  budget.left--;
  if (typeof value === 'string') return printable(value);
  if (['function', 'symbol', 'bigint'].includes(typeof value)) return describe(value);
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) return isOpaque(value) ? describe(value) : showObject(value, levels, budget);
  const shown: unknown[] = [];
  if (levels > 0) {
    for (const entry of value.slice(0, MAX_ENTRIES)) {
      if (budget.left <= 0) break;
      shown.push(show(entry, levels - 1, budget));
    }
  }
  const more = value.length - shown.length;
  return more > 0 ? [...shown, `… ${more} more`] : shown;
}

function showObject(value: object, levels: number, budget: Budget): object {
  const keys = Object.keys(value);
  const shown: [string, unknown][] = [];
  for (const key of levels > 0 ? keys.slice(0, MAX_ENTRIES) : []) {
    if (budget.left <= 0) break;
    shown.push([printable(key), show(read(value, key), levels - 1, budget)]);
  }
  const more = keys.length - shown.length;
  if (more > 0) shown.push(['…', `${more} more`]);
  return Object.fromEntries(shown);
}

/** Reads a property without calling a getter. */
function read(value: object, key: string): unknown {
  const property = Object.getOwnPropertyDescriptor(value, key);
  return property && 'value' in property ? property.value : '[Getter]';
}

/** Returns true if the keys of an object do not say what it is. */
function isOpaque(value: object): boolean {
  return (
    ArrayBuffer.isView(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isDate(value) ||
    types.isMap(value) ||
    types.isSet(value) ||
    types.isNativeError(value) ||
    types.isPromise(value) ||
    types.isProxy(value)
  );
}

function describe(value: unknown): string {
  return printable(inspect(value, { depth: 0, maxArrayLength: MAX_ENTRIES, breakLength: Infinity }));
}
