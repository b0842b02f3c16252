import { isDeepStrictEqual } from 'node:util';
import type { Socket } from 'socket.io';
import type { SocketContext } from '../../types';
import type { GatewayRuntime } from '../gateway/build-gateway';
import { endRecovery } from '../connection/recovery';
import { setUser, userOf } from '../user/socket-user';
import { watchExpiry } from '../user/user-expiry';

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
  if (!changed && $join === undefined && $leave === undefined && !gateway.savesMeta) return undefined;
  return save(gateway, socket, ctx, before, changed);
}

async function save(
  gateway: GatewayRuntime,
  socket: Socket,
  ctx: SocketContext,
  before: unknown,
  changed: boolean,
): Promise<void> {
  const { service } = gateway;
  const { user, $join, $leave } = ctx.meta;
  // Who logs out and goes at once must not come back as the user before.
  if (changed && !socket.connected) endRecovery(socket);
  if (gateway.savesMeta) await saveByMethod(gateway, socket, ctx, before, changed);
  else if (changed) {
    await service.socketSaveUser(socket, user);
    // An application that overrides the method may have stored the user by itself.
    watchExpiry(gateway, socket);
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
 * The application saves meta itself, after every call. Written the simple way, that puts the user of a slow call back
 * over whoever has logged in or out meanwhile: a call that did not change the user must not.
 */
async function saveByMethod(
  { service }: GatewayRuntime,
  socket: Socket,
  ctx: SocketContext,
  before: unknown,
  changed: boolean,
): Promise<void> {
  const current = userOf(socket);
  await service.socketSaveMeta?.(socket, ctx);
  const saved = userOf(socket);
  if (!changed && saved !== current && isDeepStrictEqual(saved, before)) await setUser(socket, current);
}
