import type { PresentDevice, PresentUser } from '../../types';
import type { UserId } from '../model';
import type { Device, Replica } from './device';

/** A device in a room, and the node that it is on. */
export interface Placement {
  readonly replica: Replica;
  readonly device: Device;
}

/** A user in a room: its devices on all nodes. */
export class UserInRoom {
  private readonly list: Placement[] = [];
  private current: PresentUser | undefined;
  /** The user as clients and listeners were last told; undefined if they were told of none. */
  told: PresentUser | undefined;

  constructor(
    readonly id: UserId,
    private readonly room: string,
  ) {}

  get placements(): readonly Placement[] {
    return this.list;
  }

  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  put(replica: Replica, device: Device): void {
    const at = this.indexOf(replica, device.socketId);
    if (at < 0) this.list.push({ replica, device });
    else this.list[at] = { replica, device };
    this.current = undefined;
  }

  remove(replica: Replica, socketId: string): void {
    const at = this.indexOf(replica, socketId);
    if (at >= 0) this.list.splice(at, 1);
    this.current = undefined;
  }

  /** Forgets what was computed: the node of one of the devices has gone or come back. */
  invalidate(): void {
    this.current = undefined;
  }

  /**
   * The user as it is now. Devices that are away are shown only if no other is there.
   *
   * @returns undefined without devices
   */
  get entry(): PresentUser | undefined {
    if (this.list.length === 0) return undefined;
    return (this.current ??= this.describe());
  }

  private describe(): PresentUser {
    const present = this.list.filter((placement) => !isAway(placement));
    const shown = new Map<string, Device>();
    const order = (present.length > 0 ? present : [...this.list]).sort((one, other) =>
      this.compare(one, other),
    );
    for (const { device } of order) shown.set(device.socketId, device);
    const devices = Array.from(shown.values(), (device) => this.describeDevice(device));
    const latest = order[order.length - 1] as Placement;
    return Object.freeze({ id: this.id, info: latest.device.info, devices: Object.freeze(devices) });
  }

  private describeDevice(device: Device): PresentDevice {
    const { socketId, meta } = device;
    const since = this.since(device);
    return Object.freeze(meta === undefined ? { socketId, since } : { socketId, meta, since });
  }

  /** Compares so that all nodes come to the same order. */
  private compare(one: Placement, other: Placement): number {
    return (
      this.since(one.device) - this.since(other.device) ||
      compareText(one.device.socketId, other.device.socketId) ||
      compareText(one.replica.node, other.replica.node)
    );
  }

  private since({ rooms }: Device): number {
    return rooms.get(this.room) ?? 0;
  }

  private indexOf(replica: Replica, socketId: string): number {
    return this.list.findIndex((one) => one.replica === replica && one.device.socketId === socketId);
  }
}

/** Returns true if the connection of a device was cut off, or its node is gone. */
export function isAway({ replica, device }: Placement): boolean {
  return device.isAway || replica.isGone;
}

/** Compares texts by their code units. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
