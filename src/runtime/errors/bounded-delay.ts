import { MAX_DELAY_MS } from '../../plan/max-delay';

/** Returns a delay that a timer can have: about 25 days in place of a longer one, or of Infinity. */
export function boundedDelay(milliseconds: number): number {
  return Math.min(milliseconds, MAX_DELAY_MS);
}
