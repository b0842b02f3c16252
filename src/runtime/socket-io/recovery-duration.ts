import type { Server } from 'socket.io';

/** Expired sessions and packets are deleted in this interval, in milliseconds, as in Socket.IO's adapter. */
const CLEANUP_INTERVAL_MS = 60_000;

/** Returns how long a session can be recovered, in milliseconds; 0 without connection state recovery. */
export function recoveryDurationOf(server: Server): number {
  const { connectionStateRecovery } = (
    server as object as { opts: { connectionStateRecovery?: { maxDisconnectionDuration: number } } }
  ).opts;
  return connectionStateRecovery?.maxDisconnectionDuration ?? 0;
}

/**
 * Deletes the sessions and packets that no client can ask for any more, from time to time.
 *
 * @param packets the oldest is the first
 * @param duration how long they are kept, in milliseconds
 * @returns a function that stops it
 */
export function deleteExpired(
  sessions: Map<string, { readonly disconnectedAt: number }>,
  packets: { readonly emittedAt: number }[],
  duration: number,
): () => void {
  const timer = setInterval(() => {
    const oldest = Date.now() - duration;
    for (const [pid, { disconnectedAt }] of sessions) if (disconnectedAt < oldest) sessions.delete(pid);
    const kept = packets.findIndex(({ emittedAt }) => emittedAt >= oldest);
    packets.splice(0, kept < 0 ? packets.length : kept);
  }, CLEANUP_INTERVAL_MS).unref();
  return () => {
    clearInterval(timer);
  };
}
