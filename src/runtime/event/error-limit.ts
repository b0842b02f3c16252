import { Validators, type ServiceBroker } from 'moleculer';
import { PayloadTooLarge } from '../../errors';

/** Errors of one payload of which the validator writes the messages in less than 50 ms. */
const MAX_ERRORS = 20_000;

type Validator = ServiceBroker['validator'];

/** The fastest-validator inside Moleculer's default validator. Its rules call `makeError` for the code of an error. */
interface WithMakeError {
  readonly validator?: { makeError?(error: object): string };
}

/**
 * Returns Moleculer's default validator as one that stops after too many errors: it writes their messages when it has read
 * the payload, and nothing can interrupt it then. Any other validator is returned as it is.
 */
export function withErrorLimit(validator: Validator): Validator {
  const { validator: fastest } = validator as WithMakeError;
  if (!(validator instanceof Validators.Fastest) || typeof fastest?.makeError !== 'function')
    return validator;
  const limited: object = Object.create(fastest, {
    makeError: {
      value(error: object): string {
        return `${fastest.makeError?.(error)} if (errors.length > ${MAX_ERRORS}) throw errors;`;
      },
    },
  }) as object;
  return Object.create(validator, { validator: { value: limited } }) as Validator;
}

/** Throws what a validator with an error limit has thrown, as an error that a client can read. */
export function rethrowErrorLimit(error: unknown): never {
  if (Array.isArray(error)) throw new PayloadTooLarge({ maxValidationErrors: MAX_ERRORS });
  throw error;
}
