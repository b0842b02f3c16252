import { expect } from 'chai';
import { resolveSchema } from '../../src/explorer/page/contract/resolve-schema';
import { outline } from '../../src/explorer/page/contract/outline';
import type { Schema } from '../../src/explorer/page/contract/schema';
import { fieldKind } from '../../src/explorer/page/form/field-kind';
import { hintOf } from '../../src/explorer/page/form/hint';
import { initialValue } from '../../src/explorer/page/form/initial-value';

const SCHEMAS: Record<string, Schema> = {
  Item: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  Tree: {
    type: 'object',
    properties: {
      name: { type: 'string' },
      children: { type: 'array', items: { $ref: '#/components/schemas/Tree' } },
    },
    required: ['name'],
  },
  Endless: {
    type: 'object',
    properties: { next: { $ref: '#/components/schemas/Endless' } },
    required: ['next'],
  },
  Loop: { $ref: '#/components/schemas/Loop' },
};
const item = { $ref: '#/components/schemas/Item' };
const kindOf = (schema: Schema): string => fieldKind(schema, SCHEMAS).kind;

describe('the explorer makes a field of a schema', () => {
  const kinds: [string, Schema][] = [
    ['text', { type: 'string' }],
    ['text', { minLength: 1 }],
    ['date', { type: 'string', format: 'date' }],
    ['date-time', { type: 'string', format: 'date-time' }],
    ['number', { type: 'integer' }],
    ['number', { type: ['number', 'null'] }],
    ['switch', { type: 'boolean' }],
    ['choice', { enum: ['a', 'b'] }],
    ['choice', { const: 1 }],
    ['choice', { anyOf: [{ const: 'a' }, { enum: ['b', 'c'] }] }],
    ['object', item],
    ['object', { anyOf: [item, { type: 'null' }] }],
    ['object', { allOf: [item], description: 'with a note' }],
    ['object', { allOf: [item, { type: 'object', properties: { more: {} } }] }],
    ['list', { type: 'array', items: item }],
    ['tuple', { type: 'array', items: [item, { type: 'number' }] }],
    ['bytes', { contentMediaType: 'application/octet-stream' }],
    ['text-or-json', { description: 'not described' }],
    ['text-or-json', { type: ['string', 'integer'] }],
    ['text-or-json', { $ref: '#/components/schemas/Missing' }],
    ['text-or-json', { $ref: '#/components/schemas/Loop' }],
    ['json', { oneOf: [item, { type: 'string' }] }],
    ['json', { type: 'object' }],
    ['json', { type: 'object', additionalProperties: { type: 'number' } }],
    ['json', { type: 'array' }],
    ['json', { not: { type: 'string' } }],
  ];
  for (const [kind, schema] of kinds) {
    it(`${kind}: ${JSON.stringify(schema)}`, () => {
      expect(kindOf(schema)).to.equal(kind);
    });
  }

  it('with the members of all parts of allOf', () => {
    const more = { type: 'object', properties: { more: {} }, required: ['more'] };
    expect(fieldKind({ allOf: [item, more] }, SCHEMAS)).to.deep.equal({
      kind: 'object',
      properties: [
        { name: 'name', schema: { type: 'string' }, isRequired: true },
        { name: 'more', schema: {}, isRequired: true },
      ],
    });
  });

  it('and says in a few words what it asks for', () => {
    const hints: [Schema, string][] = [
      [{ minLength: 1, maxLength: 24 }, '1 to 24 characters'],
      [{ minLength: 5, maxLength: 5 }, '5 characters'],
      [{ maxLength: 1 }, 'at most 1 character'],
      [{ minimum: 1, maximum: 9 }, '1 to 9'],
      [{ exclusiveMinimum: 0 }, 'above 0'],
      [{ format: 'email', maxLength: 100 }, 'email, at most 100 characters'],
      [{ minItems: 1 }, 'at least 1 item'],
      [{}, ''],
    ];
    for (const [schema, hint] of hints) expect(hintOf(schema), JSON.stringify(schema)).to.equal(hint);
  });

  it('and begins with what is needed', () => {
    const order: Schema = {
      type: 'object',
      properties: {
        item,
        other: item,
        isGift: { type: 'boolean' },
        kind: { const: 'order' },
        lines: { type: 'array', items: item, minItems: 2 },
      },
      required: ['item', 'isGift', 'kind', 'lines'],
    };
    expect(initialValue(order, SCHEMAS)).to.deep.equal({
      item: {},
      isGift: false,
      kind: 'order',
      lines: [{}, {}],
    });
  });

  it('also if it contains itself', () => {
    expect(initialValue({ $ref: '#/components/schemas/Tree' }, SCHEMAS)).to.deep.equal({});
    expect(JSON.stringify(initialValue({ $ref: '#/components/schemas/Endless' }, SCHEMAS))).to.match(
      /^\{"next":/,
    );
    expect(outline({ $ref: '#/components/schemas/Tree' }, SCHEMAS)).to.equal(
      '{\n  name: string\n  children?: Tree[]\n}',
    );
  });

  it('and takes null out of it', () => {
    expect(resolveSchema({ anyOf: [item, { type: 'null' }] }, SCHEMAS)).to.include({
      isNullable: true,
      name: 'Item',
    });
    expect(resolveSchema({ type: ['string', 'null'], maxLength: 3 }, SCHEMAS).schema).to.deep.equal({
      type: 'string',
      maxLength: 3,
    });
  });
});
