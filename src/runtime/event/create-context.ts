import type { SocketContext } from '../../types';
import { isPromise } from '../errors/run-safely';
import type { BoundEvent, SocketSession } from '../model';
import type { ActionEndpoint } from '../moleculer/internals';

/** Creates the Moleculer context of an event. Returns a promise only if an overridden `socketGetMeta` does. */
export function createContext(
  session: SocketSession,
  event: BoundEvent,
  name: string,
  args: readonly unknown[],
): SocketContext | PromiseLike<SocketContext> {
  return create(session, event.endpoint, name, args);
}

/** Creates the context of a handshake, for the policies of the class: `event` is undefined, and `params` is `{}`. */
export function createConnectionContext(session: SocketSession): SocketContext | PromiseLike<SocketContext> {
  return create(session, undefined, undefined, []);
}

function create(
  session: SocketSession,
  endpoint: ActionEndpoint | undefined,
  name: string | undefined,
  args: readonly unknown[],
): SocketContext | PromiseLike<SocketContext> {
  const { brokerOfEvents, service, EventContext, overrides } = session.gateway;
  const meta = service.socketGetMeta(session.socket);
  if (isPromise(meta))
    return Promise.resolve(meta as PromiseLike<object>).then(
      (late) => new EventContext(brokerOfEvents, endpoint, session, name, args, { ...late }),
    );
  // The application may return the same object each time, and the meta of a call is written to.
  const own = overrides.meta ? { ...meta } : meta;
  return new EventContext(brokerOfEvents, endpoint, session, name, args, own);
}
