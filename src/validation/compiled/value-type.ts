import 'reflect-metadata';
import type { LibraryOptions } from '../library-options';
import { NotCompilable } from './give-up';
import type { Class, transformerStorage } from './transformer-metadata';

/** Describes how class-transformer treats the value of a property. */
export interface ValueType {
  /**
   * - `any`: no type, everything is copied
   * - `items`: arrays are copied, and their items; other objects are not compiled
   * - `opaque`: no object is compiled
   * - `class`: objects become instances of `class`
   */
  readonly kind: 'any' | 'items' | 'opaque' | 'string' | 'number' | 'boolean' | 'date' | 'buffer' | 'class';
  readonly class: Class | undefined;
  /** Whether an array becomes an array: the declared type of the property may be a `Set`. */
  readonly arrays: boolean;
  /** The function given to `@Type`, which must go on returning `returned`. */
  readonly typeFunction: (() => unknown) | undefined;
  readonly returned: unknown;
}

type Storage = NonNullable<typeof transformerStorage>;

const KINDS = new Map<unknown, ValueType['kind']>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
  [Date, 'date'],
  [Buffer, 'buffer'],
  [Array, 'items'],
]);

/** Declared types for which class-transformer makes an array of an array. */
const ARRAY_LIKE = new Set<unknown>([undefined, Array, Object, String, Number, Boolean, Date]);

/**
 * Returns the type that class-transformer gives to a property.
 *
 * @throws NotCompilable where it depends on the payload
 */
export function typeOf(storage: Storage, type: Class, property: string, options: LibraryOptions): ValueType {
  const metadata = storage.findTypeMetadata(type, property);
  if (!metadata) {
    const declared: unknown =
      options.enableImplicitConversion &&
      Reflect.getMetadata('design:type', type.prototype as object, property);
    return { ...kindOf(declared, options), arrays: true, typeFunction: undefined, returned: undefined };
  }
  const { reflectedType, typeFunction, options: { discriminator } = {} } = metadata;
  if (discriminator) throw new NotCompilable(`the class of ${property} is chosen by a discriminator`);
  if (reflectedType === Map) throw new NotCompilable(`${property} is a Map`);
  if (typeFunction && typeFunction.length > 0)
    throw new NotCompilable(`the class of ${property} is chosen by a function of the payload`);
  const returned = typeFunction ? typeFunction() : reflectedType;
  return {
    ...kindOf(returned, options),
    arrays: ARRAY_LIKE.has(reflectedType),
    typeFunction,
    returned,
  };
}

function kindOf(type: unknown, options: LibraryOptions): Pick<ValueType, 'kind' | 'class'> {
  if (!type) return { kind: untyped(options), class: undefined };
  if (type === Object) {
    return { kind: options.excludeExtraneousValues ? 'opaque' : untyped(options), class: undefined };
  }
  const known = KINDS.get(type);
  if (known) return { kind: known, class: undefined };
  if (typeof type !== 'function' || typeof type.prototype !== 'object')
    throw new NotCompilable(`what @Type returns for a property is no class`);
  if (isNative(type)) return { kind: 'opaque', class: undefined };
  return { kind: 'class', class: type as Class };
}

/** Returns how objects of no type are copied. With the strategy `excludeAll`, class-transformer empties objects of no type. */
export function untyped(options: LibraryOptions): 'any' | 'items' {
  return options.strategy === 'excludeAll' ? 'items' : 'any';
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- Map, Promise, RegExp, …
function isNative(type: Function): boolean {
  return Function.prototype.toString.call(type).includes('[native code]');
}
