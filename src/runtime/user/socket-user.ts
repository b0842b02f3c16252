import type { Socket } from 'socket.io';
import { roomOfUser } from '../../plan/user-room';
import { UnAuthorizedError } from '../../errors';
import { letGo } from '../errors/run-safely';
import { gatewayOf } from '../socket-io/socket-session';
import type { GatewayRuntime } from '../gateway/build-gateway';
import { expiryOf, isOver, watchExpiry } from './user-expiry';

/** The user of a socket; one per namespace. */
export function userOf(socket: Socket): unknown {
  return (socket.data as { user?: unknown }).user;
}

/**
 * Logs a user in, or out with null or undefined. The rooms that are the user's follow: those of the user before are
 * left, or a socket would go on hearing what is meant for somebody else.
 *
 * @throws UnAuthorizedError 401 if the user has expired already; then nothing is changed
 */
export async function setUser(socket: Socket, user: unknown): Promise<void> {
  const gateway = gatewayOf(socket);
  if (isOver(expiryOf(gateway, user))) throw new UnAuthorizedError('USER_EXPIRED');
  const before = roomsOf(gateway, userOf(socket));
  const after = roomsOf(gateway, user);
  (socket.data as { user?: unknown }).user = user;
  watchExpiry(gateway, socket);
  // All before anything is awaited: of two calls that log in at the same time only the rooms of the last may stay.
  await Promise.all([
    ...before.filter((room) => !after.includes(room)).map((room) => socket.leave(room)),
    ...after.filter((room) => !before.includes(room)).map((room) => socket.join(room)),
  ]);
}

/** The rooms in which all sockets of a user are: the gateway's own, and the one of `@Authenticate({ room })`. */
function roomsOf({ plan, service }: GatewayRuntime, user: unknown): string[] {
  if (!user) return [];
  const rooms: string[] = [];
  const { id } = user as { id?: unknown };
  if (typeof id === 'string' || typeof id === 'number') rooms.push(roomOfUser(id));
  const { room } = plan.authentication ?? {};
  if (room) {
    const name: unknown = room.call(service, user);
    if (typeof name !== 'string' || name === '') {
      letGo(name);
      throw new TypeError(
        `room of ${plan.className}.${String(plan.authentication?.method.name)} must return a string`,
      );
    }
    rooms.push(name);
  }
  return rooms;
}
