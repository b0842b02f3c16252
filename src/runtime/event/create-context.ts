import { isPromise } from '../errors/run-safely';
import type { BoundEvent, GatewayRuntime } from '../gateway/build-gateway';
import type { EventContext } from './event-context';
import type { SocketSession } from '../model';

/** Makes the Moleculer context of the event; only an overridden `socketGetMeta` can make it a promise. */
export function createContext(
  gateway: GatewayRuntime,
  session: SocketSession,
  event: BoundEvent,
  name: string,
  args: readonly unknown[],
): EventContext | PromiseLike<EventContext> {
  const { broker, service, Context, newEventID } = gateway;
  const meta = service.socketGetMeta(session.socket);
  if (!gateway.overridesMeta && !isPromise(meta))
    return new Context(broker, event.endpoint, newEventID?.(), session, name, args, meta);
  // The application made it, and may have made it once for all: what is written into it must be for this call.
  const create = (own: object): EventContext =>
    new Context(broker, event.endpoint, newEventID?.(), session, name, args, { ...own });
  return isPromise(meta) ? Promise.resolve(meta as PromiseLike<object>).then(create) : create(meta);
}
