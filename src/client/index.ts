import type { Socket } from 'socket.io-client';
import { call, type CallOptions } from './call';
import type { GatewayTypes, TypedClient } from './contract-types';
import { Presence } from './presence';
import { stayConnected, type StayConnectedOptions } from './stay-connected';

export { CallError } from './call-error';
export type { CallOptions } from './call';
export type * from './contract-types';
export type { PresenceOfRoom, PresentDevice, PresentUser } from './presence';
export type { StayConnectedOptions } from './stay-connected';

/** Options of {@link typed}. */
export interface TypedOptions extends StayConnectedOptions {
  /** How long a call may take, in milliseconds. Default: 10_000 (ms). */
  timeout?: number;
}

/**
 * Makes a client with types of a socket of socket.io-client. It works in browsers and in Node.js.
 *
 * @typeParam Types what `npx moleculer-socket-gateway types` has written for the gateway
 * @param socket a socket of the gateway's namespace; with `auth`, create it with `autoConnect: false` and connect it afterwards
 * @example
 * const socket = io('/chat', { autoConnect: false });
 * const chat = typed<Chat>(socket, { auth: async () => ({ token: await freshToken() }) });
 * socket.connect();
 * const { id } = await chat.call('message', { room: 'tea', text: 'Hello' });
 */
export function typed<Types extends GatewayTypes>(
  socket: Socket<Types['toClient'], Types['toServer']>,
  options: TypedOptions = {},
): TypedClient<Types> {
  // Events and arguments are checked by the types of the client that is returned.
  const plain = socket as object as Socket;
  const stop = stayConnected(plain, options);
  const presence = new Presence(plain);
  const listeners = new Set<() => void>();
  const caller = (own: CallOptions) => ({
    call: (event: string, ...args: unknown[]) => call(plain, own, event, args),
  });
  const defaults: CallOptions = options.timeout === undefined ? {} : { timeout: options.timeout };
  const client = {
    ...caller(defaults),
    with: (own: CallOptions) => caller({ ...defaults, ...own }),
    on(event: string, listener: (...args: unknown[]) => void) {
      const off = (): void => {
        plain.off(event, listener);
        listeners.delete(off);
      };
      plain.on(event, listener);
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
