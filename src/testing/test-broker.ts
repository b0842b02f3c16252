import { ServiceBroker, type BrokerOptions } from 'moleculer';
import { watchBroker, type Activity } from './activity';

/** Milliseconds between two looks for a dependency. Moleculer looks once a second. */
const DEPENDENCY_INTERVAL_MS = 5;

/** Returns the broker of a test: that of the application, or a silent one with its options. */
export function testBroker(
  given: BrokerOptions | ServiceBroker | undefined,
  activity: Activity,
): ServiceBroker {
  if (given && typeof (given as Partial<ServiceBroker>).createService === 'function') {
    watchBroker(given as ServiceBroker, activity);
    return given as ServiceBroker;
  }
  const options = (given ?? {}) as BrokerOptions;
  // Not every option that both majors have is declared by both.
  const defaults: object = {
    logger: false,
    skipProcessEventRegistration: true,
    dependencyInterval: DEPENDENCY_INTERVAL_MS,
    ...options,
    // Moleculer waits for other nodes to take note when it stops.
    registry: { stopDelay: 0, ...options.registry },
    middlewares: [...(options.middlewares ?? []), activity.middleware],
  };
  return new ServiceBroker(defaults);
}
