import { SHORT_TEXT } from '../constraint-cost';
import type { LibraryOptions } from '../library-options';
import type { Checker } from './checker-functions';
import { quoted, type GeneratedFunction } from './generated-function';
import { giveUp } from './give-up';
import type { ConstraintRule, PropertyRules } from './validator-metadata';

/** Returns the code that checks one property. */
export function propertyCode(
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
export function nestedCode(
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
