import { Ajv } from 'ajv';
import { expect } from 'chai';
import fc from 'fast-check';
import { Validators } from 'moleculer';
import { paramsSchema } from '../../src/contract/params/params-schema';

const RUNS = Number(process.env.RUNS ?? 1) * 500;

/** Rules, with values that may well pass them. */
const RULES: readonly [rule: unknown, likely: readonly unknown[]][] = [
  ['string', ['', 'a']],
  ['string|min:2|max:3', ['ab', 'abc', 'abcd']],
  ['string|optional', [null, 'a']],
  ['string|no-empty', ['a', '']],
  [{ type: 'string', length: 2 }, ['ab', 'a']],
  [{ type: 'string', pattern: /^a+$/i }, ['Aa', 'b']],
  [{ type: 'string', pattern: '^b', patternFlags: 'i' }, ['B', 'a']],
  [{ type: 'string', contains: 'a.b' }, ['xa.bx', 'aab']],
  [{ type: 'string', enum: ['a', 'b'] }, ['a', 'c']],
  ['string|numeric', ['-12.5', '1.', 'x']],
  ['string|alpha', ['aZ', 'a1']],
  ['string|alphanum', ['a1', 'a-']],
  ['string|alphadash', ['a-_', 'a!']],
  ['string|hex', ['aF', 'abc']],
  ['string|singleLine', ['a', 'a\nb']],
  ['string|base64', ['aGk=', 'a']],
  ['string|min:3|convert:true', ['abc', 5]],
  ['number', [1, 1.5, '1']],
  ['number|min:2|max:4', [2, 4, 5]],
  ['number|integer|positive', [1, 0, 1.5]],
  ['number|negative|convert', [-1, '-1']],
  [{ type: 'number', notEqual: 3 }, [4, 3]],
  [{ type: 'number', equal: 3 }, [3, 4]],
  [{ type: 'number', default: 5 }, [1, null]],
  [{ type: 'number', nullable: true }, [null, 1]],
  ['boolean', [true, 'true', 1]],
  ['boolean|convert', [true, 'true', 1]],
  ['any', [1, null]],
  ['email', ['a@b.c', 'a@b', '']],
  ['url', ['http://a', 'ftp://a']],
  ['uuid', ['10ba038e-48da-487b-96e8-8d3b99b6d18a', '10ba038e']],
  [
    { type: 'uuid', version: 4 },
    ['10ba038e-48da-487b-96e8-8d3b99b6d18a', '10ba038e-48da-187b-96e8-8d3b99b6d18a'],
  ],
  [{ type: 'enum', values: ['a', 1] }, ['a', 1, 2]],
  [{ type: 'equal', value: 'yes' }, ['yes', 'no']],
  ['forbidden', [null, 1]],
  ['string[]', [['a'], [1], 'a']],
  [{ type: 'array', items: 'number|integer', min: 1, max: 2 }, [[1], [], [1, 2, 3]]],
  [{ type: 'array', unique: true, contains: 1 }, [[1], [1, 1], [2]]],
  [{ type: 'array', enum: ['a'], empty: false }, [['a'], [], ['b']]],
  [
    ['string', 'number|min:5'],
    ['a', 5, 4, null],
  ],
  [
    ['string|optional', 'number|optional'],
    [null, 'a'],
  ],
  [{ type: 'multi', rules: ['boolean', { type: 'object', props: { a: 'string' } }] }, [true, { a: 'b' }, {}]],
  [{ type: 'object', props: { a: 'string', b: 'number|optional' } }, [{ a: 'x' }, { a: 'x', b: null }, {}]],
  [{ type: 'object', strict: true, props: { a: 'string' } }, [{ a: 'x' }, { a: 'x', z: 1 }]],
  [
    { type: 'object', strict: 'remove', minProps: 1, props: { a: 'string|optional' } },
    [{ a: 'x' }, { z: 1 }],
  ],
  [{ type: 'object', maxProps: 1 }, [{ a: 1 }, { a: 1, b: 2 }]],
  [{ $$type: 'object|optional', a: 'number' }, [{ a: 1 }, null, {}]],
  [{ type: 'record', key: 'string|alpha', value: 'number' }, [{ a: 1 }, { 1: 1 }, { a: 'x' }]],
  [{ type: 'tuple', items: ['string', 'number'] }, [['a', 1], ['a'], []]],
];

