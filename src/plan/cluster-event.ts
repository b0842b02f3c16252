import type { Context, EventSchema, Service } from 'moleculer';
import { fullNameOf } from './service-runtime';

/** Returns the event that the nodes of a gateway exchange. Moleculer does not list events with a `$`. */
export function clusterEventOf(service: Pick<Service, 'name' | 'version'>): string {
  return `$socket-gateway.${fullNameOf(service)}`;
}

/**
 * Returns the event for the schema of a gateway's service.
 *
 * @param receive takes each event; `this` is the service
 */
export function clusterEvents(
  service: Pick<Service, 'name' | 'version'>,
  receive: (this: Service, ctx: Context) => void,
): Record<string, EventSchema> {
  const event = clusterEventOf(service);
  return {
    [event]: {
      // With a group of its own, no listener of the application for `**` hears it.
      group: event,
      // A bulkhead would drop messages.
      ...{ tracing: false, bulkhead: { enabled: false } },
      // Moleculer 0.14 reads parameter names, which a minifier changes.
      ...{ context: true },
      handler(this: Service, ctx: Context) {
        receive.call(this, ctx);
      },
    },
  };
}
