import type { JsonSchema } from './json-schema';

/** Returns the schema without an `allOf` that has one part, or none. */
export function simplify(schema: JsonSchema): JsonSchema {
  const { allOf, ...rest } = schema;
  if (!allOf || allOf.length > 1) return schema;
  const [only] = allOf;
  if (!only) return rest;
  const isAlone = Object.keys(rest).length === 0;
  return isAlone ? only : schema;
}
