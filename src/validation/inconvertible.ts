import { nameOfType } from './check-value';
import type { FieldProblem } from './validation-error';

/** Functions of JavaScript by which class-transformer converts a value that is no array, and that throw for some values. */
const CONVERSIONS = new Map<unknown, (value: never) => unknown>([
  [String, String],
  [Number, Number],
  [Date, (value: string) => new Date(value)],
  [Buffer, bufferFrom],
]);

/** Thrown for a value of a payload that class-transformer cannot convert: it would throw a TypeError. */
export class Inconvertible extends Error {
  private readonly path: string[] = [];
  private around: unknown;

  /**
   * @param value the value, or the array with an item that is no object
   * @param expected the type that it should have
   */
  constructor(
    private readonly value: unknown,
    private readonly expected: string,
    item?: number,
  ) {
    super('class-transformer cannot convert a value');
    if (item !== undefined) this.path.push(String(item));
  }

  /** Notes that the value is in another one, or is that one. */
  isWithin(outer: unknown): void {
    // Only objects can be told from others that are alike.
    if (isObject(outer) && isObject(this.around)) {
      const key = Object.keys(outer).find((name) => outer[name] === this.around);
      if (key !== undefined) this.path.unshift(key);
    }
    this.around = outer;
  }

  get problem(): FieldProblem {
    const { expected } = this;
    return {
      field: this.path.join('.'),
      type: expected.toLowerCase(),
      message: `The value cannot be converted to ${expected}.`,
      expected,
      actual: nameOfType(this.value),
    };
  }
}

/**
 * Checks that class-transformer can convert a value to a type.
 *
 * @throws Inconvertible if it would throw for what a client has sent
 */
export function checkConvertible(value: unknown, type: unknown): void {
  if (Array.isArray(value)) {
    // It reads the property that decides the class from each item.
    const missing = isChoice(type) ? value.findIndex((item) => item === null || item === undefined) : -1;
    if (missing >= 0) throw new Inconvertible(value[missing], 'Object', missing);
    return;
  }
  if (value === null || value === undefined) return;
  const convert = CONVERSIONS.get(type);
  if (!convert || typeof value === 'string' || ArrayBuffer.isView(value)) return;
  try {
    convert(value as never);
  } catch {
    throw new Inconvertible(value, (type as { name: string }).name);
  }
}

/** @throws TypeError for an object with a length of the client's choice, for which Node.js would allocate so many bytes */
function bufferFrom(value: object): Buffer {
  if (Object.hasOwn(value, 'length')) throw new TypeError('not binary');
  return Buffer.from(value as never);
}

/** Returns true for the metadata of a `@Type` with a discriminator. */
function isChoice(type: unknown): boolean {
  const { options } = (type ?? {}) as { options?: { discriminator?: object } };
  return typeof type === 'object' && options?.discriminator !== undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
