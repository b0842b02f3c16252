import { serialize } from 'node:v8';
import type { Server } from 'socket.io';
import type { BroadcastOptions, Session } from 'socket.io-adapter';
import { recoveryDurationOf } from '../socket-io/recovery-duration';
import { EVENT } from './encode-values';
import type { ClientSession, HandedPacket, HandedSessions } from './handed-sessions';
import {
  indexOfOffset,
  isMeant,
  noteSeen,
  type KeptPacket,
  type LoggedPacket,
  PacketLog,
  type SeenPackets,
} from './packet-log';
import { nextOffset, type PacketOffset, readOffset } from './packet-offset';
import { type Kept, RecoveryBudget } from './recovery-budget';

/** Expired sessions and packets are deleted in this interval, in milliseconds. */
const CLEANUP_INTERVAL_MS = 60_000;
/** Packets of other nodes may have arrived here so long before the client was disconnected elsewhere, and not arrived there. */
const MAX_LAG_MS = 10_000;
/** Session ids of Socket.IO have 20 characters. */
const MAX_PID_LENGTH = 64;
/** Estimated bytes of a session beside its rooms and data. */
const SESSION_BYTES = 200;

/** The packets that came with sessions from another node. */
interface Inherited extends Kept {
  readonly packets: readonly HandedPacket[];
  readonly seen: SeenPackets;
  readonly aged: SeenPackets;
  /** The position in the log of this node at which they came. */
  readonly position: number;
}

interface KeptSession extends Kept {
  readonly session: ClientSession;
  readonly disconnectedAt: number;
  /** Undefined if the client was on this node. */
  readonly inherited: Inherited | undefined;
}

/** A session that is restored. What the client has missed is taken when it is connected: until then, more comes. */
export interface RestoredSession extends Session {
  readonly disconnectedAt: number;
  /** Returns the data of the packets that the client has missed, and forgets the session. */
  takeMissed(): unknown[][];
}

/** Keeps sessions, and the packets that their clients may have missed, in memory, for `connectionStateRecovery`. */
export class RecoverableSessions {
  /** Returns false for a session that no client may have any more. */
  mayGive: (session: ClientSession & { readonly disconnectedAt: number }) => boolean = () => true;
  private readonly duration: number;
  private readonly budget: RecoveryBudget;
  private readonly log: PacketLog;
  private readonly sessions = new Map<string, KeptSession>();
  private readonly timer: NodeJS.Timeout;

  constructor(server: Server) {
    this.duration = recoveryDurationOf(server);
    this.budget = RecoveryBudget.of(server);
    this.log = new PacketLog(this.budget);
    this.timer = setInterval(() => {
      this.deleteExpired();
    }, CLEANUP_INTERVAL_MS).unref();
  }

  get isEmpty(): boolean {
    return this.sessions.size === 0;
  }

  persist(session: ClientSession): void {
    this.keepSession(session, Date.now(), undefined);
  }

  /**
   * Returns a session.
   *
   * @param offset of the last packet that the client has seen
   * @returns null if the session or the offset is unknown or expired
   */
  restore(pid: string, offset: string): RestoredSession | null {
    const kept = this.find(pid);
    const seen = readOffset(offset);
    const missed = kept && seen && this.missedAfter(kept, seen);
    if (!kept || !missed) return null;
    const { session, disconnectedAt } = kept;
    return {
      ...session,
      disconnectedAt,
      missedPackets: [],
      takeMissed: () => {
        this.forget(pid);
        return missed().map(({ packet }) => packet.data);
      },
    };
  }

  /** Returns true if there may be a session of this id on another node. */
  isElsewhere(pid: string, offset: string): boolean {
    return !this.sessions.has(pid) && pid.length <= MAX_PID_LENGTH && readOffset(offset) !== undefined;
  }

  /**
   * Gives a session away to another node.
   *
   * @returns undefined if there is none that may be given
   */
  give(pid: string, offset: string): HandedSessions | undefined {
    const kept = this.findGivable(pid);
    const seen = readOffset(offset);
    const missed = kept && seen && this.missedAfter(kept, seen)?.();
    if (!missed) return undefined;
    this.forget(pid);
    const nobody = { rooms: new Set<string>(), except: new Set<string>() };
    const packets = missed.map(({ packet, offset: own }) => ({ packet, offset: own, opts: nobody }));
    return {
      sessions: [handed(kept)],
      packets: [{ packet: { data: [] }, offset: seen, opts: nobody }, ...packets],
      seen: this.seenBy(kept.inherited),
      aged: new Map(),
    };
  }

  /** Gives all sessions away to another node, with all packets. */
  giveAll(): HandedSessions[] {
    const byOrigin = new Map<Inherited | undefined, KeptSession[]>();
    for (const pid of [...this.sessions.keys()]) {
      const kept = this.findGivable(pid);
      if (!kept) continue;
      byOrigin.set(kept.inherited, [...(byOrigin.get(kept.inherited) ?? []), kept]);
      this.forget(pid);
    }
    return Array.from(byOrigin, ([inherited, sessions]) => ({
      sessions: sessions.map(handed),
      packets: inherited ? [...inherited.packets, ...this.unseen(inherited, -Infinity)] : this.log.from(0),
      seen: this.seenBy(inherited),
      aged: inherited ? inherited.aged : this.log.aged,
    }));
  }

