import { Replica, withoutRoom, type Device } from './device';
import type { PresenceTable } from './presence-table';
import { TimeSlice } from './time-slice';

/** The version of a copy that must be sent again if its node comes back. */
const CHANGED_HERE = -1;

/** The devices of the other nodes, as they were last heard of. */
export class NodeCopies {
  /** By the instance of the node: one that was restarted has two for a while. */
  private readonly copies = new Map<string, Replica>();
  private readonly expiries = new Map<Replica, NodeJS.Timeout>();

  /** @param grace how long the devices of a node that is gone are kept, in milliseconds */
  constructor(
    private readonly table: PresenceTable,
    private readonly grace: number,
  ) {}

  /**
   * Returns the copy of a node. One of an earlier run of the node is gone.
   *
   * @param isThere false if the node is gone, and what it has sent before still arrives
   */
  of(node: string, instance: string, isThere: boolean): Replica {
    let copy = this.copies.get(instance);
    if (!copy) {
      this.leave(node);
      this.copies.set(instance, (copy = new Replica(node, instance)));
    }
    if (!isThere) this.leave(node);
    else if (copy.isGone) this.revive(copy);
    return copy;
  }

  /** Marks the devices of a node that is gone as away. They are deleted after the grace. */
  leave(node: string): void {
    for (const copy of this.copies.values()) {
      if (copy.node !== node || copy.isGone) continue;
      copy.isGone = true;
      this.table.refresh(copy);
      const timer = setTimeout(() => void this.delete(copy), Math.max(this.grace, 1)).unref();
      this.expiries.set(copy, timer);
    }
  }

  /** Takes a device of a node that is gone out of a room: its user has come back to it. */
  leaveRoom(copy: Replica, device: Device, room: string): void {
    // A node that is there does it by itself.
    if (!copy.isGone) return;
    copy.version = CHANGED_HERE;
    const left = withoutRoom(device, room);
    if (left) this.table.set(copy, left, true);
    else this.table.delete(copy, device.socketId, true);
  }

  [Symbol.iterator](): IterableIterator<Replica> {
    return this.copies.values();
  }

  close(): void {
    for (const timer of this.expiries.values()) clearTimeout(timer);
    this.expiries.clear();
  }

  private revive(copy: Replica): void {
    clearTimeout(this.expiries.get(copy));
    this.expiries.delete(copy);
    copy.isGone = false;
    this.table.refresh(copy);
  }

  private async delete(copy: Replica): Promise<void> {
    this.expiries.delete(copy);
    this.copies.delete(copy.instance);
    const slice = new TimeSlice();
    for (const socketId of [...copy.devices.keys()]) {
      this.table.delete(copy, socketId, true);
      if (slice.isOver) await slice.next();
    }
  }
}
