import type { EventPlan, GuardPlan, RateLimitPlan } from '../../plan/plan';
import type { ContractAuthorization, ContractError, ContractRateLimit } from './asyncapi';

/** Returns who may send an event. Policies are functions: they are counted. */
export function authorizationOf({ roles, policies }: GuardPlan): ContractAuthorization {
  return { roles: roles.map((oneOf) => [...oneOf]), policies: policies.length };
}

/** Returns what a rate limit says, without where it is counted. */
export function rateLimitOf({ points, duration, key }: RateLimitPlan): ContractRateLimit {
  return { points, duration, key: typeof key === 'string' ? key : 'chosen by the gateway' };
}

/** Returns the errors that are special to an event. Any event may also be answered with 413, 500, 503 or 504. */
export function errorsOf({ target, guard, rateLimits }: EventPlan, isChecked: boolean): ContractError[] {
  const errors: ContractError[] = [];
  const add = (code: number, name: string, description: string): void => {
    errors.push({ code, name, description });
  };
  if (target.kind === 'proxy') add(400, 'BadRequestError', 'The name of the action is no text.');
  if (guard) {
    add(401, 'UnAuthorizedError', 'The client has no user.');
    if (guard.roles.length > 0 || guard.policies.length > 0)
      add(403, 'ForbiddenError', 'The user may not send this event.');
  }
  if (target.kind === 'proxy')
    add(404, 'ServiceNotFoundError', 'There is no such action, or clients may not call it.');
  if (isChecked) add(422, 'ValidationError', 'The payload is not valid: `data` lists the fields.');
  if (rateLimits.length > 0)
    add(429, 'RateLimitExceeded', 'Too often: `data.retryAfter` says how many seconds to wait.');
  return errors;
}

/** Returns sentences on who may send an event, and how often. */
export function describeAccess({ guard, rateLimits, deprecated }: EventPlan): string[] {
  const sentences: string[] = [];
  if (deprecated !== undefined)
    sentences.push(deprecated === true ? 'Deprecated.' : `Deprecated: ${String(deprecated)}`);
  if (guard) {
    const roles = guard.roles.map((oneOf) => oneOf.map((role) => `\`${role}\``).join(' or '));
    const user = roles.length > 0 ? `a user with the role ${roles.join(', and ')}` : 'a user';
    sentences.push(
      `Needs ${user}${guard.policies.length > 0 ? ' that a policy of the gateway lets pass' : ''}.`,
    );
  }
  for (const { points, duration, key } of rateLimits.map(rateLimitOf))
    sentences.push(`At most ${points} in ${duration} s, counted by ${key}.`);
  return sentences;
}
