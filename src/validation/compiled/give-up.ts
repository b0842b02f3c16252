import { PayloadTooLarge } from '../../errors';

/*
 * The compiled functions only ever accept. If they are not sure of what class-transformer and class-validator would do
 * with a payload, or sure that they would refuse it, they give up, and the libraries decide.
 */

const NOT_SURE = new Error('not sure of this payload');

/** Leaves one payload to the libraries. It always throws the same error, so that no stack is collected. */
export function giveUp(): never {
  throw NOT_SURE;
}

/** Throws again what the libraries would throw, too: the message has used up its time, or is nested too deep. */
export function rethrowFinal(thrown: unknown): void {
  if (thrown instanceof PayloadTooLarge || thrown instanceof RangeError) throw thrown;
}

/** Thrown if a class uses something that is not compiled. The libraries check every payload of such a class. */
export class NotCompilable extends Error {}
