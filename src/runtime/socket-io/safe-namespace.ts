import { Namespace, type Socket } from 'socket.io';
import { printable } from '../../plan/printable';
import { ConnectError } from '../answer/connect-error';
import { runMiddleware } from '../errors/run-middleware';
import type { Gateway } from '../model';
import { makeBroadcastsSafe } from './safe-broadcasts';
import { makeEntrySafe } from './safe-entry';
import { REPORT, safeListening } from './safe-listeners';

type Middleware = Parameters<Namespace['use']>[0];

/** Makes all code safe that the application adds to a namespace from now on: a middleware that fails refuses its socket. */
export function makeNamespaceSafe(gateway: Gateway, namespace: Namespace): void {
  const { plan, report } = gateway;
  const use = (middleware: Middleware): unknown =>
    Namespace.prototype.use.call(namespace, (socket: Socket, next: (error?: Error) => void) => {
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
    });
  makeBroadcastsSafe(namespace, report);
  makeEntrySafe(gateway, namespace);
  Object.assign(namespace, safeListening(Namespace.prototype), { use, [REPORT]: report });
}
