import { checkSettings } from './check-options';
import { checkMixins, mixinsOf, type SchemaParts } from './mixins';
import type { GatewayPlan } from '../plan/plan';
import { Problems } from './problems';
import { isMethodOfMoleculer, LIFECYCLE } from './reserved-names';
import { checkServiceName } from './service-name';
import { socketAuthorizeOf } from './socket-authorize';

/** The members that Moleculer sets on a service when it parses the schema. */
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
  for (const field of Object.getOwnPropertyNames(service)) {
    const value = (service as Record<string, unknown>)[field];
    checkField(field, value, plan, (what) => {
      problems.add(field, what);
    });
  }
  checkServiceName(plan, given.name, problems);
  checkMixins(given, problems);
  checkSettings(
    { ...plan.service.settings, ...given.settings },
    [...plan.service.mixins, ...mixinsOf(given)],
    (what) => {
      problems.add(undefined, what);
    },
  );
  problems.throwIfAny();
  const authentication = plan.authentication ?? socketAuthorizeOf(given);
  return authentication === plan.authentication ? plan : Object.freeze({ ...plan, authentication });
}

/** Reports a function in a field where only a method is called. */
function checkField(field: string, value: unknown, plan: GatewayPlan, report: (what: string) => void): void {
  if (isMethodOfMoleculer(field)) {
    report(`'${field}' replaces a method of Moleculer's that every service needs; give it another name`);
  } else if (typeof value !== 'function') {
    return;
  } else if ((LIFECYCLE as readonly string[]).includes(field)) {
    report(`a function in a field is not called by Moleculer; write a method: ${field}() { … }`);
  } else if (plan.events.some(({ target }) => target.kind === 'proxy' && target.member === field)) {
    report(`a function in a field does not answer events; write a method: @SocketEvent() ${field}() { … }`);
  }
}
