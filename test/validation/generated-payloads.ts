import fc from 'fast-check';
import type { ClassRecipe, PropertyRecipe } from './generated-classes';
import { junk, junkKey, type Recipe } from './generated-values';

type Entries = readonly (readonly [string, Recipe])[];

/** Payloads for the classes of a case: such as may well be valid, such as were before something was changed, and others. */
export function payloads(classes: readonly ClassRecipe[]): fc.Arbitrary<Recipe> {
  const likely = likelyPayload(classes, 0, 2);
  return fc.oneof(
    { weight: 8, arbitrary: likely },
    { weight: 3, arbitrary: likely.chain(mutated) },
    {
      weight: 1,
      arbitrary: junk.filter(({ make }) => make !== 'array' && make !== 'sparse' && make !== 'literal'),
    },
  );
}

function likelyPayload(classes: readonly ClassRecipe[], index: number, depth: number): fc.Arbitrary<Recipe> {
  const nested = depth > 0 ? fc.oneof(...[1, 1, 2].map((at) => fc.constant(at))) : fc.constant(-1);
  const object = nested.chain((at) =>
    at < 0 || at >= classes.length
      ? fc.constant<Recipe>({ make: 'object', entries: [] })
      : likelyPayload(classes, at, depth - 1),
  );
  const entries = propertiesOf(classes, index).map(({ name, likely }) =>
    fc.oneof(
      { weight: 9, arbitrary: fc.tuple(fc.constant(name), likely(object)) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
  );
  return fc
    .tuple(...entries)
    .chain((all) => {
      const present = all.filter((entry) => entry !== undefined);
      return fc.shuffledSubarray(present, { minLength: present.length });
    })
    .map((inOrder): Recipe => ({ make: 'object', entries: inOrder }));
}

function propertiesOf(classes: readonly ClassRecipe[], index: number): PropertyRecipe[] {
  const { properties, extendsNext } = classes[index]!;
  const inherited = extendsNext && index + 1 < classes.length ? propertiesOf(classes, index + 1) : [];
  return [...properties, ...inherited.filter(({ name }) => !properties.some((own) => own.name === name))];
}

/** Something is replaced, added or taken away, somewhere. */
function mutated(recipe: Recipe): fc.Arbitrary<Recipe> {
  if (recipe.make === 'array' && recipe.items.length > 0) {
    return fc
      .nat(recipe.items.length - 1)
      .chain((at) =>
        mutated(recipe.items[at]!).map((item) => ({ ...recipe, items: replaced(recipe.items, at, item) })),
      );
  }
  if (recipe.make !== 'object') return junk;
  const { entries } = recipe;
  const withEntries = (all: Entries): Recipe => ({ make: 'object', entries: all });
  const added = fc
    .tuple(junkKey, junk)
    .map((entry) => withEntries([...entries.filter(([key]) => key !== entry[0]), entry]));
  if (entries.length === 0) return added;
  const one = fc.nat(entries.length - 1);
  return fc.oneof(
    added,
    one.map((at) => withEntries(entries.filter((_entry, i) => i !== at))),
    one.chain((at) => junk.map((value) => withEntries(replaced(entries, at, [entries[at]![0], value])))),
    one.chain((at) =>
      mutated(entries[at]![1]).map((value) => withEntries(replaced(entries, at, [entries[at]![0], value]))),
    ),
  );
}

function replaced<T>(all: readonly T[], at: number, by: T): T[] {
  return all.map((one, i) => (i === at ? by : one));
}
