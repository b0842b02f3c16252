import { ServiceBroker, type BrokerOptions } from 'moleculer';
import { watchBroker, type Activity } from './activity';
import type { LoggedErrors } from './logged-errors';

/** Returns the broker of a test: that of the application, or a silent one with its options. */
export function testBroker(
  given: BrokerOptions | ServiceBroker | undefined,
  activity: Activity,
  errors: LoggedErrors,
): ServiceBroker {
  if (given && typeof (given as Partial<ServiceBroker>).createService === 'function') {
    watchBroker(given as ServiceBroker, activity);
    return given as ServiceBroker;
  }
  const options = (given ?? {}) as BrokerOptions;
  // Not every option that both majors have is declared by both.
  const defaults: object = {
    logger: errors,
    skipProcessEventRegistration: true,
    ...options,
    // Moleculer waits for other nodes to take note when it stops.
    registry: { stopDelay: 0, ...options.registry },
    middlewares: [...(options.middlewares ?? []), activity.middleware],
  };
  return new ServiceBroker(defaults);
}
