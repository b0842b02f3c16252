import type { ServiceBroker } from 'moleculer';
import type { SocketContext } from '../../types';
import type { CheckpointLimits } from '../../validation/checkpoint-plan';
import { interruptibleCopy } from '../../validation/interruptible-copy';
import { hasManyValues } from '../../validation/many-values';
import { TimeBudget } from '../../validation/time-budget';
import { assertFastEmails, mentionsEmails } from './email-pattern';
import { rethrowErrorLimit, withErrorLimit } from './error-limit';
import { paramsCheckOf, rulesOf, type ParamsCheck, type WithParams } from './moleculer-params';

/** The validator takes as much again for a valid payload, when the action runs. */
const LIMITS: CheckpointLimits = { baseMs: 12, msPerUnit: 0.000_18, maxMsPerUnit: 0.004 };

/** The validator takes no more than some milliseconds for fewer values, whatever they are. */
const MANY_VALUES = 256;

/** Checks large params in time. Returns undefined if there is nothing to wait for. Throws PayloadTooLarge 413. */
export type LargeParamsCheck = (ctx: SocketContext) => Promise<unknown> | undefined;

/**
 * Returns a check of large payloads by the `params` of a handler. Moleculer's validator runs in the middle of an action,
 * where it must not be interrupted. So it runs on a copy first, where it can be. Small payloads are not copied.
 *
 * @returns undefined if the handler has no `params`
 */
export function checkLargeParams(broker: ServiceBroker, action: WithParams): LargeParamsCheck | undefined {
  const rules = rulesOf(action);
  if (!rules) return undefined;
  const hasEmails = mentionsEmails(rules);
  let check: ParamsCheck | undefined;
  return (ctx) => {
    const params: unknown = ctx.params;
    if (hasEmails) assertFastEmails(params);
    if (!hasManyValues(params, MANY_VALUES)) return undefined;
    check ??= paramsCheckOf(broker, action, withErrorLimit(broker.validator));
    return check && checkCopy(check, ctx, params);
  };
}

async function checkCopy(check: ParamsCheck, ctx: SocketContext, params: unknown): Promise<unknown> {
  const work = new TimeBudget();
  const copy = interruptibleCopy(params, work, LIMITS);
  try {
    const checked = check(Object.create(ctx, { params: { value: copy, writable: true } }) as SocketContext);
    work.pauseBetweenTurns();
    return await checked;
  } catch (error) {
    rethrowErrorLimit(error);
  }
}
