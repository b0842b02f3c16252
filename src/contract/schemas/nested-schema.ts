import type { Class } from '../../validation/compiled/transformer-metadata';
import { metadataOf } from '../../validation/compiled/validator-metadata';
import { unsaid, withNote, type JsonSchema } from './json-schema';
import type { Discriminator, PropertyType } from './property-type';
import type { SchemaContext } from './schema-context';

const CHOSEN = unsaid('Its class is chosen by the application.');
const UNTYPED = withNote({ type: 'object' }, 'The class does not say what is in it.');

/** Returns a reference to the schema of a class. */
export type ClassReference = (type: Class, context: SchemaContext) => JsonSchema;

/** Returns the schema of what `@ValidateNested` checks. */
export function nestedSchema(
  type: PropertyType,
  context: SchemaContext,
  classReference: ClassReference,
): JsonSchema {
  if (type.discriminator) return choiceSchema(type.discriminator, context, classReference);
  if (type.isUnknown) return CHOSEN;
  return isClass(type.returned) ? classReference(type.returned, context) : UNTYPED;
}

function isClass(type: unknown): type is Class {
  return typeof type === 'function';
}

/** Describes one of several classes, which a property tells apart. */
function choiceSchema(
  discriminator: Discriminator,
  context: SchemaContext,
  classReference: ClassReference,
): JsonSchema {
  const choices = discriminator.subTypes.map(({ name, value }) =>
    choice(discriminator, name, value, context, classReference),
  );
  const [first] = choices;
  return choices.length === 1 && first ? first : { anyOf: choices };
}

function choice(
  { property, isKept }: Discriminator,
  name: string,
  value: Class,
  context: SchemaContext,
  classReference: ClassReference,
): JsonSchema {
  const { direction, validation } = context;
  const tag: JsonSchema = {
    type: 'object',
    properties: { [property]: { enum: [name] } },
    required: [property],
  };
  const isDeclared = metadataOf(value, validation).some(({ propertyName }) => propertyName === property);
  // class-transformer takes the property away, unless it is told to keep it: a class cannot check it then.
  if (direction === 'received' && !isKept && isDeclared)
    return withNote(tag, `Checked as ${value.name}, after '${property}' was taken away.`);
  const isClosed = validation.forbidNonWhitelisted === true && direction === 'received';
  if (isClosed && !(isKept && isDeclared)) return withNote(tag, `Checked as ${value.name}.`);
  return { allOf: [tag, classReference(value, context)] };
}
