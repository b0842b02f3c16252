import * as classValidator from 'class-validator';
import { isBuiltIn } from '../built-in-constraints';
import { constraintCost, type ConstraintCost } from '../constraint-cost';
import type { LibraryOptions } from '../library-options';
import { NotCompilable } from './give-up';
import type { Class } from './transformer-metadata';

/** The checks of class-validator for one property, under given options. */
export interface PropertyRules {
  readonly name: string;
  /** `@IsOptional()`: nothing else counts where there is no value. */
  readonly optional: boolean;
  /** `@IsDefined()`, which counts whatever properties are skipped. */
  readonly defined: readonly ConstraintRule[];
  readonly constraints: readonly ConstraintRule[];
  /** Each `@ValidateNested()`. */
  readonly nested: readonly ValidationMetadata[];
}

/** One constraint, ready to be called. */
export interface ConstraintRule {
  readonly name: string;
  readonly validator: { validate(value: unknown, args: ConstraintArguments): unknown };
  readonly args: ConstraintArguments;
  readonly each: boolean;
  readonly cost: ConstraintCost;
}

/** Raised in {@link ConstraintArguments}: a constraint that is none of class-validator's own. */
export class NotBuiltIn extends NotCompilable {}

/**
 * The arguments of built-in constraints, which read nothing but `constraints`. A constraint that reads more is one of the
 * application under the name of a built-in one.
 */
export class ConstraintArguments {
  constructor(readonly constraints: readonly unknown[] | undefined) {}
  get value(): never {
    throw new NotBuiltIn();
  }
  get object(): never {
    throw new NotBuiltIn();
  }
  get property(): never {
    throw new NotBuiltIn();
  }
  get targetName(): never {
    throw new NotBuiltIn();
  }
}

export type ValidationMetadata = ReturnType<
  ReturnType<typeof classValidator.getMetadataStorage>['getTargetValidationMetadatas']
>[number];

/**
 * Returns the rules of a class, in class-validator's order.
 *
 * @throws NotCompilable where the class calls code of the user's
 */
export function rulesOf(type: Class, options: LibraryOptions): PropertyRules[] {
  const found = metadataOf(type, options);
  // An object, as in class-validator: names that are numbers come first.
  const byProperty = Object.create(null) as Record<string, ValidationMetadata[]>;
  for (const metadata of found) {
    const { propertyName } = metadata;
    if (typeof propertyName !== 'string') throw new NotCompilable('a constraint is on a symbol');
    (byProperty[propertyName] ??= []).push(metadata);
  }
  return Object.entries(byProperty).map(([name, all]) => propertyRules(type, name, all));
}

/** Returns the names of the properties that have constraints. */
export function checkedProperties(type: Class, options: LibraryOptions): string[] {
  const names = metadataOf(type, options).map(({ propertyName }) => propertyName as unknown);
  return [...new Set(names.filter((name) => typeof name === 'string'))];
}

/** Returns everything that class-validator knows of a class under these options. */
export function metadataOf(type: Class, options: LibraryOptions): ValidationMetadata[] {
  return classValidator
    .getMetadataStorage()
    .getTargetValidationMetadatas(
      type,
      undefined as never,
      options.always ?? false,
      options.strictGroups ?? false,
      options.groups,
    );
}

function propertyRules(type: Class, name: string, all: readonly ValidationMetadata[]): PropertyRules {
  if (name in (type.prototype as object))
    throw new NotCompilable(`'${name}' is an accessor or a method of ${type.name}`);
  const defined: ConstraintRule[] = [];
  const constraints: ConstraintRule[] = [];
  let optional = false;
  const nested: ValidationMetadata[] = [];
  for (const metadata of all) {
    switch (metadata.type) {
      case classValidator.ValidationTypes.WHITELIST:
        break;
      case classValidator.ValidationTypes.NESTED_VALIDATION:
        if (metadata.constraintCls as unknown) throw new NotCompilable(`${name} has a constraint of yours`);
        nested.push(metadata);
        break;
      case classValidator.ValidationTypes.CONDITIONAL_VALIDATION:
        if (metadata.name !== classValidator.IS_OPTIONAL) throw new NotCompilable(`${name} has a condition`);
        optional = true;
        break;
      case classValidator.ValidationTypes.IS_DEFINED:
        defined.push(constraintRule(metadata));
        break;
      case classValidator.ValidationTypes.CUSTOM_VALIDATION:
        constraints.push(constraintRule(metadata));
        break;
      default:
        throw new NotCompilable(`${name} has a validation of the type ${metadata.type}`);
    }
  }
  return { name, optional, defined, constraints, nested };
}

function constraintRule(metadata: ValidationMetadata): ConstraintRule {
  const { name = '', constraints, propertyName } = metadata;
  const [found, second] = classValidator
    .getMetadataStorage()
    .getTargetValidatorConstraints(metadata.constraintCls);
  if (!found || second || found.name !== name || !isBuiltIn(name) || metadata.validateIf)
    throw new NotCompilable(`${propertyName} has a constraint or a condition of yours`);
  // A class is what @IsInstance is given; other functions are the user's, and are called.
  const mayRemember = (arg: unknown): boolean =>
    arg instanceof RegExp ? arg.sticky : typeof arg === 'function' && name !== classValidator.IS_INSTANCE;
  if (constraints?.some(mayRemember)) throw new NotCompilable(`${propertyName} calls a function of yours`);
  return {
    name,
    validator: found.instance as unknown as ConstraintRule['validator'],
    args: new ConstraintArguments(constraints),
    each: metadata.each,
    cost: constraintCost(name, constraints),
  };
}
