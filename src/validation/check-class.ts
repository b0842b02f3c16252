import { getMetadataStorage } from 'class-validator';
import type { ValidationOptions } from '../types';
import { nameOfType } from './check-value';
import { classProblems } from './class-problems';
import type { BodyCheck, WorkBudget } from '../plan/body-check';
import { compiledClassOf, type CompiledClass } from './compiled/compiled-class';
import type { Class } from './compiled/transformer-metadata';
import { libraryOptions, type LibraryOptions } from './library-options';
import { runValidator } from './run-validator';
import { validationError } from './validation-error';
import { TimeBudget } from './time-budget';

/**
 * Returns a check that makes an instance of a class and validates it. A function that is compiled for the class accepts
 * most valid payloads. class-transformer and class-validator are asked about what it does not accept, and say what is
 * wrong.
 */
export function checkClass(type: Class, options: ValidationOptions): BodyCheck {
  // Compiled with the first payload: then every class is there, whatever the order of the files that declare them.
  let compiled: CompiledClass | undefined;
  const forLibraries = libraryOptions(options);
  return (value, work = new TimeBudget()) => {
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
    compiled ??= compiledClassOf(type, options);
    return compiled.accept(value, work) ?? checkByLibraries(compiled, value, forLibraries, work);
  };
}

async function checkByLibraries(
  compiled: CompiledClass,
  payload: object,
  options: LibraryOptions,
  work: WorkBudget,
): Promise<object> {
  work.resume();
  const instance = compiled.makeForLibrary(payload, work);
  // All errors have target and value here: the options decide later what a client is shown of them.
  const errors = await runValidator({
    instance,
    payload,
    options: { ...options, validationError: { target: true, value: true } },
    work,
    ownCheck: compiled.ownCheck(work),
  });
  if (errors.length > 0) throw validationError(classProblems(errors, options));
  return instance;
}

/** Returns true if class-validator has metadata of a class or its ancestors. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any class
export function hasConstraints(type: Function): boolean {
  return getMetadataStorage().getTargetValidationMetadatas(type, '', false, false).length > 0;
}
