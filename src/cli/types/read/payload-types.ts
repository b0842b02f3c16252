import ts from 'typescript';
import type { Place } from '../wire/place';
import { arrayOf, single, type Printed } from '../wire/printed';
import type { WireTypes } from '../wire/wire-types';
import type { Reading } from './reading';

/** The value of the option `type` or `payload`: a class, a primitive, a schema, or an array of one of them. */
export type PayloadDescription =
  | { readonly kind: 'class' | 'schema'; readonly type: ts.Type }
  | { readonly kind: 'array'; readonly item: PayloadDescription };

/**
 * Reads an expression that describes a payload.
 *
 * @param direction which type of a schema: what it takes, or what it gives
 * @returns undefined if it says nothing
 */
export function describePayload(
  { checker }: Reading,
  expression: ts.Expression,
  direction: 'input' | 'output',
): PayloadDescription | undefined {
  return describe(checker, checker.getTypeAtLocation(expression), expression, direction);
}

function describe(
  checker: ts.TypeChecker,
  type: ts.Type,
  node: ts.Node,
  direction: 'input' | 'output',
): PayloadDescription | undefined {
  const schema = typeOfSchema(checker, type, direction);
  if (schema) return { kind: 'schema', type: schema };
  if (checker.isArrayType(type) || checker.isTupleType(type)) {
    const [first] = checker.getTypeArguments(type as ts.TypeReference);
    const item = first && describe(checker, first, node, direction);
    return item && { kind: 'array', item };
  }
  const [constructor] = type.getConstructSignatures();
  return constructor && { kind: 'class', type: checker.getReturnTypeOfSignature(constructor) };
}

/** Returns a type of a schema of zod, valibot, arktype, … as https://standardschema.dev defines it. */
export function typeOfSchema(
  checker: ts.TypeChecker,
  schema: ts.Type,
  direction: 'input' | 'output',
): ts.Type | undefined {
  let type: ts.Type | undefined = schema;
  for (const name of ['~standard', 'types', direction]) {
    const property: ts.Symbol | undefined = type && checker.getPropertyOfType(type, name);
    type = property && checker.getNonNullableType(checker.getTypeOfSymbol(property));
    if (name === direction && property) return checker.getTypeOfSymbol(property);
  }
  return undefined;
}

/**
 * Prints what a description says, without `undefined`.
 *
 * @param wire how the classes in it are printed
 */
export function printPayload(wire: WireTypes, payload: PayloadDescription, place: Place): Printed {
  return payload.kind === 'array'
    ? arrayOf(printPayload(wire, payload.item, place.at('[]')))
    : (wire.printPresent(payload.type, place).printed ?? single('null'));
}

/** Returns true if a declared type says less than a class or a schema could: `any`, `object`, an array of them. */
export function saysLittle(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive)) return true;
  if (checker.isArrayType(type)) {
    const [item] = checker.getTypeArguments(type as ts.TypeReference);
    return item !== undefined && saysLittle(checker, item);
  }
  if (!(type.flags & ts.TypeFlags.Object) || checker.isTupleType(type)) return false;
  return (
    checker.getPropertiesOfType(type).length === 0 &&
    type.getCallSignatures().length === 0 &&
    checker.getIndexInfosOfType(type).every((index) => saysLittle(checker, index.type))
  );
}

/** Returns true if the options of a body say more than the declared type. What a schema takes may differ from what it gives. */
export function isBetter(
  { checker, receivedClasses }: Reading,
  described: PayloadDescription,
  declared: ts.Type,
): boolean {
  if (saysLittle(checker, declared) || receivedClasses.differs(itemOf(described))) return true;
  return isOfSchema(described) ? !isVague(checker, described) : !isNarrower(checker, declared, described);
}

/** Returns the type of what a description is, or is an array of. */
function itemOf(payload: PayloadDescription): ts.Type {
  return payload.kind === 'array' ? itemOf(payload.item) : payload.type;
}

/** Returns true if a description is, or is an array of, what a schema says. */
export function isOfSchema(payload: PayloadDescription): boolean {
  return payload.kind === 'array' ? isOfSchema(payload.item) : payload.kind === 'schema';
}

/** Returns true if a schema says little about what it takes, as one that coerces does. */
function isVague(checker: ts.TypeChecker, payload: PayloadDescription): boolean {
  return payload.kind === 'array' ? isVague(checker, payload.item) : saysLittle(checker, payload.type);
}

/** Returns true if all values of a type are values of a description. */
function isNarrower(checker: ts.TypeChecker, type: ts.Type, payload: PayloadDescription): boolean {
  if (payload.kind !== 'array') return checker.isTypeAssignableTo(type, payload.type);
  const item = checker.isArrayLikeType(type) && checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  return item ? isNarrower(checker, item, payload.item) : false;
}
