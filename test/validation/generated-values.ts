import fc from 'fast-check';

/*
 * Values as recipes: what is compared is made twice, for class-transformer may change what it is given.
 */

/** Makes a value, the same one every time. `classes` are those of the case that is tried. */
export type Recipe =
  | { readonly make: 'literal'; readonly value: unknown }
  | { readonly make: 'array' | 'set'; readonly items: readonly Recipe[] }
  | { readonly make: 'sparse'; readonly items: readonly Recipe[] }
  | {
      readonly make: 'object' | 'map' | 'inherited' | 'bare';
      readonly entries: readonly (readonly [string, Recipe])[];
    }
  | {
      readonly make: 'instance';
      readonly of: number;
      readonly entries: readonly (readonly [string, Recipe])[];
    }
  | { readonly make: 'date'; readonly time: number }
  | { readonly make: 'buffer' | 'bytes'; readonly text: string }
  | { readonly make: 'promise' | 'getter'; readonly of: Recipe };

type Class = new () => object;

export function make(recipe: Recipe, classes: readonly Class[]): unknown {
  const all = (recipes: readonly Recipe[]) => recipes.map((one) => make(one, classes));
  switch (recipe.make) {
    case 'literal':
      return recipe.value;
    case 'array':
      return all(recipe.items);
    case 'sparse': {
      const items: unknown[] = [];
      recipe.items.forEach((item, i) => (items[i * 2] = make(item, classes)));
      items.length += 1;
      return items;
    }
    case 'set':
      return new Set(all(recipe.items));
    case 'map':
      return new Map(recipe.entries.map(([key, value]) => [key, make(value, classes)]));
    case 'object':
      return define({}, recipe.entries, classes);
    case 'bare':
      return define(Object.create(null) as object, recipe.entries, classes);
    case 'inherited':
      return Object.create(define({}, recipe.entries, classes)) as object;
    case 'instance': {
      const type = classes[recipe.of % classes.length];
      return define(
        Object.create((type?.prototype as object | undefined) ?? {}) as object,
        recipe.entries,
        classes,
      );
    }
    case 'date':
      return new Date(recipe.time);
    case 'buffer':
      return Buffer.from(recipe.text);
    case 'bytes':
      return new Uint8Array(Buffer.from(recipe.text));
    case 'promise':
      return Promise.resolve(make(recipe.of, classes));
    case 'getter':
      return Object.defineProperty({}, 'a', { get: () => make(recipe.of, classes), enumerable: true });
  }
}

/** As a parser does it: `__proto__` becomes a key like any other. */
function define(
  target: object,
  entries: readonly (readonly [string, Recipe])[],
  classes: readonly Class[],
): object {
  for (const [key, value] of entries) {
    Object.defineProperty(target, key, {
      value: make(value, classes),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return target;
}

/** Whether it can come from a parser of JSON, without a key that means anything to JavaScript. */
export function isPlain(recipe: Recipe): boolean {
  switch (recipe.make) {
    case 'literal':
      return (
        recipe.value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof recipe.value)
      );
    case 'array':
      return recipe.items.every(isPlain);
    case 'object':
      return recipe.entries.every(([key, value]) => !ODD_KEYS.includes(key) && isPlain(value));
    default:
      return false;
  }
}

export const literal = (value: unknown): Recipe => ({ make: 'literal', value });

/** Keys that mean something to JavaScript, or to the libraries. */
export const ODD_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'length',
  '0',
];

/** Names of properties, as classes and payloads have them. */
export const NAMES = ['a', 'b', 'c', 'd', 'e'];

/** Names that properties seldom have. */
export const ODD_NAMES = [...ODD_KEYS, "it's", 'a "b"', '\u2028\\', 'e.e'];

const anyKey = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 2, arbitrary: fc.constantFrom('x', 'y', '_a') },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_KEYS) },
);

const primitive = fc.constantFrom<unknown>(
  undefined,
  null,
  true,
  false,
  0,
  -0,
  2,
  4,
  5.5,
  -3,
  NaN,
  Infinity,
  '',
  'abc',
  'b',
  ' x ',
  '2',
  'a@b.example',
  '2030-01-01T00:00:00.000Z',
  7n,
  Symbol.for('symbol'),
);

/** A function, which as a `then` makes its object a promise; one that did nothing would let everybody wait for ever. */
function fulfil(resolve?: (value: string) => unknown): void {
  resolve?.('abc');
}

/** Anything that can be sent, and more that can be passed to an action. */
export const { junk } = fc.letrec<{ junk: Recipe; entries: (readonly [string, Recipe])[] }>((tie) => ({
  entries: fc.uniqueArray(fc.tuple(anyKey, tie('junk')), { maxLength: 4, selector: ([key]) => key }),
  junk: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 8, arbitrary: primitive.map(literal) },
    {
      weight: 3,
      arbitrary: fc.record({
        make: fc.constant('array' as const),
        items: fc.array(tie('junk'), { maxLength: 3 }),
      }),
    },
    { weight: 4, arbitrary: fc.record({ make: fc.constant('object' as const), entries: tie('entries') }) },
    {
      weight: 2,
      arbitrary: fc.oneof(
        fc.constant(literal(fulfil)),
        fc.constant({ make: 'date' as const, time: 1e12 }),
        fc.constant({ make: 'date' as const, time: NaN }),
        fc.constant({ make: 'buffer' as const, text: 'abc' }),
        fc.constant({ make: 'bytes' as const, text: 'abc' }),
        fc.record({
          make: fc.constantFrom('set' as const, 'sparse' as const),
          items: fc.array(tie('junk'), { maxLength: 2 }),
        }),
        fc.record({
          make: fc.constantFrom('map' as const, 'inherited' as const, 'bare' as const),
          entries: tie('entries'),
        }),
        fc.record({ make: fc.constant('instance' as const), of: fc.nat(3), entries: tie('entries') }),
        fc.record({ make: fc.constant('getter' as const), of: tie('junk') }),
        // class-transformer leaves a rejection behind where it fails on what is in a promise.
        fc.constantFrom('abc', 2, null).map((of) => ({ make: 'promise' as const, of: literal(of) })),
      ),
    },
  ),
}));

export const junkKey = anyKey;
