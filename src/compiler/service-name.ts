import type { GatewayPlan } from '../plan/plan';
import type { Problems } from './problems';

/** The length of names that minifiers give to classes. */
const MINIFIED = 2;

/** Makes the name of a service of the name of its class: `ChatRoomGateway` is `chatRoom`. */
export function nameOfService(className: string): string {
  const name = className.replace(/(.)Gateway$/, '$1');
  return name.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]/, (start) => start.toLowerCase());
}

/**
 * Returns the name that a schema gives to the service.
 *
 * @param name as `@Service` or `createService` has it. Without a name of its own, `@Service` takes that of the class.
 * @returns undefined if the plan names the service
 */
export function givenName({ className }: GatewayPlan, name: unknown): string | undefined {
  return typeof name === 'string' && name !== '' && name !== className ? name : undefined;
}

/** Reports a service that would be named after a class which a minifier has renamed. */
export function checkServiceName(plan: GatewayPlan, given: unknown, problems: Problems): void {
  const { className, service } = plan;
  if (!service.isNamedByClass || givenName(plan, given) !== undefined || className.length > MINIFIED) return;
  problems.add(
    undefined,
    `a service cannot be named after the class '${className}': minifiers rename classes, and its actions would be ` +
      "called differently in every build; give it a name: @SocketNamespace(path, { name: 'chat' })",
  );
}
