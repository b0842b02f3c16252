import { getFromContainer, Validator, type ValidationError } from 'class-validator';
import type { NestedValue } from './compiled/generate-checker';
import { budgetedStorage } from './budgeted-storage';
import { countValues } from './count-values';
import { handleRejection } from './handle-rejection';
import type { LibraryOptions } from './library-options';
import { findExecutor, type Executor, type ExecutorClass } from './validation-executor';
import { MAX_PROBLEMS } from './validation-error';
import type { WorkBudget } from '../plan/body-check';

/*
 * `validate` of class-validator, with four differences. It stops after more errors than a client is told. It stops when
 * the message has used up its time. It skips objects of which the compiled check says that they are valid. And if one
 * constraint rejects while another one throws, the rejection is handled: unhandled, it would end the process.
 *
 * Where a bundler hides the class in which class-validator does its work (`validation-executor.ts`), or
 * the application has put a Validator of its own into its container, the instance is counted before `validate` is called.
 */

/**
 * Checks what an instance holds itself.
 *
 * @returns the values in it that have still to be checked; undefined if class-validator must be asked
 */
export type OwnCheck = (instance: object) => readonly NestedValue[] | undefined;

const ENOUGH = new Error('more errors than a client is told');

/** Several failures of one constraint on one property are one error, so that there are more failures than errors. */
const MAX_FAILURES = 10 * MAX_PROBLEMS;

/** Microseconds that class-validator takes itself: for an object, for a property, for an item of an array. */
const PER_OBJECT = 3;
const PER_ITEM = 1;
/** For a value of the payload, if it cannot be interrupted. */
const PER_VALUE = 10;

const ValidationExecutor = findExecutor();

/** One run of class-validator. */
export interface ValidatorRun {
  readonly instance: object;
  /** The value from which the instance was created. */
  readonly payload: object;
  readonly options: LibraryOptions;
  readonly work: WorkBudget;
  /** The compiled check. Without it class-validator looks at each object. */
  readonly ownCheck: OwnCheck | undefined;
}

/**
 * Returns what class-validator finds wrong with an instance, or as much of it as a client is told.
 *
 * @throws PayloadTooLarge if that takes too long
 */
export async function runValidator(run: ValidatorRun): Promise<ValidationError[]> {
  const { instance, options, work } = run;
  const validator = getFromContainer(Validator);
  if (!ValidationExecutor || validator.constructor !== Validator) {
    work.spend(countValues(run.payload) * PER_VALUE);
    return validator.validate(instance, options);
  }
  const executor = createExecutor(ValidationExecutor, validator, run);
  const errors: ValidationError[] = [];
  try {
    executor.execute(instance, undefined, errors);
    await Promise.all(executor.awaitingPromises);
  } catch (thrown) {
    executor.awaitingPromises.forEach(handleRejection);
    Object.values(instance).forEach(handleRejection);
    if (thrown !== ENOUGH) throw thrown;
  }
  return executor.stripEmptyErrors(errors);
}

/** Returns true if class-validator finds an instance valid; undefined if it cannot say so at once. */
export function isValidNow(run: ValidatorRun): boolean | undefined {
  const validator = getFromContainer(Validator);
  if (!ValidationExecutor || validator.constructor !== Validator) return undefined;
  const executor = createExecutor(ValidationExecutor, validator, run);
  const errors: ValidationError[] = [];
  try {
    executor.execute(run.instance, undefined, errors);
  } catch {
    return false;
  } finally {
    executor.awaitingPromises.forEach(handleRejection);
  }
  return executor.awaitingPromises.length > 0 ? undefined : executor.stripEmptyErrors(errors).length === 0;
}

function createExecutor(
  ValidationExecutor: ExecutorClass,
  validator: Validator,
  run: ValidatorRun,
): Executor {
  const executor = new ValidationExecutor(validator, run.options);
  executor.metadataStorage = budgetedStorage(run.work);
  boundFailures(executor);
  skipValidObjects(executor, run);
  return executor;
}

/** Stops the executor when it has found more errors than a client is told. */
function boundFailures(executor: Executor): void {
  const create = executor.createValidationError.bind(executor);
  let failures = 0;
  executor.createValidationError = (...args) => {
    if (++failures > MAX_FAILURES) throw ENOUGH;
    return create(...args);
  };
}

/** Asks the compiled check first, and class-validator about the objects that it does not pass. */
function skipValidObjects(executor: Executor, run: ValidatorRun): void {
  const { work, ownCheck } = run;
  const execute = executor.execute.bind(executor);
  const perform = executor.performValidations.bind(executor);
  executor.execute = (instance, schema, errors) => {
    // The compiled check has not accepted the whole: most often, because the object around is invalid.
    const nested = instance === run.instance ? undefined : ownCheck?.(instance);
    if (!nested) {
      work.spend(PER_OBJECT);
      execute(instance, schema, errors);
      return;
    }
    for (const { name, value, metadatas } of nested) {
      const error = executor.generateValidationError(instance, value, name);
      try {
        executor.nestedValidations(value, metadatas, error);
      } finally {
        // It throws when it has found enough.
        if (hasErrors(error)) errors.push(error);
      }
    }
  };
  executor.performValidations = (...args) => {
    work.spend(PER_ITEM);
    perform(...args);
  };
}

function hasErrors({ children, constraints }: ValidationError): boolean {
  return Boolean(children?.length) || Object.keys(constraints ?? {}).length > 0;
}
