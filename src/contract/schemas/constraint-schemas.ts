import * as cv from 'class-validator';
import { intersect } from './intersect';
import { unsaid, withNote, type JsonSchema } from './json-schema';
import { literalPattern, patternOf } from './regex-pattern';

/** One constraint of a property, as class-validator has recorded it. */
export interface Constraint {
  /** `isString`, `matches`, …, or what the application calls its own. */
  readonly name: string;
  readonly constraints: readonly unknown[];
}

type Convert = (constraints: readonly unknown[]) => JsonSchema;

const text: JsonSchema = { type: 'string' };
const number: JsonSchema = { type: 'number' };
const matching = (pattern: string): JsonSchema => ({ type: 'string', pattern });

/** The constraints that class-validator-jsonschema says exactly. */
const SAID_BY_LIBRARY: ReadonlySet<string> = new Set([
  cv.IS_STRING,
  cv.IS_BOOLEAN,
  cv.IS_INT,
  cv.IS_ARRAY,
  cv.IS_OBJECT,
  cv.IS_POSITIVE,
  cv.IS_NEGATIVE,
  cv.IS_ASCII,
  cv.IS_MULTIBYTE,
  cv.IS_FULL_WIDTH,
  cv.IS_HALF_WIDTH,
  cv.IS_MILITARY_TIME,
  cv.ARRAY_NOT_EMPTY,
  cv.ARRAY_MIN_SIZE,
  cv.ARRAY_MAX_SIZE,
]);

/**
 * The constraints that class-validator-jsonschema says wrongly, or not at all. A constraint that is in neither list is
 * checked by code: there is a note in place of it.
 */
const CONVERTERS: Readonly<Record<string, Convert>> = {
  [cv.IS_DEFINED]: () => ({ not: { type: 'null' } }),
  [cv.IS_NOT_EMPTY]: () => ({ not: { enum: ['', null] } }),
  [cv.IS_EMPTY]: () => ({ enum: ['', null] }),
  [cv.EQUALS]: ([value]) => oneOf([value]),
  [cv.NOT_EQUALS]: ([value]) => noneOf([value]),
  [cv.IS_IN]: ([values]) => oneOf(values),
  [cv.IS_NOT_IN]: ([values]) => noneOf(values),
  [cv.IS_ENUM]: ([entity]) => oneOf(Object.values(entity as object)),
  [cv.IS_NUMBER]: ([options]) => numberWith(options),
  [cv.MIN]: ([min]) => (typeof min === 'number' ? { ...number, minimum: min } : NOTHING),
  [cv.MAX]: ([max]) => (typeof max === 'number' ? { ...number, maximum: max } : NOTHING),
  [cv.IS_DIVISIBLE_BY]: ([divisor]) => multipleOf(divisor),
  [cv.MIN_LENGTH]: ([min]) => lengthOf(min, undefined),
  [cv.MAX_LENGTH]: ([max]) => lengthOf(undefined, max),
  [cv.IS_LENGTH]: ([min, max]) => lengthOf(min, max),
  [cv.MATCHES]: ([pattern, modifiers]) => matchingExpression(pattern, modifiers),
  [cv.CONTAINS]: ([seed]) => matching(literalPattern(String(seed))),
  [cv.NOT_CONTAINS]: ([seed]) => ({ ...text, not: { pattern: literalPattern(String(seed)) } }),
  [cv.IS_ALPHA]: ([locale]) => ofLocale(locale, '^[A-Za-z]+$', cv.IS_ALPHA),
  [cv.IS_ALPHANUMERIC]: ([locale]) => ofLocale(locale, '^[0-9A-Za-z]+$', cv.IS_ALPHANUMERIC),
  [cv.IS_BOOLEAN_STRING]: () => ({ ...text, enum: ['true', 'false', '1', '0'] }),
  [cv.IS_NUMBER_STRING]: ([options]) => ofLocale(options, '^[+-]?([0-9]*[.])?[0-9]+$', cv.IS_NUMBER_STRING),
  [cv.IS_HEX_COLOR]: () => matching('^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$'),
  [cv.IS_HEXADECIMAL]: () => matching('^(0[Xx]|0[Hh])?[0-9A-Fa-f]+$'),
  [cv.IS_OCTAL]: () => matching('^(0[Oo])?[0-7]+$'),
  [cv.IS_MONGO_ID]: () => matching('^[0-9A-Fa-f]{24}$'),
  [cv.IS_FIREBASE_PUSH_ID]: () => matching('^[a-zA-Z0-9_-]{20}$'),
  [cv.IS_BASE58]: () => matching('^[A-HJ-NP-Za-km-z1-9]*$'),
  [cv.IS_UUID]: ([version]) => uuid(version),
  [cv.IS_IP]: ([version]) => ip(version),
  [cv.IS_EMAIL]: () => ({ ...checkedByCode(cv.IS_EMAIL, text), format: 'email' }),
  [cv.IS_ISO8601]: () => checkedByCode(cv.IS_ISO8601, text),
  [cv.IS_DATE_STRING]: () => checkedByCode(cv.IS_DATE_STRING, text),
  [cv.IS_NOT_EMPTY_OBJECT]: ([options]) =>
    (options as { nullable?: unknown } | undefined)?.nullable === false
      ? checkedByCode(cv.IS_NOT_EMPTY_OBJECT, { type: 'object', minProperties: 1 })
      : { type: 'object', minProperties: 1 },
  [cv.ARRAY_CONTAINS]: ([values]) => arrayContaining(values),
  [cv.ARRAY_NOT_CONTAINS]: ([values]) => ({ type: 'array', items: noneOf(values) }),
  [cv.ARRAY_UNIQUE]: ([identifier]) =>
    identifier === undefined
      ? { type: 'array', uniqueItems: true }
      : checkedByCode(cv.ARRAY_UNIQUE, { type: 'array' }),
};

