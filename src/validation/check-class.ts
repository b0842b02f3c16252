import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate } from 'class-validator';
import { Errors } from 'moleculer';
import type { ValidationOptions } from '../types';
import type { BodyCheck } from './compile-body';
import { nameOfType } from './check-value';
import { fieldProblems, validationError, type FieldProblem } from './validation-error';

/** A check that makes an instance of a class and validates it. */
export function checkClass(type: new () => object, options: ValidationOptions): BodyCheck {
  return async (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw validationError([
        {
          field: '',
          type: 'object',
          message: 'The payload must be an object.',
          expected: 'object',
          actual: nameOfType(value),
        },
      ]);
    }
    const instance = plainToInstance(type, value, options);
    const errors = await validate(instance, options);
    if (errors.length > 0) throw validationError(fieldProblems(errors));
    return instance;
  };
}

/** A check of every item of an array; all that is wrong is reported together, under the item's index. */
export function checkArrayOf(item: BodyCheck): BodyCheck {
  return async (value) => {
    if (!Array.isArray(value)) {
      throw validationError([
        {
          field: '',
          type: 'array',
          message: 'The payload must be an array.',
          expected: 'array',
          actual: nameOfType(value),
        },
      ]);
    }
    const outcomes = await Promise.allSettled(value.map(async (entry) => item(entry)));
    const problems: FieldProblem[] = [];
    outcomes.forEach((outcome, index) => {
      if (outcome.status === 'fulfilled') return;
      const error = outcome.reason as Error & { data?: FieldProblem[] };
      if (!(error instanceof Errors.ValidationError)) throw error;
      for (const found of error.data as unknown as FieldProblem[]) {
        problems.push({ ...found, field: found.field ? `${index}.${found.field}` : String(index) });
      }
    });
    if (problems.length > 0) throw validationError(problems);
    return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value);
  };
}

/** Whether class-validator knows anything of a class, its ancestors included. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any class
export function hasConstraints(type: Function): boolean {
  return getMetadataStorage().getTargetValidationMetadatas(type, '', false, false).length > 0;
}
