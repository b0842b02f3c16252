import type { Socket } from 'socket.io';
import type { AckFunction, WireError } from '../types';
import { guarded } from './errors/guarded';
import type { GatewayRuntime } from './gateway-runtime';
import { setUser, userOf } from './socket-session';

/** What moleculer-io's services may override. */
interface MoleculerIoMethods {
  socketOnError?(error: WireError, respond: (error: unknown) => void): unknown;
}

/** Gives a socket what moleculer-io's users expect on it: `$service`, and `client.user`. */
export function adoptSocket(gateway: GatewayRuntime, socket: Socket): void {
  Object.assign(socket, { $service: gateway.service, client: clientWithUser(gateway, socket) });
}

/** Lets `socketOnError` answer an error; false if the service has no such method of its own. */
export function answerByMethod(gateway: GatewayRuntime, error: WireError, ack: AckFunction): boolean {
  const service = gateway.service as MoleculerIoMethods;
  if (!gateway.plan.likeMoleculerIo || typeof service.socketOnError !== 'function') return false;
  guarded('socketOnError failed', gateway.report, () => service.socketOnError?.(error, ack));
  return true;
}

/**
 * `socket.client` is one for all namespaces of a connection, and so was moleculer-io's user. This one reads and
 * writes the user of the socket's own namespace, and is the client in all else.
 */
function clientWithUser(gateway: GatewayRuntime, socket: Socket): Socket['client'] {
  return new Proxy(socket.client, {
    get(client, key) {
      return key === 'user' ? userOf(socket) : (Reflect.get(client, key) as unknown);
    },
    set(client, key, value: unknown) {
      if (key !== 'user') return Reflect.set(client, key, value);
      guarded('a user could not be saved', gateway.report, () => setUser(socket, value));
      return true;
    },
  });
}
