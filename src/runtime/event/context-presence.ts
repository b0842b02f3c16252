import type { Socket } from 'socket.io';
import type { ContextPresence } from '../../types';
import { presenceOf } from '../presence-of';
import { sessionOf } from '../socket-io/socket-session';

/**
 * Returns `ctx.presence` of a socket.
 *
 * @throws Error if the gateway has no presence
 */
export function presenceOfSocket(socket: Socket): ContextPresence {
  const session = sessionOf(socket);
  const presence = presenceOf(session.gateway);
  return {
    list: (room) => presence.list(socket.nsp.name, room),
    update: (meta) => {
      presence.update(session, meta);
    },
  };
}
