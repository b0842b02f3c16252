import type { Service } from 'moleculer';
import type { Gateway } from './model';

const gateways = new WeakMap<Service, readonly Gateway[]>();

/** Sets the gateways that a service consists of. */
export function setGateways(service: Service, built: readonly Gateway[]): void {
  gateways.set(service, built);
}

/** Returns the gateways that a service consists of; an empty list if it is no gateway. */
export function findGateways(service: Service): readonly Gateway[] {
  return gateways.get(service) ?? [];
}

/**
 * Returns the gateways that a service consists of: one for a class, one per namespace for settings of moleculer-io.
 *
 * @throws Error if `created()` of the service has not run yet
 */
export function gatewaysOf(service: Service): readonly Gateway[] {
  const built = gateways.get(service);
  if (!built) throw new Error(`'${service.name}' is no gateway yet; wait until its created() has run`);
  return built;
}
