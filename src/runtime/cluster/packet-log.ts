import type { BroadcastOptions } from 'socket.io-adapter';
import type { PacketOffset } from './packet-offset';
import type { Kept, RecoveryBudget } from './recovery-budget';

/** The data of a packet for clients, with its offset as the last value. It may be decoded when it is read. */
export interface KeptPacket {
  readonly data: unknown[];
}

/** A packet that clients may have missed. */
export interface LoggedPacket extends Kept {
  readonly packet: KeptPacket;
  readonly offset: PacketOffset;
  readonly opts: Pick<BroadcastOptions, 'rooms' | 'except'>;
  /** When this node has kept it, in milliseconds since the epoch. */
  readonly at: number;
  /** True if no other node has it. */
  readonly isLocal: boolean;
}

/** The number of the latest packet of each sender. */
export type SeenPackets = Map<string, number>;

/** The packets of a namespace that this node has sent to its clients, in this order. */
export class PacketLog {
  private packets: LoggedPacket[] = [];
  /** Number of packets that were dropped before the first one. */
  private dropped = 0;
  private readonly latest: SeenPackets = new Map();
  /** For each sender, the number of its latest packet that was dropped because it was old. */
  private readonly agedPackets: SeenPackets = new Map();
  /** When the latest packet was kept that was dropped because others needed the memory. */
  private evictedAt = -Infinity;

  constructor(private readonly budget: RecoveryBudget) {}

  /** The position of the first packet. */
  get start(): number {
    return this.dropped;
  }

  /** The position of the next packet. */
  get end(): number {
    return this.dropped + this.packets.length;
  }

  /** The latest packets that are in the log, or have been. */
  get seen(): SeenPackets {
    return new Map(this.latest);
  }

  /** For each sender, the latest packet that was dropped because it was old; empty if packets were dropped for memory. */
  get aged(): SeenPackets {
    return this.evictedAt === -Infinity ? new Map(this.agedPackets) : new Map();
  }

  add(packet: Omit<LoggedPacket, 'evict' | 'at'>): void {
    const logged: LoggedPacket = { ...packet, at: Date.now(), evict: () => this.evictUpTo(logged) };
    this.packets.push(logged);
    noteSeen(this.latest, packet.offset);
    this.budget.add(logged);
  }

  /**
   * Returns the position after the last packet that a client has seen.
   *
   * @param disconnectedAt what is older was sent to the client while it was connected
   * @returns undefined if that is not known: the client may have missed packets that are gone
   */
  positionAfter({ text, sender, number }: PacketOffset, disconnectedAt: number): number | undefined {
    const at = indexOfOffset(this.packets, text);
    if (at >= 0) return this.dropped + at + 1;
    const isAged = number <= (this.agedPackets.get(sender) ?? -1);
    return isAged && this.evictedAt < disconnectedAt ? this.dropped : undefined;
  }

  /** Returns the packets from a position on. */
  from(position: number): readonly LoggedPacket[] {
    return this.packets.slice(Math.max(position - this.dropped, 0));
  }

  /** Drops packets that were kept before a time. */
  dropBefore(time: number): void {
    const kept = this.packets.findIndex(({ at }) => at >= time);
    const count = kept < 0 ? this.packets.length : kept;
    for (const packet of this.packets.slice(0, count)) {
      this.budget.delete(packet);
      noteSeen(this.agedPackets, packet.offset);
    }
    this.drop(count);
  }

  clear(): void {
    for (const packet of this.packets) this.budget.delete(packet);
    this.drop(this.packets.length);
  }

  private evictUpTo(packet: LoggedPacket): void {
    // The oldest goes first: it is at the beginning.
    this.evictedAt = packet.at;
    this.drop(this.packets.indexOf(packet) + 1);
  }

  private drop(count: number): void {
    this.packets.splice(0, count);
    this.dropped += count;
  }
}

/** Notes the latest packet of a sender. */
export function noteSeen(
  seen: SeenPackets,
  { sender, number }: Pick<PacketOffset, 'sender' | 'number'>,
): void {
  seen.set(sender, Math.max(number, seen.get(sender) ?? 0));
}

/** Returns the position of the packet with an offset; -1 if there is none. In most cases it is one of the last. */
export function indexOfOffset(packets: readonly Pick<LoggedPacket, 'offset'>[], text: string): number {
  let at = packets.length - 1;
  while (at >= 0 && packets[at]?.offset.text !== text) at--;
  return at;
}

/** Returns true if a packet was for a socket in these rooms. */
export function isMeant(rooms: readonly string[], { opts }: Pick<LoggedPacket, 'opts'>): boolean {
  const isIn = opts.rooms.size === 0 || rooms.some((room) => opts.rooms.has(room));
  return isIn && !rooms.some((room) => opts.except?.has(room));
}
