import { ServiceUnavailableError } from '../../errors';
import { messageOf } from '../answer/connect-error';
import { isMoleculerError } from '../answer/wire-error';

/**
 * Returns the error that refuses a socket because the cluster failed while it authenticated, so that the client tries again.
 *
 * The cluster failed if the error is of Moleculer's family, and is `retryable` or has a code from 500: no service, a timeout, a
 * full queue, an open circuit, a server error.
 *
 * @param exposeErrors true to show the message of the failure
 * @returns undefined if the authentication itself failed
 */
export function authenticationOutage(failure: Error, exposeErrors: boolean): Error | undefined {
  if (!isClusterFailure(failure)) return undefined;
  const outage = new ServiceUnavailableError('AUTHENTICATION_UNAVAILABLE', { retryable: true });
  if (exposeErrors) outage.message = messageOf(failure) ?? outage.message;
  return outage;
}

function isClusterFailure(failure: Error & { code?: unknown; retryable?: unknown }): boolean {
  try {
    return isMoleculerError(failure) && (failure.retryable === true || Number(failure.code) >= 500);
  } catch {
    // A getter threw.
    return false;
  }
}
