import { Ajv } from 'ajv';
import { type as ark } from 'arktype';
import { expect } from 'chai';
import * as v from 'valibot';
import { z } from 'zod';
import type { PayloadSchema } from '../../src';
import { schemaOf } from '../../src/contract/schemas/payload-schema';
import { SchemaRegistry } from '../../src/contract/schemas/schema-registry';

function describeSchema(schema: PayloadSchema, direction: 'received' | 'sent' = 'received') {
  const registry = new SchemaRegistry();
  const root = schemaOf(schema, { registry, validation: {}, direction }, 'payload');
  return { root, whole: { ...root, components: { schemas: registry.schemas } }, schemas: registry.schemas };
}

const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree);
  },
});

const NAME = z.string().meta({ id: 'Name' });
const NAMED = z.object({ one: NAME, other: z.array(NAME).optional() });

/** Schemas without notes, with payloads that they take and that they refuse. */
const SAID: readonly [schema: PayloadSchema, taken: readonly unknown[], refused: readonly unknown[]][] = [
  [z.object({ a: z.string().min(2), b: z.number().optional() }), [{ a: 'ab' }], [{ a: 'a' }, {}]],
  [z.strictObject({ a: z.literal('x') }), [{ a: 'x' }], [{ a: 'x', b: 1 }]],
  [z.email(), ['a@b.cd'], ['a']],
  [z.union([z.string(), z.number().int()]), ['a', 1], [1.5]],
  [Tree, [{ name: 'a', children: [{ name: 'b', children: [] }] }], [{ name: 'a', children: [{}] }]],
  [NAMED, [{ one: 'a' }], [{ one: 1 }]],
  [z.number().default(5), [1], ['a']],
  [
    v.object({ a: v.pipe(v.string(), v.minLength(2)), b: v.optional(v.number()) }),
    [{ a: 'ab' }],
    [{ a: 'a' }],
  ],
  [v.picklist(['a', 'b']), ['a'], ['c']],
  [ark({ a: 'string > 1', 'b?': 'number.integer' }), [{ a: 'ab', b: 1 }], [{ a: 'a' }, { a: 'ab', b: 1.5 }]],
];

/** Schemas that JSON Schema cannot say as they are. */
const NOTED: readonly [schema: PayloadSchema, note: RegExp][] = [
  [z.object({ a: z.date() }), /A date of zod/],
  [z.object({ a: z.string().refine((text) => text !== 'x') }), /Checked by code, too/],
  [z.string().trim().min(2), /Checked by code, too/],
  [z.object({ a: z.custom(() => true) }), /A custom of zod/],
  [z.url(), /Checked by code, too/],
  [v.object({ a: v.date() }), /A date of valibot/],
  [v.pipe(v.string(), v.trim(), v.minLength(2)), /Checked by code, too/],
  [
    v.pipe(
      v.string(),
      v.check((text) => text !== 'x'),
    ),
    /Checked by code, too/,
  ],
  [v.pipe(v.string(), v.email()), /Checked by code, too/],
  [ark('string').narrow((text) => text !== 'x'), /Checked by code, too/],
  [ark({ a: 'Date' }), /Checked by code, too/],
  [
    { '~standard': { version: 1, vendor: 'other', validate: (value) => ({ value }) } },
    /A schema of other, which cannot be said/,
  ],
];

const ajv = new Ajv({ strict: false, validateFormats: false });

describe('the schemas of zod, valibot and arktype', () => {
  for (const [at, [schema, taken, refused]] of SAID.entries()) {
    it(`say what the library checks: ${schema['~standard'].vendor} ${at}`, async () => {
      const { whole } = describeSchema(schema);
      expect(JSON.stringify(whole)).to.not.include('"description"');
      const validate = ajv.compile(whole);
      for (const payload of [...taken, ...refused]) {
        const { issues } = await schema['~standard'].validate(payload);
        expect(validate(payload), JSON.stringify(payload)).to.equal(issues === undefined);
        expect(issues === undefined).to.equal(taken.includes(payload));
      }
    });
  }

  for (const [at, [schema, note]] of NOTED.entries()) {
    it(`have a note in place of what they cannot say: ${schema['~standard'].vendor} ${at}`, () => {
      expect(JSON.stringify(describeSchema(schema).whole)).to.match(note);
    });
  }

  it('move named parts, and schemas that contain themselves, to the schemas of the document', () => {
    expect(describeSchema(NAMED).schemas).to.deep.equal({ Name: { type: 'string' } });
    expect(describeSchema(Tree).root).to.deep.equal({ $ref: '#/components/schemas/payload' });
  });

  it('say what comes out where the gateway sends', () => {
    const schema = z.object({ a: z.number().default(5) });
    expect(describeSchema(schema).root.required).to.equal(undefined);
    expect(describeSchema(schema, 'sent').root.required).to.deep.equal(['a']);
  });
});
