import type { Service } from 'moleculer';
import type { Socket } from 'socket.io';
import type { MoleculerIoWays, RunningGateway } from '../plan/plan';
import { present } from '../runtime/answer/wire-error';
import { runSafely } from '../runtime/errors/run-safely';
import { toError } from '../runtime/errors/to-error';
import { setUser, userOf } from '../runtime/user/socket-user';
import { encloseInCall } from './action-call';
import { serverSettingsOf } from './server-settings';

/** The methods that services of moleculer-io may override. */
interface MoleculerIoMethods {
  readonly schema: { readonly methods?: { readonly socketOnError?: unknown } };
  socketOnError(error: Error, respond: (error: unknown) => void): unknown;
  socketSaveUser(socket: Socket, user: unknown): unknown;
  logWithLevel(level: string, ...args: unknown[]): unknown;
}

/** Answers an error. moleculer-io's method of this name, as it is unless the application overrides it. */
export function socketOnError(error: unknown, respond: (error: unknown) => void): void {
  respond(present(toError(error), true));
}

/** Describes what the runtime does differently for services that are declared by moleculer-io's settings. */
export const MOLECULER_IO_WAYS: MoleculerIoWays = {
  serverSettings: serverSettingsOf,

  enclose: encloseInCall,

  adoptSocket(gateway, socket) {
    Object.assign(socket, { $service: gateway.service, client: clientWithUser(gateway, socket) });
  },

  logOf({ service, report }) {
    return (level, ...args) => {
      runSafely('logWithLevel failed', report, () =>
        (service as object as MoleculerIoMethods).logWithLevel(level, ...args),
      );
    };
  },

  saveUser(service: Service, socket, user) {
    return (service as object as MoleculerIoMethods).socketSaveUser(socket, user);
  },

  answerError(gateway, error, respond, otherwise) {
    const service = gateway.service as object as MoleculerIoMethods;
    const own = service.schema.methods?.socketOnError;
    if (own === undefined || own === socketOnError) {
      otherwise();
      return;
    }
    let answered = false;
    const failed: RunningGateway['report'] = (what, failure) => {
      gateway.report(what, failure);
      if (!answered) otherwise();
    };
    runSafely('socketOnError failed', failed, () =>
      service.socketOnError(error, (answer) => {
        respond(answer);
        answered = true;
      }),
    );
  },
};

/**
 * Returns the client of a socket with the user of that socket's namespace. `socket.client` is shared by all namespaces of a
 * connection, and so was the user of moleculer-io.
 */
function clientWithUser(gateway: RunningGateway, socket: Socket): Socket['client'] {
  return new Proxy(socket.client, {
    get(client, key) {
      return key === 'user' ? userOf(socket) : (Reflect.get(client, key) as unknown);
    },
    set(client, key, value: unknown) {
      if (key !== 'user') return Reflect.set(client, key, value);
      runSafely('a user could not be saved', gateway.report, () => setUser(socket, value));
      return true;
    },
  });
}
