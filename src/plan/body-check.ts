/**
 * Returns what a handler gets for what a client sent. Returns a `Promise` only if the check is async.
 *
 * @throws Moleculer's `ValidationError` 422
 */
export type BodyCheck = (value: unknown) => unknown;
