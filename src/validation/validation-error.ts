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

/** The problems of one payload that are told. Who sends more mistakes than that gets no more answer for them. */
export const MAX_PROBLEMS = 100;

const MAX_CHARACTERS = { field: 200, type: 100, message: 500, value: 100 };
const MAX_EXPECTED = 20;

/**
 * Moleculer's own `ValidationError` 422, so that clients need to know only one.
 *
 * @param problems at most {@link MAX_PROBLEMS} of them are kept, without what is too long
 */
export function validationError(problems: readonly FieldProblem[]): Errors.ValidationError {
  return new Errors.ValidationError(
    'Parameters validation error!',
    'VALIDATION_ERROR',
    problems.slice(0, MAX_PROBLEMS).map(boundedProblem) as never,
  );
}

/** A problem in which nothing is longer than a person would read, whatever the client has sent. */
export function boundedProblem(problem: Partial<FieldProblem>): FieldProblem {
  const bounded: FieldProblem = {
    field: cut(problem.field, MAX_CHARACTERS.field),
    type: cut(problem.type, MAX_CHARACTERS.type),
    message: cut(problem.message, MAX_CHARACTERS.message),
  };
  const expected = Array.isArray(problem.expected)
    ? shownList(problem.expected)
    : shownValue(problem.expected);
  if (expected !== undefined) bounded.expected = expected;
  const actual = shownValue(problem.actual);
  if (actual !== undefined) bounded.actual = actual;
  return bounded;
}

/** Objects are not sent back: they may be large, deep, or hold what `toPlainOnly` keeps from clients. */
function shownValue(value: unknown): unknown {
  if (typeof value === 'string') return cut(value, MAX_CHARACTERS.value);
  return value === null || typeof value === 'boolean' || Number.isFinite(value) ? value : undefined;
}

function shownList(values: readonly unknown[]): unknown {
  const shown = values.map(shownValue);
  return shown.length <= MAX_EXPECTED && !shown.includes(undefined) ? shown : undefined;
}

function cut(value: unknown, characters: number): string {
  const text = typeof value === 'string' ? value : '';
  return text.length > characters ? `${text.slice(0, characters)}…` : text;
}
