import 'reflect-metadata';
import type { ClassFact, ClassRecord, MemberFact } from './facts';

/*
 * The one file that touches Reflect metadata. A record belongs to the prototype of the class it was written
 * on and to no other: a subclass has its own, and siblings never see each other's.
 */

const RECORD = Symbol('moleculer-socket-gateway');

/** Returns the record of this very class, and creates it if there is none. */
export function ownRecord(prototype: object): ClassRecord {
  const existing = existingRecord(prototype);
  if (existing) return existing;
  const record: ClassRecord = {
    classFacts: [],
    memberFacts: [],
    parts: { actions: {}, events: {}, methods: {} },
    wrappedByService: false,
  };
  Reflect.defineMetadata(RECORD, record, prototype);
  return record;
}

/** Returns the record of this very class; undefined if no decorator ever wrote to it. */
export function existingRecord(prototype: object): ClassRecord | undefined {
  return Reflect.getOwnMetadata(RECORD, prototype) as ClassRecord | undefined;
}

/** A fact about a member, from any decorator. */
export type SaidOfMember = DistributiveOmit<MemberFact, 'isStatic' | 'member'>;

/** Records a fact about a member. `target` is what a member decorator is given: a prototype, or the class of a static member. */
export function recordMember(target: object, member: string, said: SaidOfMember): void {
  const isStatic = typeof target === 'function';
  const prototype = isStatic ? (target.prototype as object) : target;
  ownRecord(prototype).memberFacts.push({ ...said, member, isStatic });
}

/** Records a fact about a class. */
export function recordClass(target: { readonly prototype: unknown }, fact: ClassFact): void {
  ownRecord(target.prototype as object).classFacts.push(fact);
}

/** Returns the parameter types that TypeScript emitted for a method; undefined if the build emits none. */
export function parameterTypes(prototype: object, member: string): readonly unknown[] | undefined {
  return Reflect.getOwnMetadata('design:paramtypes', prototype, member) as readonly unknown[] | undefined;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
