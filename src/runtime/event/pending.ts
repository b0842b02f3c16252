import type { AckFunction } from '../../types';
import type { PendingPacket, SocketSession } from '../model';

/*
 * Packets that have arrived and are not done: what `limits.maxPending` and `limits.maxPendingBytes` count, and what a drain waits
 * for. They are linked, because a set would cost every event an entry.
 */

/** A packet of a socket that is pending until it is released. */
export class HeldPacket implements PendingPacket {
  isRefused = false;
  older: PendingPacket | undefined;
  newer: PendingPacket | undefined = undefined;

  constructor(
    readonly session: SocketSession,
    readonly ack: AckFunction | undefined,
    private readonly bytes: number,
  ) {
    this.older = link(session, this);
    session.pending++;
    session.connection.pendingBytes += bytes;
  }

  get hasBegun(): boolean {
    return false;
  }

  /** Stops counting a packet that is done, or about to be counted as an event. */
  release(): void {
    const { session } = this;
    unlink(session, this);
    session.pending--;
    session.connection.pendingBytes -= this.bytes;
  }
}

/**
 * Returns an ack that application code may call at any time, also when its event is done. A drain waits for it. Of a socket whose
 * events are never answered, `limits.maxPending` acks are waited for at most.
 */
export function awaitAnswer(session: SocketSession, ack: AckFunction): AckFunction {
  if (session.unanswered >= session.gateway.plan.limits.maxPending) return ack;
  const packet: PendingPacket = {
    ack,
    hasBegun: true,
    isRefused: false,
    older: undefined,
    newer: undefined,
  };
  let isAnswered = false;
  packet.older = link(session, packet);
  session.unanswered++;
  return (...args) => {
    if (!isAnswered) {
      isAnswered = true;
      unlink(session, packet);
      session.unanswered--;
    }
    ack(...args);
  };
}

function link(session: SocketSession, packet: PendingPacket): PendingPacket | undefined {
  const older = session.lastPending;
  if (older) older.newer = packet;
  session.lastPending = packet;
  return older;
}

function unlink(session: SocketSession, packet: PendingPacket): void {
  const { older, newer } = packet;
  if (older) older.newer = newer;
  if (newer) newer.older = older;
  else session.lastPending = older;
  // The garbage collector may have moved the packet to the old objects. It would keep all that follow, one by one.
  packet.older = undefined;
  packet.newer = undefined;
}

/** The bytes of a packet of several calls. They are held until the last call has ended. */
export class BatchBytes {
  constructor(
    private readonly session: SocketSession,
    private readonly bytes: number,
    private calls: number,
  ) {
    if (calls > 0) session.connection.pendingBytes += bytes;
  }

  endCall(): void {
    if (--this.calls === 0) this.session.connection.pendingBytes -= this.bytes;
  }
}
