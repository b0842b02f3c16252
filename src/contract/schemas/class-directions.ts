import * as cv from 'class-validator';
import type { ValidationOptions } from '../../types';
import {
  hasTransforms,
  transformerStorage,
  typedProperties,
  type Class,
} from '../../validation/compiled/transformer-metadata';
import { metadataOf } from '../../validation/compiled/validator-metadata';
import { typeReturnedFor } from './property-type';

const DATES: ReadonlySet<unknown> = new Set([cv.IS_DATE, cv.MIN_DATE, cv.MAX_DATE]);

/**
 * Returns true if objects of the class look the same when they are received and when they are sent: nothing of it, or of the
 * classes nested in it, is converted, renamed or left out.
 */
export function isSameBothWays(type: Class, options: ValidationOptions, seen = new Set<Class>()): boolean {
  if (seen.has(type)) return true;
  seen.add(type);
  const storage = transformerStorage;
  const metadata = metadataOf(type, options);
  if (metadata.length === 0 || options.forbidNonWhitelisted || options.enableImplicitConversion) return false;
  if (metadata.some(({ name }) => DATES.has(name))) return false;
  if (!storage) return true;
  const decorated =
    hasTransforms(storage, type) ||
    storage.getStrategy(type) !== 'none' ||
    storage.getExposedMetadatas(type).length > 0 ||
    storage.getExcludedProperties(type, 0).length > 0 ||
    options.excludeExtraneousValues === true ||
    options.strategy === 'excludeAll';
  if (decorated) return false;
  return typedProperties(storage, type).every((property) => {
    const { discriminator, returned } = typeReturnedFor(type, property, options);
    return discriminator === undefined && isNested(returned) && isSameBothWays(returned, options, seen);
  });
}

function isNested(type: unknown): type is Class {
  return typeof type === 'function' && !/\[native code\]/.test(Function.prototype.toString.call(type));
}
