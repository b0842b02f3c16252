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
    middlewares: [...(options.middlewares ?? []), activity.middleware],
  };
  return new ServiceBroker(defaults);
}

/** Stops a broker, without the time in which other nodes take note: Moleculer waits in a timer, which may be faked. */
export async function stopBroker(broker: ServiceBroker): Promise<void> {
  const own = broker as object as { Promise: PromiseConstructor };
  const Original = own.Promise;
  own.Promise = class extends Original<never> {
    static delay(): Promise<void> {
      return Promise.resolve();
    }
  } as object as PromiseConstructor;
  try {
    await broker.stop();
  } finally {
    own.Promise = Original;
  }
}
