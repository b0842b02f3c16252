import { Ajv } from 'ajv';
import { expect } from 'chai';
import fc from 'fast-check';
import * as v from 'valibot';
import { z } from 'zod';
import type { PayloadSchema } from '../../src';
import { schemaOf } from '../../src/contract/schemas/payload-schema';
import { SchemaRegistry } from '../../src/contract/schemas/schema-registry';

const RUNS = Number(process.env.RUNS ?? 1) * 300;

/** A schema as each library makes it, and values that it may well take. */
interface Recipe {
  readonly zod: z.ZodType;
  readonly valibot: v.GenericSchema;
  readonly likely: fc.Arbitrary<unknown>;
}

const small = fc.integer({ min: -2, max: 4 });
const size = fc.integer({ min: 0, max: 3 });
/** JSON Schema counts a character beyond U+FFFF once, the libraries twice: docs/contract.md says so. */
const text = fc.constantFrom('', 'a', 'ab', 'abc', 'B', '1', 'a b', 'ü', '2026-01-31', 'a@b.cd');

const strings: fc.Arbitrary<Recipe> = fc
  .record({
    min: fc.option(size),
    max: fc.option(size),
    pattern: fc.option(fc.constantFrom(/^a/, /b$/i, /^\w+$/)),
  })
  .map(({ min, max, pattern }) => {
    let zod = z.string();
    const checks: v.PipeItem<string, string, v.BaseIssue<unknown>>[] = [];
    if (min !== null) {
      zod = zod.min(min);
      checks.push(v.minLength(min));
    }
    if (max !== null) {
      zod = zod.max(max);
      checks.push(v.maxLength(max));
    }
    if (pattern !== null) {
      zod = zod.regex(pattern);
      checks.push(v.regex(pattern));
    }
    return { zod, valibot: v.pipe(v.string(), ...checks), likely: text };
  });

const numbers: fc.Arbitrary<Recipe> = fc
  .record({
    integer: fc.boolean(),
    min: fc.option(small),
    max: fc.option(small),
    multiple: fc.option(fc.constantFrom(1, 2, 3)),
  })
  .map(({ integer, min, max, multiple }) => {
    let zod = integer ? z.int() : z.number();
    const checks: v.PipeItem<number, number, v.BaseIssue<unknown>>[] = [];
    if (integer) checks.push(v.safeInteger());
    if (min !== null) {
      zod = zod.min(min);
      checks.push(v.minValue(min));
    }
    if (max !== null) {
      zod = zod.lt(max);
      checks.push(v.ltValue(max));
    }
    if (multiple !== null) {
      zod = zod.multipleOf(multiple);
      checks.push(v.multipleOf(multiple));
    }
    return {
      zod,
      valibot: v.pipe(v.number(), ...checks),
      likely: fc.oneof(small, fc.constantFrom(0.5, 1e15, -0, 6)),
    };
  });

const fixed: fc.Arbitrary<Recipe> = fc.constantFrom<Recipe>(
  { zod: z.boolean(), valibot: v.boolean(), likely: fc.boolean() },
  { zod: z.literal('a'), valibot: v.literal('a'), likely: text },
  { zod: z.enum(['a', 'ab']), valibot: v.picklist(['a', 'ab']), likely: text },
  { zod: z.null(), valibot: v.null(), likely: fc.constant(null) },
  { zod: z.unknown(), valibot: v.unknown(), likely: fc.jsonValue({ maxDepth: 1 }) },
);

