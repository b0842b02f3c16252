import { Ajv } from 'ajv';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ValidationOptions } from '../../src';
import { schemaOf } from '../../src/contract/schemas/payload-schema';
import { SchemaRegistry } from '../../src/contract/schemas/schema-registry';
import { checkClass } from '../../src/validation/check-class';
import { areOrdinary, classRecipes, makeClasses, type Class } from '../validation/generated-classes';
import { payloads } from '../validation/generated-payloads';
import { make } from '../validation/generated-values';
import { outcomeOf } from '../validation/outcomes';

const RUNS = Number(process.env.RUNS ?? 1) * 300;

/** Returns a function that says whether a schema allows a payload, and whether the schema has notes on what it cannot say. */
function schemaFor(type: Class, validation: ValidationOptions) {
  const registry = new SchemaRegistry();
  const root = schemaOf(type, { registry, validation, direction: 'received' }, 'payload');
  const schema = { ...root, components: { schemas: registry.schemas } };
  const hasNotes = JSON.stringify(schema).includes('"description"');
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
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

describe('the schemas of classes', () => {
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
