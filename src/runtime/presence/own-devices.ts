import { randomBytes } from 'node:crypto';
import { Replica, withoutRoom, type Device } from './device';
import type { PresenceTable } from './presence-table';

/** A change of a device: the device as it is now, or the id of the socket of one that is gone. */
export type Change = Device | string;

/** Changes in their order, and the version of the devices before the first of them. */
export interface Changes {
  readonly since: number;
  readonly list: readonly Change[];
}

/** The devices of this node. Only this node changes them, and the other nodes follow. */
export class OwnDevices {
  readonly replica: Replica;
  private readonly changes: Change[] = [];
  /** The time at which each device that is away is deleted. The first is the next. */
  private readonly deadlines = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  /** @param grace how long a device is kept that was cut off, in milliseconds */
  constructor(
    node: string,
    private readonly table: PresenceTable,
    private readonly grace: number,
  ) {
    this.replica = new Replica(node, randomBytes(6).toString('base64url'));
  }

  get(socketId: string): Device | undefined {
    return this.replica.devices.get(socketId);
  }

  /** Sets a device that is there. */
  set(device: Device): void {
    this.deadlines.delete(device.socketId);
    this.record(device);
  }

  /** Deletes a device: its user has left. */
  delete(socketId: string): void {
    if (!this.replica.devices.has(socketId)) return;
    this.deadlines.delete(socketId);
    this.replica.version++;
    this.changes.push(socketId);
    this.table.delete(this.replica, socketId, true);
  }

  /** Keeps a device that was cut off for the grace of the gateway. */
  cutOff(socketId: string): void {
    const device = this.get(socketId);
    if (!device) return;
    if (this.grace === 0) {
      this.delete(socketId);
      return;
    }
    this.deadlines.delete(socketId);
    this.deadlines.set(socketId, Date.now() + this.grace);
    this.record({ ...device, isAway: true });
    this.watchDeadlines();
  }

  /** Takes a device out of a room. */
  leave(socketId: string, room: string): void {
    const device = this.get(socketId);
    if (!device?.rooms.has(room)) return;
    const left = withoutRoom(device, room);
    if (left) this.record(left);
    else this.delete(socketId);
  }

  /** The version of the devices that other nodes have been sent. */
  get sentVersion(): number {
    return this.replica.version - this.changes.length;
  }

  /** Returns the oldest changes that no other node has been sent. */
  takeChanges(count = Infinity): Changes {
    const { sentVersion: since } = this;
    return { since, list: this.changes.splice(0, Math.min(count, this.changes.length)) };
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.deadlines.clear();
  }

  private record(device: Device): void {
    this.replica.version++;
    this.changes.push(device);
    this.table.set(this.replica, device, true);
  }

  private watchDeadlines(): void {
    const [next] = this.deadlines.values();
    if (this.timer || next === undefined) return;
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.deleteOverdue();
        this.watchDeadlines();
      },
      Math.max(next - Date.now(), 1),
    ).unref();
  }

  private deleteOverdue(): void {
    const now = Date.now();
    for (const [socketId, deadline] of this.deadlines) {
      if (deadline > now) return;
      this.delete(socketId);
    }
  }
}
