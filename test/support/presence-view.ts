import type { PresenceMessage, PresentUser } from '../../src';

/** What a client knows of who is there, from what it is sent. */
export class PresenceView {
  readonly messages: PresenceMessage[] = [];
  private readonly rooms = new Map<string, Map<string | number, PresentUser>>();
  private readonly checks = new Set<() => void>();

  constructor(client: { on(event: string, listener: (message: PresenceMessage) => void): unknown }) {
    client.on('presence', (message: PresenceMessage) => {
      this.messages.push(message);
      this.apply(message);
      for (const check of [...this.checks]) check();
    });
  }

  /** The users of a room, in any order. */
  list(room = ''): PresentUser[] {
    return [...(this.rooms.get(room)?.values() ?? [])];
  }

  ids(room = ''): (string | number)[] {
    return this.list(room)
      .map(({ id }) => id)
      .sort();
  }

  /** Resolves when something holds. The timeout of the test ends it. */
  until(holds: (view: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!holds(this)) return;
        this.checks.delete(check);
        resolve();
      };
      this.checks.add(check);
      check();
    });
  }

  /** Resolves when exactly these users are in a room. */
  has(room: string, ...ids: (string | number)[]): Promise<void> {
    return this.until(() => this.rooms.has(room) && this.ids(room).join() === [...ids].sort().join());
  }

  private apply(message: PresenceMessage): void {
    const users = 'state' in message ? new Map<string | number, PresentUser>() : this.of(message.room);
    this.rooms.set(message.room, users);
    const come = 'state' in message ? message.state : [...message.joins, ...message.updates];
    for (const user of come) users.set(user.id, user);
    if ('leaves' in message) for (const { id } of message.leaves) users.delete(id);
  }

  private of(room: string): Map<string | number, PresentUser> {
    return this.rooms.get(room) ?? new Map<string | number, PresentUser>();
  }
}
