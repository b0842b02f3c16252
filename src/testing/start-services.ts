import type { Service, ServiceBroker } from 'moleculer';
import { failureAt, within } from './real-time';

/** Services may do much when they start. One that waits for a service that the test does not give is refused at once. */
const START_TIMEOUT_MS = 10_000;

type Dependency = string | { readonly name: string; readonly version?: string | number };

/**
 * Starts a broker.
 *
 * @param origin where the test has called
 * @throws Error if a service fails to start, or if one waits for a service that the broker does not have
 */
export function startBroker(broker: ServiceBroker, origin: Error): Promise<void> {
  checkDependencies(broker, broker.services, origin);
  return within(START_TIMEOUT_MS, broker.start(), () => describeLate(broker), origin);
}

/** Waits until services have started that were created on a broker that runs. Throws like `startBroker`. */
export async function startServices(
  broker: ServiceBroker,
  services: readonly Service[],
  origin: Error,
): Promise<void> {
  checkDependencies(broker, services, origin);
  let fail = (_error: Error): void => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  // Moleculer only logs that a service did not start.
  const onError = ({ error }: { error: Error }): void => {
    fail(error);
  };
  broker.localBus.on('$broker.error', onError);
  try {
    const started = broker.waitForServices(services.map(({ fullName }) => fullName));
    await within(START_TIMEOUT_MS, Promise.race([started, failed]), () => describeLate(broker), origin);
  } finally {
    broker.localBus.off('$broker.error', onError);
  }
}

function checkDependencies(broker: ServiceBroker, services: readonly Service[], origin: Error): void {
  // Other nodes may have them.
  if (broker.options.transporter) return;
  const known = new Set(broker.services.flatMap(({ name, fullName }) => [name, fullName]));
  for (const service of services) {
    const dependencies = [service.schema.dependencies ?? []].flat();
    const missing = dependencies.map(nameOf).filter((name) => !known.has(name));
    if (missing.length === 0) continue;
    const names = missing.map((name) => `'${name}'`).join(', ');
    const example = `{ services: [{ name: '${missing[0] ?? ''}', actions: { … } }] }`;
    throw failureAt(
      origin,
      `'${service.fullName}' would wait for ${names}: give it in \`services\`, real or mocked: ${example}`,
    );
  }
}

function nameOf(dependency: Dependency): string {
  if (typeof dependency === 'string') return dependency;
  const { name, version } = dependency;
  if (version === undefined) return name;
  return `${typeof version === 'number' ? `v${version}` : version}.${name}`;
}

function describeLate({ services }: ServiceBroker): string {
  const names = services.map(({ fullName }) => fullName).join(', ');
  return `the services did not start within ${START_TIMEOUT_MS} ms (${names}): does a started() never settle?`;
}
