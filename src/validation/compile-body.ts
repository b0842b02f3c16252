import type { PayloadType, ValidationOptions, PayloadClass } from '../types';
import type { BodyCheck } from '../plan/body-check';
import { checkArrayOf } from './check-array';
import { checkSchema, isSchema } from './check-schema';
import { checkBinary, checkDate, checkPrimitive, nameOfType } from './check-value';
import type { Class } from './compiled/transformer-metadata';

/** Types that say nothing about a payload. */
export const SAYS_NOTHING: ReadonlySet<unknown> = new Set<unknown>([
  Object,
  Array,
  Function,
  Promise,
  Map,
  Set,
]);
const BINARY = new Set<unknown>([Buffer, Uint8Array, ArrayBuffer]);

/** Returns the checks of classes. They load class-validator and class-transformer, which gateways without such payloads do not need. */
function classChecks(): typeof import('./check-class') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load the libraries always
  return require('./check-class') as typeof import('./check-class');
}

/**
 * Compiles a declared type into a check.
 *
 * @param type a class, `[Class]`, `String`, `Number`, `Boolean`, …, or a schema of zod, valibot, arktype, …
 * @param options those of class-validator and class-transformer
 * @param problem told, as a sentence, what cannot work
 * @returns undefined if there is a problem
 */
export function compileBody(
  type: PayloadType | undefined,
  options: ValidationOptions,
  problem: (what: string) => void,
): BodyCheck | undefined {
  if (type === undefined) {
    problem(
      'the type of the payload is undefined: a class that is declared further down in its file, or a circular import; move ' +
        'the class up, or into a file of its own, or leave the option out',
    );
    return undefined;
  }
  if (SAYS_NOTHING.has(type)) {
    problem(
      `the payload is declared as ${(type as PayloadClass).name}, which says nothing about it; name a class, [Item] or a schema`,
    );
    return undefined;
  }
  if (isSchema(type)) {
    if (typeof (type['~standard'] as Partial<(typeof type)['~standard']> | null)?.validate === 'function')
      return checkSchema(type);
    problem(
      "the payload has '~standard' and no function validate in it: it is no schema of the Standard Schema kind",
    );
    return undefined;
  }
  if (Array.isArray(type)) {
    if (type.length !== 1) {
      problem('an array of payloads is written [Item], with exactly one class or schema');
      return undefined;
    }
    const item = compileBody(type[0] as PayloadType, options, problem);
    return item && checkArrayOf(item);
  }
  if (typeof type !== 'function') {
    problem(`the payload must be a class, a schema, or an array of one of them, not ${nameOfType(type)}`);
    return undefined;
  }
  if (type === String || type === Number || type === Boolean || type === BigInt || type === Symbol) {
    return checkPrimitive(type.name.toLowerCase());
  }
  if (type === Date) return checkDate;
  if (BINARY.has(type)) return checkBinary;
  const { checkClass, hasConstraints } = classChecks();
  if (!hasConstraints(type) && options.forbidUnknownValues !== false) {
    problem(
      `${type.name} has no class-validator decorators, so class-validator refuses every payload of it. ` +
        `Decorate its properties, or take the payload as it comes: @MessageBody({ unchecked: true })`,
    );
    return undefined;
  }
  return checkClass(type as Class, options);
}
