import type { Schema, Schemas } from './schema';

const REFERENCE = '#/components/schemas/';
/** References that refer to references end somewhere, or describe nothing. */
const MAX_STEPS = 20;

/** A schema without a reference or `allOf` at its top. */
export interface Resolved {
  readonly schema: Schema;
  /** The name that the contract has for it. */
  readonly name: string | undefined;
  /** True if `null` is allowed beside the rest. */
  readonly isNullable: boolean;
}

/** Resolves the references at the top of a schema, merges `allOf`, and takes `null` out of its types. */
export function resolveSchema(given: Schema, schemas: Schemas): Resolved {
  let schema = given;
  let name: string | undefined;
  let isNullable = false;
  for (let step = 0; step < MAX_STEPS; step++) {
    if (schema.$ref !== undefined) {
      const key = schema.$ref.startsWith(REFERENCE) ? schema.$ref.slice(REFERENCE.length) : '';
      name ??= schemas[key] && key;
      schema = withDescription(schemas[key] ?? {}, schema.description);
      continue;
    }
    const { allOf, ...rest } = schema;
    if (allOf) {
      const [only] = allOf;
      if (allOf.length === 1 && only?.$ref !== undefined && isNote(rest)) {
        schema = withDescription(only, rest.description);
        continue;
      }
      schema = allOf
        .map((part) => resolveSchema(part, schemas).schema)
        .reduce((merged, part) => merge(merged, part), rest);
      continue;
    }
    const other = besideNull(schema);
    if (!other) return { schema, name, isNullable };
    isNullable = true;
    schema = other;
  }
  return { schema, name, isNullable };
}

/** Returns the schema without `null`; undefined if it does not allow `null` and something else. */
function besideNull(schema: Schema): Schema | undefined {
  const { type, anyOf, oneOf } = schema;
  if (Array.isArray(type)) {
    const others = type.filter((one) => one !== 'null');
    if (others.length === type.length || others.length === 0) return undefined;
    return { ...schema, type: others.length === 1 && others[0] !== undefined ? others[0] : others };
  }
  const list = anyOf ?? oneOf;
  const others = list?.filter((one) => one.type !== 'null') ?? [];
  const [only] = others;
  if (!list || others.length === list.length || !only) return undefined;
  const { anyOf: _any, oneOf: _one, ...rest } = schema;
  return others.length === 1 ? merge(rest, only) : { ...rest, anyOf: others };
}

function isNote(schema: Schema): boolean {
  return Object.keys(schema).every((key) => key === 'description' || key === 'title');
}

function withDescription(schema: Schema, description: string | undefined): Schema {
  return description === undefined ? schema : { ...schema, description };
}

// Both must hold. Only what forms show of them is merged.
function merge(one: Schema, other: Schema): Schema {
  const required = [...new Set([...(one.required ?? []), ...(other.required ?? [])])];
  return {
    ...one,
    ...other,
    ...(one.description !== undefined && { description: one.description }),
    ...((one.properties ?? other.properties) && { properties: { ...one.properties, ...other.properties } }),
    ...(required.length > 0 && { required }),
  };
}
