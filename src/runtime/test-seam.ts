import type { Socket } from 'socket.io';
import { visibleRooms } from '../plan/gateway-rooms';
import { findSession } from './socket-io/socket-session';

/*
 * All that the testing kit uses of the runtime. Everything else goes over the connection, as it does for any client.
 */

export { slowHeartbeats } from './socket-io/slow-heartbeats';
export { assumeUser } from './user/assumed-user';

/** Returns how many events of a socket have arrived and are not done. */
export function pendingEventsOf(socket: Socket): number {
  return findSession(socket)?.pending ?? 0;
}

/** Returns the rooms of a socket as its application sees them. */
export function visibleRoomsOf(socket: Socket): string[] {
  return visibleRooms(socket.rooms);
}

/** Returns true while changes of presence wait to be told to clients and methods of the gateway that a socket belongs to. */
export function isPresencePending(socket: Socket): boolean {
  return findSession(socket)?.gateway.presence?.isPending === true;
}
