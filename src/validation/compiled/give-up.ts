/*
 * The compiled functions only ever accept. Wherever they are not sure of what class-transformer and class-validator
 * would do with a payload, or sure that they would refuse it, they give up, and the libraries decide.
 */

const NOT_SURE = new Error('not sure of this payload');

/** Leaves one payload to the libraries. What it throws is never seen outside, and was made once: no stack is collected. */
export function giveUp(): never {
  throw NOT_SURE;
}

/** Thrown where a class uses something that is not compiled: then the libraries check every payload of it. */
export class NotCompilable extends Error {}
