import type { Server } from 'socket.io';

/** Returns how long a session can be recovered, in milliseconds; 0 without connection state recovery. */
export function recoveryDurationOf(server: Server): number {
  const { connectionStateRecovery } = (
    server as object as { opts: { connectionStateRecovery?: { maxDisconnectionDuration: number } } }
  ).opts;
  return connectionStateRecovery?.maxDisconnectionDuration ?? 0;
}
