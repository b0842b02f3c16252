import type { LibraryOptions } from '../library-options';
import { GeneratedFunction, quoted } from './generated-function';
import { giveUp } from './give-up';
import * as values from './payload-values';
import { NEVER_TAKEN, type FieldPlan, type TransformPlan } from './transform-plan';
import { untyped, type ValueType } from './value-type';

/** Selects what happens to undeclared keys: they are kept, left out because they would be stripped, or refused. */
export type Undeclared = 'keep' | 'strip' | 'refuse';

/** Told when a maker has left something out before class-validator would. */
export interface Stripped {
  anything: boolean;
}

/** The class and options for which a maker is generated. */
export interface MakerContext {
  readonly undeclared: Undeclared;
  /** The properties that have constraints: `undeclared` is not about them. */
  readonly declared: ReadonlySet<string>;
  readonly stripped: Stripped;
  readonly options: LibraryOptions;
  /** Returns the maker of the instances that a property holds. */
  makerOf(field: FieldPlan): values.Maker;
}

const { getPrototypeOf, prototype } = Object;
const hasKey = (object: object, key: string): boolean => prototype.propertyIsEnumerable.call(object, key);

/**
 * Generates what `plainToInstance` does with a plain object, or gives up:
 *
 *     const o = new Author();
 *     for (const key in p) {
 *       const v = p[key];
 *       switch (key) {
 *         case 'name': o['name'] = v; break;
 *         default: // nothing was declared for it
 *       }
 *     }
 *     return o;
 */
export function generateMaker(plan: TransformPlan, context: MakerContext): values.Maker['make'] {
  const code = new GeneratedFunction({ ...values, giveUp, getPrototypeOf, prototype, hasKey });
  code.add('if (getPrototypeOf(p) !== prototype || typeof p.then === "function") giveUp();');
  const type = code.constant(plan.type);
  code.add(`const o = new ${type}();`, `if (o.constructor !== ${type}) giveUp();`);
  if (!plan.exposedOnly) {
    code.add('for (const key in p) {', 'const v = p[key];', 'switch (key) {');
    for (const field of plan.fields)
      code.add(`case ${quoted(field.key)}: {`, ...takeField(code, field, context), 'break; }');
    for (const key of [...plan.dropped, ...NEVER_TAKEN]) code.add(`case ${quoted(key)}:`);
    code.add('break;', 'default:', ...takeUndeclared(code, context), '} }');
  }
  for (const field of plan.exposed) {
    const key = quoted(field.key);
    if (!plan.exposedOnly) code.add(`if (!hasKey(p, ${key}))`);
    code.add('{', `const v = p[${key}];`, ...takeField(code, field, context), '}');
  }
  code.add('return o;');
  return code.build('p', 'w') as values.Maker['make'];
}

/** Returns the code that takes a value `v` over. */
function takeField(code: GeneratedFunction, field: FieldPlan, context: MakerContext): string[] {
  const { property, type } = field;
  const { options, undeclared, declared, stripped } = context;
  const target = `o[${quoted(property)}]`;
  const isUndeclared = undeclared !== 'keep' && !declared.has(property);
  if (isUndeclared && undeclared === 'refuse') return ['giveUp();'];
  return [
    // class-transformer overwrites no function, wherever it comes from.
    `if (typeof ${target} === "function") giveUp();`,
    ...guards(code, type),
    `const x = ${orDefault(options, target)}${valueOf(code, field, context)};`,
    // It is made all the same: that may fail.
    isUndeclared ? `${code.constant(stripped)}.anything = true;` : `${ifSet(options)}${target} = x;`,
  ];
}

/** Returns the code that gives up on what the type is not compiled for. */
function guards(code: GeneratedFunction, { kind, arrays, typeFunction, returned }: ValueType): string[] {
  const guarded: string[] = [];
  // It may return another class than it did when this was compiled.
  if (typeFunction)
    guarded.push(`if (${code.constant(typeFunction)}() !== ${code.constant(returned)}) giveUp();`);
  if (kind === 'opaque') guarded.push('if (typeof v === "object" && v !== null) giveUp();');
  else if (!arrays) guarded.push('if (Array.isArray(v)) giveUp();');
  return guarded;
}

/** Returns the code of an expression: what becomes of the value `v`. */
function valueOf(code: GeneratedFunction, field: FieldPlan, context: MakerContext): string {
  const ifObject = (expression: string): string =>
    `(typeof v === "object" && v !== null ? ${expression} : v)`;
  switch (field.type.kind) {
    case 'any':
      return ifObject(`${copyOf(context.options)}(v)`);
    case 'items':
      return ifObject('copyItems(v)');
    case 'opaque':
      return 'v';
    case 'class': {
      const maker = code.constant(context.makerOf(field));
      return ifObject(`Array.isArray(v) ? makeEach(v, ${maker}, w) : ${maker}.make(v, w)`);
    }
    case 'string':
      return 'toText(v)';
    case 'number':
      return 'toNumber(v)';
    case 'boolean':
      return 'toBoolean(v)';
    case 'date':
      return 'toDate(v)';
    case 'buffer':
      return 'toBuffer(v)';
  }
}

/** Returns the code for a key that nothing was declared for. */
function takeUndeclared(code: GeneratedFunction, { undeclared, stripped, options }: MakerContext): string[] {
  // With implicit conversion, decorators of others may have given the property a type.
  if (undeclared === 'refuse' || options.enableImplicitConversion) return ['giveUp();'];
  // A method or an accessor may be in its way; a field of the class is not.
  const inTheWay = 'key in o && !hasKey(o, key)';
  if (undeclared === 'strip') {
    return [
      // class-validator strips no key of Object.prototype.
      'if (key in o && (key in prototype || !hasKey(o, key))) giveUp();',
      'if (typeof v === "object" && v !== null) assertCopyable(v);',
      `${code.constant(stripped)}.anything = true;`,
    ];
  }
  const copy = untyped(options) === 'any' ? copyOf(options) : 'copyItems';
  return [
    `if (${inTheWay} || typeof o[key] === "function") giveUp();`,
    `const x = ${orDefault(options, 'o[key]')}typeof v === "object" && v !== null ? ${copy}(v) : v;`,
    `${ifSet(options)}o[key] = x;`,
  ];
}

/** Returns the code in front of a value: without one, the property keeps what the constructor gave it. */
function orDefault(options: LibraryOptions, target: string): string {
  return options.exposeDefaultValues ? `v === undefined ? ${target} : ` : '';
}

/** Returns the name of the function that copies objects of no type. */
function copyOf(options: LibraryOptions): string {
  return takesUnset(options) ? 'copyAny' : 'copySet';
}

/** Returns the code of a condition, where properties without a value are left out. */
function ifSet(options: LibraryOptions): string {
  return takesUnset(options) ? '' : 'if (x !== undefined) ';
}

// An option that is there and `undefined` is a no to class-transformer.
function takesUnset(options: LibraryOptions): boolean {
  return 'exposeUnsetFields' in options ? Boolean(options.exposeUnsetFields) : true;
}
