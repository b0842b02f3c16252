import type { WorkBudget } from '../../plan/body-check';
import type { LibraryOptions } from '../library-options';
import { checkEach, checkEachButNull, refuse, refuseOwn, strip, type Checker } from './checker-functions';
import { GeneratedFunction, quoted } from './generated-function';
import type { Stripped } from './generate-maker';
import { giveUp } from './give-up';
import { nestedCode, propertyCode } from './property-code';
import { readsNested } from './reads-nested';
import type { Class } from './transformer-metadata';
import type { PropertyRules } from './validator-metadata';

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
