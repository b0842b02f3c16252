import type { SocketContext } from '../../types';
import { isPromise } from '../errors/run-safely';
import type { BoundEvent, SocketSession } from '../model';

/** Creates the Moleculer context of an event. Returns a promise only if an overridden `socketGetMeta` does. */
export function createContext(
  session: SocketSession,
  event: BoundEvent,
  name: string,
  args: readonly unknown[],
): SocketContext | PromiseLike<SocketContext> {
  const { brokerOfEvents, service, EventContext, overrides } = session.gateway;
  const meta = service.socketGetMeta(session.socket);
  const create = (own: object): SocketContext =>
    new EventContext(brokerOfEvents, event.endpoint, session, name, args, own);
  if (isPromise(meta))
    return Promise.resolve(meta as PromiseLike<object>).then((late) => create({ ...late }));
  // The application may return the same object each time, and the meta of a call is written to.
  return create(overrides.meta ? { ...meta } : meta);
}
