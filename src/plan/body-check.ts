/**
 * Returns what a handler gets for what a client sent. Returns a `Promise` only if the check is async.
 *
 * @param work the time that the message may take. Default: a budget of its own for this value
 * @throws Moleculer's `ValidationError` 422, or `PayloadTooLarge` 413 if the check takes too long
 */
export type BodyCheck = (value: unknown, work?: WorkBudget) => unknown;

/** The time that the validation of one message may take. Its methods throw `PayloadTooLarge` 413 if it is used up. */
export interface WorkBudget {
  /** Estimated microseconds until the clock is read again. Generated code subtracts from it in place. */
  left: number;
  /** Announces a piece of work, in estimated microseconds. */
  spend(microseconds: number): void;
  /** Reads the clock. */
  look(): void;
  /** Reads the clock, with a limit in milliseconds. */
  limit(ms: number): void;
  /** Returns the milliseconds that the message has taken. */
  usedMs(): number;
  /** Starts the clock, which otherwise starts when it is first read. */
  resume(): void;
  /** Stops the clock while the message waits for a promise and the process works on something else. */
  pause(): void;
  /** Stops the clock, and lets `limit` start it again for the rest of a turn of the event loop. */
  pauseBetweenTurns(): void;
}
