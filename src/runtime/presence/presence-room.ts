import type { PresentUser } from '../../types';
import type { UserId } from '../model';
import { sortUsers } from './presence-order';
import { UserInRoom } from './user-in-room';

/** The users of one room, and the sockets of this node that are told of them. */
export class PresenceRoom {
  readonly users = new Map<UserId, UserInRoom>();
  /** The ids of the sockets that know the users, and get what changes. */
  readonly audience = new Set<string>();
  /** The ids of the sockets that have entered and do not know the users yet. */
  private readonly waiting = new Set<string>();
  /** The ids of the sockets that are being told who is there. */
  private readonly entering = new Set<string>();
  /** The users that have changed; true if it is new to all nodes, and not only to this one. */
  private changed = new Map<UserId, boolean>();

  constructor(
    readonly namespace: string,
    readonly name: string,
  ) {}

  get hasChanges(): boolean {
    return this.changed.size > 0 || this.waiting.size > 0;
  }

  /** True if there is nothing to remember of the room. */
  get isEmpty(): boolean {
    const sockets = this.audience.size + this.entering.size;
    return this.users.size === 0 && sockets === 0 && !this.hasChanges;
  }

  user(id: UserId): UserInRoom {
    const user = this.users.get(id) ?? new UserInRoom(id, this.name);
    this.users.set(id, user);
    return user;
  }

  change(id: UserId, isNew: boolean): void {
    this.changed.set(id, isNew || this.changed.get(id) === true);
  }

  takeChanges(): Map<UserId, boolean> {
    const { changed } = this;
    this.changed = new Map();
    return changed;
  }

  /** Adds a socket of this node. */
  enter(socketId: string): void {
    this.leave(socketId);
    this.waiting.add(socketId);
  }

  /** Removes a socket of this node. */
  leave(socketId: string): void {
    for (const sockets of [this.audience, this.waiting, this.entering]) sockets.delete(socketId);
  }

  /** Returns the sockets that have entered. Those that leave disappear from the set. */
  beginEntering(): ReadonlySet<string> {
    for (const socketId of this.waiting) this.entering.add(socketId);
    this.waiting.clear();
    return this.entering;
  }

  /** Ends the entering of sockets, which know the users now. */
  endEntering(): void {
    for (const socketId of this.entering) this.audience.add(socketId);
    this.entering.clear();
  }

  /** Returns the users as they are now. */
  list(): PresentUser[] {
    const users: PresentUser[] = [];
    for (const { entry } of this.users.values()) if (entry) users.push(entry);
    return sortUsers(users);
  }

  /** Returns the users as the audience knows them. */
  listTold(): PresentUser[] {
    const users: PresentUser[] = [];
    for (const { told } of this.users.values()) if (told) users.push(told);
    return sortUsers(users);
  }
}
