import { isDeepStrictEqual } from 'node:util';
import { Names } from '../names';
import type { JsonSchema } from './json-schema';

/** The schemas that have a name in the document. */
export class SchemaRegistry {
  readonly schemas: Record<string, JsonSchema> = {};
  private readonly names = new Names();
  private readonly references = new Map<unknown, Map<string, JsonSchema>>();
  private readonly adopted: {
    readonly name: string;
    readonly source: unknown;
    readonly reference: JsonSchema;
  }[] = [];

  /**
   * Returns a reference to the schema of a class. A class is told by identity: two classes of one name are two schemas.
   *
   * @param variant what else the schema depends on
   * @param build makes the schema. A class may refer to itself, so its name is known before
   */
  refer(type: object, name: string, variant: string, build: () => JsonSchema): JsonSchema {
    const variants = this.references.get(type) ?? new Map<string, JsonSchema>();
    this.references.set(type, variants);
    const known = variants.get(variant);
    if (known) return known;
    return this.add(name, (reference) => {
      variants.set(variant, reference);
      return build();
    });
  }

  /**
   * Returns a reference to a named part of a converted schema. The same part of another conversion is the same schema.
   *
   * @param source the part as it was converted
   */
  adopt(name: string, source: unknown, build: (self: JsonSchema) => JsonSchema): JsonSchema {
    const known = this.adopted.find((one) => one.name === name && isDeepStrictEqual(one.source, source));
    if (known) return known.reference;
    return this.add(name, (reference) => {
      this.adopted.push({ name, source, reference });
      return build(reference);
    });
  }

  /** Returns a reference to a schema, under a name that is not taken. */
  add(name: string, build: (reference: JsonSchema) => JsonSchema): JsonSchema {
    const unique = this.names.next(name);
    const reference = { $ref: `#/components/schemas/${unique}` };
    // Its place is taken first: the order is that in which schemas are met.
    this.schemas[unique] = {};
    this.schemas[unique] = build(reference);
    return reference;
  }
}
