import { Ajv } from 'ajv';
import { expect } from 'chai';
import { IsArray, IsObject, IsOptional } from 'class-validator';
import fc from 'fast-check';
import type { ValidationOptions } from '../../src';
import { schemaOf } from '../../src/contract/schemas/payload-schema';
import { SchemaRegistry } from '../../src/contract/schemas/schema-registry';
import { checkClass } from '../../src/validation/check-class';
import {
  areOrdinary,
  classRecipes,
  makeClasses,
  type Class,
  type ClassRecipe,
} from '../validation/generated-classes';
import { payloads } from '../validation/generated-payloads';
import { make } from '../validation/generated-values';
import { outcomeOf } from '../validation/outcomes';

const RUNS = Number(process.env.RUNS ?? 1) * 150;

/** Kept for all schemas: a new one compiles the schema of schemas first. */
const ajv = new Ajv({ strict: false, validateFormats: false });

/** Returns a function that says whether a schema allows a payload, and whether the schema has notes on what it cannot say. */
function schemaFor(type: Class, validation: ValidationOptions) {
  const registry = new SchemaRegistry();
  const root = schemaOf(type, { registry, validation, direction: 'received' }, 'payload');
  const schema = { ...root, components: { schemas: registry.schemas } };
  const hasNotes = JSON.stringify(schema).includes('"description"');
  const validate = ajv.compile(schema);
  return { schema, hasNotes, allows: (payload: unknown) => validate(payload) };
}

/** A payload as it arrives; null if JSON cannot carry it. */
function overJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null');
  } catch {
    return null;
  }
}

const hasFieldWithoutDecorators = ({ properties }: ClassRecipe): boolean =>
  properties.some(({ decorators, field }) => decorators.length === 0 && field === 'declared');

describe('the schemas of classes', () => {
  it('allow no object where implicit conversion makes an array of it', async () => {
    class Search {
      @IsObject() filter!: string[];
      @IsOptional() @IsArray() tags?: string[];
    }
    const validation = { whitelist: true, enableImplicitConversion: true };
    const check = checkClass(Search, validation);
    const payload = { filter: { a: 1 }, tags: ['a'] };
    expect((await outcomeOf(payload, () => check(payload))).isValid).to.equal(false);
    expect(schemaFor(Search, validation).allows(payload)).to.equal(false);
    const plain = { whitelist: true };
    expect((await outcomeOf(payload, () => checkClass(Search, plain)(payload))).isValid).to.equal(true);
    expect(schemaFor(Search, plain).allows(payload)).to.equal(true);
  });

  it('allow only what the gateway takes', async function () {
    this.timeout(600_000);
    const seen = { said: 0, allowed: 0 };
    const cases = classRecipes.filter(areOrdinary).chain((classes) =>
      fc.record({
        classes: fc.constant(classes),
        validation: fc.constantFrom<ValidationOptions>(
          { whitelist: true },
          { whitelist: true, forbidNonWhitelisted: true },
          { skipMissingProperties: true },
          { whitelist: true, enableImplicitConversion: true },
          { groups: ['g'] },
        ),
        payloads: fc.array(payloads(classes), { minLength: 8, maxLength: 8 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ classes: recipes, validation, payloads: sent }) => {
        // An instance has all its declared fields, so class-validator refuses each object of such a class.
        if (validation.forbidNonWhitelisted && recipes.some(hasFieldWithoutDecorators)) return;
        const classes = makeClasses(recipes, []);
        const [type] = classes;
        const { schema, hasNotes, allows } = schemaFor(type!, validation);
        if (hasNotes) return;
        seen.said++;
        const check = checkClass(type!, validation);
        for (const recipe of sent) {
          const payload = overJson(make(recipe, classes));
          if (!allows(payload)) continue;
          seen.allowed++;
          const outcome = await outcomeOf(payload, () => check(payload));
          // class-transformer throws for `{ length: { constructor: … } }`, whatever the class.
          if (outcome.shown.startsWith('threw TypeError')) continue;
          expect(outcome.isValid, JSON.stringify({ payload, schema, validation, outcome })).to.equal(true);
        }
      }),
      { numRuns: RUNS },
    );
    expect(seen.said).to.be.above(20);
    expect(seen.allowed).to.be.above(20);
  });
});
