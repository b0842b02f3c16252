import type { PropertyRules } from './validator-metadata';

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

/** Returns true if a constraint of a property reads what is in the instances that the property holds. */
export function readsNested({ nested, defined, constraints }: PropertyRules): boolean {
  return nested.length > 0 && [...defined, ...constraints].some(({ name }) => !READS_NO_PROPERTIES.has(name));
}
