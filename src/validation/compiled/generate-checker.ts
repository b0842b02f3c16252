import { SHORT_TEXT } from '../constraint-cost';
import type { LibraryOptions } from '../library-options';
import type { WorkBudget } from '../../plan/body-check';
import { GeneratedFunction, quoted } from './generated-function';
import type { Stripped } from './generate-maker';
import { giveUp } from './give-up';
import type { Class } from './transformer-metadata';
import { NotBuiltIn, type ConstraintRule, type PropertyRules } from './validator-metadata';

/** Checks instances of one class; `check` is filled in when the class is compiled. */
export interface Checker {
  /** Returns if class-validator would find nothing wrong with the instance and the instances in it. Throws otherwise. */
  check(instance: object, work: WorkBudget): void;
}

/** A value with `@ValidateNested()`. */
export interface NestedValue {
  readonly name: string;
  readonly value: unknown;
  readonly metadatas: PropertyRules['nested'];
}

/** Returns the nested values of an instance of which everything else is valid. Throws otherwise. */
export type OwnChecker = (instance: object, work: WorkBudget) => readonly NestedValue[];

/** The class and options for which a checker is generated. */
export interface CheckerContext {
  readonly options: LibraryOptions;
  readonly stripped: Stripped;
  /** Returns the checker of the instances that a property holds; undefined if it can hold none. */
  checkerOf(property: string): Checker | undefined;
}

const PER_DELETED_KEY = 0.5;

/** Constraints on an object that do not read its properties. */
const READS_NO_PROPERTIES = new Set([
  'isDefined',
  'isNotEmpty',
  'isObject',
  'isInstance',
  'isArray',
  'arrayNotEmpty',
  'arrayMinSize',
  'arrayMaxSize',
]);

/**
 * Generates what `validate` does with an instance that is valid, or gives up:
 *
 *     if (o.constructor !== Article) giveUp();
 *     v = o['name'];
 *     if ((w.left -= 0.6) < 0) w.look();
 *     if ((r = isLength.validate(v, args)) !== true) refuse(r);
 *     v = o['author'];
 *     if (typeof v === 'object' && v !== null) Author.check(v, w); else giveUp();
 */
export function generateChecker(
  type: Class,
  rules: readonly PropertyRules[],
  context: CheckerContext,
): Checker['check'] {
  const code = newFunction();
  code.add(...classCode(code, type, rules, context.options));
  for (const property of rules) {
    const { name, nested } = property;
    const checker = nested.length > 0 ? context.checkerOf(name) : undefined;
    const guard =
      checker && readsNested(property) ? [`if (${code.constant(context.stripped)}.anything) giveUp();`] : [];
    const nestedPart = nested.length > 0 ? nestedCode(code, checker, context.options) : [];
    code.add(...propertyCode(code, property, context.options, guard, nestedPart));
  }
  return code.build('o', 'w') as Checker['check'];
}

/** Generates the same without the nested instances, which are returned instead. */
export function generateOwnChecker(
  type: Class,
  rules: readonly PropertyRules[],
  options: LibraryOptions,
): OwnChecker {
  const code = newFunction();
  code.add(...classCode(code, type, rules, options), 'let n = none;');
  for (const property of rules) {
    const { name, nested } = property;
    const entry = `{ name: ${quoted(name)}, value: v, metadatas: ${code.constant(nested)} }`;
    const nestedPart = [
      'if (v !== undefined) {',
      'if (typeof v !== "object" || v === null) giveUp();',
      `if (n === none) n = [${entry}]; else n.push(${entry});`,
      '}',
    ];
    code.add(...propertyCode(code, property, options, [], nested.length > 0 ? nestedPart : []));
  }
  code.add('return n;');
  return code.build('o', 'w') as OwnChecker;
}

/** Returns true if a constraint of a property reads what is in the instances that the property holds. */
export function readsNested({ nested, defined, constraints }: PropertyRules): boolean {
  return nested.length > 0 && [...defined, ...constraints].some(({ name }) => !READS_NO_PROPERTIES.has(name));
}

function newFunction(): GeneratedFunction {
  const none: readonly NestedValue[] = [];
  return new GeneratedFunction({ giveUp, refuse, strip, refuseOwn, checkEach, checkEachButNull, none });
}

/** Returns the code that checks the class of an instance, and strips it. */
function classCode(
  code: GeneratedFunction,
  type: Class,
  rules: readonly PropertyRules[],
  options: LibraryOptions,
): string[] {
  const lines = [`if (o.constructor !== ${code.constant(type)}) giveUp();`];
  // class-validator refuses an object of which nothing is checked.
  if (rules.length === 0 && options.forbidUnknownValues !== false) lines.push('giveUp();');
  if (options.whitelist) {
    lines.push('let k;', 'for (const key in o) switch (key) {');
    for (const { name } of rules) lines.push(`case ${quoted(name)}:`);
    if (rules.length > 0) lines.push('break;');
    lines.push(
      options.forbidNonWhitelisted
        ? 'default: refuseOwn(o, key); }'
        : 'default: if (k === undefined) k = [key]; else k.push(key); } if (k !== undefined) strip(o, k, w);',
    );
  }
  lines.push('let v, r;');
  return lines;
}

