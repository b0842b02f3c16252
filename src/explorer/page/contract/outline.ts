import type { Argument } from './contract';
import { resolveSchema } from './resolve-schema';
import type { Schema, Schemas } from './schema';

/** Levels of an outline. What is below is written as its name, or as `…`. */
const MAX_DEPTH = 4;

/** Returns arguments as a text that reads like TypeScript: `(message: { text: string })`. */
export function outlineArguments(args: readonly Argument[], schemas: Schemas): string {
  return args
    .map(({ schema, isOptional }) => outline(schema, schemas) + (isOptional ? ' (optional)' : ''))
    .join(',\n');
}

/** Returns a schema as a text that reads like a type of TypeScript. */
export function outline(given: Schema, schemas: Schemas, indent = '', seen: readonly string[] = []): string {
  const { schema, name, isNullable } = resolveSchema(given, schemas);
  if (name !== undefined && (seen.includes(name) || seen.length >= MAX_DEPTH)) return name;
  const inner = name === undefined ? seen : [...seen, name];
  const text = outlineResolved(schema, schemas, indent, inner);
  return isNullable ? `${text} | null` : text;
}

function outlineResolved(schema: Schema, schemas: Schemas, indent: string, seen: readonly string[]): string {
  const { enum: values, type, items, properties, anyOf, oneOf, additionalProperties } = schema;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ');
  const options = anyOf ?? oneOf;
  if (options) return options.map((option) => outline(option, schemas, indent, seen)).join(' | ');
  if (properties) return outlineObject(schema, properties, schemas, indent, seen);
  if (Array.isArray(items))
    return `[${items.map((item) => outline(item, schemas, indent, seen)).join(', ')}]`;
  if (items) {
    const item = outline(items, schemas, indent, seen);
    return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
  }
  if (schema.contentMediaType !== undefined && type === undefined) return 'binary';
  if (typeof additionalProperties === 'object')
    return `{ [name]: ${outline(additionalProperties, schemas, indent, seen)} }`;
  if (type === undefined) return 'any';
  const name = Array.isArray(type) ? type.join(' | ') : type;
  return schema.format === undefined ? name : `${name} (${schema.format})`;
}

function outlineObject(
  { required = [] }: Schema,
  properties: Record<string, Schema>,
  schemas: Schemas,
  indent: string,
  seen: readonly string[],
): string {
  const lines = Object.entries(properties).map(
    ([name, property]) =>
      `${indent}  ${name}${required.includes(name) ? '' : '?'}: ${outline(property, schemas, `${indent}  `, seen)}`,
  );
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
}
