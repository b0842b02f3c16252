/*
 * Ends after each test what the test has started. Required by .mocharc.json: a hook that a module registers when
 * it is loaded would run for the first file of a worker only.
 */

const endings: (() => unknown)[] = [];

/** Runs `end` after the test, before what was started earlier is ended. */
export function afterwards(end: () => unknown): void {
  endings.push(end);
}

export const mochaHooks = {
  async afterEach(): Promise<void> {
    const failures: unknown[] = [];
    while (endings.length > 0) {
      try {
        await endings.pop()!();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  },
};
