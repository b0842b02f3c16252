import { isBuiltIn } from './built-in-constraints';

/*
 * The cost of class-validator's constraints, in microseconds on two shared cores, measured with class-validator 0.15 and
 * validator 13. Each figure is the time for a valid value, or a third of the time for the slowest value that was found.
 */

/** The cost of one call of a constraint. */
export interface ConstraintCost {
  readonly perCall: number;
  /** Added by each character of a text of more than {@link SHORT_TEXT} characters. */
  readonly perCharacter?: number;
  /** Added by an array. */
  readonly ofArray?: (items: readonly unknown[]) => number;
}

/** A text of so many characters takes no longer than one call at its worst. */
export const SHORT_TEXT = 64;

/** Constraints that compare a type, a number or a reference: nothing compared with what surrounds the call. */
const CHEAP = new Set(
  (
    'isDefined isOptional equals notEquals isEmpty isNotEmpty isPositive isNegative max min minDate maxDate isBoolean ' +
    'isDate isNumber isInt isString isArray isObject arrayNotEmpty arrayMinSize arrayMaxSize isNotEmptyObject isInstance'
  ).split(' '),
);

const FREE: ConstraintCost = { perCall: 0 };
const ORDINARY: ConstraintCost = { perCall: 0.6 };
/** The cost of an application's own constraint is not known. */
const CUSTOM: ConstraintCost = { perCall: 5 };
const PER_PAIR = 0.0016;

/** Costs by the name of the constraint; `given` is the first argument of its decorator. */
const EXPENSIVE = new Map<string, (given: unknown) => ConstraintCost>([
  ['arrayUnique', () => pairs((items) => items.length)],
  ['arrayContains', (given) => pairs(() => entriesOf(given))],
  ['arrayNotContains', (given) => pairs(() => entriesOf(given))],
  ['isIn', (given) => ({ perCall: 0.04 * entriesOf(given) })],
  ['isNotIn', (given) => ({ perCall: 0.04 * entriesOf(given) })],
  ['isEnum', (given) => ({ perCall: 0.13 * entriesOf(given) })],
  ['isByteLength', () => text(4, 0.2)],
  ['isCreditCard', () => text(1.5, 0.08)],
  ['isCurrency', () => text(5, 0.03)],
  ['isDataURI', () => text(1, 0.06)],
  ['isDecimal', () => text(1.5, 0.05)],
  ['isEmail', () => text(10, 0.1)],
  ['isFqdn', () => text(1.5, 0.08)],
  ['isHSL', () => text(2, 0.09)],
  ['isIBAN', () => text(2, 0.16)],
  ['isIdentityCard', () => text(2, 0.23)],
  ['isIsbn', () => text(1, 0.15)],
  ['isJson', () => text(40, 0.05)],
  ['isJwt', () => text(1, 0.03)],
  ['isLatLong', () => text(1, 0.04)],
  ['isLatitude', () => text(1, 0.04)],
  ['isLongitude', () => text(1, 0.04)],
  ['isLength', () => text(0.6, 0.04)],
  ['minLength', () => text(0.6, 0.04)],
  ['maxLength', () => text(0.6, 0.04)],
  ['isMobilePhone', () => text(15, 0.05)],
  ['isPassportNumber', () => text(0.6, 0.07)],
  ['isPhoneNumber', () => text(40, 0.3)],
  ['isPostalCode', () => text(2, 0.03)],
  ['isSemVer', () => text(0.6, 0.04)],
  ['isStrongPassword', () => text(4, 0.2)],
  ['isTaxId', () => text(3, 0)],
  ['isTimeZone', () => text(130, 0.03)],
  ['isUrl', () => text(6, 0.1)],
]);

/**
 * Returns what one call of a constraint takes.
 *
 * @param name the constraint's name, `isEmail`
 * @param constraints what its decorator was given
 */
export function constraintCost(name: string, constraints: readonly unknown[] | undefined): ConstraintCost {
  if (CHEAP.has(name)) return FREE;
  if (!isBuiltIn(name)) return CUSTOM;
  return EXPENSIVE.get(name)?.(constraints?.[0]) ?? ORDINARY;
}

/** Returns what a constraint takes for one value. */
export function costOfCall({ perCall, perCharacter, ofArray }: ConstraintCost, value: unknown): number {
  if (perCharacter && typeof value === 'string' && value.length > SHORT_TEXT)
    return perCall + perCharacter * value.length;
  return ofArray && Array.isArray(value) ? perCall + ofArray(value) : perCall;
}

function text(perCall: number, perCharacter: number): ConstraintCost {
  return { perCall, perCharacter };
}

/** Compares each item of an array with each of a number of others. */
function pairs(others: (items: readonly unknown[]) => number): ConstraintCost {
  return { ...ORDINARY, ofArray: (items) => PER_PAIR * items.length * others(items) };
}

function entriesOf(given: unknown): number {
  return typeof given === 'object' && given !== null ? Object.keys(given).length : 0;
}
