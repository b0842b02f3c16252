import { Service } from 'moleculer';
import { existingRecord } from '../metadata/storage';

/** A class, as a value: only its name and its prototypes matter here. */
export interface ClassValue {
  readonly name: string;
  readonly prototype: object;
}

/**
 * Returns the class that the user wrote. `@Service` of moleculer-decorators, and classes in Moleculer's older style, put a
 * class above it that does nothing but parse a schema in its constructor.
 */
export function declaredClass(registered: ClassValue): ClassValue {
  let current = registered;
  while (!existingRecord(current.prototype) && parsesOwnSchema(current)) {
    current = Object.getPrototypeOf(current) as ClassValue;
  }
  return current;
}

/**
 * Returns true if the class calls `parseServiceSchema` in its own body. Minifiers rename classes and variables, and must leave
 * the names of Moleculer's methods alone.
 */
export function parsesOwnSchema(type: ClassValue): boolean {
  return /\.parseServiceSchema\(/.test(Function.prototype.toString.call(type));
}

/** Returns the prototypes from the oldest class of the user's to the class itself; `SocketGateway` is not among them. */
export function prototypesOf(type: ClassValue): object[] {
  const chain: object[] = [];
  let prototype = type.prototype;
  for (;;) {
    const parent = Object.getPrototypeOf(prototype) as object | null;
    if (parent === null || parent === Service.prototype) return chain.reverse();
    chain.push(prototype);
    prototype = parent;
  }
}
