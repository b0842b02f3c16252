import 'reflect-metadata';
import type { ValidationOptions } from '../../types';
import { transformerStorage, type Class } from '../../validation/compiled/transformer-metadata';

/** The classes among which a property of the payload chooses. */
export interface Discriminator {
  readonly property: string;
  /** The property is left in the payload after the choice. */
  readonly isKept: boolean;
  readonly subTypes: readonly { readonly name: string; readonly value: Class }[];
}

/** The type to which class-transformer converts the values of a property. */
export interface PropertyType {
  /** A class, `Number`, `Date`, …; undefined: what is sent, or a class that a function chooses. */
  readonly returned: unknown;
  readonly discriminator: Discriminator | undefined;
  /** The type depends on the payload in a way that only code knows. */
  readonly isUnknown: boolean;
  /** The property is declared as an array. */
  readonly isArray: boolean;
  /** Objects become arrays: with implicit conversion, class-transformer calls `new Array()` for them. */
  readonly makesArrays: boolean;
}

/** Returns the type that `@Type` names for a property, or with implicit conversion the declared one. */
export function typeReturnedFor(type: Class, property: string, options: ValidationOptions): PropertyType {
  const declared = Reflect.getMetadata('design:type', type.prototype as object, property) as unknown;
  const isArray = declared === Array;
  const metadata = transformerStorage?.findTypeMetadata(type, property);
  if (!metadata) {
    const isConverted = options.enableImplicitConversion === true;
    return {
      returned: isArray || !isConverted || declared === Object ? undefined : declared,
      discriminator: undefined,
      isUnknown: false,
      isArray,
      makesArrays: isArray && isConverted,
    };
  }
  const {
    typeFunction,
    reflectedType,
    options: { discriminator, keepDiscriminatorProperty } = {},
  } = metadata;
  const isUnknown = (typeFunction?.length ?? 0) > 0 || reflectedType === Map || reflectedType === Set;
  const returned = isUnknown || !typeFunction ? reflectedType : call(typeFunction);
  return {
    returned: returned === Object || returned === Array ? undefined : returned,
    discriminator: isDiscriminator(discriminator)
      ? { ...discriminator, isKept: keepDiscriminatorProperty === true }
      : undefined,
    isUnknown,
    isArray,
    makesArrays: returned === Array,
  };
}

// A forward reference that is not there yet is told as no type.
function call(typeFunction: () => unknown): unknown {
  try {
    return typeFunction();
  } catch {
    return undefined;
  }
}

function isDiscriminator(value: unknown): value is Omit<Discriminator, 'isKept'> {
  const { property, subTypes } = (value ?? {}) as Partial<Discriminator>;
  return typeof property === 'string' && Array.isArray(subTypes);
}
