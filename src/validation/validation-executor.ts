import type { getMetadataStorage, Validator, ValidationError } from 'class-validator';
import type { LibraryOptions } from './library-options';

/** The metadata that class-validator keeps of a property. */
export type Metadata = ReturnType<
  ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']
>[number];

/** The part of class-validator's executor that is used; its main entry does not export it. */
export interface Executor {
  metadataStorage: object;
  readonly awaitingPromises: Promise<unknown>[];
  execute(instance: object, schema: string | undefined, errors: ValidationError[]): void;
  performValidations(
    object: unknown,
    value: unknown,
    property: string,
    defined: readonly Metadata[],
    metadatas: readonly Metadata[],
    errors: ValidationError[],
  ): void;
  nestedValidations(value: unknown, metadatas: readonly Metadata[], error: ValidationError): void;
  generateValidationError(object: unknown, value: unknown, property: string): ValidationError;
  createValidationError(...args: unknown[]): [string, string];
  stripEmptyErrors(errors: ValidationError[]): ValidationError[];
}

/** The class in which class-validator does its work. */
export type ExecutorClass = { readonly prototype: Executor } & (new (
  validator: Validator,
  options: LibraryOptions,
) => Executor);

const METHODS = [
  'execute',
  'performValidations',
  'nestedValidations',
  'generateValidationError',
  'createValidationError',
  'stripEmptyErrors',
] as const satisfies (keyof Executor)[];

/** @returns undefined if a bundler hides the class, or another version of class-validator has another one */
export function findExecutor(): ExecutorClass | undefined {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- there may be no such file
    const found = require('class-validator/cjs/validation/ValidationExecutor') as {
      ValidationExecutor: ExecutorClass;
    };
    const { prototype } = found.ValidationExecutor;
    return METHODS.every((method) => typeof prototype[method] === 'function')
      ? found.ValidationExecutor
      : undefined;
  } catch {
    return undefined;
  }
}
