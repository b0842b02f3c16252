import { Socket, type Namespace, type Server } from 'socket.io';
import { refusalOfRooms } from '../../plan/gateway-rooms';
import { isSocketId } from '../../plan/socket-id';
import type { BadRequestError } from '../../errors';

/*
 * Messages to a user or to a socket go to a room: the room of the user, or the room named after the socket. Only
 * the gateway puts sockets into such rooms and takes them out.
 */

/** The parts of an adapter that its types do not show. */
interface AdapterParts {
  apply?: (this: object, options: unknown, callback: (socket: Socket) => void) => unknown;
}

interface AdapterOwner {
  adapter: object;
  _initAdapter(): void;
}

const watched = new WeakSet();

/** Number of adapters that are calling methods of sockets now. */
let calls = 0;

/** Returns true while an adapter calls methods of sockets, perhaps on behalf of another node. Nothing catches what they throw then. */
export function isCalledByAdapter(): boolean {
  return calls > 0;
}

/** Makes known when the adapters of a namespace call methods of its sockets. */
export function watchAdapterCalls(namespace: Namespace): void {
  const owner = namespace as object as AdapterOwner;
  watch(owner.adapter);
  if (Object.hasOwn(owner, '_initAdapter')) return;
  // The application, or an adapter that connects first, may replace the adapter.
  owner._initAdapter = () => {
    (Object.getPrototypeOf(namespace) as AdapterOwner)._initAdapter.call(namespace);
    watch(owner.adapter);
  };
}

function watch(adapter: AdapterParts): void {
  const { apply } = adapter;
  if (typeof apply !== 'function' || watched.has(adapter)) return;
  watched.add(adapter);
  adapter.apply = function (...args) {
    calls++;
    try {
      return apply.apply(this, args);
    } finally {
      calls--;
    }
  };
}

/**
 * Checks the rooms that an application wants sockets of a namespace to join or leave.
 *
 * @param rooms a name, or a list of names
 * @returns the error 400 of the first one that it may not name
 */
export function refusalIn(namespace: Namespace, rooms: unknown): BadRequestError | undefined {
  return refusalOfRooms(rooms, (room) => namespace.sockets.has(room));
}

/** The ids of sockets of Socket.IO 2, which have no checksum: the id of the connection, after the namespace if that is not '/'. */
const ID_OF_SOCKET_IO_2 = /^(?:\/[^#]*#)?[\w-]{20}$/;

/** Returns true if a name may be the id of a socket of the server, or of the same server on another node. */
export function mayBeSocketId(server: Server, name: string): boolean {
  const { allowEIO3 } = (server as object as { opts: { allowEIO3?: boolean } }).opts;
  return isSocketId(name) || (allowEIO3 === true && ID_OF_SOCKET_IO_2.test(name));
}

/** Puts a socket into a room that an application may not name. Does nothing for a socket that is gone. */
export function joinGatewayRoom(socket: Socket, room: string): unknown {
  // Socket.IO replaces the method when the socket is gone.
  return Object.hasOwn(socket, 'join') ? undefined : Socket.prototype.join.call(socket, room);
}

/** Takes a socket out of a room that an application may not name. */
export function leaveGatewayRoom(socket: Socket, room: string): unknown {
  return Socket.prototype.leave.call(socket, room);
}
