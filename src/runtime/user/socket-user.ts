import type { Socket } from 'socket.io';
import { isGatewayRoom, roomOfUser } from '../../plan/gateway-rooms';
import { UnAuthorizedError } from '../../errors';
import { ignoreRejection, isPromise } from '../errors/run-safely';
import type { Gateway } from '../model';
import { joinGatewayRoom, leaveGatewayRoom } from '../socket-io/gateway-rooms';
import { sessionOf } from '../socket-io/socket-session';
import { expiryOf, isOver, watchExpiry } from './user-expiry';

/** Returns the user of a socket. There is one per namespace. */
export function userOf(socket: Socket): unknown {
  return (socket.data as { user?: unknown }).user;
}

/**
 * Logs a user in, or out with null or undefined. The socket leaves the rooms of the previous user and joins those of the new
 * one.
 *
 * @throws UnAuthorizedError 401 if the user has already expired; then nothing changes
 */
export async function setUser(socket: Socket, user: unknown): Promise<void> {
  const session = sessionOf(socket);
  const { gateway } = session;
  if (isOver(expiryOf(gateway, user))) throw new UnAuthorizedError('USER_EXPIRED');
  const before = roomsOf(gateway, userOf(socket));
  const after = roomsOf(gateway, user);
  (socket.data as { user?: unknown }).user = user;
  watchExpiry(session);
  gateway.presence?.refresh(session);
  // All start before the first is awaited: after two logins at the same time only the rooms of the later one may remain.
  const moves: unknown[] = [];
  for (const room of before) if (!after.includes(room)) moves.push(leaveGatewayRoom(socket, room));
  for (const room of after) if (!before.includes(room)) moves.push(joinGatewayRoom(socket, room));
  if (moves.some(isPromise)) await Promise.all(moves);
}

/** Returns the rooms that all sockets of a user are in: the gateway's own, and the one of `@Authenticate({ room })`. */
function roomsOf({ plan, service }: Gateway, user: unknown): string[] {
  if (!user) return [];
  const rooms: string[] = [];
  const { id } = user as { id?: unknown };
  if (typeof id === 'string' || typeof id === 'number') rooms.push(roomOfUser(id));
  const { room } = plan.authentication ?? {};
  if (room) {
    const name: unknown = room.call(service, user);
    if (typeof name !== 'string' || name === '') {
      ignoreRejection(name);
      throw new TypeError(
        `room of ${plan.className}.${String(plan.authentication?.method.name)} must return a string`,
      );
    }
    if (isGatewayRoom(name)) {
      throw new TypeError(
        `room of ${plan.className}.${String(plan.authentication?.method.name)} must not return a room of the gateway; ` +
          "write 'user:' + user.id",
      );
    }
    rooms.push(name);
  }
  return rooms;
}
