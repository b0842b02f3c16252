import type { SocketSession } from '../model';

/*
 * Counts packets that have arrived and are not done, for `limits.maxPending` and `limits.maxPendingBytes`.
 */

/** Counts a packet of a socket as pending. */
export function holdPending(session: SocketSession, bytes: number): void {
  session.pending++;
  session.connection.pendingBytes += bytes;
}

/** Stops counting a packet that is done, or about to be counted as an event. */
export function releasePending(session: SocketSession, bytes: number): void {
  session.pending--;
  session.connection.pendingBytes -= bytes;
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
