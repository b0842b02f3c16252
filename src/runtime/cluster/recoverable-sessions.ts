import type { Server } from 'socket.io';
import type { BroadcastOptions, Session } from 'socket.io-adapter';
import { recoveryDurationOf } from '../socket-io/recovery-duration';
import { EVENT } from './encode-values';
import type { ClientSession, HandedSessions } from './handed-sessions';
import { KeptSessions, type Inherited, type KeptSession } from './kept-sessions';
import { missedAfter, seenBy, unseenBy } from './missed-packets';
import { type KeptPacket, PacketLog } from './packet-log';
import { nextOffset, type PacketOffset, readOffset } from './packet-offset';
import { bytesOf, RecoveryBudget } from './recovery-budget';

/** Expired sessions and packets are deleted in this interval, in milliseconds. */
const CLEANUP_INTERVAL_MS = 60_000;
/** Session ids of Socket.IO have 20 characters. */
const MAX_PID_LENGTH = 64;

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
  private readonly sessions: KeptSessions;
  private readonly timer: NodeJS.Timeout;

  constructor(server: Server) {
    this.duration = recoveryDurationOf(server);
    this.budget = RecoveryBudget.of(server);
    this.log = new PacketLog(this.budget);
    this.sessions = new KeptSessions(this.duration, this.budget);
    this.timer = setInterval(() => {
      this.deleteExpired();
    }, CLEANUP_INTERVAL_MS).unref();
  }

  get isEmpty(): boolean {
    return this.sessions.size === 0;
  }

  persist(session: ClientSession): void {
    this.sessions.keep(session, Date.now(), undefined);
  }

  /**
   * Returns a session.
   *
   * @param offset of the last packet that the client has seen
   * @returns null if the session or the offset is unknown or expired
   */
  restore(pid: string, offset: string): RestoredSession | null {
    const kept = this.sessions.find(pid);
    const seen = readOffset(offset);
    const missed = kept && seen && missedAfter(this.log, kept, seen);
    if (!kept || !missed) return null;
    const { session, disconnectedAt } = kept;
    return {
      ...session,
      disconnectedAt,
      missedPackets: [],
      takeMissed: () => {
        this.sessions.forget(pid);
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
    const missed = kept && seen && missedAfter(this.log, kept, seen)?.();
    if (!missed) return undefined;
    this.sessions.forget(pid);
    // All of them are meant for this client.
    const toAll = { rooms: new Set<string>(), except: new Set<string>() };
    const packets = missed.map(({ packet, offset: own }) => ({ packet, offset: own, opts: toAll }));
    return {
      sessions: [handed(kept)],
      packets: [{ packet: { data: [] }, offset: seen, opts: toAll }, ...packets],
      seen: seenBy(this.log, kept.inherited),
      aged: new Map(),
    };
  }

  /** Gives all sessions away to another node, with all packets. */
  giveAll(): HandedSessions[] {
    const byOrigin = new Map<Inherited | undefined, KeptSession[]>();
    for (const { session } of [...this.sessions.values()]) {
      const { pid } = session;
      const kept = this.findGivable(pid);
      if (!kept) continue;
      byOrigin.set(kept.inherited, [...(byOrigin.get(kept.inherited) ?? []), kept]);
      this.sessions.forget(pid);
    }
    return Array.from(byOrigin, ([inherited, sessions]) => ({
      sessions: sessions.map(handed),
      packets: inherited
        ? [...inherited.packets, ...unseenBy(this.log, inherited, -Infinity)]
        : this.log.from(0),
      seen: seenBy(this.log, inherited),
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
      bytes: bytesOf(packets.map(({ packet }) => packet.data)),
      evict: () => {
        for (const pid of pids)
          if (this.sessions.find(pid)?.inherited === inherited) this.sessions.forget(pid);
      },
    };
    const now = Date.now();
    for (const { age, ...session } of sessions) this.sessions.keep(session, now - age, inherited);
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
    for (const { session } of [...this.sessions.values()]) this.sessions.forget(session.pid);
    this.log.clear();
  }

  /** Finds a session that another client may still have. */
  private findGivable(pid: string): KeptSession | undefined {
    const kept = this.sessions.find(pid);
    return kept && this.mayGive({ ...kept.session, disconnectedAt: kept.disconnectedAt }) ? kept : undefined;
  }

  private deleteExpired(): void {
    const oldest = Date.now() - this.duration;
    for (const { session } of [...this.sessions.values()]) this.sessions.find(session.pid);
    this.log.dropBefore(oldest);
  }
}

function handed({ session, disconnectedAt }: KeptSession): HandedSessions['sessions'][number] {
  const { sid, pid, rooms, data } = session;
  return { sid, pid, rooms, data, age: Date.now() - disconnectedAt };
}
