import { getFromContainer, getMetadataStorage, Validator, type ValidationError } from 'class-validator';
import type { ValidationOptions } from '../types';
import { MAX_PROBLEMS } from './validation-error';

/*
 * `validate` of class-validator, made safe against two things. A payload with ten thousand invalid items is not looked
 * at to its end, for nobody will be told of them all. And a constraint that rejects while another one throws leaves a
 * rejection behind that nobody handles, which would end the process.
 */

/** What is used of class-validator's executor, which its main entry does not export. */
interface Executor {
  metadataStorage: object;
  readonly awaitingPromises: Promise<unknown>[];
  createValidationError(...args: unknown[]): [string, string];
  execute(instance: object, schema: undefined, errors: ValidationError[]): void;
  stripEmptyErrors(errors: ValidationError[]): ValidationError[];
}

type ExecutorClass = { readonly prototype: object } & (new (
  validator: Validator,
  options: ValidationOptions,
) => Executor);

type ConstraintMetadata = ReturnType<
  ReturnType<typeof getMetadataStorage>['getTargetValidatorConstraints']
>[number];

const ENOUGH = new Error('more problems than will be told');

/** Constraints of one kind on one property are one problem, so that there are more failures than problems. */
const MAX_FAILURES = 10 * MAX_PROBLEMS;

const ValidationExecutor = findExecutor();

/** What class-validator finds wrong with an instance; at least as much of it as will be told. */
export async function runValidator(instance: object, options: ValidationOptions): Promise<ValidationError[]> {
  const validator = getFromContainer(Validator);
  // The application may have put one of its own into its container.
  if (!ValidationExecutor || validator.constructor !== Validator)
    return validator.validate(instance, options);
  const executor = new ValidationExecutor(validator, options);
  executor.metadataStorage = guardedStorage();
  boundProblems(executor);
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

function findExecutor(): ExecutorClass | undefined {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- there may be no such file
    const found = require('class-validator/cjs/validation/ValidationExecutor') as {
      ValidationExecutor: ExecutorClass;
    };
    const used = ['execute', 'createValidationError', 'stripEmptyErrors'];
    return used.every((method) => method in found.ValidationExecutor.prototype)
      ? found.ValidationExecutor
      : undefined;
  } catch {
    return undefined;
  }
}

/** Stops the executor where it has found more than will be told. */
function boundProblems(executor: Executor): void {
  const create = executor.createValidationError.bind(executor);
  let failures = 0;
  executor.createValidationError = (...args) => {
    if (++failures > MAX_FAILURES) throw ENOUGH;
    return create(...args);
  };
}

/** class-validator's metadata, in which the promises of constraints are taken care of. */
function guardedStorage(): object {
  const storage = getMetadataStorage();
  return Object.assign(Object.create(storage) as object, {
    getTargetValidatorConstraints: (type: never) => storage.getTargetValidatorConstraints(type).map(guarded),
  });
}

function guarded(metadata: ConstraintMetadata): object {
  return Object.create(metadata, { instance: { get: () => guardedConstraint(metadata.instance) } }) as object;
}

function guardedConstraint(constraint: ConstraintMetadata['instance']): object {
  return {
    validate(...args: Parameters<typeof constraint.validate>) {
      const result = constraint.validate(...args);
      handleRejection(result);
      return result;
    },
    defaultMessage: constraint.defaultMessage?.bind(constraint),
  };
}

/** Somebody waits for the promise, or else nobody will miss it. */
function handleRejection(promise: unknown): void {
  if (promise instanceof Promise) promise.catch(() => undefined);
}
