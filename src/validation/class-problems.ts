import type { ValidationError as ClassValidatorError } from 'class-validator';
import { isBuiltIn } from './built-in-constraints';
import type { Class } from './compiled/transformer-metadata';
import { metadataOf } from './compiled/validator-metadata';
import type { LibraryOptions } from './library-options';
import { MAX_PROBLEMS, quote, type FieldProblem } from './validation-error';

/** Flattens what class-validator found, nested objects and array items included, as far as it will be told. */
export function classProblems(
  errors: readonly ClassValidatorError[],
  options: LibraryOptions,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  collect(errors, '', problems, options);
  return problems;
}

function collect(
  errors: readonly ClassValidatorError[],
  path: string,
  problems: FieldProblem[],
  options: LibraryOptions,
): void {
  for (const error of errors) {
    if (problems.length >= MAX_PROBLEMS) return;
    // An object of a class without constraints is an error that has no property.
    const field = [path, error.property as string | undefined].filter(Boolean).join('.');
    for (const [type, message] of Object.entries(error.constraints ?? {})) {
      const problem: FieldProblem = { field, type, message: quote(message, error.property) };
      const expected = expectedBy(error, type, options);
      if (expected !== undefined) problem.expected = expected;
      if (options.validationError?.value !== false) problem.actual = error.value;
      problems.push(problem);
    }
    if (error.children) collect(error.children, field, problems, options);
  }
}

/**
 * Returns the arguments of a built-in constraint: the 2 and 10 of `@Length(2, 10)`. If the application wrote its own
 * message, it may want to reveal less, so only numbers are returned.
 */
function expectedBy(
  { target, property }: ClassValidatorError,
  constraint: string,
  options: LibraryOptions,
): unknown {
  if (!target || Array.isArray(target) || !isBuiltIn(constraint)) return undefined;
  const [metadata, ambiguous] = metadataOf(target.constructor as Class, options).filter(
    ({ propertyName, name }) => propertyName === property && name === constraint,
  );
  if (!metadata || ambiguous) return undefined;
  const values = (metadata.constraints ?? []).map(plain).filter((value) => value !== undefined);
  const isHidden = Boolean(metadata.message) || Boolean(options.dismissDefaultMessages);
  if (values.length === 0 || (isHidden && !values.every((value) => typeof value === 'number')))
    return undefined;
  return values.length === 1 ? values[0] : values;
}

/** Objects are options of the constraint, or the enum of which there is also a list. */
function plain(value: unknown): unknown {
  if (value instanceof RegExp) return String(value);
  if (value instanceof Date) return value.toJSON();
  const isOpaque = typeof value === 'function' || (typeof value === 'object' && value !== null);
  return isOpaque && !Array.isArray(value) ? undefined : value;
}
