import { call, type CallOptions } from './call';
import type { GatewayTypes, TypedClient, UntypedGateway } from './contract-types';
import { Presence } from './presence';
import { receiveStream } from './receive-stream';
import type { RawSocket, SocketLike } from './socket-like';
import { splitUpload } from './split-upload';
import { stayConnected, type StayConnectedOptions } from './stay-connected';
import { upload } from './upload';

export { CallError } from './call-error';
export type { CallOptions } from './call';
export type { UploadSource } from './chunks';
export type * from './contract-types';
export type { PresenceOfRoom, PresentDevice, PresentUser } from './presence';
export type { SocketLike } from './socket-like';
export type { StayConnectedOptions } from './stay-connected';
export type { UploadOptions } from './upload';

/** Options of {@link typed}. */
export interface TypedOptions<Auth extends object = object> extends StayConnectedOptions<Auth> {
  /** Timeout of a call. Default: 10_000 (ms). */
  timeout?: number;
}

/** The `auth` of a gateway, as far as its types declare it. */
type AuthOf<Types extends GatewayTypes> = Types['auth'] extends object ? Types['auth'] : object;

/**
 * Makes a client with types of a socket of socket.io-client. It works in browsers and in Node.js.
 *
 * @typeParam Types what `npx moleculer-socket-gateway types` has written for the gateway
 * @param socket a socket of the gateway's namespace
 * @example
 * const chat = typed<Chat>(io('/chat'), { auth: async () => ({ token: await freshToken() }) });
 * const { id } = await chat.call('message', { room: 'tea', text: 'Hello' });
 */
export function typed<Types extends GatewayTypes = UntypedGateway>(
  socket: SocketLike,
  options: TypedOptions<AuthOf<Types>> = {},
): TypedClient<Types> {
  const raw: RawSocket = socket;
  const stop = stayConnected(raw, options);
  const presence = new Presence(raw);
  const listeners = new Set<() => void>();
  const defaults: CallOptions = options.timeout === undefined ? {} : { timeout: options.timeout };
  const client = {
    ...callerOf(raw, defaults),
    with: (own: CallOptions) => callerOf(raw, { ...defaults, ...own }),
    on(event: string, listener: (...args: unknown[]) => void) {
      const off = (): void => {
        raw.off(event, listener);
        listeners.delete(off);
      };
      raw.on(event, listener);
      listeners.add(off);
      return off;
    },
    presence: (room = '') => presence.of(room),
    close() {
      stop();
      presence.close();
      for (const off of [...listeners]) off();
    },
  };
  return client as object as TypedClient<Types>;
}

function callerOf(socket: RawSocket, options: CallOptions): object {
  return {
    call: (event: string, ...args: unknown[]) => call(socket, options, event, args),
    stream: (event: string, ...args: unknown[]) => receiveStream(socket, options, event, args),
    upload(event: string, ...given: unknown[]) {
      const { args, source, options: own } = splitUpload(event, given);
      return upload(socket, { ...options, ...own }, event, args, source);
    },
  };
}
