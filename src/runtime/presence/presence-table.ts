import type { PresentUser } from '../../types';
import type { UserId } from '../model';
import type { Device, Replica } from './device';
import { mergeUsers } from './presence-order';
import { PresenceRoom } from './presence-room';
import { UserCounts } from './user-counts';
import { isAway, type Placement } from './user-in-room';

/** Called for a device that was away when its user has come back to a room with another. */
export type Superseded = (placement: Placement, room: string) => void;

/** Merges the devices of all nodes into the users of the rooms of a gateway. */
export class PresenceTable {
  private readonly namespaces = new Map<string, Map<string, PresenceRoom>>();
  private readonly changed = new Set<PresenceRoom>();
  readonly counts = new UserCounts();

  /** @param onChange called when there is something to tell */
  constructor(
    private readonly superseded: Superseded,
    private readonly onChange: () => void,
  ) {}

  /** Returns a room, which it creates. */
  room(namespace: string, name: string): PresenceRoom {
    let rooms = this.namespaces.get(namespace);
    if (!rooms) this.namespaces.set(namespace, (rooms = new Map<string, PresenceRoom>()));
    let room = rooms.get(name);
    if (!room) rooms.set(name, (room = new PresenceRoom(namespace, name)));
    return room;
  }

  find(namespace: string, name: string): PresenceRoom | undefined {
    return this.namespaces.get(namespace)?.get(name);
  }

  /** Adds a socket of this node to a room. */
  enter(namespace: string, name: string, socketId: string): void {
    const room = this.room(namespace, name);
    room.enter(socketId);
    this.mark(room);
  }

  /** Removes a socket of this node from a room. */
  leave(namespace: string, name: string, socketId: string): void {
    const room = this.find(namespace, name);
    if (!room) return;
    room.leave(socketId);
    this.forgetRoom(room);
  }

  /**
   * Sets a device of a node.
   *
   * @param isNew false if other nodes have known it before
   */
  set(replica: Replica, device: Device, isNew: boolean): void {
    const { socketId, namespace, id } = device;
    const known = replica.devices.get(socketId);
    const isSameUser = known?.id === id && known.namespace === namespace;
    if (known && !isSameUser) this.delete(replica, socketId, isNew);
    const before = isSameUser ? known : undefined;
    replica.devices.set(socketId, device);
    if (before) {
      for (const name of before.rooms.keys())
        if (!device.rooms.has(name)) this.take(replica, before, name, isNew);
    }
    for (const name of device.rooms.keys()) {
      const room = this.room(namespace, name);
      const user = room.user(id);
      if (user.isEmpty) this.counts.add(namespace, id);
      user.put(replica, device);
      this.change(room, id, isNew);
      const hasReturned = !device.isAway && (!before || before.isAway || !before.rooms.has(name));
      if (!hasReturned || user.placements.length === 1) continue;
      for (const other of user.placements.filter(isAway)) this.superseded(other, name);
    }
  }

  /** Deletes a device of a node. */
  delete(replica: Replica, socketId: string, isNew: boolean): void {
    const device = replica.devices.get(socketId);
    if (!device) return;
    replica.devices.delete(socketId);
    for (const name of device.rooms.keys()) this.take(replica, device, name, isNew);
  }

  /** Looks at all devices of a node again that has gone or come back. */
  refresh({ devices }: Replica): void {
    for (const { namespace, id, rooms } of devices.values()) {
      for (const name of rooms.keys()) {
        const room = this.room(namespace, name);
        room.user(id).invalidate();
        this.change(room, id, true);
      }
    }
  }

  /** Returns the rooms in which something is to be told. */
  takeChanged(): PresenceRoom[] {
    const rooms = [...this.changed];
    this.changed.clear();
    return rooms;
  }

  get hasChanges(): boolean {
    return this.changed.size > 0;
  }

  /** Forgets a user of which nothing is left. */
  forgetUser(room: PresenceRoom, id: UserId): void {
    const user = room.users.get(id);
    if (user?.isEmpty && !user.told) room.users.delete(id);
  }

  /** Forgets a room of which nothing is left. */
  forgetRoom(room: PresenceRoom): void {
    const rooms = this.namespaces.get(room.namespace);
    if (!room.isEmpty || rooms?.get(room.name) !== room) return;
    rooms.delete(room.name);
    if (rooms.size === 0) this.namespaces.delete(room.namespace);
  }

  /**
   * Returns users, each once.
   *
   * @param namespace undefined: all namespaces
   * @param name of a room; undefined: all rooms
   */
  list(namespace: string | undefined, name: string | undefined): PresentUser[] {
    const namespaces =
      namespace === undefined ? [...this.namespaces.values()] : [this.namespaces.get(namespace) ?? new Map()];
    const rooms = namespaces.flatMap((known: ReadonlyMap<string, PresenceRoom>) => {
      // Everybody in a room is in the namespace, too.
      const room = known.get(name ?? '');
      if (room) return [room];
      return name === undefined ? [...known.values()] : [];
    });
    const [first] = rooms;
    return first && rooms.length === 1 ? first.list() : mergeUsers(rooms.map((room) => room.list()));
  }

  private take(replica: Replica, { namespace, socketId, id }: Device, name: string, isNew: boolean): void {
    const room = this.find(namespace, name);
    const user = room?.users.get(id);
    if (!room || !user || user.isEmpty) return;
    user.remove(replica, socketId);
    if (user.isEmpty) this.counts.remove(namespace, id);
    this.change(room, id, isNew);
  }

  private change(room: PresenceRoom, id: UserId, isNew: boolean): void {
    room.change(id, isNew);
    this.mark(room);
  }

  private mark(room: PresenceRoom): void {
    this.changed.add(room);
    this.onChange();
  }
}
