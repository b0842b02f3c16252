/** Values that may be thrown, and that clients may not see. */
export const SECRETS: Readonly<Record<string, () => unknown>> = {
  string: () => 'secret',
  number: () => 42,
  bigint: () => 42n,
  boolean: () => false,
  symbol: () => Symbol('secret'),
  null: () => null,
  undefined: () => undefined,
  function: () => () => 'secret',
  object: () => ({ secret: 1 }),
  Error: () => new Error('secret'),
  TypeError: () => new TypeError('secret'),
};
