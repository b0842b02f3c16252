import type { Socket } from 'socket.io';
import type { AuthenticateOptions } from '../types';
import { member, type GatewayMethodDecorator } from './record-method';

/**
 * Marks the method that turns a socket into a user. It runs before the connection is accepted: what it returns is
 * `socket.data.user` and `ctx.meta.user`; nothing makes the client anonymous; a throw refuses the connection with 401.
 *
 * @param options `room`: a room that the user's sockets are in. `expiresAt`: when they are disconnected, as a `Date` or in
 *   milliseconds since the epoch; default: `user.exp` in seconds
 * @example
 * @Authenticate({ room: (user: Account) => `user:${user.id}` })
 * authenticate(socket: Socket) { return this.broker.call('users.verify', { token: socket.handshake.auth.token }); }
 */
export function Authenticate<User>(
  options?: AuthenticateOptions<User>,
  ...applied: []
): GatewayMethodDecorator<(socket: Socket) => unknown> {
  return member('@Authenticate()', [options, ...applied], {
    kind: 'authenticate',
    options: (options === undefined ? {} : options) as AuthenticateOptions,
  });
}
