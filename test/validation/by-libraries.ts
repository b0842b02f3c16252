import { plainToInstance } from 'class-transformer';
import { validate, type ValidatorOptions } from 'class-validator';
import type { ValidationOptions } from '../../src';
import { classProblems } from '../../src/validation/class-problems';
import { validationError } from '../../src/validation/validation-error';

/** What the libraries themselves make of a payload. */
export async function byLibraries(
  type: new () => object,
  payload: object,
  options: ValidationOptions,
): Promise<object> {
  const instance = plainToInstance(type, payload, options);
  const asked: ValidatorOptions = { ...options, validationError: { target: true, value: true } };
  const errors = await validate(instance, asked);
  if (errors.length > 0) throw validationError(classProblems(errors, options));
  return instance;
}