/** A schema that no JSON value fulfils. */
const NOTHING: JsonSchema = { not: {} };

/** Constraints that `undefined` fulfils. Of those that code checks, nothing is known. */
const FULFILLED_BY_UNDEFINED: ReadonlySet<string> = new Set([cv.IS_EMPTY, cv.NOT_EQUALS, cv.IS_NOT_IN]);

/** Built-in constraints on other things than texts. All others refuse what is no text. */
const NOT_ON_TEXTS: ReadonlySet<string> = new Set([
  cv.IS_LATITUDE,
  cv.IS_LONGITUDE,
  cv.IS_DATE,
  cv.MIN_DATE,
  cv.MAX_DATE,
  cv.IS_INSTANCE,
]);

const BUILT_IN: ReadonlySet<unknown> = new Set(
  Object.values(cv as Record<string, unknown>).filter((name) => typeof name === 'string'),
);

/**
 * Returns the schema of a constraint.
 *
 * @returns undefined if class-validator-jsonschema says it exactly
 */
export function constraintSchema({ name, constraints }: Constraint): JsonSchema | undefined {
  if (Object.hasOwn(CONVERTERS, name)) return CONVERTERS[name]?.(constraints);
  if (SAID_BY_LIBRARY.has(name)) return undefined;
  if (!BUILT_IN.has(name)) return unsaid(`Checked by '${name}', a constraint of the application.`);
  return checkedByCode(name, NOT_ON_TEXTS.has(name) ? {} : text);
}

/** Returns true if a property that is absent does not fulfil the constraint. */
export function refusesAbsence({ name }: Constraint): boolean {
  return BUILT_IN.has(name) && !FULFILLED_BY_UNDEFINED.has(name);
}

function checkedByCode(name: string, schema: JsonSchema): JsonSchema {
  return withNote(schema, `Checked by ${name} of class-validator.`);
}

/** Values that JSON cannot carry are never sent. */
function oneOf(values: unknown): JsonSchema {
  const possible = jsonValues(values);
  return possible.length > 0 ? { enum: possible } : NOTHING;
}

function noneOf(values: unknown): JsonSchema {
  const impossible = jsonValues(values);
  return impossible.length > 0 ? { not: { enum: impossible } } : {};
}

/** Objects are compared by identity: none that was sent is equal to one. */
function jsonValues(values: unknown): unknown[] {
  const list = Array.isArray(values) ? (values as unknown[]) : [];
  const isSayable = (value: unknown): boolean =>
    value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
  return [...new Set(list.filter(isSayable))];
}

function numberWith(options: unknown): JsonSchema {
  const { maxDecimalPlaces } = (options ?? {}) as { maxDecimalPlaces?: number };
  if (maxDecimalPlaces === undefined) return number;
  return maxDecimalPlaces === 0
    ? { type: 'integer' }
    : withNote(number, `At most ${maxDecimalPlaces} decimal places.`);
}

// class-validator divides by the whole part. Larger numbers are not exact.
function multipleOf(divisor: unknown): JsonSchema {
  const whole = typeof divisor === 'number' ? Math.abs(Math.trunc(divisor)) : 0;
  const { MAX_SAFE_INTEGER: most } = Number;
  return whole > 0 ? { type: 'integer', minimum: -most, maximum: most, multipleOf: whole } : NOTHING;
}

function lengthOf(min: unknown, max: unknown): JsonSchema {
  const isLength = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
  return {
    ...text,
    ...(isLength(min) && { minLength: min }),
    ...(isLength(max) && { maxLength: max }),
  };
}

function matchingExpression(given: unknown, modifiers: unknown): JsonSchema {
  const flags = typeof modifiers === 'string' ? modifiers : '';
  const expression = given instanceof RegExp ? given : new RegExp(String(given), flags);
  const pattern = patternOf(expression);
  return pattern === undefined ? withNote(text, `Must match ${String(expression)}.`) : matching(pattern);
}

/** @param locale whatever the decorator was given; nothing is the default */
function ofLocale(locale: unknown, pattern: string, name: string): JsonSchema {
  return locale === undefined ? matching(pattern) : checkedByCode(name, text);
}

const UUID_VERSIONS = /^[1-8]$/;

function uuid(version: unknown): JsonSchema {
  const versions =
    version === undefined || version === null || version === 'all' ? ['[1-8]'] : [version].flat().map(String);
  if (!versions.every((one) => one === '[1-8]' || UUID_VERSIONS.test(one)))
    return { ...checkedByCode(cv.IS_UUID, text), format: 'uuid' };
  const group = versions.length === 1 ? versions[0] : `[${versions.join('')}]`;
  return {
    ...matching(
      `^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-${String(group)}[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$`,
    ),
    format: 'uuid',
  };
}

function ip(version: unknown): JsonSchema {
  if (String(version) === '4') {
    const segment = '([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])';
    return { ...matching(`^(${segment}\\.){3}${segment}$`), format: 'ipv4' };
  }
  const schema = checkedByCode(cv.IS_IP, text);
  return String(version) === '6' ? { ...schema, format: 'ipv6' } : schema;
}

function arrayContaining(values: unknown): JsonSchema {
  const list = Array.isArray(values) ? (values as unknown[]) : [];
  return intersect([{ type: 'array' }, ...list.map((value) => ({ allOf: [{ contains: oneOf([value]) }] }))]);
}
