/** The longest delay of a timer, in milliseconds. Node fires a longer one at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Returns a delay that a timer can have: about 25 days in place of a longer one, or of Infinity. */
export function boundedDelay(milliseconds: number): number {
  return Math.min(milliseconds, MAX_DELAY_MS);
}
