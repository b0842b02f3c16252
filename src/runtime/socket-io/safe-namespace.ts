import { Namespace, type Socket } from 'socket.io';
import { printable } from '../../plan/printable';
import { ConnectError } from '../answer/connect-error';
import { guardBroadcasts } from './safe-broadcasts';
import type { GatewayRuntime } from '../gateway/build-gateway';
import { guardedListening, REPORT } from './safe-listeners';
import { pass } from '../event/packet-middlewares';

type Middleware = Parameters<Namespace['use']>[0];

/** Guards all code that the application puts on a namespace from now on: a failing middleware refuses its socket. */
export function guardNamespace({ plan, report }: GatewayRuntime, namespace: Namespace): void {
  const use = (middleware: Middleware): unknown =>
    Namespace.prototype.use.call(namespace, (socket: Socket, next: (error?: Error) => void) => {
      pass(plan.limits.handshakeTimeout, 'HANDSHAKE_TIMEOUT', (done) => middleware(socket, done)).then(
        () => {
          next();
        },
        (error: unknown) => {
          report(`a middleware of '${printable(namespace.name)}' refused ${socket.id}`, error);
          next(new ConnectError(Object(error) as Error));
        },
      );
    });
  guardBroadcasts(namespace, report);
  Object.assign(namespace, guardedListening(Namespace.prototype), { use, [REPORT]: report });
}
