import { Errors } from 'moleculer';
import { nameOfType } from './check-value';
import type { BodyCheck, WorkBudget } from '../plan/body-check';
import { MAX_PROBLEMS, validationError, type FieldProblem } from './validation-error';
import { TimeBudget } from './time-budget';

/** Items whose promises are waited for at the same time. */
const MAX_WAITING = 100;

/** The state of an array that is being checked. */
interface ArrayCheck {
  readonly item: BodyCheck;
  readonly values: readonly unknown[];
  readonly work: WorkBudget;
  /** The index of the first item that has not been checked. */
  next: number;
  readonly checked: unknown[];
  readonly problems: ItemProblem[];
}

interface ItemProblem {
  readonly index: number;
  readonly problem: FieldProblem;
}

interface WaitingItem {
  readonly index: number;
  readonly result: Promise<unknown>;
}

/**
 * Returns a check of every item of an array. The errors of all items are reported together, with the item's index in
 * front of the field. Checking stops after as many errors as a client is told.
 */
export function checkArrayOf(item: BodyCheck): BodyCheck {
  return (value, work = new TimeBudget()) => {
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
    const check: ArrayCheck = { item, values: value, work, next: 0, checked: [], problems: [] };
    const waiting = checkItems(check);
    return waiting.length > 0 ? waitForItems(check, waiting) : resultOf(check);
  };
}

/** Checks items until the maximum of errors is reached, or the maximum of items that must be awaited. */
function checkItems(check: ArrayCheck): WaitingItem[] {
  const { item, values, work, checked, problems } = check;
  const waiting: WaitingItem[] = [];
  while (check.next < values.length && problems.length < MAX_PROBLEMS && waiting.length < MAX_WAITING) {
    const index = check.next++;
    try {
      const result = item(values[index], work);
      if (result instanceof Promise) {
        // If a later item throws, this one is not waited for.
        result.catch(() => undefined);
        waiting.push({ index, result });
      } else {
        checked[index] = result;
      }
    } catch (error) {
      addProblems(problems, index, error);
    }
  }
  return waiting;
}

async function waitForItems(check: ArrayCheck, first: readonly WaitingItem[]): Promise<unknown> {
  const { checked, problems, work } = check;
  let waiting = first;
  while (waiting.length > 0) {
    work.pause();
    const outcomes = await Promise.allSettled(waiting.map(({ result }) => result));
    work.resume();
    for (const [i, { index }] of waiting.entries()) {
      const outcome = outcomes[i] as PromiseSettledResult<unknown>;
      if (outcome.status === 'fulfilled') checked[index] = outcome.value;
      else addProblems(problems, index, outcome.reason);
    }
    waiting = checkItems(check);
  }
  return resultOf(check);
}

function addProblems(problems: ItemProblem[], index: number, error: unknown): void {
  if (!(error instanceof Errors.ValidationError)) throw error;
  for (const found of error.data as unknown as FieldProblem[]) {
    const field = found.field ? `${index}.${found.field}` : String(index);
    problems.push({ index, problem: { ...found, field } });
  }
}

function resultOf({ checked, problems }: ArrayCheck): unknown[] {
  if (problems.length === 0) return checked;
  problems.sort((one, other) => one.index - other.index);
  throw validationError(problems.map(({ problem }) => problem));
}
