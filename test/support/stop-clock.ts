import sinon from 'sinon';

/*
 * Validation may take 60 ms of CPU time, but not more than 120 ms by the clock. On a busy machine the clock counts what other
 * processes do, too.
 */

let clock: sinon.SinonFakeTimers | undefined;

/** Lets validation take as long as it wants. */
export function stopClock(): void {
  clock = sinon.useFakeTimers({ toFake: ['performance'] });
}

export function startClock(): void {
  clock?.restore();
  clock = undefined;
}
