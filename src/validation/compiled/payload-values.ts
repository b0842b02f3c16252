import type { WorkBudget } from '../../plan/body-check';
import { giveUp } from './give-up';

/*
 * Generated code calls these functions for values that it does not handle in place. Each does what class-transformer does
 * with a value of that type, or gives up.
 */

/** Makes instances of one class of plain objects; `make` is filled in when the class has been compiled. */
export interface Maker {
  make(payload: object, work: WorkBudget): object;
}

const getPrototypeOf = Object.getPrototypeOf as (of: object) => unknown;

/** An object of no type: plain objects and arrays are copied as deep as they go. */
export const copyAny = copier(true);

/** The same without what is `undefined`. */
export const copySet = copier(false);

function copier(takesUnset: boolean): (value: object) => unknown {
  return function copy(value) {
    if (Array.isArray(value)) return copyEach(value, copy);
    const prototype = getPrototypeOf(value);
    if (prototype === Date.prototype) return new Date((value as Date).valueOf());
    if (prototype === Buffer.prototype) return Buffer.from(value as Buffer);
    assertPlain(value);
    const made: Record<string, unknown> = {};
    for (const key in value) {
      // class-transformer never writes these, and a `constructor` of the client's makes it fail.
      if (key in Object.prototype) giveUp();
      const inner = (value as Record<string, unknown>)[key];
      if (inner !== undefined || takesUnset)
        made[key] = typeof inner === 'object' && inner !== null ? copy(inner) : inner;
    }
    return made;
  };
}

/** Copies the arrays of an object, and the items in them that are no objects. */
export function copyItems(value: object): unknown {
  if (!Array.isArray(value)) giveUp();
  return copyEach(value, copyItems);
}

/** Makes an array of instances. */
export function makeEach(items: readonly unknown[], maker: Maker, work: WorkBudget): unknown[] {
  return copyEach(items, (item) =>
    Array.isArray(item) ? makeEach(item, maker, work) : maker.make(item, work),
  );
}

export function toText(value: unknown): unknown {
  return convert(value, String);
}

export function toNumber(value: unknown): unknown {
  return convert(value, Number);
}

export function toBoolean(value: unknown): unknown {
  return convert(value, Boolean);
}

export function toDate(value: unknown): unknown {
  if (value instanceof Date) return new Date(value.valueOf());
  return convert(value, (one) => new Date(one as never), toDate);
}

export function toBuffer(value: unknown): unknown {
  if (value instanceof Buffer) return Buffer.from(value);
  return convert(value, (one) => Buffer.from(one as never), toBuffer);
}

/** Passes an object that class-transformer would copy; the copy is not needed. */
export function assertCopyable(value: object): void {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item === 'object' && item !== null) assertCopyable(item);
    }
    return;
  }
  assertPlain(value);
  for (const key in value) {
    if (key in Object.prototype) giveUp();
    const inner = (value as Record<string, unknown>)[key];
    if (typeof inner === 'object' && inner !== null) assertCopyable(inner);
  }
}

/** Gives up unless a value is a plain object, as a parser creates it: neither a promise nor an instance of a class. */
export function assertPlain(value: object): void {
  if (getPrototypeOf(value) !== Object.prototype || typeof (value as { then?: unknown }).then === 'function')
    giveUp();
}

function copyEach(items: readonly unknown[], copy: (item: object) => unknown): unknown[] {
  const copies: unknown[] = [];
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    // class-transformer passes over a hole, and what is behind it moves up.
    if (item === undefined && !(i in items)) giveUp();
    copies.push(typeof item === 'object' && item !== null ? copy(item) : item);
  }
  return copies;
}

/** Converts a primitive, or an array item by item. null and undefined stay as they are. */
function convert(
  value: unknown,
  to: (value: unknown) => unknown,
  each = (item: unknown) => convert(item, to),
): unknown {
  if (value === null || value === undefined) return value;
  if (typeof value === 'function') giveUp();
  if (typeof value !== 'object') return to(value);
  if (!Array.isArray(value)) giveUp();
  const converted: unknown[] = [];
  for (let i = 0; i < value.length; i++) {
    if (!(i in value)) giveUp();
    converted.push(each(value[i]));
  }
  return converted;
}
