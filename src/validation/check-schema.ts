import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { BodyCheck } from '../plan/body-check';
import { MAX_PROBLEMS, validationError, type FieldProblem } from './validation-error';

/** Whether a value is a schema of any library that follows https://standardschema.dev; some are functions. */
export function isSchema(value: unknown): value is StandardSchemaV1 {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;
}

/** A check by a schema of zod, valibot, arktype, …: its output is what the handler gets. */
export function checkSchema(schema: StandardSchemaV1): BodyCheck {
  const standard = schema['~standard'];
  return (value) => {
    const result = standard.validate(value);
    // Not every promise is Promise's.
    return 'then' in result ? Promise.resolve(result).then(outcome) : outcome(result);
  };
}

function outcome(result: StandardSchemaV1.Result<unknown>): unknown {
  if (!result.issues) return result.value;
  throw validationError(result.issues.slice(0, MAX_PROBLEMS).map(problem));
}

/** What libraries say beside the message and the path that the standard asks for. */
interface VendorIssue extends StandardSchemaV1.Issue {
  /** zod, arktype */
  readonly code?: unknown;
  /** valibot */
  readonly type?: unknown;
  readonly expected?: unknown;
  /** arktype */
  readonly actual?: unknown;
  /** valibot */
  readonly received?: unknown;
}

function problem(issue: VendorIssue): FieldProblem {
  const { message, path = [], code, type, expected, actual, received } = issue;
  return {
    field: Array.from(path, (step) => String(typeof step === 'object' ? step.key : step)).join('.'),
    type: [code, type].find((one) => typeof one === 'string') ?? 'schema',
    message,
    expected: expected ?? undefined,
    actual: actual ?? received,
  };
}
