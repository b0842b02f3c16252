import type { RawSocket } from './socket-like';

/** One connected device of a user. */
export interface PresentDevice<Meta = unknown> {
  readonly socketId: string;
  readonly meta?: Meta;
  /** When the device came, in milliseconds since the epoch. */
  readonly since: number;
}

/** A user in a room, once, however many devices. */
export interface PresentUser<Info = unknown, Meta = unknown> {
  readonly id: string | number;
  readonly info: Info;
  readonly devices: readonly PresentDevice<Meta>[];
}

/** The users of a room. */
export interface PresenceOfRoom<Info = unknown, Meta = unknown> {
  /** Returns the users of the room, in the order in which they came. */
  list(): PresentUser<Info, Meta>[];
  /**
   * Calls the listener with all users of the room now and whenever they change.
   *
   * @returns a function that stops listening
   */
  on(listener: (users: PresentUser<Info, Meta>[]) => void): () => void;
}

/** The event 'presence' of a gateway: first the whole state of a room, then changes. */
interface PresenceMessage {
  readonly room: string;
  readonly state?: readonly PresentUser[];
  readonly joins?: readonly PresentUser[];
  readonly leaves?: readonly PresentUser[];
  readonly updates?: readonly PresentUser[];
}

interface Room {
  users: Map<string | number, PresentUser>;
  readonly listeners: Set<(users: PresentUser[]) => void>;
}

/** Keeps who is in the rooms of a namespace, from the messages of the gateway. */
export class Presence {
  private readonly rooms = new Map<string, Room>();

  constructor(private readonly socket: RawSocket) {
    socket.on('presence', this.apply);
  }

  of(name: string): PresenceOfRoom {
    const room = this.room(name);
    return {
      list: () => [...room.users.values()],
      on: (listener) => {
        room.listeners.add(listener);
        listener([...room.users.values()]);
        return () => room.listeners.delete(listener);
      },
    };
  }

  close(): void {
    this.socket.off('presence', this.apply);
    for (const { listeners } of this.rooms.values()) listeners.clear();
  }

  private readonly apply = ({ room: name, state, joins, leaves, updates }: PresenceMessage): void => {
    const room = this.room(name);
    if (state) room.users = new Map();
    for (const user of [...(state ?? []), ...(joins ?? []), ...(updates ?? [])])
      room.users.set(user.id, user);
    for (const { id } of leaves ?? []) room.users.delete(id);
    for (const listener of room.listeners) listener([...room.users.values()]);
  };

  private room(name: string): Room {
    const room = this.rooms.get(name) ?? { users: new Map(), listeners: new Set() };
    this.rooms.set(name, room);
    return room;
  }
}
