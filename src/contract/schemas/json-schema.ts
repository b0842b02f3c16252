/** A schema of AsyncAPI: JSON Schema draft 7. */
export interface JsonSchema {
  $ref?: string;
  title?: string;
  description?: string;
  deprecated?: boolean;
  examples?: unknown[];
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  contentEncoding?: string;
  contentMediaType?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  properties?: Record<string, JsonSchema>;
  patternProperties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  required?: string[];
  minProperties?: number;
  maxProperties?: number;
  dependencies?: Record<string, JsonSchema | string[]>;
  items?: JsonSchema | JsonSchema[];
  additionalItems?: boolean | JsonSchema;
  contains?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  allOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  not?: JsonSchema;
  if?: JsonSchema;
  then?: JsonSchema;
  else?: JsonSchema;
}

/** Returns a schema that allows everything, with a note that says why. */
export function unsaid(note: string): JsonSchema {
  return { description: note };
}

/** Returns the schema with a note about what is not in it. A reference cannot carry a note, so it is wrapped. */
export function withNote(schema: JsonSchema, note: string): JsonSchema {
  const { $ref, ...rest } = schema;
  const noted = $ref === undefined ? rest : { allOf: [{ $ref }] };
  return { ...noted, description: joinTexts(schema.description, note) };
}

/** Joins two descriptions, line by line. A line that is in both is in the result once. */
export function joinTexts(one: string | undefined, other: string | undefined): string {
  const lines = [one, other].flatMap((text) => text?.split('\n') ?? []);
  return [...new Set(lines)].filter(Boolean).join('\n');
}

/** Returns the schema with `null` allowed, too. */
export function orNull(schema: JsonSchema): JsonSchema {
  const { description, ...rest } = schema;
  if (Object.keys(rest).length === 0) return schema;
  const { type } = schema;
  const isOfOneType = typeof type === 'string' && !BEYOND_TYPES.some((keyword) => keyword in schema);
  if (isOfOneType) return { ...schema, type: [type, 'null'] };
  return { anyOf: [rest, { type: 'null' }], ...(description !== undefined && { description }) };
}

/** Keywords that hold for values of every type. */
const BEYOND_TYPES = ['$ref', 'enum', 'const', 'not', 'allOf', 'anyOf', 'oneOf', 'if'];
