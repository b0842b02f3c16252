import { isDeepStrictEqual } from 'node:util';
import { joinTexts, type JsonSchema } from './json-schema';

type Keywords = Record<string, unknown>;

/** @returns undefined if no value of the keyword demands both */
type Merge = (one: never, other: never) => unknown;

const larger: Merge = (one: number, other: number) => Math.max(one, other);
const smaller: Merge = (one: number, other: number) => Math.min(one, other);
const concatenated: Merge = (one: unknown[], other: unknown[]) => [...one, ...other];

/** Combines two values of a keyword into one that demands both. */
const MERGES: Readonly<Record<string, Merge>> = {
  type: (one: string, other: string) =>
    [one, other].sort().join() === 'integer,number' ? 'integer' : undefined,
  description: joinTexts,
  minLength: larger,
  minimum: larger,
  exclusiveMinimum: larger,
  minItems: larger,
  minProperties: larger,
  maxLength: smaller,
  maximum: smaller,
  exclusiveMaximum: smaller,
  maxItems: smaller,
  maxProperties: smaller,
  required: (one: string[], other: string[]) => [...new Set([...one, ...other])],
  allOf: concatenated,
};

/** Keywords that depend on each other: those of two schemas cannot be mixed. */
const GROUPS = [
  ['properties', 'patternProperties', 'additionalProperties'],
  ['items', 'additionalItems'],
  ['if', 'then', 'else'],
];

/** Returns a schema that allows what all of these allow. */
export function intersect(schemas: readonly JsonSchema[]): JsonSchema {
  return schemas.reduce(intersectTwo, {});
}

function intersectTwo(one: JsonSchema, other: JsonSchema): JsonSchema {
  if (Object.keys(one).length === 0 || isDeepStrictEqual(one, other)) return other;
  if (Object.keys(other).length === 0) return one;
  const merged = mergeKeywords({ ...one }, { ...other });
  if (merged) return merged;
  const { description: first, ...left } = one;
  const { description: second, ...right } = other;
  const description = joinTexts(first, second);
  const base = '$ref' in left ? { allOf: [left, right] } : { ...left, allOf: [...(left.allOf ?? []), right] };
  return { ...base, ...(description !== '' && { description }) };
}

/** @returns undefined if the keywords cannot stand in one schema */
function mergeKeywords(one: Keywords, other: Keywords): JsonSchema | undefined {
  if ('$ref' in one || '$ref' in other) return undefined;
  const isMixed = GROUPS.some(
    (group) => group.some((key) => key in one) && group.some((key) => key in other),
  );
  if (isMixed) return undefined;
  const merged = { ...one };
  for (const [keyword, value] of Object.entries(other)) {
    const present = one[keyword];
    if (!(keyword in one) || isDeepStrictEqual(present, value)) {
      merged[keyword] = value;
      continue;
    }
    const both = MERGES[keyword]?.(present as never, value as never);
    if (both === undefined) return undefined;
    merged[keyword] = both;
  }
  return merged;
}
