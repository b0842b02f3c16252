import type { ClassTransformOptions } from 'class-transformer';
import type { ValidatorOptions } from 'class-validator';
import type { ValidationOptions } from '../types';

/** The options that class-validator and class-transformer know. */
export type LibraryOptions = ValidatorOptions & ClassTransformOptions;

/** Returns the options without those that are the gateway's own. */
export function libraryOptions(options: ValidationOptions): LibraryOptions {
  const { compiled: _compiled, ...others } = options;
  return others;
}
