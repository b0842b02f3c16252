import { resolveSchema } from '../contract/resolve-schema';
import type { Schema, Schemas } from '../contract/schema';

/** A member of an object. */
export interface Property {
  readonly name: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

/** The control that a value is entered with. */
export type FieldKind =
  | { readonly kind: 'object'; readonly properties: readonly Property[] }
  | { readonly kind: 'list'; readonly item: Schema }
  | { readonly kind: 'tuple'; readonly items: readonly Schema[] }
  | { readonly kind: 'choice'; readonly values: readonly unknown[] }
  | { readonly kind: 'text'; readonly isLong: boolean }
  /** A value of any type: a text, or JSON. */
  | { readonly kind: 'text-or-json' }
  | { readonly kind: 'number' | 'switch' | 'date' | 'date-time' | 'bytes' | 'json' };

/** Texts up to this length are entered in one line. */
const MAX_LINE_LENGTH = 100;

/** Returns the control for a schema. What no control is made for is entered as JSON. */
export function fieldKind(given: Schema, schemas: Schemas): FieldKind {
  const { schema } = resolveSchema(given, schemas);
  const values = valuesOf(schema, schemas);
  if (values) return { kind: 'choice', values };
  if (schema.anyOf ?? schema.oneOf ?? schema.if ?? schema.not) return { kind: 'json' };
  switch (schema.type ?? typeByKeywords(schema)) {
    case 'object':
      return objectKind(schema);
    case 'array':
      return arrayKind(schema);
    case 'string':
      return textKind(schema);
    case 'number':
    case 'integer':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'switch' };
    case 'bytes':
      return { kind: 'bytes' };
    default:
      return { kind: 'text-or-json' };
  }
}

/** Returns the values that a schema lists; undefined if it lists none. */
function valuesOf(schema: Schema, schemas: Schemas): unknown[] | undefined {
  if ('const' in schema) return [schema.const];
  if (schema.enum) return schema.enum;
  const options = schema.anyOf ?? schema.oneOf;
  if (!options || options.length === 0) return undefined;
  const lists = options.map((option) => {
    const { schema: resolved } = resolveSchema(option, schemas);
    return 'const' in resolved ? [resolved.const] : resolved.enum;
  });
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
}

function typeByKeywords(schema: Schema): string | undefined {
  if (schema.properties) return 'object';
  if (schema.items) return 'array';
  if (schema.contentMediaType !== undefined) return 'bytes';
  const isText = [schema.minLength, schema.maxLength, schema.pattern, schema.format].some(
    (one) => one !== undefined,
  );
  return isText ? 'string' : undefined;
}

function objectKind({ properties, required = [], additionalProperties }: Schema): FieldKind {
  const names = Object.keys(properties ?? {});
  if (names.length === 0 || typeof additionalProperties === 'object') return { kind: 'json' };
  return {
    kind: 'object',
    properties: Object.entries(properties ?? {}).map(([name, schema]) => ({
      name,
      schema,
      isRequired: required.includes(name),
    })),
  };
}

function arrayKind({ items }: Schema): FieldKind {
  if (Array.isArray(items)) return items.length > 0 ? { kind: 'tuple', items } : { kind: 'json' };
  return items ? { kind: 'list', item: items } : { kind: 'json' };
}

function textKind({ format, maxLength = Infinity, pattern }: Schema): FieldKind {
  if (format === 'date' || format === 'date-time') return { kind: format };
  const isLine = format !== undefined || pattern !== undefined || maxLength <= MAX_LINE_LENGTH;
  return { kind: 'text', isLong: !isLine };
}
