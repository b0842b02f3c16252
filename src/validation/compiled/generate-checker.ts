import type { ValidationOptions } from '../../types';
import { GeneratedFunction, quoted } from './generated-function';
import type { Stripped } from './generate-maker';
import { giveUp } from './give-up';
import type { Class } from './transformer-metadata';
import { NotBuiltIn, type ConstraintRule, type PropertyRules } from './validator-metadata';

/** Passes instances of one class in which class-validator finds nothing wrong; `check` is filled in when it is compiled. */
export interface Checker {
  check(instance: object): void;
}

/** Constraints on an object that do not care what is in it. */
const LOOKS_AT_THE_OUTSIDE = new Set([
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
 *     v = o['name'];
 *     if ((r = isString.validate(v, args)) !== true) refuse(r);
 *     v = o['author'];
 *     if (typeof v === 'object' && v !== null) Author.check(v); else giveUp();
 *
 * @param checkerOf what checks the instances that a property holds; undefined where it can hold none
 */
export function generateChecker(
  type: Class,
  rules: readonly PropertyRules[],
  stripped: Stripped,
  checkerOf: (property: string) => Checker | undefined,
  options: ValidationOptions,
): Checker['check'] {
  const code = new GeneratedFunction({ giveUp, refuse, stripOwn, refuseOwn, checkEach, checkEachButNull });
  code.add(`if (o.constructor !== ${code.constant(type)}) giveUp();`);
  if (options.whitelist) {
    code.add('for (const key in o) switch (key) {');
    for (const { name } of rules) code.add(`case ${quoted(name)}:`);
    if (rules.length > 0) code.add('break;');
    code.add(`default: ${options.forbidNonWhitelisted ? 'refuseOwn' : 'stripOwn'}(o, key);`, '}');
  }
  code.add('let v, r;');
  for (const property of rules) {
    const { name, optional, defined, constraints, nested } = property;
    const checker = nested ? checkerOf(name) : undefined;
    const unlessSkipped = skipping(options);
    code.add(`v = o[${quoted(name)}];`);
    if (optional) code.add('if (v !== undefined && v !== null) {');
    if (checker && [...defined, ...constraints].some((rule) => !LOOKS_AT_THE_OUTSIDE.has(rule.name)))
      code.add(`if (${code.constant(stripped)}.anything) giveUp();`);
    for (const rule of defined) code.add(...constraintCode(code, rule));
    code.add(`if (${unlessSkipped}) {`);
    for (const rule of constraints) code.add(...constraintCode(code, rule));
    if (nested) code.add(...nestedCode(code, checker, options));
    code.add('}');
    if (optional) code.add('}');
  }
  return code.build('o') as Checker['check'];
}

/** The code of one constraint on `v`. */
function constraintCode(code: GeneratedFunction, { validator, args, each }: ConstraintRule): string[] {
  const check = (value: string): string =>
    `if ((r = ${code.constant(validator)}.validate(${value}, ${code.constant(args)})) !== true) refuse(r);`;
  if (!each) return [check('v')];
  return [
    'if (Array.isArray(v)) {',
    // A hole, which class-validator passes over, may be refused here: then it is asked.
    'for (let i = 0; i < v.length; i++) {',
    check('v[i]'),
    '} } else {',
    'if (v instanceof Set || v instanceof Map) giveUp();',
    check('v'),
    '}',
  ];
}

/** The code that checks the instances in `v`. */
function nestedCode(
  code: GeneratedFunction,
  checker: Checker = NOTHING_INSIDE,
  options: ValidationOptions,
): string[] {
  const name = code.constant(checker);
  const skipsNull = options.skipNullProperties === true || options.skipMissingProperties === true;
  return [
    'if (v !== undefined) {',
    'if (typeof v !== "object" || v === null) giveUp();',
    `if (Array.isArray(v)) ${skipsNull ? 'checkEachButNull' : 'checkEach'}(v, ${name});`,
    `else ${name}.check(v);`,
    '}',
  ];
}

/** The code of a condition: the property is not skipped. */
function skipping(options: ValidationOptions): string {
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

function checkEach(items: readonly unknown[], checker: Checker): void {
  for (const item of items) {
    if (item === undefined) continue;
    if (typeof item !== 'object' || item === null) giveUp();
    if (Array.isArray(item)) checkEach(item, checker);
    else checker.check(item);
  }
}

function checkEachButNull(items: readonly unknown[], checker: Checker): void {
  for (const item of items) {
    if (item === undefined || item === null) continue;
    if (typeof item !== 'object') giveUp();
    if (Array.isArray(item)) checkEachButNull(item, checker);
    else checker.check(item);
  }
}

/** What a constraint says that is not simply fulfilled. */
function refuse(result: unknown): never {
  if (!(result instanceof Promise)) giveUp();
  // It will be asked again by class-validator, which waits for what it says then.
  result.catch(() => undefined);
  throw new NotBuiltIn();
}

/** A property without constraints, which only the constructor can have made. */
function stripOwn(instance: Record<string, unknown>, key: string): void {
  // class-validator looks keys up in an object that inherits from Object.
  if (key in Object.prototype) giveUp();
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- as class-validator does
  if (Object.hasOwn(instance, key)) delete instance[key];
}

function refuseOwn(instance: object, key: string): void {
  if (Object.hasOwn(instance, key)) giveUp();
}
