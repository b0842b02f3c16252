import type { FieldPlan } from './transform-plan';
import type { Class } from './transformer-metadata';
import type { ConstraintRule, PropertyRules } from './validator-metadata';

/** A property of a compiled class, and the key of a payload that it is made of. */
export interface SampledField {
  readonly plan: FieldPlan;
  readonly rules: PropertyRules | undefined;
}

type Sample = Record<string, unknown>;

const MAX_SAMPLES = 60;
const MAX_DEPTH = 3;
const MAX_TEXT = 200;

/** Values of which one is likely to be valid. */
const LIKELY: readonly unknown[] = [
  ...['a', 'abcdefgh', 'ABC', '12345', '2020-01-01T00:00:00.000Z', 'a@example.com', 'https://example.com'],
  ...['8c6a3c1e-7a0c-4f2b-9d6f-2f4b0a3b1c2d', '507f1f77bcf86cd799439011', '127.0.0.1', 'Aa1!aaaa'],
  ...[1, 0, -1, 1.5, 50, 1e12, true, {}, { a: 1 }, [], ['a'], [1], null],
];

/** Values of which most are wrong for most properties. */
const UNLIKELY: readonly unknown[] = [null, 7, 'x', {}, [], [null], true, [[{}]], { then: 1, toString: 1 }];

/**
 * Returns payloads of a class, valid and invalid ones: all properties, none, each one missing or of a wrong type, and
 * unknown keys.
 *
 * @param fieldsOf returns the properties of a compiled class
 */
export function samplePayloads(type: Class, fieldsOf: (type: Class) => readonly SampledField[]): Sample[] {
  const sampleOf = (of: Class, unknown: Sample, depth: number): Sample => {
    const sample: Sample = {};
    if (depth > MAX_DEPTH) return sample;
    for (const { plan, rules } of fieldsOf(of)) {
      const inner = plan.type.class && sampleOf(plan.type.class, unknown, depth + 1);
      const value = likelyValue(rules, inner, plan.type.kind === 'date');
      if (value !== undefined) sample[plan.key] = value;
    }
    return Object.assign(sample, unknown);
  };
  const whole = sampleOf(type, {}, 1);
  const samples = [whole, sampleOf(type, { unknown: { a: [1] } }, 1), {}];
  samples.push(Object.assign(JSON.parse('{"__proto__":{"a":1},"constructor":1}') as Sample, whole));
  fieldsOf(type).forEach(({ plan: { key } }, i) => {
    const { [key]: _missing, ...others } = whole;
    samples.push(others);
    for (const n of [i, i + 4]) samples.push({ ...whole, [key]: UNLIKELY[n % UNLIKELY.length] });
  });
  return samples.slice(0, MAX_SAMPLES);
}

function likelyValue(rules: PropertyRules | undefined, inner: Sample | undefined, isDate: boolean): unknown {
  if (!rules) return inner ?? 'a';
  const constraints = [...rules.defined, ...rules.constraints];
  const candidates = inner ? [inner, [inner]] : [...LIKELY, ...constraints.flatMap(mentionedValues)];
  return candidates.find((value) => constraints.every((rule) => accepts(rule, value, isDate)));
}

/** Values that follow from what a constraint was given: members of a list, numbers, texts of some length. */
function mentionedValues({ args }: ConstraintRule): unknown[] {
  return (args.constraints ?? []).flat().flatMap((given) => {
    if (typeof given === 'number') return [given, 'a'.repeat(Math.min(Math.max(given, 0), MAX_TEXT))];
    if (typeof given === 'object' && given !== null && !(given instanceof RegExp))
      return Object.values(given) as unknown[];
    return [given, [given]];
  });
}

function accepts({ validator, args, each }: ConstraintRule, candidate: unknown, isDate: boolean): boolean {
  const value = isDate ? new Date(String(candidate)) : candidate;
  const values = each && Array.isArray(value) ? (value as unknown[]) : [value];
  try {
    return values.every((one) => isTrue(validator.validate(one, args)));
  } catch {
    return false;
  }
}

// A promise comes from a constraint of the application's, under the name of one of class-validator's.
function isTrue(result: unknown): boolean {
  if (result instanceof Promise) result.catch(() => undefined);
  return result === true;
}
