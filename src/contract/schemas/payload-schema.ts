import type { PayloadType } from '../../types';
import { isSchema } from '../../validation/check-schema';
import { BINARY_DATA } from './binary-data';
import { classReference } from './class-schema';
import { RECEIVED_DATE, SENT_DATE } from './dates';
import { unsaid, type JsonSchema } from './json-schema';
import type { SchemaContext } from './schema-context';
import { standardSchema } from './standard-schema';

const BINARY = new Set<unknown>([Buffer, Uint8Array, ArrayBuffer]);

const PRIMITIVES = new Map<unknown, JsonSchema>([
  [String, { type: 'string' }],
  [Number, { type: 'number' }],
  [Boolean, { type: 'boolean' }],
  [BigInt, unsaid('A bigint, which JSON cannot carry.')],
  [Symbol, unsaid('A symbol, which cannot be sent.')],
]);

/**
 * Returns the schema of a declared type.
 *
 * @param name what a schema that needs a name and has none is called
 */
export function schemaOf(type: PayloadType, context: SchemaContext, name: string): JsonSchema {
  if (Array.isArray(type)) {
    const [item] = type as readonly [PayloadType];
    return { type: 'array', items: schemaOf(item, context, name) };
  }
  if (isSchema(type)) return standardSchema(type, context, name);
  const primitive = PRIMITIVES.get(type);
  if (primitive) return primitive;
  if (type === Date) return context.direction === 'received' ? RECEIVED_DATE : SENT_DATE;
  if (BINARY.has(type)) return BINARY_DATA;
  return classReference(type as Parameters<typeof classReference>[0], context);
}
