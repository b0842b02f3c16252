import { plainToInstance } from 'class-transformer';
import type { WorkBudget } from '../../plan/body-check';
import type { LibraryOptions } from '../library-options';
import { isValidNow } from '../run-validator';
import { TimeBudget } from '../time-budget';
import type { Class } from './transformer-metadata';

/** The functions that are compared with the libraries. */
export interface ComparedFunctions {
  /** Payloads to compare with the libraries: none if the class or a nested one is not compiled. */
  samples(): readonly object[];
  /** Returns the instance that a valid payload becomes; undefined if class-validator must be asked. */
  accept(payload: object, work: WorkBudget): object | undefined;
  /**
   * Returns an instance for class-validator to check, as class-transformer makes it. If the payload is the one that has
   * just not been accepted, the instance that was made then is returned if it will do.
   */
  makeForLibrary(payload: object, work: WorkBudget): object;
}

/**
 * Compares what is compiled of a class with the libraries, for sample payloads.
 *
 * @returns the first payload for which they disagree; undefined if they agree
 */
export function findDisagreement(
  type: Class,
  options: LibraryOptions,
  compiled: ComparedFunctions,
): object | undefined {
  return compiled.samples().find((sample) => {
    try {
      return !agree(type, options, compiled, sample);
    } catch {
      return true;
    }
  });
}

function agree(type: Class, options: LibraryOptions, compiled: ComparedFunctions, sample: object): boolean {
  const work = new TimeBudget();
  const theirs = makeByLibrary(type, sample, options);
  if (theirs && !isSame(compiled.makeForLibrary(structuredClone(sample), work), theirs, sample)) return false;
  const ours = compiled.accept(structuredClone(sample), work);
  if (!ours) return true;
  if (!theirs) return false;
  const isValid = isValidNow({ instance: theirs, payload: sample, options, work, ownCheck: undefined });
  return isValid === undefined || (isValid && isSame(ours, theirs, sample));
}

/** Returns the instance; undefined if class-transformer throws, as it does for some payloads. */
function makeByLibrary(type: Class, sample: object, options: LibraryOptions): object | undefined {
  try {
    return plainToInstance(type, structuredClone(sample), options);
  } catch {
    return undefined;
  }
}

/**
 * Returns true if two instances are alike.
 *
 * @param sent what they were made of. The values of other properties come from the constructor, which may give each
 *   instance another one, and are not compared.
 */
function isSame(one: unknown, other: unknown, sent: unknown): boolean {
  // Functions come from the constructor.
  if (typeof one === 'function' && typeof other === 'function') return true;
  if (!isObject(one) || !isObject(other)) return Object.is(one, other);
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  if (one instanceof Date) return Object.is(one.getTime(), (other as unknown as Date).getTime());
  const keys = Object.keys(one);
  return (
    keys.join() === Object.keys(other).join() &&
    keys.every((key) => !hasOwn(sent, key) || isSame(one[key], other[key], sent[key]))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function hasOwn(value: unknown, key: string): value is Record<string, unknown> {
  return isObject(value) && Object.hasOwn(value, key);
}
