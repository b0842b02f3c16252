import type { UserId } from '../model';

/** The entry of a connected socket, as its node shows it to all nodes. It is replaced when it changes. */
export interface Device {
  readonly namespace: string;
  readonly socketId: string;
  readonly id: UserId;
  readonly info: object;
  /** Undefined if there is none. */
  readonly meta: unknown;
  /** The rooms that the socket is in, each with the time at which it entered, in milliseconds since the epoch. */
  readonly rooms: ReadonlyMap<string, number>;
  /** True if the connection was cut off: the device is kept for the grace of the gateway. */
  readonly isAway: boolean;
}

/** Returns a device without one of its rooms; undefined if it is in no other. */
export function withoutRoom(device: Device, room: string): Device | undefined {
  const rooms = new Map(device.rooms);
  rooms.delete(room);
  return rooms.size === 0 ? undefined : { ...device, rooms };
}

/** The devices of one run of a node: of this node, or a copy of those of another. */
export class Replica {
  readonly devices = new Map<string, Device>();
  /** The number of changes that the devices are the result of. -1 if they were changed here and must be sent again. */
  version = 0;
  /** True if the node is gone: its devices are away. */
  isGone = false;

  /** @param instance identifies the run of the node */
  constructor(
    readonly node: string,
    readonly instance: string,
  ) {}
}
