import type { ClassFact, ClassRecord, MemberFact } from '../metadata/facts';
import { existingRecord } from '../metadata/storage';

type FactOf<Kind extends MemberFact['kind']> = Extract<MemberFact, { kind: Kind }>;

/** The facts that make the gateway call a member. */
export type RoleFact = FactOf<
  'event' | 'forward' | 'lifecycle' | 'authenticate' | 'hook' | 'middleware' | 'presence'
>;
export type EventFact = FactOf<'event'>;
export type ArgumentFact = FactOf<'argument'>;
export type GuardFact = FactOf<'authorize' | 'anonymous'>;
export type RateLimitFact = FactOf<'rateLimit'>;

/** All that holds for one member of a class, inherited or not. */
export interface MemberDeclaration {
  readonly name: string;
  /** The method of the class, its own or an inherited one. */
  readonly method: ((this: unknown, ...args: never[]) => unknown) | undefined;
  readonly roles: readonly RoleFact[];
  readonly arguments: readonly ArgumentFact[];
  /** The prototype whose method the arguments were written on. */
  readonly argumentsOwner: object | undefined;
  readonly guards: readonly GuardFact[];
  readonly rateLimits: readonly RateLimitFact[];
}

/**
 * Brings the facts of a class and of its ancestors together. An override replaces what it overrides, kind by kind:
 * what the member is, its parameters, its guards, its rate limits. A kind that the override says nothing of is inherited.
 *
 * @param prototypes from the oldest ancestor to the class
 */
export function inheritMembers(prototypes: readonly object[]): MemberDeclaration[] {
  const records = prototypes.map((prototype) => ({ prototype, record: existingRecord(prototype) }));
  const names = new Set(
    records.flatMap(({ record }) => record?.memberFacts.map((fact) => fact.member) ?? []),
  );
  const newestFirst = [...records].reverse();
  const last = prototypes[prototypes.length - 1];

  return [...names].map((name) => {
    const inRole = newestFirst.find(({ record }) => factsOf(record, name).some(isRole));
    const withArguments = newestFirst.find(({ record }) =>
      factsOf(record, name).some((f) => isRole(f) || isArgument(f)),
    );
    const guarded = newestFirst.find(({ record }) => factsOf(record, name).some(isGuard));
    const limited = newestFirst.find(({ record }) => factsOf(record, name).some(isRateLimit));
    return {
      name,
      method: last && methodOf(last, name),
      // Decorators run from the bottom up: reversed, they are in the order in which they were written.
      roles: factsOf(inRole?.record, name).filter(isRole).reverse(),
      arguments: factsOf(withArguments?.record, name).filter(isArgument),
      argumentsOwner: withArguments?.prototype,
      guards: factsOf(guarded?.record, name).filter(isGuard).reverse(),
      rateLimits: factsOf(limited?.record, name).filter(isRateLimit).reverse(),
    };
  });
}

/** Returns the facts of the nearest class that has any of the kind. */
export function inheritClassFacts<Kind extends ClassFact['kind']>(
  prototypes: readonly object[],
  kind: Kind,
): Extract<ClassFact, { kind: Kind }>[] {
  for (const prototype of [...prototypes].reverse()) {
    const facts = existingRecord(prototype)?.classFacts.filter((fact) => fact.kind === kind) ?? [];
    if (facts.length > 0) return facts as Extract<ClassFact, { kind: Kind }>[];
  }
  return [];
}

function factsOf(record: ClassRecord | undefined, member: string): MemberFact[] {
  return record?.memberFacts.filter((fact) => fact.member === member) ?? [];
}

function isArgument(fact: MemberFact): fact is ArgumentFact {
  return fact.kind === 'argument';
}

function isGuard(fact: MemberFact): fact is GuardFact {
  return fact.kind === 'authorize' || fact.kind === 'anonymous';
}

function isRateLimit(fact: MemberFact): fact is RateLimitFact {
  return fact.kind === 'rateLimit';
}

function isRole(fact: MemberFact): fact is RoleFact {
  return !isArgument(fact) && !isGuard(fact) && !isRateLimit(fact);
}

/** Looks a method up without running getters. */
function methodOf(prototype: object, name: string): MemberDeclaration['method'] {
  for (let p: object | null = prototype; p !== null; p = Object.getPrototypeOf(p) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(p, name);
    if (descriptor)
      return typeof descriptor.value === 'function'
        ? (descriptor.value as MemberDeclaration['method'])
        : undefined;
  }
  return undefined;
}
