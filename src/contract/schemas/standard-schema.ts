import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { adoptSchema } from './adopt-schema';
import { unsaid, type JsonSchema } from './json-schema';
import type { SchemaContext } from './schema-context';
import { NOTES_OF_VENDORS, valibotOptions } from './vendor-notes';

type Converted = Record<string, unknown>;

/** The part of @valibot/to-json-schema that is used. */
interface ValibotConverter {
  toJsonSchema(schema: unknown, options: object): Converted;
}

/**
 * Returns the schema of a schema of zod, valibot, arktype, … by https://standardschema.dev/json-schema.
 *
 * @param name what a schema that contains itself is called
 */
export function standardSchema(schema: StandardSchemaV1, context: SchemaContext, name: string): JsonSchema {
  const side = context.direction === 'received' ? 'input' : 'output';
  const { vendor } = schema['~standard'];
  let converted: Converted;
  try {
    converted = convert(schema, side);
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return unsaid(`A schema of ${vendor}, which cannot be said in JSON Schema: ${why}`);
  }
  return adoptSchema(converted, context.registry, name);
}

function convert(schema: StandardSchemaV1, side: 'input' | 'output'): Converted {
  const { vendor } = schema['~standard'];
  const { jsonSchema } = schema['~standard'] as Partial<StandardJSONSchemaV1.Props>;
  if (jsonSchema) {
    const libraryOptions = NOTES_OF_VENDORS[vendor];
    return jsonSchema[side]({ target: 'draft-07', ...(libraryOptions && { libraryOptions }) });
  }
  if (vendor === 'valibot') {
    return valibotConverter().toJsonSchema(schema, { target: 'draft-07', typeMode: side, ...valibotOptions });
  }
  throw new Error(`its version of ${vendor} does not convert to JSON Schema`);
}

/** Bundlers let a package be missing only where `require` stands in a `try`. */
function valibotConverter(): ValibotConverter {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- only schemas of valibot need it
    return require('@valibot/to-json-schema') as ValibotConverter;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    const name = '@valibot/to-json-schema';
    throw new Error(
      `The package ${name} is needed to describe schemas of valibot. Install it: npm install ${name}`,
    );
  }
}
