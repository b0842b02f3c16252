import type { ValidationOptions } from '../../types';
import {
  PLAIN_TO_CLASS,
  transformerStorage,
  type Class,
} from '../../validation/compiled/transformer-metadata';

/** Describes how class-transformer takes a property of a class from a payload. */
export interface WireProperty {
  /** The key in the payload. */
  readonly key: string;
  /**
   * - `taken`: as it comes, or converted to its type
   * - `ignored`: the payload is not asked for it
   * - `transformed`: a function of the application makes something of it
   */
  readonly how: 'taken' | 'ignored' | 'transformed';
}

/** Returns how class-transformer takes a property, under these options. */
export function wireProperty(type: Class, property: string, options: ValidationOptions): WireProperty {
  const storage = transformerStorage;
  const isOfPrototype = property in (type.prototype as object);
  if (!storage || options.ignoreDecorators)
    return { key: property, how: isOfPrototype ? 'transformed' : 'taken' };
  const { name, toPlainOnly, groups, since, until } =
    storage.findExposeMetadata(type, property)?.options ?? {};
  const key = toPlainOnly ? property : (name ?? property);
  const isIgnored =
    (isExposedOnly(type, options) &&
      !storage.getExposedProperties(type, PLAIN_TO_CLASS).includes(property)) ||
    storage.getExcludedProperties(type, PLAIN_TO_CLASS).includes(property) ||
    !isOfVersion(options.version, since, until) ||
    !isInGroups(options.groups, groups);
  if (isIgnored) return { key, how: 'ignored' };
  const transforms = storage.findTransformMetadatas(type, property, PLAIN_TO_CLASS);
  return { key, how: transforms.length > 0 || isOfPrototype ? 'transformed' : 'taken' };
}

// Only properties with `@Expose` are taken.
function isExposedOnly(type: Class, options: ValidationOptions): boolean {
  const own = transformerStorage?.getStrategy(type) ?? 'none';
  const strategy = own === 'none' ? options.strategy : own;
  return strategy === 'excludeAll' || options.excludeExtraneousValues === true;
}

// As class-transformer compares: 0 is no limit.
function isOfVersion(
  version: number | undefined,
  since: number | undefined,
  until: number | undefined,
): boolean {
  if (version === undefined) return true;
  return (!since || version >= since) && (!until || version < until);
}

function isInGroups(wanted: readonly string[] | undefined, groups: readonly string[] | undefined): boolean {
  if (!wanted?.length) return !groups?.length;
  return !groups || wanted.some((group) => groups.includes(group));
}
