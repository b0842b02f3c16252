import { nameOfType } from './check-value';
import type { FieldProblem } from './validation-error';

/** Types to which class-transformer converts a value by a function of JavaScript, which throws for some values. */
const CONVERTED = new Set<unknown>([String, Number, Date, Buffer]);

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
 * Checks a value for which class-transformer would throw, or do harm, before it converts anything.
 *
 * @throws Inconvertible
 */
export function checkConvertible(value: unknown, type: unknown): void {
  if (Array.isArray(value)) {
    // It reads the property that decides the class from each item.
    const missing = isChoice(type) ? value.findIndex((item) => item === null || item === undefined) : -1;
    if (missing >= 0) throw new Inconvertible(value[missing], 'Object', missing);
  } else if (
    type === Buffer &&
    isObject(value) &&
    !ArrayBuffer.isView(value) &&
    Object.hasOwn(value, 'length')
  ) {
    // Node.js would allocate as many bytes as the client says.
    throw new Inconvertible(value, 'Buffer');
  }
}

/** Returns what was thrown while a value was converted: if the conversion itself has failed, that. */
export function conversionFailure(thrown: unknown, value: unknown, type: unknown): unknown {
  const isList = Array.isArray(value) || value instanceof Set;
  if (thrown instanceof Inconvertible || isList || !CONVERTED.has(type)) return thrown;
  return new Inconvertible(value, (type as { name: string }).name);
}

/** Returns true for the metadata of a `@Type` with a discriminator. */
function isChoice(type: unknown): boolean {
  const { options } = (type ?? {}) as { options?: { discriminator?: object } };
  return typeof type === 'object' && options?.discriminator !== undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
