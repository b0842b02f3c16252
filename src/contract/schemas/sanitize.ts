import type { JsonSchema } from './json-schema';

/**
 * Returns a schema as plain data. `@JSONSchema` may hold functions and keywords of OpenAPI: `example` becomes `examples`,
 * `nullable` and what is no data are left out.
 */
export function sanitize(schema: JsonSchema): JsonSchema {
  return plain(schema) as JsonSchema;
}

/** Keywords whose values are data of the application, not schemas. */
const DATA = new Set(['enum', 'const', 'default', 'examples']);

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>).flatMap(
    ([key, one]): [string, unknown][] => {
      if (one === undefined || typeof one === 'function' || typeof one === 'symbol') return [];
      if (key === 'nullable') return [];
      if (key === 'example') return [['examples', [one]]];
      if (key === 'properties') return [[key, mapValues(one)]];
      return [[key, DATA.has(key) ? one : plain(one)]];
    },
  );
  return Object.fromEntries(entries);
}

/** Names of properties are not keywords. */
function mapValues(properties: unknown): unknown {
  if (typeof properties !== 'object' || properties === null) return properties;
  return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, plain(one)]));
}
