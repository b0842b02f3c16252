import { getMetadataStorage } from 'class-validator';
import type { JsonSchema } from './json-schema';

/** As much of class-validator's metadata as class-validator-jsonschema is given. */
export interface LibraryMetadata {
  readonly target: unknown;
  readonly propertyName: string;
  readonly type: string;
  readonly each?: boolean;
  readonly constraints?: unknown;
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- a class of the application
type AnyClass = Function;

type Library = typeof import('class-validator-jsonschema');

type Converters = Readonly<Record<string, (metadata: LibraryMetadata) => JsonSchema>>;

/** The type of the metadata that stand for a whole property, whose schema is known. */
const KNOWN = 'known by the contract';

/** Constraints are converted as those of this class: `@JSONSchema` of the application's is applied later. */
class Constraints {}

/**
 * Converts constraints with class-validator-jsonschema, each by itself: it merges those of one property wrongly.
 *
 * @returns the schemas, in the order of the constraints
 */
export function convertByLibrary(metadata: readonly LibraryMetadata[]): JsonSchema[] {
  if (metadata.length === 0) return [];
  const apart = metadata.map((one, at) => ({ ...one, target: Constraints, propertyName: String(at) }));
  const { properties = {} } = convert(Constraints, apart, {});
  return metadata.map((_one, at) => properties[String(at)] ?? {});
}

/**
 * Completes the schema of a class by what `@JSONSchema` of class-validator-jsonschema says of it and of its properties.
 *
 * @param properties the schemas of the properties, by name
 */
export function decorateByLibrary(
  type: AnyClass,
  properties: Readonly<Record<string, JsonSchema>>,
): JsonSchema {
  // The library finds classes by their names.
  if (type.name === '') return { properties: { ...properties } };
  const metadata = Object.keys(properties).map((propertyName) => ({
    target: type,
    propertyName,
    type: KNOWN,
  }));
  if (metadata.length === 0) return { properties: {} };
  return convert(type, metadata, { [KNOWN]: ({ propertyName }) => properties[propertyName] ?? {} });
}

function convert(
  type: AnyClass,
  metadata: readonly LibraryMetadata[],
  additionalConverters: Converters,
): JsonSchema {
  const storage = Object.assign(
    Object.create(getMetadataStorage()) as ReturnType<typeof getMetadataStorage>,
    {
      getTargetValidationMetadatas: () => metadata,
      getTargetValidatorConstraints: () => [],
    },
  );
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only a contract needs it
  const { targetConstructorToSchema } = require('class-validator-jsonschema') as Library;
  const schema = targetConstructorToSchema(type, {
    additionalConverters: additionalConverters as never,
    classValidatorMetadataStorage: storage,
  });
  return schema as JsonSchema;
}
