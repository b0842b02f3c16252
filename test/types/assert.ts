/*
 * Type tests: nothing in this folder runs. `npm run check:types` compiles it, and fails where right use does not
 * compile, or where a line under `@ts-expect-error` does.
 */

/** Whether two types are the same; `any` is the same as `any` only. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles if a type is `true`. */
export type Expect<T extends true> = T;
