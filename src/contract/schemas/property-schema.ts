import * as cv from 'class-validator';
import type { ValidationOptions } from '../../types';
import type { Class } from '../../validation/compiled/transformer-metadata';
import { BINARY_DATA } from './binary-data';
import { constraintsSchema, demandsPresence, isCheck, isOfArrays, type Metadata } from './constraints-of';
import { RECEIVED_DATE, SENT_DATE } from './dates';
import { intersect } from './intersect';
import { orNull, unsaid, type JsonSchema } from './json-schema';
import { nestedSchema, type ClassReference } from './nested-schema';
import { typeReturnedFor, type PropertyType } from './property-type';
import type { SchemaContext } from './schema-context';
import { simplify } from './simplify';

/** The schema of a property, and whether it may be left out. */
export interface PropertySchema {
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

const TRANSFORMED = unsaid('Transformed by the application before it is checked.');
const CONDITIONAL = unsaid('Checked under a condition of the application.');

/**
 * Returns the schema of one property of a class.
 *
 * @param metadata what class-validator knows of the property
 * @param isTransformed a function of the application changes it first
 * @param classReference gives the schemas of nested classes
 */
export function propertySchema(
  type: Class,
  property: string,
  metadata: readonly Metadata[],
  isTransformed: boolean,
  context: SchemaContext,
  classReference: ClassReference,
): PropertySchema {
  const { validation, direction } = context;
  if (isTransformed) return { schema: TRANSFORMED, isRequired: false };
  const conditions = metadata.filter(({ type: kind }) => kind === cv.ValidationTypes.CONDITIONAL_VALIDATION);
  if (conditions.some(({ name }) => name !== cv.IS_OPTIONAL))
    return { schema: CONDITIONAL, isRequired: false };
  const isOptional = conditions.length > 0;
  const propertyType = typeReturnedFor(type, property, validation);
  const checks = metadata.filter(isCheck);
  const nested = metadata.some(({ type: kind }) => kind === cv.ValidationTypes.NESTED_VALIDATION);
  const isArray = propertyType.isArray || metadata.some((one) => one.each || isOfArrays(one));
  const inner = nested
    ? nestedSchema(propertyType, context, classReference)
    : convertedSchema(propertyType, direction);
  const ofItems = isArray && Object.keys(inner).length > 0 ? { type: 'array', items: inner } : inner;
  const own =
    propertyType.makesArrays && direction === 'received' ? intersect([{ type: 'array' }, ofItems]) : ofItems;
  const schema = simplify(intersect([constraintsSchema(checks), own]));
  const skips = skipped(validation);
  const isDefined = checks.some(({ name }) => name === cv.IS_DEFINED);
  const acceptsNull = isOptional || (skips.null && !isDefined);
  return {
    schema: acceptsNull ? orNull(schema) : schema,
    isRequired: !isOptional && checks.some(demandsPresence) && (!skips.undefined || isDefined),
  };
}

function skipped(options: ValidationOptions): { readonly null: boolean; readonly undefined: boolean } {
  const both = options.skipMissingProperties === true;
  return {
    null: both || options.skipNullProperties === true,
    undefined: both || options.skipUndefinedProperties === true,
  };
}

const CONVERTED = new Map<unknown, JsonSchema>([
  [String, { type: 'string' }],
  [Number, { type: 'number' }],
  [Boolean, { type: 'boolean' }],
  [Buffer, BINARY_DATA],
  [Uint8Array, BINARY_DATA],
  [ArrayBuffer, BINARY_DATA],
]);

/** Returns the schema of a value that class-transformer converts without checking it. */
function convertedSchema(
  { returned, isUnknown }: PropertyType,
  direction: SchemaContext['direction'],
): JsonSchema {
  if (returned === Date) return direction === 'received' ? RECEIVED_DATE : SENT_DATE;
  if (isUnknown) return unsaid('Its type is chosen by the application.');
  return CONVERTED.get(returned) ?? {};
}
