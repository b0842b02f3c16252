import * as cv from 'class-validator';
import type { metadataOf } from '../../validation/compiled/validator-metadata';
import { isLikeBuiltIn } from './built-in-references';
import { convertByLibrary } from './class-library';
import { constraintSchema, refusesAbsence, type Constraint } from './constraint-schemas';
import { intersect } from './intersect';
import { unsaid, type JsonSchema } from './json-schema';

/** The record that class-validator keeps of one decorator. */
export type Metadata = ReturnType<typeof metadataOf>[number];

/** Returns true for a decorator that checks a value, and not what is in it or whether it is checked. */
export function isCheck({ type }: Metadata): boolean {
  return type === cv.ValidationTypes.CUSTOM_VALIDATION || type === cv.ValidationTypes.IS_DEFINED;
}

/** Returns true if one of the checks demands an array. */
export function isOfArrays({ name = '' }: Metadata): boolean {
  return name === cv.IS_ARRAY || name.startsWith('array');
}

/** Returns the schema of what all these checks demand. */
export function constraintsSchema(checks: readonly Metadata[]): JsonSchema {
  const said = checks.map((check) => ownSchema(check));
  const left = checks.filter((_check, at) => said[at] === undefined);
  const byLibrary = convertByLibrary(
    left.map(({ target, propertyName, name, type, constraints }) => ({
      target,
      propertyName,
      type: name ?? type,
      constraints: constraints as unknown,
    })),
  );
  let next = 0;
  const schemas = said.map((schema) => schema ?? byLibrary[next++] ?? {});
  return intersect(
    schemas.map((schema, at) => (checks[at]?.each ? { type: 'array', items: schema } : schema)),
  );
}

/** Returns true if a property that is absent does not fulfil the check. */
export function demandsPresence(check: Metadata): boolean {
  return (
    check.type === cv.ValidationTypes.IS_DEFINED ||
    (isOwnOfLibrary(check) && refusesAbsence(constraintOf(check)))
  );
}

/** @returns undefined if class-validator-jsonschema says it exactly */
function ownSchema(check: Metadata): JsonSchema | undefined {
  if (check.type === cv.ValidationTypes.IS_DEFINED)
    return constraintSchema({ name: cv.IS_DEFINED, constraints: [] });
  if (isOwnOfLibrary(check)) return constraintSchema(constraintOf(check));
  const name = check.name ?? check.constraintCls.name;
  return check.validateIf
    ? unsaid(`Checked by '${name}' under a condition of the application.`)
    : unsaid(`Checked by '${name}', a constraint of the application.`);
}

function constraintOf({ name = '', constraints }: Metadata): Constraint {
  return { name, constraints: (constraints as readonly unknown[] | undefined) ?? [] };
}

/** Returns true if a constraint is class-validator's own, and applies always. */
function isOwnOfLibrary(check: Metadata): boolean {
  if (check.type === cv.ValidationTypes.IS_DEFINED) return true;
  const known = ownOfLibrary.get(check) ?? compareWithLibrary(check);
  ownOfLibrary.set(check, known);
  return known;
}

const ownOfLibrary = new WeakMap<Metadata, boolean>();

function compareWithLibrary(check: Metadata): boolean {
  const { constraintCls, validateIf } = check;
  const [found, second] = cv.getMetadataStorage().getTargetValidatorConstraints(constraintCls);
  const { name, constraints } = constraintOf(check);
  if (validateIf || !found || second || found.async || found.name !== name) return false;
  return isLikeBuiltIn({ name, constraints, instance: found.instance });
}
