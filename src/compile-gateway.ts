import type { ClassValue } from './compiler/class-chain';
import { loadParts } from './load-parts';
import type { GatewayPlan } from './plan/plan';

/**
 * Compiles a decorated class into everything that the gateway is. It is pure: no broker is needed, nothing is opened,
 * and the same class always gives the same plan.
 *
 * @param type a class with `@SocketNamespace`
 * @throws DeclarationError with every mistake of the class
 * @example
 * for (const event of compileGateway(ChatGateway).events) console.log(event.name);
 */
export function compileGateway(type: ClassValue): GatewayPlan {
  return loadParts().compileGateway(type);
}
