import type { WorkBudget } from '../../plan/body-check';
import { giveUp } from './give-up';
import { NotBuiltIn } from './validator-metadata';

/*
 * The functions that the generated code of checkers calls.
 */

/** Checks instances of one class; `check` is filled in when the class is compiled. */
export interface Checker {
  /** Returns if class-validator would find nothing wrong with the instance and the instances in it. Throws otherwise. */
  check(instance: object, work: WorkBudget): void;
}

const PER_DELETED_KEY = 0.5;

export function checkEach(items: readonly unknown[], checker: Checker, work: WorkBudget): void {
  for (const item of items) {
    if (item === undefined) continue;
    if (typeof item !== 'object' || item === null) giveUp();
    if (Array.isArray(item)) checkEach(item, checker, work);
    else checker.check(item, work);
  }
}

export function checkEachButNull(items: readonly unknown[], checker: Checker, work: WorkBudget): void {
  for (const item of items) {
    if (item === undefined || item === null) continue;
    if (typeof item !== 'object') giveUp();
    if (Array.isArray(item)) checkEachButNull(item, checker, work);
    else checker.check(item, work);
  }
}

/** Leaves a value to class-validator if a constraint returned something else than true. */
export function refuse(result: unknown): never {
  if (!(result instanceof Promise)) giveUp();
  // It will be asked again by class-validator, which waits for what it says then.
  result.catch(() => undefined);
  throw new NotBuiltIn();
}

/** Deletes properties without constraints that an instance has of its own. */
export function strip(instance: Record<string, unknown>, keys: readonly string[], work: WorkBudget): void {
  work.spend(PER_DELETED_KEY * keys.length);
  // The last one first: V8 deletes the property that was added last much faster.
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i] as string;
    // class-validator looks keys up in an object that inherits from Object.
    if (key in Object.prototype) giveUp();
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- as class-validator does
    if (Object.hasOwn(instance, key)) delete instance[key];
  }
}

export function refuseOwn(instance: object, key: string): void {
  if (Object.hasOwn(instance, key)) giveUp();
}