/** Returns the code that checks one property. */
function propertyCode(
  code: GeneratedFunction,
  { name, optional, defined, constraints }: PropertyRules,
  options: LibraryOptions,
  guard: readonly string[],
  nestedPart: readonly string[],
): string[] {
  const lines = [
    ...guard,
    ...costCode(defined.filter(({ each }) => !each)),
    ...defined.flatMap((rule) => constraintCode(code, rule)),
    `if (${skipping(options)}) {`,
    ...costCode(constraints.filter(({ each }) => !each)),
    ...constraints.flatMap((rule) => constraintCode(code, rule)),
    ...nestedPart,
    '}',
  ];
  const value = `v = o[${quoted(name)}];`;
  return optional ? [value, 'if (v !== undefined && v !== null) {', ...lines, '}'] : [value, ...lines];
}

/** Returns the code that announces what constraints take for any value: some take no longer than the code would. */
function costCode(rules: readonly ConstraintRule[]): string[] {
  const sum = rules.reduce((cost, { cost: { perCall } }) => cost + (perCall < 1 ? 0 : perCall), 0);
  return sum > 0 ? [`if ((w.left -= ${sum}) < 0) w.look();`] : [];
}

/** Returns the code of one constraint on `v`. */
function constraintCode(code: GeneratedFunction, rule: ConstraintRule): string[] {
  const { validator, args, each, cost } = rule;
  const check = (value: string): string =>
    `if ((r = ${code.constant(validator)}.validate(${value}, ${code.constant(args)})) !== true) refuse(r);`;
  const { perCharacter, ofArray } = cost;
  const checkOne = (value: string): string =>
    [
      each ? costCode([rule]).join('') : '',
      perCharacter
        ? `if (typeof ${value} === "string" && ${value}.length > ${SHORT_TEXT}) w.spend(${perCharacter} * ${value}.length);`
        : '',
      ofArray ? `if (Array.isArray(${value})) w.spend(${code.constant(ofArray)}(${value}));` : '',
      check(value),
    ].join('');
  if (!each) return [checkOne('v')];
  return [
    'if (Array.isArray(v)) {',
    // A hole, which class-validator passes over, may be refused here: then it is asked.
    'for (let i = 0; i < v.length; i++) {',
    checkOne('v[i]'),
    '} } else {',
    'if (v instanceof Set || v instanceof Map) giveUp();',
    checkOne('v'),
    '}',
  ];
}

/** Returns the code that checks the instances in `v`. */
function nestedCode(
  code: GeneratedFunction,
  checker: Checker = NOTHING_INSIDE,
  options: LibraryOptions,
): string[] {
  const name = code.constant(checker);
  const skipsNull = options.skipNullProperties === true || options.skipMissingProperties === true;
  return [
    'if (v !== undefined) {',
    'if (typeof v !== "object" || v === null) giveUp();',
    `if (Array.isArray(v)) ${skipsNull ? 'checkEachButNull' : 'checkEach'}(v, ${name}, w);`,
    `else ${name}.check(v, w);`,
    '}',
  ];
}

/** Returns the code of a condition: the property is not skipped. */
function skipping(options: LibraryOptions): string {
  const { skipMissingProperties: missing, skipUndefinedProperties, skipNullProperties } = options;
  const conditions: string[] = [];
  if (skipUndefinedProperties === true || missing === true) conditions.push('v !== undefined');
  if (skipNullProperties === true || missing === true) conditions.push('v !== null');
  return conditions.join(' && ') || 'true';
}

/** The values of a property without a class: there may be none, or an empty array. */
const NOTHING_INSIDE: Checker = {
  check() {
    giveUp();
  },
};

function checkEach(items: readonly unknown[], checker: Checker, work: WorkBudget): void {
  for (const item of items) {
    if (item === undefined) continue;
    if (typeof item !== 'object' || item === null) giveUp();
    if (Array.isArray(item)) checkEach(item, checker, work);
    else checker.check(item, work);
  }
}

function checkEachButNull(items: readonly unknown[], checker: Checker, work: WorkBudget): void {
  for (const item of items) {
    if (item === undefined || item === null) continue;
    if (typeof item !== 'object') giveUp();
    if (Array.isArray(item)) checkEachButNull(item, checker, work);
    else checker.check(item, work);
  }
}

/** Leaves a value to class-validator if a constraint returned something else than true. */
function refuse(result: unknown): never {
  if (!(result instanceof Promise)) giveUp();
  // It will be asked again by class-validator, which waits for what it says then.
  result.catch(() => undefined);
  throw new NotBuiltIn();
}

/** Deletes properties without constraints that an instance has of its own. */
function strip(instance: Record<string, unknown>, keys: readonly string[], work: WorkBudget): void {
  work.spend(PER_DELETED_KEY * keys.length);
  // The last one first: V8 deletes the property that was added last much faster.
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i] as string;
    // class-validator looks keys up in an object that inherits from Object.
    if (key in Object.prototype) giveUp();
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- as class-validator does
    if (Object.hasOwn(instance, key)) delete instance[key];
  }
}

function refuseOwn(instance: object, key: string): void {
  if (Object.hasOwn(instance, key)) giveUp();
}
