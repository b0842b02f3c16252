import { compilePatterns, type Matcher } from '../plan/patterns';
import type { ActionProxyOptions } from '../types';
import { methodPlan } from './compile-methods';
import type { MemberDeclaration, RoleFact } from './inherit-facts';
import type { BeforeHook, HookPlan, HooksPlan, ResultHook } from '../plan/plan';
import type { Problems } from './problems';

type HookFact = Extract<RoleFact, { kind: 'hook' }>;

interface DeclaredHook {
  readonly moment: HookFact['moment'];
  /** Undefined: all events. */
  readonly matches: Matcher | undefined;
  readonly call: HookPlan<unknown>['call'];
}

/** Returns all call hooks of a class, in the order of declaration, those of ancestors first. */
export function declaredHooks(members: readonly MemberDeclaration[], problems: Problems): DeclaredHook[] {
  return members.flatMap((member) =>
    member.roles
      .filter((fact) => fact.kind === 'hook')
      .map((fact) => {
        const events = fact.events as readonly unknown[];
        const method = methodPlan(member, fact.decorator, problems);
        if (!events.every((event) => typeof event === 'string' && event !== '')) {
          problems.add(
            member.name,
            `${fact.decorator} takes names and patterns of events, as 'order.*', nothing else`,
          );
        }
        const patterns = events
          .filter((event) => typeof event === 'string')
          .flatMap((event) => event.split('|'));
        const isForAll = patterns.length === 0 || patterns.includes('*');
        return {
          moment: fact.moment,
          matches: isForAll ? undefined : compilePatterns(patterns),
          call: method?.call,
        };
      }),
  );
}

/**
 * Chooses the hooks of one event, in Moleculer's order: for all events, then for some, then the event's own; after
 * hooks and error hooks the other way round.
 */
export function compileHooks(
  declared: readonly DeclaredHook[],
  event: string,
  own: ActionProxyOptions = {},
): HooksPlan {
  const chosen = (moment: HookFact['moment']): HookPlan<unknown>[] => {
    const hooks = declared.filter((hook) => hook.moment === moment && appliesTo(hook, event));
    const ordered = [...hooks.filter((hook) => !hook.matches), ...hooks.filter((hook) => hook.matches)];
    return ordered.map((hook) => ({ call: hook.call, matches: event === '*' ? hook.matches : undefined }));
  };
  const ownBefore = own.onBeforeCall ? [{ call: own.onBeforeCall, matches: undefined }] : [];
  const ownAfter = own.onAfterCall ? [{ call: own.onAfterCall, matches: undefined }] : [];
  return {
    before: [...chosen('before'), ...ownBefore] as BeforeHook[],
    after: [...ownAfter, ...chosen('after').reverse()] as ResultHook[],
    error: chosen('error').reverse() as ResultHook[],
  };
}

function appliesTo({ matches }: DeclaredHook, event: string): boolean {
  return !matches || event === '*' || matches(event);
}
