import type { Service } from 'moleculer';
import { ForbiddenError, UnAuthorizedError } from '../errors';
import type { GuardPlan } from '../compiler/plan';
import type { SocketContext } from '../types';

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
  for (const oneOf of guard.roles) {
    if (!oneOf.some((role) => hasRole(user, role))) throw new ForbiddenError('MISSING_ROLE');
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
function hasRole(user: unknown, role: string): boolean {
  const { roles, role: single } = user as { roles?: unknown; role?: unknown };
  return holds(roles, role) || holds(single, role);
}

function holds(held: unknown, role: string): boolean {
  return held === role || (Array.isArray(held) && held.includes(role));
}
