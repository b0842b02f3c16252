import type { MemberDeclaration, RoleFact } from './inherit-facts';
import type { MethodPlan } from '../plan/plan';
import type { Problems } from './problems';

/** A role whose fact knows the decorator that gave it. */
type DecoratedRole = Extract<RoleFact, { decorator: string }>;

/** Returns the methods of a class that have a role, in the order of declaration, those of ancestors first. */
export function methodsFor(
  members: readonly MemberDeclaration[],
  isMeant: (role: DecoratedRole) => boolean,
  problems: Problems,
): MethodPlan[] {
  return members.flatMap((member) => {
    const role = member.roles.find((one): one is DecoratedRole => 'decorator' in one && isMeant(one));
    return role ? (methodPlan(member, role.decorator, problems) ?? []) : [];
  });
}

/**
 * Plans a method that is called with the service as `this`. If the decorator is not on a method, reports it and returns
 * undefined.
 */
export function methodPlan(
  member: MemberDeclaration,
  decorator: string,
  problems: Problems,
): MethodPlan | undefined {
  if (member.roles.some((fact) => fact.isStatic) || !member.method) {
    problems.add(member.name, `${decorator} must stand on a method of the instance`);
    return undefined;
  }
  return { name: member.name, call: member.method };
}

/** Returns true if an option can be middlewares: a list of functions, or undefined. */
export function isListOfFunctions(given: unknown): boolean {
  return given === undefined || (Array.isArray(given) && given.every((one) => typeof one === 'function'));
}
