import { randomBytes } from 'node:crypto';
import type { Server } from 'socket.io';
import type { BroadcastOptions, Session } from 'socket.io-adapter';
import { deleteExpired, recoveryDurationOf } from '../socket-io/recovery-duration';
import { EVENT } from './encode-values';

/** The session that Socket.IO keeps of a client that may come back. */
export type StoredSession = Omit<Session, 'missedPackets'>;

/** A packet that a client may have missed. */
export interface KeptPacket {
  /** The data, with the offset as its last value. Packets of other nodes are decoded when it is read. */
  readonly data: unknown[];
}

interface Entry {
  readonly packet: KeptPacket;
  readonly opts: BroadcastOptions;
  readonly emittedAt: number;
}

/** Offsets of different nodes must differ: clients tell the last one that they have seen. */
const NODE = randomBytes(6).toString('base64url');
let packets = 0;

/** Keeps sessions, and the packets that their clients may have missed, in memory, for `connectionStateRecovery`. */
export class RecoverablePackets {
  private readonly duration: number;
  private readonly sessions = new Map<string, StoredSession & { readonly disconnectedAt: number }>();
  private readonly packets: Entry[] = [];
  /** Called when the adapter is closed. */
  readonly close: () => void;

  constructor(server: Server) {
    this.duration = recoveryDurationOf(server);
    this.close = deleteExpired(this.sessions, this.packets, this.duration);
  }

  persist(session: StoredSession): void {
    this.sessions.set(session.pid, { ...session, disconnectedAt: Date.now() });
  }

  /**
   * Returns a session with the packets that its client has missed.
   *
   * @param offset of the last packet that the client has seen
   * @returns null if the session or the offset is unknown or expired
   */
  restore(pid: string, offset: string): Session | null {
    const session = this.sessions.get(pid);
    if (!session) return null;
    if (session.disconnectedAt + this.duration < Date.now()) {
      this.sessions.delete(pid);
      return null;
    }
    const last = this.packets.findIndex(({ packet }) => packet.data.at(-1) === offset);
    if (last < 0) return null;
    const missedPackets = this.packets
      .slice(last + 1)
      .filter(({ opts }) => isMeant(session.rooms, opts))
      .map(({ packet }) => packet.data);
    return { ...session, missedPackets };
  }

  /**
   * Gives a packet an offset and keeps it, if a client may need it later.
   *
   * @returns false if the packet cannot be repeated: it is volatile, or asks for an answer
   */
  offer(packet: { type: number; id?: number; data: unknown[] }, opts: BroadcastOptions): boolean {
    if (packet.type !== EVENT || packet.id !== undefined || opts.flags?.volatile !== undefined) return false;
    packet.data.push(`${NODE}${(++packets).toString(36)}`);
    this.keep(packet, opts);
    return true;
  }

  /** Keeps a packet that has an offset. */
  keep(packet: KeptPacket, opts: BroadcastOptions): void {
    this.packets.push({ packet, opts, emittedAt: Date.now() });
  }
}

/** Returns whether a packet was for a socket in these rooms. */
function isMeant(sessionRooms: readonly string[], { rooms, except }: BroadcastOptions): boolean {
  const isIn = rooms.size === 0 || sessionRooms.some((room) => rooms.has(room));
  return isIn && !sessionRooms.some((room) => except?.has(room));
}
