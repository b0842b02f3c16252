import type { IncomingMessage } from 'node:http';
import type { ExplorerOptions } from '../../types';
import type { Report } from '../errors/run-safely';

const GUARD_TIMEOUT_MS = 10_000;

/** Why a request is refused. */
export interface Refusal {
  readonly status: 403 | 503;
  readonly reason: string;
}

const FORBIDDEN: Refusal = { status: 403, reason: 'The guard of the explorer does not let you in.' };
const UNCHECKED: Refusal = { status: 503, reason: 'The guard of the explorer could not check the request.' };

/**
 * Asks the guard of the explorer about a request. What the guard throws is reported.
 *
 * @returns undefined if the request may go on
 */
export async function checkRequest(
  guard: ExplorerOptions['guard'],
  request: IncomingMessage,
  report: Report,
): Promise<Refusal | undefined> {
  if (!guard) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${GUARD_TIMEOUT_MS} ms`));
    }, GUARD_TIMEOUT_MS).unref();
  });
  try {
    const allows = await Promise.race([guard(request), timeout]);
    return allows === true ? undefined : FORBIDDEN;
  } catch (error) {
    report('the guard of the explorer failed, the request is refused', error);
    return UNCHECKED;
  } finally {
    clearTimeout(timer);
  }
}
