import { BadRequestError } from '../errors';
import { isSocketId } from './socket-id';

/** Rooms that begin with it belong to the gateway: applications address them, and neither join, leave nor see them. */
const PREFIX = '$';

/** Returns the room of all sockets of a user. */
export function roomOfUser(id: string | number): string {
  return `${PREFIX}user:${id}`;
}

/** Returns the rooms of a socket as an application sees them. */
export function visibleRooms(rooms: Iterable<string>): string[] {
  const visible: string[] = [];
  for (const room of rooms) if (!room.startsWith(PREFIX)) visible.push(room);
  return visible;
}

/** Returns true for a room that only the gateway may put sockets into: its own rooms, and ids of sockets. */
export function isGatewayRoom(room: string): boolean {
  return room.startsWith(PREFIX) || isSocketId(room);
}

/**
 * Checks the rooms that an application wants sockets to join or leave.
 *
 * @param rooms a name, or a list of names
 * @param isSocket returns true for other ids of sockets: those of Socket.IO 2 have no checksum
 * @returns the error of the first one that it may not name: BadRequestError 400 `ROOM_NOT_VALID` or `ROOM_RESERVED`
 */
export function refusalOfRooms(
  rooms: unknown,
  isSocket: (room: string) => boolean,
): BadRequestError | undefined {
  if (!Array.isArray(rooms)) return refusalOfRoom(rooms, isSocket);
  for (const room of rooms) {
    const refusal = refusalOfRoom(room, isSocket);
    if (refusal) return refusal;
  }
  return undefined;
}

function refusalOfRoom(room: unknown, isSocket: (room: string) => boolean): BadRequestError | undefined {
  if (typeof room !== 'string') return new BadRequestError('ROOM_NOT_VALID', { expected: 'string' });
  return isGatewayRoom(room) || isSocket(room) ? new BadRequestError('ROOM_RESERVED') : undefined;
}
