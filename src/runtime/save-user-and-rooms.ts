import { isDeepStrictEqual } from 'node:util';
import type { Socket } from 'socket.io';
import type { SocketContext } from '../types';
import { isPromise } from './errors/guarded';
import type { GatewayRuntime } from './gateway-runtime';

/**
 * Saves what a successful call has set in its meta: the user, if this call changed it, and the rooms to leave and to
 * join. Undefined where there is nothing to do, which is nearly always.
 *
 * @param before the user that the call was given
 */
export function saveUserAndRooms(
  gateway: GatewayRuntime,
  socket: Socket,
  ctx: SocketContext,
  before: unknown,
): Promise<void> | undefined {
  const { user, $join, $leave } = ctx.meta;
  // A remote action gives back a copy of the meta: the same user is another object then.
  const changed = user !== before && !isDeepStrictEqual(user, before);
  if (!changed && $join === undefined && $leave === undefined) return undefined;
  return save(gateway, socket, changed ? { user } : undefined, $join, $leave);
}

async function save(
  gateway: GatewayRuntime,
  socket: Socket,
  login: { user: unknown } | undefined,
  join: string | string[] | undefined,
  leave: string | string[] | undefined,
): Promise<void> {
  if (login) await gateway.service.socketSaveUser(socket, login.user);
  if (leave !== undefined) {
    for (const room of [leave].flat()) {
      const left = socket.leave(room);
      if (isPromise(left)) await left;
    }
  }
  if (join !== undefined) {
    const joined = socket.join(join);
    if (isPromise(joined)) await joined;
  }
}
