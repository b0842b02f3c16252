import type { Socket } from 'socket.io';
import { visibleRooms } from '../plan/user-room';
import type { AckFunction, SocketContext } from '../types';
import { guarded, type Report } from '../runtime/errors/run-safely';
import { present, toError } from '../runtime/answer/wire-error';
import type { GatewayRuntime } from '../runtime/gateway/build-gateway';
import { setUser, userOf } from '../runtime/user/socket-user';

/** What moleculer-io's services may override. */
interface MoleculerIoMethods {
  readonly schema: { readonly methods?: { readonly socketOnError?: unknown } };
  socketOnError(error: Error, respond: (error: unknown) => void): unknown;
}

/** Gives a socket what moleculer-io's users expect on it: `$service`, and `client.user`. */
export function adoptSocket(gateway: GatewayRuntime, socket: Socket): void {
  Object.assign(socket, { $service: gateway.service, client: clientWithUser(gateway, socket) });
}

/** The method for the meta of a socket, as it is where nobody overrides it. */
export function socketGetMeta(socket: Socket): { $socketId: string; user: unknown; $rooms: string[] } {
  return { $socketId: socket.id, user: userOf(socket), $rooms: visibleRooms(socket.rooms) };
}

/** moleculer-io's method for errors, as it is where nobody overrides it. */
export function socketOnError(error: unknown, respond: (error: unknown) => void): void {
  respond(present(toError(error)));
}

/** moleculer-io's method for the meta of a call, as it is where nobody overrides it. */
export function socketSaveMeta(this: GatewayRuntime['service'], socket: Socket, ctx: SocketContext): unknown {
  return this.socketSaveUser(socket, ctx.meta.user);
}

/**
 * Lets an overridden `socketOnError` answer an error.
 *
 * @param otherwise answers in the usual way: where there is no such method, and where it fails before it has answered
 */
export function answerByMethod(
  gateway: GatewayRuntime,
  error: unknown,
  respond: AckFunction,
  otherwise: () => void,
): void {
  const service = gateway.service as object as MoleculerIoMethods;
  const own = service.schema.methods?.socketOnError;
  if (!gateway.plan.likeMoleculerIo || own === undefined || own === socketOnError) {
    otherwise();
    return;
  }
  let answered = false;
  const failed: Report = (what, failure) => {
    gateway.report(what, failure);
    if (!answered) otherwise();
  };
  guarded('socketOnError failed', failed, () =>
    service.socketOnError(toError(error), (answer) => {
      respond(answer);
      answered = true;
    }),
  );
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
