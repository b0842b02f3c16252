import { inspect } from 'node:util';
import { printableLines } from '../../plan/printable';

/** What is told of code that failed where nobody waits for an answer. */
export type Report = (what: string, error: unknown) => void;

/**
 * Calls code of the user's. Neither a throw nor a rejection of it gets any further than the report.
 *
 * @param what the sentence for the log, as `'the @OnDisconnect method ChatGateway.left failed'`
 */
export function guarded(what: string, report: Report, call: () => unknown): void {
  try {
    const result = call();
    if (isPromise(result)) {
      result.then(undefined, (error: unknown) => {
        report(what, error);
      });
    }
  } catch (error) {
    report(what, error);
  }
}

/** Whether a value must be awaited. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
  );
}

/**
 * What a function returned that has to answer at once: if it is a promise nobody will wait for it, and if that is rejected
 * nobody must be missing.
 */
export function letGo(value: unknown): void {
  if (isPromise(value)) Promise.resolve(value).catch(() => undefined);
}

/** What was thrown, for the log; must not throw itself, whatever the value does when it is looked at. */
export function describeThrown(thrown: unknown): string {
  try {
    const shown = printableLines(inspect(thrown, { depth: 4 }));
    return thrown instanceof Error ? shown : `a value that is no error: ${shown}`;
  } catch {
    return 'a value that cannot be looked at';
  }
}
