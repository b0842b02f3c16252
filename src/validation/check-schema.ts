import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { BodyCheck } from '../plan/body-check';
import type { CheckpointLimits } from './checkpoint-plan';
import { Checkpoints } from './checkpoints';
import { hasManyValues } from './many-values';
import { MAX_PROBLEMS, validationError, type FieldProblem } from './validation-error';
import { TimeBudget } from './time-budget';

/** For the errors that a schema finds in that time, it takes twice as much once it has read the payload. */
const LIMITS: CheckpointLimits = { baseMs: 30, msPerUnit: 0.000_25, maxMsPerUnit: 0.02 };
/** A schema takes no more than some milliseconds for fewer values, whatever they are. */
const MANY_VALUES = 16;
/** Microseconds that a schema takes for a small payload. */
const PER_PAYLOAD = 5;

/** Returns true if a value is a schema of any library that follows https://standardschema.dev; some are functions. */
export function isSchema(value: unknown): value is StandardSchemaV1 {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;
}

/** Returns a check by a schema of zod, valibot, arktype, …: its output is what the handler gets. */
export function checkSchema(schema: StandardSchemaV1): BodyCheck {
  const standard = schema['~standard'];
  return (value, given) => {
    given?.spend(PER_PAYLOAD);
    if (!hasManyValues(value, MANY_VALUES)) {
      const result = standard.validate(value);
      // Not every promise is Promise's.
      return 'then' in result ? Promise.resolve(result).then(outcome) : outcome(result);
    }
    const work = given ?? new TimeBudget();
    const checkpoints = new Checkpoints(value, work, LIMITS);
    let result: ReturnType<typeof standard.validate> | undefined;
    try {
      result = standard.validate(value);
    } finally {
      if (!result || !('then' in result)) checkpoints.remove();
    }
    if (!('then' in result)) return outcome(result);
    work.pauseBetweenTurns();
    return Promise.resolve(result)
      .finally(() => {
        checkpoints.remove();
      })
      .then(outcome);
  };
}

function outcome(result: StandardSchemaV1.Result<unknown>): unknown {
  if (!result.issues) return result.value;
  throw validationError(result.issues.slice(0, MAX_PROBLEMS).map(problem));
}

/** The members of an issue that libraries add to the message and path of the standard. */
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
