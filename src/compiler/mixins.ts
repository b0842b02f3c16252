import type { ServiceSchema } from 'moleculer';
import type { Problems } from './problems';

/** The parts of a schema, or of its plan, that are read here. */
export interface SchemaParts {
  readonly name?: unknown;
  readonly methods?: object | undefined;
  readonly actions?: object | undefined;
  readonly settings?: object | undefined;
  readonly mixins?: unknown;
}

/** Returns the mixins of a schema. A single one may be without an array. */
export function mixinsOf({ mixins }: SchemaParts): Partial<ServiceSchema>[] {
  return ([] as Partial<ServiceSchema>[]).concat((mixins ?? []) as Partial<ServiceSchema>[]);
}

/**
 * Reports mixins that are classes or functions. Moleculer copies the properties of a mixin, and a class or a function has
 * none that it would look for.
 */
export function checkMixins(schema: SchemaParts, problems: Problems): void {
  for (const [at, mixin] of mixinsOf(schema).entries() as Iterable<[number, unknown]>) {
    if (typeof mixin === 'object' && mixin !== null) continue;
    const what = typeof mixin === 'function' ? `a class or function, '${mixin.name}'` : String(mixin);
    problems.add(
      undefined,
      `mixins[${at}] is ${what}, of which Moleculer takes nothing: ` +
        'extend the class, call the function, or write the mixin as an object',
    );
  }
}

/** Returns true if a schema, or one of its mixins, has a method or an action of that name. */
export function hasPart(schema: SchemaParts, part: 'methods' | 'actions', name: string): boolean {
  const own = (schema[part] as Readonly<Record<string, unknown>> | undefined)?.[name];
  return Boolean(own) || mixinsOf(schema).some((mixin) => mixin && hasPart(mixin, part, name));
}
