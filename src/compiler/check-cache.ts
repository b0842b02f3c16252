import type { ServiceSchema } from 'moleculer';
import type { GatewayPlan } from '../plan/plan';
import type { MemberDeclaration } from './inherit-facts';
import { Problems } from './problems';
import { isEnabled } from './is-enabled';

/** The first argument: `ctx.params`, of which Moleculer makes the key of a cached result. */
const PARAMS = '@MessageBody()';

/** Returns what the result of a handler may depend on. */
export function dependenciesOf(member: MemberDeclaration): string[] {
  if (member.arguments.length === 0) return (member.method?.length ?? 0) > 0 ? ['ctx'] : [];
  return [...member.arguments]
    .sort((one, other) => one.index - other.index)
    .flatMap(({ source, decorator }) => {
      if (source.from === 'ack' || source.from === 'io') return [];
      if (source.from !== 'body') return [decorator];
      return source.index === 0 ? PARAMS : `@MessageBody(${source.index})`;
    });
}

/**
 * Reports a cache that would answer one client with the result of another.
 *
 * @param cache the option of the action
 * @param common the setting `$cache`, for actions without the option
 * @param dependencies what the result may depend on
 */
export function checkCache(
  cache: unknown,
  common: unknown,
  dependencies: readonly string[],
  report: (what: string) => void,
): void {
  if (cache === undefined) {
    if (common !== undefined)
      checkCache(common, undefined, dependencies, (what) => {
        report(`settings.$cache is for this action, too: ${what}`);
      });
    return;
  }
  if (!isEnabled(cache)) return;
  const { keys, keygen } = Object(cache) as { keys?: unknown; keygen?: unknown };
  if (keys !== undefined && keys !== null && !isListOfNames(keys)) {
    report("cache.keys must be a list of names: { cache: { keys: ['id', '#user.id'] } }");
    return;
  }
  const namesKeys = Array.isArray(keys) && keys.length > 0;
  // An empty list makes a key that does not even depend on the params.
  const outsideKey = dependencies.filter((dependency) => Array.isArray(keys) || dependency !== PARAMS);
  if (!namesKeys && typeof keygen !== 'function' && outsideKey.length > 0) {
    report(
      `cache would answer one client with the result of another: the result may depend on ${outsideKey.join(', ')}, ` +
        'and its key does not; name in cache.keys what it depends on, with # before values of ctx.meta: ' +
        "{ cache: { keys: ['id', '#user.id'] } }, or write cache: false",
    );
  }
}

/**
 * Looks at the caches of handlers in the final schema: mixins and modifications may have added some.
 *
 * @throws DeclarationError if one would answer one client with the result of another
 */
export function checkMergedCaches(plan: GatewayPlan, { actions, settings }: ServiceSchema): void {
  const problems = new Problems(plan.className);
  for (const { member, dependencies } of plan.handlers) {
    const { cache } = Object(actions?.[member]) as { cache?: unknown };
    const { $cache } = Object(settings) as { $cache?: unknown };
    checkCache(cache, $cache, dependencies, (what) => {
      problems.add(member, what);
    });
  }
  problems.throwIfAny();
}

function isListOfNames(keys: unknown): boolean {
  return Array.isArray(keys) && keys.every((key) => typeof key === 'string' && key !== '');
}
