import type { Socket } from 'socket.io';
import { visibleRooms } from '../../plan/gateway-rooms';
import type { SocketContext } from '../../types';
import type { GatewayService } from '../model';
import { userOf } from './socket-user';

/*
 * The methods of a service that make and save the meta of a socket, as they are unless the application overrides them.
 */

/** Returns the meta of every call that is made for a socket. */
export function socketGetMeta(socket: Socket): { $socketId: string; user: unknown; $rooms: string[] } {
  return { $socketId: socket.id, user: userOf(socket), $rooms: visibleRooms(socket.rooms) };
}

/** Saves the user of a call. moleculer-io's services have this method, and may override it. */
export function socketSaveMeta(this: GatewayService, socket: Socket, ctx: SocketContext): unknown {
  return this.socketSaveUser(socket, ctx.meta.user);
}