  /** Keeps sessions that another node has given away. */
  adopt({ sessions, packets, seen, aged }: HandedSessions): void {
    const pids = sessions.map(({ pid }) => pid);
    const inherited: Inherited = {
      packets,
      seen,
      aged,
      position: this.log.end,
      bytes: sizeOf(packets.map(({ packet }) => packet.data)) ?? 0,
      evict: () => {
        for (const pid of pids) if (this.sessions.get(pid)?.inherited === inherited) this.forget(pid);
      },
    };
    const now = Date.now();
    for (const { age, ...session } of sessions) this.keepSession(session, now - age, inherited);
    this.budget.add(inherited);
  }

  /**
   * Adds an offset to a packet that clients may need later.
   *
   * @returns undefined if the packet cannot be repeated: it is volatile, or asks for an answer
   */
  number(
    packet: { type: number; id?: number; data: unknown[] },
    opts: BroadcastOptions,
  ): PacketOffset | undefined {
    if (packet.type !== EVENT || packet.id !== undefined || opts.flags?.volatile !== undefined)
      return undefined;
    const offset = nextOffset();
    packet.data.push(offset.text);
    return offset;
  }

  /**
   * Keeps a packet that has an offset.
   *
   * @param isLocal true if no other node has it
   */
  keep(
    packet: KeptPacket,
    bytes: number,
    offset: PacketOffset,
    opts: BroadcastOptions,
    isLocal: boolean,
  ): void {
    this.log.add({ packet, bytes, offset, opts, isLocal });
  }

  close(): void {
    clearInterval(this.timer);
    for (const pid of [...this.sessions.keys()]) this.forget(pid);
    this.log.clear();
  }

  private keepSession(
    session: ClientSession,
    disconnectedAt: number,
    inherited: Inherited | undefined,
  ): void {
    const { pid, rooms, data } = session;
    this.forget(pid);
    const kept: KeptSession = {
      session,
      disconnectedAt,
      inherited,
      bytes: SESSION_BYTES + (sizeOf([rooms, data]) ?? 0),
      evict: () => {
        if (this.sessions.get(pid) === kept) this.forget(pid);
      },
    };
    this.sessions.set(pid, kept);
    this.budget.add(kept);
  }

  private find(pid: string): KeptSession | undefined {
    const kept = this.sessions.get(pid);
    if (!kept || kept.disconnectedAt + this.duration >= Date.now()) return kept;
    this.forget(pid);
    return undefined;
  }

  /** Finds a session that another client may still have. */
  private findGivable(pid: string): KeptSession | undefined {
    const kept = this.find(pid);
    return kept && this.mayGive({ ...kept.session, disconnectedAt: kept.disconnectedAt }) ? kept : undefined;
  }

  private forget(pid: string): void {
    const kept = this.sessions.get(pid);
    if (!kept) return;
    this.sessions.delete(pid);
    this.budget.delete(kept);
    const { inherited } = kept;
    if (!inherited) return;
    for (const other of this.sessions.values()) if (other.inherited === inherited) return;
    this.budget.delete(inherited);
  }

  /**
   * Returns a function that reads what a client has missed after the last packet that it has seen.
   *
   * @returns undefined if that cannot be known
   */
  private missedAfter(
    { session, disconnectedAt, inherited }: KeptSession,
    offset: PacketOffset,
  ): (() => HandedPacket[]) | undefined {
    const { rooms } = session;
    if (!inherited) {
      const position = this.log.positionAfter(offset, disconnectedAt);
      return position === undefined
        ? undefined
        : () => this.log.from(position).filter((packet) => isMeant(rooms, packet));
    }
    const at = indexOfOffset(inherited.packets, offset.text);
    const isAged = offset.number <= (inherited.aged.get(offset.sender) ?? -1);
    if (at < 0 && !isAged) return undefined;
    return () =>
      [...inherited.packets.slice(at + 1), ...this.unseen(inherited, disconnectedAt)].filter((packet) =>
        isMeant(rooms, packet),
      );
  }

  /** Returns the packets of this node's log that the node where sessions came from had not seen. */
  private unseen({ seen, position }: Inherited, disconnectedAt: number): LoggedPacket[] {
    const { start } = this.log;
    return this.log.from(start).filter(({ isLocal, offset, at }, index) => {
      // Packets that only this node has sent since are meant for clients that will come back to it.
      if (isLocal) return start + index >= position;
      return offset.number > (seen.get(offset.sender) ?? -1) && at >= disconnectedAt - MAX_LAG_MS;
    });
  }

  private seenBy(inherited: Inherited | undefined): SeenPackets {
    const { seen } = this.log;
    for (const [sender, number] of inherited?.seen ?? []) noteSeen(seen, { sender, number });
    return seen;
  }

  private deleteExpired(): void {
    const oldest = Date.now() - this.duration;
    for (const pid of [...this.sessions.keys()]) this.find(pid);
    this.log.dropBefore(oldest);
  }
}

function handed({ session, disconnectedAt }: KeptSession): HandedSessions['sessions'][number] {
  const { sid, pid, rooms, data } = session;
  return { sid, pid, rooms, data, age: Date.now() - disconnectedAt };
}

/** Returns undefined for what cannot be cloned. */
function sizeOf(value: unknown): number | undefined {
  try {
    return serialize(value).length;
  } catch {
    return undefined;
  }
}
