import * as cv from 'class-validator';
import { isBuiltIn } from '../../validation/built-in-constraints';

/** As much of a constraint as is compared. */
export interface ComparedConstraint {
  readonly name: string;
  readonly constraints: readonly unknown[];
  readonly instance: cv.ValidatorConstraintInterface;
}

/**
 * Returns true if a constraint says and does the same as class-validator's own of that name. Applications may register others
 * under its names, and some of its own decorators keep what they were given to themselves, as `@ArrayUnique(identifier)` does.
 */
export function isLikeBuiltIn(constraint: ComparedConstraint): boolean {
  const reference = references().get(constraint.name);
  if (!reference) return false;
  const { constraints } = constraint;
  return (
    messageOf(constraint.instance, constraints) === messageOf(reference, constraints) &&
    samplesFor(constraints).every(
      (sample) =>
        resultOf(constraint.instance, sample, constraints) === resultOf(reference, sample, constraints),
    )
  );
}

let known: ReadonlyMap<string, cv.ValidatorConstraintInterface> | undefined;

/** Returns class-validator's own constraints, by name: those that its decorators register. */
function references(): ReadonlyMap<string, cv.ValidatorConstraintInterface> {
  known ??= readReferences();
  return known;
}

/** A class whose properties have each decorator of class-validator. */
class Reference {}

function readReferences(): ReadonlyMap<string, cv.ValidatorConstraintInterface> {
  const names = new Set(Object.values(cv as Record<string, unknown>).map(lowerCase));
  for (const [name, make] of Object.entries(cv as Record<string, unknown>)) {
    const isDecorator = /^[A-Z]/.test(name) && (names.has(lowerCase(name)) || name === 'Length');
    if (isDecorator && typeof make === 'function') apply(make as (argument: unknown) => unknown, name);
  }
  const storage = cv.getMetadataStorage();
  const metadata = storage.getTargetValidationMetadatas(Reference, undefined as never, true, false);
  return new Map(
    metadata.flatMap(({ name = '', constraintCls }) => {
      const [found] = storage.getTargetValidatorConstraints(constraintCls);
      return found && isBuiltIn(name) ? [[name, found.instance]] : [];
    }),
  );
}

/** Decorators that cannot do with an object as their argument register nothing. */
function apply(make: (argument: unknown) => unknown, name: string): void {
  try {
    (make({}) as PropertyDecorator)(Reference.prototype, name);
  } catch {
    // No constraint is registered.
  }
}

function lowerCase(name: unknown): unknown {
  return typeof name === 'string' ? name.toLowerCase() : undefined;
}

const EACH = /^each value in /;

function messageOf(instance: cv.ValidatorConstraintInterface, constraints: readonly unknown[]): unknown {
  try {
    return instance.defaultMessage?.(argumentsOf(undefined, constraints)).replace(EACH, '');
  } catch {
    return undefined;
  }
}

function resultOf(
  instance: cv.ValidatorConstraintInterface,
  value: unknown,
  constraints: readonly unknown[],
): unknown {
  try {
    return instance.validate(value, argumentsOf(value, constraints));
  } catch {
    return 'thrown';
  }
}

function argumentsOf(value: unknown, constraints: readonly unknown[]): cv.ValidationArguments {
  return { value, constraints: [...constraints], targetName: 'Object', object: {}, property: 'property' };
}

const SAMPLES: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  100,
  '',
  ' ',
  '0',
  '1',
  'a',
  'Z',
  'ab',
  'true',
  'x'.repeat(1000),
  'a@b.cd',
  'https://example.com/a',
  '127.0.0.1',
  '2026-01-31',
  '2026-01-31T12:00:00Z',
  '7f3c1a52-9d0e-4b6a-8c21-5e6f7a8b9c0d',
  [],
  ['a'],
  [1, 1],
  [{ a: 1 }, { b: 2 }],
  {},
  { a: 1 },
];

/** Returns values, and those at the limits that the constraints name. */
function samplesFor(constraints: readonly unknown[]): readonly unknown[] {
  const named = constraints.flatMap((one) => (Array.isArray(one) ? (one as unknown[]) : [one]));
  const limits = named.filter(isSmall).flatMap((limit) => [limit - 1, limit, limit + 1]);
  const lengths = [...new Set(limits.map(Math.ceil))].filter((length) => length >= 0);
  return [
    ...SAMPLES,
    ...named,
    ...limits,
    ...lengths.map((length) => 'x'.repeat(length)),
    ...lengths.map((length) => Array.from({ length }, (_, at) => at)),
  ];
}

const MAX_LENGTH = 1000;

function isSmall(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) < MAX_LENGTH;
}
