import { serialize } from 'node:v8';
import type { Server } from 'socket.io';

/** Default of `settings.recovery.maxBytes`. */
export const MAX_RECOVERY_BYTES = 32 * 1024 * 1024;

/** Something that is kept for clients that come back. */
export interface Kept {
  readonly bytes: number;
  /** Forgets it, because others need the memory. */
  evict(): void;
}

const budgets = new WeakMap<Server, RecoveryBudget>();

/** Bounds what the namespaces of a Socket.IO server keep for clients that come back. The oldest is forgotten first. */
export class RecoveryBudget {
  maxBytes = MAX_RECOVERY_BYTES;
  private used = 0;
  /** In the order in which it was kept. */
  private readonly kept = new Set<Kept>();

  static of(server: Server): RecoveryBudget {
    const budget = budgets.get(server) ?? new RecoveryBudget();
    budgets.set(server, budget);
    return budget;
  }

  /** Counts something, and forgets the oldest if it is too much. */
  add(kept: Kept): void {
    this.kept.add(kept);
    this.used += kept.bytes;
    for (const oldest of this.kept) {
      if (this.used <= this.maxBytes) return;
      this.delete(oldest);
      oldest.evict();
    }
  }

  /** Stops counting something that is forgotten. */
  delete(kept: Kept): void {
    if (this.kept.delete(kept)) this.used -= kept.bytes;
  }

  /** The bytes that are kept. */
  get bytes(): number {
    return this.used;
  }
}

/** Returns about how many bytes a value takes; 0 for what cannot be cloned. */
export function bytesOf(value: unknown): number {
  try {
    return serialize(value).length;
  } catch {
    return 0;
  }
}
