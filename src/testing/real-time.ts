import * as timers from 'node:timers';

/*
 * Waits in real time, also while a test has faked the timers: they were taken when this file was loaded. A wait keeps the process
 * alive, which connections in memory do not.
 */

const {
  clearImmediate: cancelTurn,
  clearTimeout: stopTimer,
  setImmediate: takeTurn,
  setTimeout: startTimer,
} = timers;

/** The part of a clock of @sinonjs/fake-timers, which sinon, jest and vitest use, that is needed here. */
interface FakeClock {
  /** Runs what waits for `process.nextTick` and `queueMicrotask`, and no timers. */
  runMicrotasks?(): void;
  tick?(ms: number): void;
}

/** Milliseconds of fake time that pass in each turn while a gateway starts or stops. */
const FAKE_MS_PER_TURN = 10;
/** Turns after which a gateway waits for a timer: everything else is done before. */
const TURNS_WITHOUT_TIMERS = 20;

/** Resolves in the next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    takeTurn(() => {
      runFakedMicrotasks();
      resolve();
    });
  });
}

/**
 * Waits for a promise.
 *
 * @param ms how long, in milliseconds of real time
 * @param describe returns the message of the error after that time
 * @param origin where the test waits, for the stack of the error
 * @param onStart gets a function that begins the time again
 */
export function within<T>(
  ms: number,
  promise: PromiseLike<T>,
  describe: () => string,
  origin: Error,
  onStart?: (restart: () => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopPump = pump(runFakedMicrotasks);
    const end = (): void => {
      stopTimer(timer);
      stopPump();
    };
    const timer = startTimer(() => {
      end();
      reject(failureAt(origin, describe()));
    }, ms);
    onStart?.(() => {
      timer.refresh();
    });
    promise.then(
      (value) => {
        end();
        resolve(value);
      },
      (error: unknown) => {
        end();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what the application rejects with
        reject(error);
      },
    );
  });
}

/** Lets fake time pass, if timers are faked, until a promise settles: that of a gateway that starts or stops. */
export async function passFakeTime<T>(promise: PromiseLike<T>): Promise<T> {
  let turns = 0;
  const stop = pump(() => {
    runFakedMicrotasks();
    if (++turns > TURNS_WITHOUT_TIMERS) clockOf(globalThis, 'setTimeout')?.tick?.(FAKE_MS_PER_TURN);
  });
  try {
    return await promise;
  } finally {
    stop();
  }
}

/** Returns an error with the stack of another one, which was made where the test has called. */
export function failureAt(origin: Error, message: string): Error {
  const failure = new Error(message);
  failure.stack = `Error: ${message}\n${framesOf(origin)}`;
  return failure;
}

/** Returns the lines of a stack below its message. */
export function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');
}

/** The clock that had `process.nextTick` when it was last looked at. */
let lastClock: FakeClock | undefined;

/** Does something in every turn of the event loop, if timers are faked. Returns how to stop. */
function pump(act: () => void): () => void {
  if (!clockOf(globalThis, 'setTimeout') && !clockOf(process, 'nextTick') && !lastClock)
    return () => undefined;
  let turn = takeTurn(function again() {
    turn = takeTurn(again);
    act();
  });
  return () => {
    cancelTurn(turn);
  };
}

/**
 * Runs what waits in faked microtasks. Socket.IO and streams do much in `process.nextTick`, which sinon and jest fake
 * together with the timers. What waits there when a test restores it would never run.
 */
function runFakedMicrotasks(): void {
  lastClock = clockOf(process, 'nextTick') ?? lastClock;
  lastClock?.runMicrotasks?.();
}

/** Returns the clock of a method that is faked; undefined if it is not. */
function clockOf(owner: object, method: string): FakeClock | undefined {
  return (owner as Readonly<Record<string, { clock?: FakeClock }>>)[method]?.clock;
}
