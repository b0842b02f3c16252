import type { ValidationOptions } from '../../types';
import type { Class } from '../../validation/compiled/transformer-metadata';
import { metadataOf } from '../../validation/compiled/validator-metadata';
import { decorateByLibrary } from './class-library';
import { isSameBothWays } from './class-directions';
import { unsaid, withNote, type JsonSchema } from './json-schema';
import { propertySchema } from './property-schema';
import { sanitize } from './sanitize';
import type { SchemaContext } from './schema-context';
import { wireProperty } from './wire-property';

/** Options of class-validator and class-transformer that are data, and change what a class is on the wire. */
const DECIDING = [
  'whitelist',
  'forbidNonWhitelisted',
  'forbidUnknownValues',
  'groups',
  'always',
  'strictGroups',
  'skipMissingProperties',
  'skipNullProperties',
  'skipUndefinedProperties',
  'strategy',
  'version',
  'excludeExtraneousValues',
  'enableImplicitConversion',
  'ignoreDecorators',
] as const satisfies readonly (keyof ValidationOptions)[];

/** Returns a reference to the schema of a class. */
export function classReference(type: Class, context: SchemaContext): JsonSchema {
  const { validation } = context;
  const direction = isSameBothWays(type, validation) ? 'received' : context.direction;
  const variant = JSON.stringify([direction, ...DECIDING.map((option) => validation[option])]);
  return context.registry.refer(type, type.name, variant, () => classSchema(type, { ...context, direction }));
}

function classSchema(type: Class, context: SchemaContext): JsonSchema {
  const { validation, direction } = context;
  const metadata = metadataOf(type, validation);
  if (metadata.length === 0) return undeclaredClass(context);
  const names = [...new Set(metadata.map(({ propertyName }) => propertyName))];
  const keys = new Map<string, string>();
  const schemas: Record<string, JsonSchema> = {};
  const required = new Set<string>();
  for (const name of names) {
    const { key, how } = direction === 'sent' ? SENT(name) : wireProperty(type, name, validation);
    if (how === 'ignored') continue;
    keys.set(name, key);
    const own = metadata.filter(({ propertyName }) => propertyName === name);
    const { schema, isRequired } = propertySchema(
      type,
      name,
      own,
      how === 'transformed',
      context,
      classReference,
    );
    schemas[name] = schema;
    if (isRequired) required.add(name);
  }
  const keyOf = (name: string): string => keys.get(name) ?? name;
  const decorated = sanitize(decorateByLibrary(type, schemas));
  const { properties = {}, required: _all, type: _object, ...rest } = decorated;
  const wanted = names.filter((name) => required.has(name)).map(keyOf);
  return {
    type: 'object',
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [keyOf(name), schema])),
    ...(wanted.length > 0 && { required: wanted }),
    ...(isClosed(context) && { additionalProperties: false }),
  };
}

const SENT = (key: string) => ({ key, how: 'taken' }) as const;

/** Keys that the class does not have are refused; without these options they are taken away, or kept. */
function isClosed({ validation, direction }: SchemaContext): boolean {
  return (
    direction === 'received' && validation.whitelist === true && validation.forbidNonWhitelisted === true
  );
}

// class-validator refuses objects of a class that it does not know.
function undeclaredClass({ validation, direction }: SchemaContext): JsonSchema {
  const schema: JsonSchema = { type: 'object' };
  if (direction === 'sent') return withNote(schema, 'The class does not declare its properties.');
  return validation.forbidUnknownValues === false
    ? schema
    : unsaid('Nothing of the class is checked, so it is refused.');
}
