import type { Service, ServiceBroker } from 'moleculer';
import { inspect } from 'node:util';
import type { Activity } from './activity';
import { failureAt, within } from './real-time';

/** Services may do much when they start. One that waits for a service that the test does not give is refused at once. */
const START_TIMEOUT_MS = 10_000;

/** Milliseconds between two looks for the dependencies of a service. Moleculer looks once a second. */
const DEPENDENCY_INTERVAL_MS = 5;

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
  activity: Activity,
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
    const started = Promise.all(services.map((service) => activity.whenStarted(service)));
    await within(START_TIMEOUT_MS, Promise.race([started, failed]), () => describeLate(broker), origin);
  } finally {
    broker.localBus.off('$broker.error', onError);
  }
}

/** Makes services that have not started yet find their dependencies quickly. */
export function findDependenciesSoon(services: readonly Service[]): void {
  for (const { settings } of services) {
    (settings as { $dependencyInterval?: number }).$dependencyInterval ??= DEPENDENCY_INTERVAL_MS;
  }
}

function checkDependencies(broker: ServiceBroker, services: readonly Service[], origin: Error): void {
  // Other nodes may have them.
  if (broker.options.transporter) return;
  const known = new Set(broker.services.flatMap(({ name, fullName }) => [name, fullName]));
  for (const { fullName, schema, settings } of services) {
    const dependencies: Dependency[] = [schema.dependencies ?? []].flat();
    const missing = dependencies.filter((one) => !known.has(nameOf(one)));
    const [first] = missing;
    if (first === undefined) continue;
    // On a broker that runs, the service would wait endlessly.
    Object.assign(settings, { $dependencyTimeout: 1 });
    const names = missing.map((one) => `'${nameOf(one)}'`).join(', ');
    const example = `{ services: [{ ${exampleOf(first)}, actions: { … } }] }`;
    throw failureAt(
      origin,
      `'${fullName}' would wait for ${names}: give it in \`services\`, real or mocked: ${example}`,
    );
  }
}

function nameOf(dependency: Dependency): string {
  if (typeof dependency === 'string') return dependency;
  const { name, version } = dependency;
  if (version === undefined) return name;
  return `${typeof version === 'number' ? `v${version}` : version}.${name}`;
}

function exampleOf(dependency: Dependency): string {
  if (typeof dependency === 'string') return `name: ${inspect(dependency)}`;
  const { name, version } = dependency;
  return `name: ${inspect(name)}${version === undefined ? '' : `, version: ${inspect(version)}`}`;
}

function describeLate({ services }: ServiceBroker): string {
  const names = services.map(({ fullName }) => fullName).join(', ');
  return `the services did not start within ${START_TIMEOUT_MS} ms (${names}): does a started() never settle?`;
}
