import { Errors } from 'moleculer';
import { nameOfType } from './check-value';
import type { BodyCheck } from '../plan/body-check';
import { MAX_PROBLEMS, validationError, type FieldProblem } from './validation-error';

/**
 * A check of every item of an array. What is wrong is reported together, under the item's index; when there is more
 * than anybody will be told, the rest is not looked at.
 */
export function checkArrayOf(item: BodyCheck): BodyCheck {
  return (value) => {
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
    const checked: unknown[] = [];
    const problems: FieldProblem[] = [];
    for (let index = 0; index < value.length && problems.length < MAX_PROBLEMS; index++) {
      try {
        const result = item(value[index]);
        if (result instanceof Promise) return checkSlowly(item, value, result, checked, problems, index);
        checked[index] = result;
      } catch (error) {
        addProblems(problems, index, error);
      }
    }
    return orThrow(checked, problems);
  };
}

/** The rest of an array from the first item on that has to be waited for, many at a time. */
async function checkSlowly(
  item: BodyCheck,
  values: readonly unknown[],
  first: Promise<unknown>,
  checked: unknown[],
  problems: FieldProblem[],
  index: number,
): Promise<unknown> {
  let waiting = [first];
  while (index < values.length && problems.length < MAX_PROBLEMS) {
    const others = values.slice(index + waiting.length, index + MAX_PROBLEMS);
    waiting = [...waiting, ...Array.from(others, async (value) => item(value))];
    for (const outcome of await Promise.allSettled(waiting)) {
      if (outcome.status === 'fulfilled') checked[index] = outcome.value;
      else addProblems(problems, index, outcome.reason);
      index++;
    }
    waiting = [];
  }
  return orThrow(checked, problems);
}

function addProblems(problems: FieldProblem[], index: number, error: unknown): void {
  if (!(error instanceof Errors.ValidationError)) throw error;
  for (const found of error.data as unknown as FieldProblem[])
    problems.push({ ...found, field: found.field ? `${index}.${found.field}` : String(index) });
}

function orThrow(checked: unknown[], problems: readonly FieldProblem[]): unknown[] {
  if (problems.length > 0) throw validationError(problems);
  return checked;
}