const recipes = fc.letrec<{ any: Recipe }>((tie) => {
  const some = fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('any'), { minKeys: 1, maxKeys: 3 });
  const likelyOf = (parts: Record<string, Recipe>): fc.Arbitrary<unknown> =>
    fc.record(Object.fromEntries(Object.entries(parts).map(([name, { likely }]) => [name, likely])), {
      requiredKeys: [],
    });
  const objects = fc
    .record({ parts: some, kind: fc.constantFrom('object', 'strict', 'loose'), optional: fc.boolean() })
    .map(({ parts, kind, optional }): Recipe => {
      const [first = ''] = Object.keys(parts);
      const zods = Object.fromEntries(
        Object.entries(parts).map(([name, { zod }]) => [
          name,
          optional && name === first ? zod.optional() : zod,
        ]),
      );
      const valibots = Object.fromEntries(
        Object.entries(parts).map(([name, { valibot }]) => [
          name,
          optional && name === first ? v.optional(valibot) : valibot,
        ]),
      );
      const others = fc.constantFrom<object>({}, { z: 1 });
      return {
        zod: { object: z.object, strict: z.strictObject, loose: z.looseObject }[kind](zods),
        valibot: {
          object: v.object(valibots),
          strict: v.strictObject(valibots),
          loose: v.looseObject(valibots),
        }[kind],
        likely: fc.tuple(likelyOf(parts), others).map(([one, other]) => ({ ...(one as object), ...other })),
      };
    });
  const arrays = fc.record({ item: tie('any'), min: size, max: size }).map(({ item, min, max }): Recipe => ({
    zod: z.array(item.zod).min(min).max(max),
    valibot: v.pipe(v.array(item.valibot), v.minLength(min), v.maxLength(max)),
    likely: fc.array(item.likely, { maxLength: 4 }),
  }));
  const tuples = fc.tuple(tie('any'), tie('any')).map(([one, other]): Recipe => ({
    zod: z.tuple([one.zod, other.zod]),
    // A tuple of valibot takes longer ones; its document says so, too.
    valibot: v.strictTuple([one.valibot, other.valibot]),
    likely: fc.oneof(fc.tuple(one.likely, other.likely), fc.tuple(one.likely)),
  }));
  const unions = fc.tuple(tie('any'), tie('any')).map(([one, other]): Recipe => ({
    zod: z.union([one.zod, other.zod]),
    valibot: v.union([one.valibot, other.valibot]),
    likely: fc.oneof(one.likely, other.likely),
  }));
  const intersections = fc.tuple(objects, objects).map(([one, other]): Recipe => ({
    zod: z.intersection(one.zod, other.zod),
    valibot: v.intersect([one.valibot, other.valibot]),
    likely: fc
      .tuple(one.likely, other.likely)
      .map(([left, right]) => ({ ...(left as object), ...(right as object) })),
  }));
  const others = tie('any').chain(({ zod, valibot, likely }) =>
    fc.constantFrom<Recipe>(
      { zod: zod.nullable(), valibot: v.nullable(valibot), likely: fc.option(likely) },
      {
        zod: z.record(z.string().max(1), zod),
        valibot: v.record(v.pipe(v.string(), v.maxLength(1)), valibot),
        likely: fc.dictionary(fc.constantFrom('a', 'ab', ''), likely),
      },
      // valibot checks the default value, too; zod takes it as it is.
      {
        zod: zod.default('d' as never),
        valibot: v.is(valibot, 'd') ? v.optional(valibot, 'd' as never) : v.optional(valibot),
        likely,
      },
      { zod: zod.readonly(), valibot: v.pipe(valibot, v.readonly()), likely },
      {
        zod: zod.transform(() => 5),
        valibot: v.pipe(
          valibot,
          v.transform(() => 5),
        ),
        likely,
      },
    ),
  );
  return {
    any: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'schema' },
      strings,
      numbers,
      fixed,
      objects,
      arrays,
      tuples,
      unions,
      intersections,
      others,
    ),
  };
});

/** Returns a function that says whether a schema allows a payload; undefined if the schema has notes on what it cannot say. */
function allowedBy(
  schema: PayloadSchema,
): { whole: object; allows: (payload: unknown) => boolean } | undefined {
  const registry = new SchemaRegistry();
  const root = schemaOf(schema, { registry, validation: {}, direction: 'received' }, 'payload');
  const whole = { ...root, components: { schemas: registry.schemas } };
  if (JSON.stringify(whole).includes('"description"')) return undefined;
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(whole);
  return { whole, allows: (payload) => validate(payload) };
}

describe('the schemas of generated schemas', () => {
  for (const library of ['zod', 'valibot'] as const) {
    it(`allow only what ${library} takes`, async function () {
      this.timeout(120_000);
      const seen = { said: 0, allowed: 0 };
      const cases = recipes.any.chain((recipe) =>
        fc.record({
          recipe: fc.constant(recipe),
          payloads: fc.array(
            fc.oneof({ weight: 4, arbitrary: recipe.likely }, fc.jsonValue({ maxDepth: 2 })),
            {
              minLength: 6,
              maxLength: 6,
            },
          ),
        }),
      );
      await fc.assert(
        fc.asyncProperty(cases, async ({ recipe, payloads }) => {
          const schema = recipe[library];
          const said = allowedBy(schema);
          if (!said) return;
          seen.said++;
          for (const given of payloads) {
            const payload = JSON.parse(JSON.stringify(given)) as unknown;
            if (!said.allows(payload)) continue;
            seen.allowed++;
            const { issues } = await schema['~standard'].validate(structuredClone(payload));
            expect(issues, JSON.stringify({ payload, schema: said.whole })).to.equal(undefined);
          }
        }),
        { numRuns: RUNS },
      );
      expect(seen.said).to.be.above(50);
      expect(seen.allowed).to.be.above(50);
    });
  }
});
