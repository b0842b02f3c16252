import type { Schema, Schemas } from '../contract/schema';
import { fieldKind } from './field-kind';

/** Required members of members, and so on, of a schema that contains itself. */
const MAX_DEPTH = 6;

/** Returns the value that a form begins with: required objects, and what has only one value. */
export function initialValue(schema: Schema, schemas: Schemas, isRequired = true, depth = 0): unknown {
  if (!isRequired || depth > MAX_DEPTH) return undefined;
  const field = fieldKind(schema, schemas);
  const inner = (one: Schema, required = true): unknown => initialValue(one, schemas, required, depth + 1);
  switch (field.kind) {
    case 'object': {
      const entries = field.properties.map(({ name, schema: own, isRequired: needed }) => [
        name,
        inner(own, needed),
      ]);
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    }
    case 'list':
      return Array.from({ length: Math.min(schema.minItems ?? 0, 10) }, () => inner(field.item));
    case 'tuple':
      return field.items.map((item) => inner(item));
    case 'switch':
      return false;
    case 'choice':
      return field.values.length === 1 ? field.values[0] : undefined;
    default:
      return undefined;
  }
}
