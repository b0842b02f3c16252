import type { ServiceBroker } from 'moleculer';
import { drainPlan, drainsBeforeStop } from '../../plan/drain-settings';
import { describeThrown } from '../errors/run-safely';
import { findGateways } from '../gateways-of';
import type { Gateway } from '../model';
import { drainGateways } from './drain-gateways';
import { onSecondSignal } from './second-signal';

const wrapped = new WeakSet<ServiceBroker>();

/**
 * Makes `stop()` of a broker drain its gateways before it does anything else. No hook of Moleculer comes early enough: before
 * `stopping` it tells the other nodes that its services are gone, and stops them all at once after it. Signals and
 * moleculer-runner call `stop()`, too.
 */
export function drainBeforeStop(broker: ServiceBroker): void {
  if (wrapped.has(broker)) return;
  wrapped.add(broker);
  const stop = broker.stop.bind(broker);
  let stopping: Promise<void> | undefined;
  broker.stop = () => {
    if (stopping) return stopping;
    const services = drainingServices(broker);
    if (services.length === 0) return stop();
    stopping = drainAll(services)
      .catch((error: unknown) => {
        broker.logger.error(`the gateways could not be drained: ${describeThrown(error)}`);
      })
      .then(() => stop())
      .finally(() => {
        stopping = undefined;
      });
    return stopping;
  };
}

/** Returns the gateways that drain before the broker stops, by service. */
function drainingServices({ services }: ServiceBroker): (readonly Gateway[])[] {
  return services
    .map((service) => findGateways(service))
    .filter((gateways) => gateways.some(({ started }) => started))
    .filter(([gateway]) => gateway && drainsBeforeStop(gateway.server.drain));
}

async function drainAll(services: readonly (readonly Gateway[])[]): Promise<void> {
  const cut = new AbortController();
  const stopListening = onSecondSignal(() => {
    cut.abort();
  });
  try {
    await Promise.all(
      services.map((gateways) => drainGateways(gateways, drainPlan(gateways[0]?.server.drain), cut.signal)),
    );
  } finally {
    stopListening();
  }
}
