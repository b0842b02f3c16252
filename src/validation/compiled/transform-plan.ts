import type { LibraryOptions } from '../library-options';
import { NotCompilable } from './give-up';
import { typeOf, type ValueType } from './value-type';
import {
  hasTransforms,
  PLAIN_TO_CLASS,
  transformerStorage,
  typedProperties,
  type Class,
} from './transformer-metadata';

/** A key of the payload, and the property of the instance that it becomes. */
export interface FieldPlan {
  readonly key: string;
  readonly property: string;
  readonly type: ValueType;
}

/** Describes what class-transformer creates from a payload, under given options. */
export interface TransformPlan {
  readonly type: Class;
  /** Keys that are taken where the payload has them. */
  readonly fields: readonly FieldPlan[];
  /** Keys that are left out. */
  readonly dropped: readonly string[];
  /** Keys that are taken, in this order, whether the payload has them or not. */
  readonly exposed: readonly FieldPlan[];
  /** Keys other than the exposed ones are left out. */
  readonly exposedOnly: boolean;
}

/** The keys that class-transformer never takes over. */
export const NEVER_TAKEN = ['__proto__', 'constructor'];

/**
 * Works out what `plainToInstance` does with the keys of a plain object.
 *
 * @param checked the properties that have constraints; keys of no metadata need no plan
 * @throws NotCompilable where it calls code of the user's, or depends on more than the key
 */
export function transformPlan(
  type: Class,
  checked: readonly string[],
  options: LibraryOptions,
): TransformPlan {
  const storage = transformerStorage;
  if (!storage) throw new NotCompilable("class-transformer's metadata cannot be read");
  if (hasTransforms(storage, type)) throw new NotCompilable(`${type.name} has a @Transform`);
  const decorated = !options.ignoreDecorators;
  const metadata = (key: string): ReturnType<typeof storage.findExposeMetadata> =>
    storage.findExposeMetadata(type, key);
  const exposedProperties = decorated ? storage.getExposedProperties(type, PLAIN_TO_CLASS) : [];
  const exposedKeys = exposedProperties.map((property) => metadata(property)?.options?.name ?? property);
  const excluded = decorated ? storage.getExcludedProperties(type, PLAIN_TO_CLASS) : [];

  const isTaken = (key: string): boolean => {
    if (!decorated) return true;
    const { since, until, groups } = metadata(key)?.options ?? {};
    const { version } = options;
    if (excluded.includes(key)) return false;
    // As class-transformer asks: 0 is no limit.
    if (version !== undefined && ((since && !(version >= since)) || (until && !(version < until))))
      return false;
    if (options.groups?.length) return !groups || options.groups.some((group) => groups.includes(group));
    return !groups?.length;
  };
  const field = (key: string): FieldPlan => {
    const renamed = decorated ? storage.findExposeMetadataByCustomName(type, key)?.propertyName : undefined;
    const property = renamed ?? key;
    if (property in (type.prototype as object) || key in Object.prototype)
      throw new NotCompilable(`'${property}' is an accessor or a method of ${type.name}`);
    return { key, property, type: typeOf(storage, type, property, options) };
  };

  const own = storage.getStrategy(type);
  const strategy = own === 'none' ? (options.strategy ?? 'exposeAll') : own;
  const exposed = unique(exposedKeys).filter(isTaken).map(field);
  if (strategy !== 'exposeAll' || (decorated && options.excludeExtraneousValues))
    return { type, fields: [], dropped: [], exposed, exposedOnly: true };
  const known = unique([
    ...checked,
    ...typedProperties(storage, type),
    // Also those that are exposed in the other direction only: their groups and names count in both.
    ...storage
      .getExposedMetadatas(type)
      .flatMap(({ propertyName, options: { name } = {} }) => [propertyName, name ?? propertyName]),
    ...excluded,
  ]);
  return {
    type,
    fields: known.filter(isTaken).map(field),
    dropped: known.filter((key) => !isTaken(key)),
    exposed,
    exposedOnly: false,
  };
}

/** Removes keys that are listed twice, or never taken. */
function unique(keys: readonly string[]): string[] {
  return [...new Set(keys)].filter((key) => !NEVER_TAKEN.includes(key));
}
