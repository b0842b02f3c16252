import type { Service } from 'moleculer';
import { ForbiddenError, UnAuthorizedError } from '../../errors';
import type { GuardPlan } from '../../plan/plan';
import type { SocketContext } from '../../types';

/**
 * Lets an event pass if there is a user with the roles that are asked for.
 *
 * @throws UnAuthorizedError 401 without a user, ForbiddenError 403 without a role
 */
export function checkUser(guard: GuardPlan, ctx: SocketContext): void {
  checkRoles(guard, ctx.meta.user);
}

/**
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
 * Lets an event pass if every policy holds.
 *
 * @throws ForbiddenError 403
 */
export async function checkPolicies(guard: GuardPlan, ctx: SocketContext, service: Service): Promise<void> {
  for (const policy of guard.policies) {
    if (!(await policy.call(service, ctx))) throw new ForbiddenError('POLICY');
  }
}

/** Roles are in `user.roles` or `user.role`, each a name or a list of names. */
function holdsOne(held: unknown, oneOf: readonly string[]): boolean {
  if (Array.isArray(held)) {
    for (const one of oneOf) if (held.includes(one)) return true;
    return false;
  }
  return oneOf.includes(held as string);
}
