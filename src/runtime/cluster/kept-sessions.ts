import type { ClientSession, HandedPacket } from './handed-sessions';
import type { SeenPackets } from './packet-log';
import { bytesOf, type Kept, type RecoveryBudget } from './recovery-budget';

/** Estimated bytes of a session beside its rooms and data. */
const SESSION_BYTES = 200;

/** The packets that came with sessions from another node. */
export interface Inherited extends Kept {
  readonly packets: readonly HandedPacket[];
  readonly seen: SeenPackets;
  readonly aged: SeenPackets;
  /** The position in the log of this node at which they came. */
  readonly position: number;
}

export interface KeptSession extends Kept {
  readonly session: ClientSession;
  readonly disconnectedAt: number;
  /** Undefined if the client was on this node. */
  readonly inherited: Inherited | undefined;
}

/** The sessions of a namespace by their ids, until they expire or their memory is needed. */
export class KeptSessions {
  private readonly sessions = new Map<string, KeptSession>();

  /** @param duration how long a session is kept, in milliseconds */
  constructor(
    private readonly duration: number,
    private readonly budget: RecoveryBudget,
  ) {}

  get size(): number {
    return this.sessions.size;
  }

  /** Returns the sessions, also those that have expired. */
  values(): IterableIterator<KeptSession> {
    return this.sessions.values();
  }

  has(pid: string): boolean {
    return this.sessions.has(pid);
  }

  keep(session: ClientSession, disconnectedAt: number, inherited: Inherited | undefined): void {
    const { pid, rooms, data } = session;
    this.forget(pid);
    const kept: KeptSession = {
      session,
      disconnectedAt,
      inherited,
      bytes: SESSION_BYTES + bytesOf([rooms, data]),
      evict: () => {
        if (this.sessions.get(pid) === kept) this.forget(pid);
      },
    };
    this.sessions.set(pid, kept);
    this.budget.add(kept);
  }

  /** Returns a session. Forgets it instead if it has expired. */
  find(pid: string): KeptSession | undefined {
    const kept = this.sessions.get(pid);
    if (!kept || kept.disconnectedAt + this.duration >= Date.now()) return kept;
    this.forget(pid);
    return undefined;
  }

  /** Forgets a session, and with the last one of another node the packets that came with it. */
  forget(pid: string): void {
    const kept = this.sessions.get(pid);
    if (!kept) return;
    this.sessions.delete(pid);
    this.budget.delete(kept);
    const { inherited } = kept;
    if (!inherited) return;
    for (const other of this.sessions.values()) if (other.inherited === inherited) return;
    this.budget.delete(inherited);
  }
}
