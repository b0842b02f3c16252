import type { Socket } from 'socket.io';
import type { SocketContext } from '../../types';
import type { Gateway } from '../model';
import { refusalIn } from '../socket-io/gateway-rooms';
import { sessionOf } from '../socket-io/socket-session';
import { isSameUser } from '../user/is-same-user';
import { setUser, userOf } from '../user/socket-user';
import { watchExpiry } from '../user/user-expiry';

/**
 * Saves what a successful call has set in its meta: the user, if this call changed it, and the rooms to leave and join. Saves
 * nothing if one of the rooms is refused.
 *
 * @param before the user that the call was given
 * @returns undefined if there is nothing to do, which is nearly always
 */
export function saveUserAndRooms(
  gateway: Gateway,
  socket: Socket,
  ctx: SocketContext,
  before: unknown,
): Promise<void> | undefined {
  const { user, $join, $leave } = ctx.meta;
  const changed = user !== before && !isSameUser(gateway.broker, before, user);
  if (!changed && $join === undefined && $leave === undefined && !gateway.overrides.saveMeta)
    return undefined;
  return save(gateway, socket, ctx, before, changed);
}

async function save(
  gateway: Gateway,
  socket: Socket,
  ctx: SocketContext,
  before: unknown,
  changed: boolean,
): Promise<void> {
  const { service } = gateway;
  const { user, $join, $leave } = ctx.meta;
  for (const rooms of [$leave, $join]) {
    const refusal = rooms === undefined ? undefined : refusalIn(socket.nsp, rooms);
    if (refusal) throw refusal;
  }
  // A client that logs out and disconnects at once must not be recovered as the previous user.
  if (changed && !socket.connected) gateway.forbidRecovery(socket);
  if (gateway.overrides.saveMeta) await saveByMethod(gateway, socket, ctx, before, changed);
  else if (changed) {
    await service.socketSaveUser(socket, user);
    // An application that overrides the method may store the user without setUser.
    watchExpiry(sessionOf(socket));
  }
  if ($leave !== undefined) {
    for (const room of [$leave].flat()) {
      await (service.socketLeaveRoom ? service.socketLeaveRoom(socket, room) : socket.leave(room));
    }
  }
  if ($join !== undefined) {
    await (service.socketJoinRooms ? service.socketJoinRooms(socket, $join) : socket.join($join));
  }
}

/**
 * Calls `socketSaveMeta` of the application. The usual implementation saves the user of every call, also of a slow one during
 * which another call has logged in or out. If this call did not change the user, the current one is restored.
 */
async function saveByMethod(
  { broker, service }: Gateway,
  socket: Socket,
  ctx: SocketContext,
  before: unknown,
  changed: boolean,
): Promise<void> {
  const current = userOf(socket);
  await service.socketSaveMeta?.(socket, ctx);
  const saved = userOf(socket);
  if (!changed && saved !== current && isSameUser(broker, before, saved)) await setUser(socket, current);
}
