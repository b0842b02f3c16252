import type { Namespace, Socket } from 'socket.io';
import { isGatewayRoom } from '../../plan/gateway-rooms';
import type { Gateway, SocketSession } from '../model';
import { mayBeSocketId } from '../socket-io/gateway-rooms';
import { describeUser, type Description } from './describe-user';
import type { Device } from './device';
import { frozenCopy } from './frozen-copy';
import type { OwnDevices } from './own-devices';
import type { PresenceTable } from './presence-table';
import { watchRooms, type RoomWatcher } from './watch-rooms';

/** A connected socket of this node, whether it is shown or not. */
interface LocalSocket {
  readonly socket: Socket;
  /** The rooms whose users are shown that the socket is in, with the time at which it entered. */
  readonly rooms: Map<string, number>;
  description: Description | undefined;
  meta: unknown;
}

/** Turns what happens to the sockets of this node into changes of its devices. */
export class LocalSockets implements RoomWatcher {
  private readonly sockets = new Map<string, LocalSocket>();

  /** @param findAway returns the device of a socket that was cut off, on whatever node */
  constructor(
    private readonly gateway: Gateway,
    private readonly own: OwnDevices,
    private readonly table: PresenceTable,
    private readonly findAway: (socketId: string) => Device | undefined,
  ) {}

  connect({ socket }: SocketSession): void {
    const { nsp, id } = socket;
    // The application may have replaced the adapter.
    watchRooms(nsp, this);
    const description = describeUser(this.gateway, socket);
    const former = this.formerDevice(socket, description);
    const rooms = new Map<string, number>();
    const now = Date.now();
    for (const room of ['', ...socket.rooms])
      if (this.isShown(nsp, room, id)) rooms.set(room, former?.rooms.get(room) ?? now);
    this.sockets.set(id, { socket, rooms, description, meta: former?.meta });
    for (const room of rooms.keys()) this.table.enter(nsp.name, room, id);
    this.show(id);
  }

  disconnect({ socket }: SocketSession, isFinal: boolean): void {
    const { id, nsp } = socket;
    const local = this.sockets.get(id);
    if (!local) return;
    // The events for the rooms that it leaves now come after this.
    this.sockets.delete(id);
    for (const room of local.rooms.keys()) this.table.leave(nsp.name, room, id);
    if (isFinal) this.own.delete(id);
    else this.own.cutOff(id);
  }

  refresh({ socket }: SocketSession): void {
    const local = this.sockets.get(socket.id);
    if (!local) return;
    local.description = describeUser(this.gateway, socket);
    this.show(socket.id);
  }

  update(session: SocketSession, meta: unknown): void {
    const copy = copyOfMeta(meta);
    const local = this.sockets.get(session.socket.id);
    if (!local) return;
    local.meta = copy;
    this.refresh(session);
  }

  joined(namespace: Namespace, room: string, socketId: string): void {
    const local = this.sockets.get(socketId);
    if (local?.socket.nsp !== namespace || !this.isShown(namespace, room, socketId)) return;
    local.rooms.set(room, Date.now());
    this.table.enter(namespace.name, room, socketId);
    local.description ??= describeUser(this.gateway, local.socket);
    this.show(socketId);
  }

  left(namespace: Namespace, room: string, socketId: string): void {
    const local = this.sockets.get(socketId);
    if (local?.socket.nsp !== namespace || !local.rooms.delete(room)) return;
    this.table.leave(namespace.name, room, socketId);
    this.own.leave(socketId, room);
  }

  private show(socketId: string): void {
    const local = this.sockets.get(socketId);
    if (!local) return;
    const { description, rooms, meta, socket } = local;
    if (!description || rooms.size === 0) this.own.delete(socketId);
    else
      this.own.set({
        ...description,
        namespace: socket.nsp.name,
        socketId,
        meta,
        rooms: new Map(rooms),
        isAway: false,
      });
  }

  /** Returns the device of a socket that was recovered, if it has the same user still. */
  private formerDevice(socket: Socket, description: Description | undefined): Device | undefined {
    if (!socket.recovered) return undefined;
    const device = this.findAway(socket.id);
    return device?.id === description?.id && device?.namespace === socket.nsp.name ? device : undefined;
  }

  private isShown(namespace: Namespace, room: string, socketId: string): boolean {
    const { plan } = this.gateway;
    if (!plan.presence?.shows(room) || room === socketId) return false;
    return room === '' || !(isGatewayRoom(room) || mayBeSocketId(namespace.server, room));
  }
}

function copyOfMeta(meta: unknown): unknown {
  try {
    const copy = frozenCopy(meta);
    if (copy !== undefined || meta === undefined) return copy;
  } catch {
    // The error says the same.
  }
  throw new TypeError(
    'the meta of ctx.presence.update(meta) must be what JSON can hold: an object, a list, a text, a number, true, false or null',
  );
}
