import { checkMixins, type SchemaParts } from './mixins';
import type { GatewayPlan } from '../plan/plan';
import { Problems } from './problems';
import { socketAuthorizeOf } from './socket-authorize';

/** What Moleculer sets on a service when it parses the schema. */
const SET_BY_MOLECULER = [
  'name',
  'version',
  'fullName',
  'settings',
  'metadata',
  'schema',
  'originalSchema',
  'actions',
  'events',
  'logger',
] as const;

/**
 * Completes the plan of a class by what is only known when a service of it is made.
 *
 * @param service with its fields set, and before Moleculer has made a service of it
 * @param given the options of `@Service`, or modifications of `createService`
 * @throws DeclarationError if a field or a mixin can have no effect
 */
export function completePlan(plan: GatewayPlan, service: object, given: SchemaParts): GatewayPlan {
  const problems = new Problems(plan.className);
  for (const field of SET_BY_MOLECULER) {
    if (!Object.hasOwn(service, field) || (service as Record<string, unknown>)[field] === undefined) continue;
    problems.add(
      field,
      'a field of this name would be overwritten by Moleculer; give it to @SocketNamespace, or another name',
    );
  }
  checkMixins(given, problems);
  problems.throwIfAny();
  const authentication = plan.authentication ?? socketAuthorizeOf(given);
  return authentication === plan.authentication ? plan : Object.freeze({ ...plan, authentication });
}
