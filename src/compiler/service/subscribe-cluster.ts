import type { Service, ServiceSchema } from 'moleculer';
import { clusterEvents } from '../../plan/cluster-event';
import type { GatewayLifecycle } from '../../plan/service-runtime';

/**
 * Subscribes a gateway to what its other nodes send.
 *
 * @param schema the final one: the event is named after the service
 */
export function subscribeCluster(schema: ServiceSchema, runtime: GatewayLifecycle): void {
  const events = clusterEvents(schema as Service, function (ctx) {
    runtime.receive(this, ctx);
  });
  schema.events = { ...schema.events, ...events } as ServiceSchema['events'];
}
