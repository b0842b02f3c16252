import type { ValidationError as ClassValidatorError } from 'class-validator';
import { Errors } from 'moleculer';

/** One thing that is wrong with a payload, as a client gets it in the error's `data`. */
export interface FieldProblem {
  /** The path of the field, `author.name` or `items.0.price`; empty for the payload itself. */
  field: string;
  /** The constraint that failed: `isLength`, or `string` for a primitive. */
  type: string;
  message: string;
  expected?: unknown;
  actual?: unknown;
}

/** Moleculer's own `ValidationError` 422, so that clients need to know only one. */
export function validationError(problems: readonly FieldProblem[]): Error {
  return new Errors.ValidationError('Parameters validation error!', 'VALIDATION_ERROR', problems as never);
}

/** Flattens what class-validator found, nested objects and array items included. */
export function fieldProblems(errors: readonly ClassValidatorError[], path = ''): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const error of errors) {
    const field = path + error.property;
    for (const [type, message] of Object.entries(error.constraints ?? {})) {
      problems.push(
        actualIsPlain(error.value) ? { field, type, message, actual: error.value } : { field, type, message },
      );
    }
    if (error.children?.length) problems.push(...fieldProblems(error.children, `${field}.`));
  }
  return problems;
}

/** Objects are not sent back: they may be large, deep, or hold what `toPlainOnly` keeps from clients. */
function actualIsPlain(value: unknown): boolean {
  return value !== undefined && (value === null || typeof value !== 'object');
}