/** Kept for all schemas: a new one compiles the schema of schemas first. */
const ajv = new Ajv({ strict: false, validateFormats: false });

const junk = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string(), fc.integer(), fc.constant(null));

describe('the schemas of params', () => {
  const cases = fc
    .uniqueArray(fc.constantFrom(...RULES.keys()), { minLength: 1, maxLength: 3 })
    .chain((picked) =>
      fc.record({
        picked: fc.constant(picked),
        strict: fc.constantFrom(undefined, true, 'remove'),
        values: fc.tuple(
          ...picked.map((at) =>
            fc.option(fc.oneof(fc.constantFrom(...RULES[at]![1]), junk), { nil: undefined }),
          ),
        ),
        extra: fc.boolean(),
      }),
    );

  it('allow only what Moleculer’s validator takes', () => {
    let allowed = 0;
    fc.assert(
      fc.property(cases, ({ picked, strict, values, extra }) => {
        const rules = () =>
          Object.fromEntries(picked.map((at, name) => [`p${name}`, clone(RULES[at]![0])])) as Record<
            string,
            never
          >;
        const params = { ...rules(), ...(strict !== undefined && { $$strict: strict }) };
        const schema = paramsSchema(params);
        const payload = JSON.parse(
          JSON.stringify({
            ...Object.fromEntries(values.map((value, name) => [`p${name}`, value])),
            ...(extra && { x: 1 }),
          }),
        ) as object;
        if (!ajv.validate(schema, payload)) return;
        allowed++;
        const check = new Validators.Fastest().compile(params as never) as (value: object) => true | object[];
        expect(check(structuredClone(payload)), JSON.stringify({ schema, payload })).to.equal(true);
      }),
      { numRuns: RUNS },
    );
    expect(allowed).to.be.above(20);
  });

  for (const [rule, [likely]] of RULES) {
    it(`allow what a rule is for: ${typeof rule === 'string' ? rule : JSON.stringify(rule)}`, () => {
      const schema = paramsSchema({ value: clone(rule) });
      expect(ajv.validate(schema, { value: likely })).to.equal(true);
    });
  }

  it('have a note in place of what they cannot say', () => {
    const notes: [rule: unknown, note: RegExp][] = [
      [{ type: 'custom', check: () => true }, /^Checked by code of the application\.$/],
      [{ type: 'string', custom: (value: unknown) => value }, /^Checked by code of the application, too\.$/],
      [{ type: 'string', trim: true, min: 2 }, /^Checked after trim: min 2\.$/],
      ['date', /^A Date, which JSON cannot carry\.$/],
      [{ type: 'class', instanceOf: Date }, /^An instance of a class/],
      ['mine', /^Checked by 'mine', a rule of the application\.$/],
      [{ type: 'equal', field: 'other' }, /^Must be equal to 'other'\.$/],
      [{ type: 'string', pattern: /a/s }, /^Must match \/a\/s\.$/],
      [{ type: 'string', pattern: {} }, /^Must match a pattern that is not known here\.$/],
    ];
    for (const [rule, note] of notes)
      expect(paramsSchema({ value: rule }).properties!['value']!.description).to.match(note);
  });
});

/** The validator changes the rules that it is given. */
function clone(rule: unknown): unknown {
  if (Array.isArray(rule)) return rule.map(clone);
  if (typeof rule !== 'object' || rule === null || rule instanceof RegExp) return rule;
  return Object.fromEntries(Object.entries(rule).map(([key, value]) => [key, clone(value)]));
}
