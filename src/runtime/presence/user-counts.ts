import type { UserId } from '../model';

/** Counts the users of each namespace, each once. */
export class UserCounts {
  private readonly rooms = new Map<string, Map<UserId, number>>();
  private changed = new Map<string, number>();

  /** Counts a user that has entered a room. */
  add(namespace: string, id: UserId): void {
    let users = this.rooms.get(namespace);
    if (!users) this.rooms.set(namespace, (users = new Map<UserId, number>()));
    this.remember(namespace, users.size);
    users.set(id, (users.get(id) ?? 0) + 1);
  }

  /** Counts a user that has left a room. */
  remove(namespace: string, id: UserId): void {
    const users = this.rooms.get(namespace);
    const rooms = users?.get(id);
    if (!users || rooms === undefined) return;
    this.remember(namespace, users.size);
    if (rooms > 1) users.set(id, rooms - 1);
    else users.delete(id);
    if (users.size === 0) this.rooms.delete(namespace);
  }

  /** Returns by how much the number of users has changed, by namespace, since it was last called. */
  takeChanges(): (readonly [namespace: string, difference: number])[] {
    const { changed } = this;
    this.changed = new Map();
    return Array.from(changed, ([namespace, before]) => [
      namespace,
      (this.rooms.get(namespace)?.size ?? 0) - before,
    ]);
  }

  private remember(namespace: string, before: number): void {
    if (!this.changed.has(namespace)) this.changed.set(namespace, before);
  }
}
