import type { Service } from 'moleculer';
import { ForbiddenError, UnAuthorizedError } from '../../errors';
import type { GuardPlan } from '../../plan/plan';
import type { SocketContext } from '../../types';

/**
 * Checks that there is a user with the roles of a guard.
 *
 * @throws UnAuthorizedError 401 without a user, ForbiddenError 403 without a role
 */
export function checkRoles(guard: GuardPlan, user: unknown): void {
  if (!user) throw new UnAuthorizedError('NO_USER');
  if (guard.roles.length === 0) return;
  const { roles, role } = user as { roles?: unknown; role?: unknown };
  for (const oneOf of guard.roles) {
    if (!holdsOne(role, oneOf) && !holdsOne(roles, oneOf)) throw new ForbiddenError('MISSING_ROLE');
  }
}

/**
 * Checks that every policy of a guard holds.
 *
 * @throws ForbiddenError 403
 */
export async function checkPolicies(guard: GuardPlan, ctx: SocketContext, service: Service): Promise<void> {
  for (const policy of guard.policies) {
    if (!(await policy.call(service, ctx))) throw new ForbiddenError('POLICY');
  }
}

/** @param held `user.role` or `user.roles`: a name or a list of names */
function holdsOne(held: unknown, oneOf: readonly string[]): boolean {
  if (Array.isArray(held)) {
    for (const one of oneOf) if (held.includes(one)) return true;
    return false;
  }
  return oneOf.includes(held as string);
}
