import { withNote, type JsonSchema } from './json-schema';
import type { SchemaRegistry } from './schema-registry';

const DEFINITIONS = /^#\/(?:\$defs|definitions)\/([^/]+)$/;

/**
 * Moves the named parts of a converted schema to the schemas of the document.
 *
 * @param name what a schema that contains itself is called
 */
export function adoptSchema(converted: object, registry: SchemaRegistry, name: string): JsonSchema {
  const { $schema: _dialect, definitions, $defs, ...root } = converted as Record<string, unknown>;
  const parts = { ...(definitions as object), ...($defs as object) } as Record<string, unknown>;
  const source = { root, parts };
  if (!refersToItself(root))
    return new Adoption(registry, parts, source, undefined).rewrite(root) as JsonSchema;
  return registry.adopt(
    name,
    source,
    (self) => new Adoption(registry, parts, source, self).rewrite(root) as JsonSchema,
  );
}

/** Rewrites references of one converted schema to those of the document. */
class Adoption {
  /**
   * @param source tells the parts of this schema from those of another one under the same names
   * @param self what a reference to the whole schema becomes
   */
  constructor(
    private readonly registry: SchemaRegistry,
    private readonly parts: Readonly<Record<string, unknown>>,
    private readonly source: unknown,
    private readonly self: JsonSchema | undefined,
  ) {}

  rewrite(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.rewrite(one));
    if (typeof value !== 'object' || value === null) return value;
    const { $ref, ...rest } = value as Record<string, unknown>;
    if (typeof $ref === 'string') return this.reference($ref);
    const schema = Object.fromEntries(
      Object.entries(rest).map(([key, one]) => [key, VALUES.has(key) ? one : this.rewrite(one)]),
    );
    return isUncheckedFormat(schema) ? withNote(schema, 'Checked by code, too.') : schema;
  }

  private reference($ref: string): JsonSchema {
    if ($ref === '#' && this.self) return this.self;
    const part = DEFINITIONS.exec($ref)?.[1];
    const name =
      part === undefined ? undefined : decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (name === undefined || !(name in this.parts)) return { description: `Refers to ${$ref}.` };
    return this.registry.adopt(
      name,
      { source: this.source, name },
      () => this.rewrite(this.parts[name]) as JsonSchema,
    );
  }
}

/** Keywords whose values are data. */
const VALUES = new Set(['enum', 'const', 'default', 'examples']);

// JSON Schema does not check formats by itself.
function isUncheckedFormat({ type, format, pattern }: Record<string, unknown>): boolean {
  return type === 'string' && typeof format === 'string' && pattern === undefined;
}

function refersToItself(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ((value as { $ref?: unknown }).$ref === '#') return true;
  return Object.values(value).some(refersToItself);
}
