import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import { PayloadTooLarge } from '../errors';
import type { ValidationOptions } from '../types';
import { nameOfType } from './check-value';
import { classProblems } from './class-problems';
import type { BodyCheck } from '../plan/body-check';
import { acceptorOf, type Acceptor } from './compiled/acceptor';
import type { Class } from './compiled/transformer-metadata';
import { runValidator } from './run-validator';
import { costsTooMuch } from './transform-cost';
import { validationError } from './validation-error';

/**
 * A check that makes an instance of a class and validates it. Ordinary payloads that are valid pass through a function
 * that is compiled for the class; for all others class-transformer and class-validator are asked, who also say what is
 * wrong.
 */
export function checkClass(type: Class, options: ValidationOptions): BodyCheck {
  // Compiled with the first payload: then every class is there, whatever the order of the files that declare them.
  let accept: Acceptor | undefined;
  return (value) => {
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
    accept ??= acceptorOf(type, options);
    return accept(value) ?? checkByLibraries(type, value, options);
  };
}

async function checkByLibraries(type: Class, value: object, options: ValidationOptions): Promise<object> {
  if (costsTooMuch(value)) throw new PayloadTooLarge({ reason: 'too many keys' });
  const instance = plainToInstance(type, value, options);
  // What is shown of target and value is decided where problems are made of the errors.
  const errors = await runValidator(instance, { ...options, validationError: { target: true, value: true } });
  if (errors.length > 0) throw validationError(classProblems(errors, options));
  return instance;
}

/** Whether class-validator knows anything of a class, its ancestors included. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any class
export function hasConstraints(type: Function): boolean {
  return getMetadataStorage().getTargetValidationMetadatas(type, '', false, false).length > 0;
}
