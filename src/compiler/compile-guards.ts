import type { AuthorizeRule, Policy } from '../types';
import type { GuardFact } from './inherit-facts';
import type { GuardPlan } from '../plan/plan';
import type { Problems } from './problems';

/** Brings `@Authorize` decorators together: each must hold. Undefined where there is none. */
export function compileGuard(
  declared: readonly { readonly rules: readonly AuthorizeRule[] }[],
  member: string | undefined,
  problems: Problems,
): GuardPlan | undefined {
  if (declared.length === 0) return undefined;
  const roles: string[][] = [];
  const policies: Policy[] = [];
  for (const { rules } of declared) {
    const named: string[] = [];
    for (const rule of rules as readonly unknown[]) {
      if (typeof rule === 'string' && rule !== '') named.push(rule);
      else if (typeof rule === 'function') policies.push(rule as Policy);
      else
        problems.add(member, '@Authorize takes names of roles and functions (ctx) => boolean, nothing else');
    }
    if (named.length > 0) roles.push(named);
  }
  return { roles, policies };
}

/** Combines the guard of an event: that of its class, unless anonymous clients are allowed, and its own. */
export function compileEventGuard(
  facts: readonly GuardFact[],
  classGuard: GuardPlan | undefined,
  member: string,
  problems: Problems,
): GuardPlan | undefined {
  const own = compileGuard(
    facts.filter((fact) => fact.kind === 'authorize'),
    member,
    problems,
  );
  return combineGuards([isAnonymous(facts) ? undefined : classGuard, own]);
}

/** Combines guards that must all hold. Returns undefined if there is none. */
export function combineGuards(guards: readonly (GuardPlan | undefined)[]): GuardPlan | undefined {
  const [first, ...others] = guards.filter((guard) => guard !== undefined);
  if (!first || others.length === 0) return first;
  const all = [first, ...others];
  return { roles: all.flatMap(({ roles }) => roles), policies: all.flatMap(({ policies }) => policies) };
}

/** Returns true if `@AllowAnonymous` exempts the event from the guard of its class. */
export function isAnonymous(facts: readonly GuardFact[]): boolean {
  return facts.some((fact) => fact.kind === 'anonymous');
}
