import type { Context, EventSchema } from 'moleculer';

/** Returns the name of the event that the nodes of a gateway exchange. */
export function clusterEvent(service: string): string {
  return `$socket-gateway.${service}`;
}

/**
 * Returns the event for the schema of a gateway's service.
 *
 * @param service the full name of the service, with its version
 * @param receive takes each event
 */
export function clusterEvents(
  service: string,
  receive: (ctx: Pick<Context, 'nodeID' | 'params'>) => void,
): Record<string, EventSchema> {
  const event = clusterEvent(service);
  return {
    [event]: {
      // With a group of its own, no listener of the application for `**` hears it.
      group: event,
      // A bulkhead would drop messages.
      ...{ tracing: false, bulkhead: { enabled: false } },
      // Moleculer 0.14 reads parameter names, which a minifier changes.
      ...{ context: true },
      handler(ctx: Context) {
        receive(ctx);
      },
    },
  };
}
