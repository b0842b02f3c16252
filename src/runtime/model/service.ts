import type { Socket } from 'socket.io';
import type { GatewayShape, SocketContext } from '../../types';

/** The methods of a gateway's service that the runtime calls and that a class may override. */
export interface GatewayService extends GatewayShape {
  socketGetMeta(socket: Socket): object | PromiseLike<object>;
  socketSaveUser(socket: Socket, user: unknown): unknown;
  socketSaveMeta?(socket: Socket, ctx: SocketContext): unknown;
  socketJoinRooms?(socket: Socket, rooms: string | string[]): unknown;
  socketLeaveRoom?(socket: Socket, room: string): unknown;
  reformatError?(error: Error, ctx: SocketContext | undefined, socket: Socket): unknown;
}

/** The methods that the application has overridden. Looked up once, not for every event. */
export interface OverriddenMethods {
  /** `socketGetMeta`. */
  readonly meta: boolean;
  /** `socketSaveMeta`. */
  readonly saveMeta: boolean;
  /** `reformatError` of the service itself. That of moleculer-web's mixin does not count: it shows every error. */
  readonly reformatError: boolean;
}

/** Code of the application that is called when a socket comes or goes. */
export interface SocketCallback {
  /** Names the code in the log. */
  readonly what: string;
  call(socket: Socket, reason?: string, description?: unknown): unknown;
}

/** The callbacks of each moment, in order: methods of the gateway and hooks of the broker's middlewares. */
export interface SocketCallbacks {
  readonly connecting: readonly SocketCallback[];
  readonly connected: readonly SocketCallback[];
  readonly disconnecting: readonly SocketCallback[];
  readonly disconnected: readonly SocketCallback[];
}
