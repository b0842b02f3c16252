/*
 * Ends after each test what the test has started. Required by .mocharc.json: a hook that a module registers when
 * it is loaded would run for the first file of a worker only.
 */

type End = () => unknown;

const endings: End[] = [];

/** Runs `end` after the test, before what was started earlier is ended. */
export function afterwards(end: End): void {
  endings.push(end);
}

/** Calls a function, and returns how to end what it has started: it is not ended after the test. */
export function takeEndings<T>(start: () => T): { readonly started: T; end(): Promise<void> } {
  const before = endings.length;
  const started = start();
  const own = endings.splice(before);
  return { started, end: () => runAll(own) };
}

/** Runs all endings, the last first, whichever of them fail; throws the first failure. */
async function runAll(ends: End[]): Promise<void> {
  const failures: unknown[] = [];
  while (ends.length > 0) {
    try {
      await ends.pop()!();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

export const mochaHooks = { afterEach: (): Promise<void> => runAll(endings) };
