import { inspect } from 'node:util';
import { printableLines } from '../../plan/printable';

/** Reports a failure of code that no client waits for. */
export type Report = (what: string, error: unknown) => void;

/**
 * Calls code of the application. What it throws, or its promise rejects with, is reported and goes no further.
 *
 * @param what names the code in the log, as `'the @OnDisconnect method ChatGateway.left failed'`
 */
export function runSafely(what: string, report: Report, call: () => unknown): void {
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

/** Returns true if a value must be awaited. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
  );
}

/** Ignores the rejection of a promise that was returned by a function which must answer at once. */
export function ignoreRejection(value: unknown): void {
  if (isPromise(value)) Promise.resolve(value).catch(() => undefined);
}

/** Returns what was thrown as text for the log. Never throws, whatever the value does when it is inspected. */
export function describeThrown(thrown: unknown): string {
  try {
    const shown = printableLines(inspect(thrown, { depth: 4 }));
    return thrown instanceof Error ? shown : `a value that is no error: ${shown}`;
  } catch {
    return 'a value that cannot be inspected';
  }
}
