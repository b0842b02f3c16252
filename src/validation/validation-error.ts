import { Errors } from 'moleculer';
import { MAX_SHOWN_LENGTH, printable } from '../plan/printable';

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

const MAX_MESSAGE_LENGTH = 500;
/** A word that is longer than what is shown of a client's text: libraries write unknown keys into their messages. */
const LONG_WORD = new RegExp(`\\S{${MAX_SHOWN_LENGTH + 1},}`, 'g');
const MAX_EXPECTED = 20;

/**
 * Returns Moleculer's own `ValidationError` 422, so that clients need to know only one.
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

/** Returns a problem in which nothing is longer than a person would read, whatever the client has sent. */
export function boundedProblem(problem: Partial<FieldProblem>): FieldProblem {
  const { field, type, message, ...values } = problem;
  const given = typeof message === 'string' ? message : '';
  const quoting = quote(quote(given, field), values.actual).replace(LONG_WORD, (word) => shown(word));
  const bounded: FieldProblem = {
    field: shown(field),
    type: shown(type),
    message: shown(quoting, MAX_MESSAGE_LENGTH),
  };
  const expected = Array.isArray(values.expected) ? shownList(values.expected) : shownValue(values.expected);
  if (expected !== undefined) bounded.expected = expected;
  const actual = shownValue(values.actual);
  if (actual !== undefined) bounded.actual = actual;
  return bounded;
}

/** Replaces a text of the client in a message by what may be shown of it. */
export function quote(message: string, text: unknown): string {
  if (typeof text !== 'string' || printable(text) === text) return message;
  return message.replaceAll(text, () => shown(text));
}

/** Objects are not sent back: they may be large, deep, or hold what `toPlainOnly` keeps from clients. */
function shownValue(value: unknown): unknown {
  if (typeof value === 'string') return shown(value);
  return value === null || typeof value === 'boolean' || Number.isFinite(value) ? value : undefined;
}

function shownList(values: readonly unknown[]): unknown {
  const list = values.map(shownValue);
  return list.length <= MAX_EXPECTED && !list.includes(undefined) ? list : undefined;
}

function shown(value: unknown, length = MAX_SHOWN_LENGTH): string {
  const text = typeof value === 'string' ? value : '';
  return printable(text, length) + (text.length > length ? '…' : '');
}
