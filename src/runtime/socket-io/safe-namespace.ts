import { Namespace, type Socket } from 'socket.io';
import { printable } from '../../plan/printable';
import { ConnectError } from '../answer/connect-error';
import { runMiddleware } from '../errors/run-middleware';
import type { Gateway } from '../model';
import { watchAdapterCalls } from './gateway-rooms';
import { makeBroadcastsSafe } from './safe-broadcasts';
import { makeEntrySafe } from './safe-entry';
import { REPORT, safeListening } from './safe-listeners';

type Middleware = Parameters<Namespace['use']>[0];
type Listener = Parameters<Namespace['prependListener']>[1];

/** The part of a namespace that its types do not show: what was given to `use`. */
interface NamespaceParts {
  readonly _fns: Middleware[];
}

const ENTRANCE_EVENTS = ['connect', 'connection'] as const;

/** Middlewares that were made safe. */
const safeMiddlewares = new WeakSet<Middleware>();

/**
 * Takes away the middlewares of a namespace and its listeners for sockets that enter. The application has added them before the
 * namespace belonged to a gateway.
 *
 * @returns a function that adds them again, in the way that the namespace adds them then
 */
export function takeEntrance(namespace: Namespace): () => void {
  const middlewares = middlewaresOf(namespace).splice(0);
  const listeners = ENTRANCE_EVENTS.flatMap((event) =>
    namespace.listeners(event).map((listener) => ({ event, listener: listener as Listener })),
  );
  for (const event of ENTRANCE_EVENTS) namespace.removeAllListeners(event);
  return () => {
    for (const middleware of middlewares) {
      if (safeMiddlewares.has(middleware)) middlewaresOf(namespace).push(middleware);
      else namespace.use(middleware);
    }
    for (const { event, listener } of listeners) namespace.on(event, listener);
  };
}

/** Removes a middleware from a namespace. Socket.IO has no method for that. */
export function removeMiddleware(namespace: Namespace, middleware: Middleware): void {
  const middlewares = middlewaresOf(namespace);
  const at = middlewares.indexOf(middleware);
  if (at >= 0) middlewares.splice(at, 1);
}

/** Returns how many middlewares and listeners a namespace has. */
export function countParts(namespace: Namespace): number {
  const listeners = namespace.eventNames().map((event) => namespace.listenerCount(event));
  return listeners.reduce((sum, count) => sum + count, middlewaresOf(namespace).length);
}

function middlewaresOf(namespace: Namespace): Middleware[] {
  return (namespace as object as NamespaceParts)._fns;
}

/** Makes all code safe that the application adds to a namespace from now on: a middleware that fails refuses its socket. */
export function makeNamespaceSafe(gateway: Gateway, namespace: Namespace): void {
  const { plan, report } = gateway;
  const use = (middleware: Middleware): unknown => {
    const safe = (socket: Socket, next: (error?: Error) => void): void => {
      runMiddleware(plan.limits.handshakeTimeout, 'HANDSHAKE_TIMEOUT', (done) =>
        middleware(socket, done),
      ).then(
        () => {
          next();
        },
        (error: unknown) => {
          report(`a middleware of '${printable(namespace.name)}' refused ${socket.id}`, error);
          next(new ConnectError(Object(error) as Error));
        },
      );
    };
    safeMiddlewares.add(safe);
    return Namespace.prototype.use.call(namespace, safe);
  };
  makeBroadcastsSafe(gateway, namespace);
  watchAdapterCalls(namespace);
  makeEntrySafe(gateway, namespace);
  Object.assign(namespace, safeListening(Namespace.prototype), { use, [REPORT]: report });
}
