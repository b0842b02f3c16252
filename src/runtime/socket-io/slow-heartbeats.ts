import type { Server } from 'socket.io';

/**
 * Heartbeats in milliseconds: an hour of fake time that passes at once leaves no time to answer one. Their sum must fit into a
 * timer, which takes 2 ** 31 - 1.
 */
const HEARTBEAT_MS = 2 ** 30 - 1;

/** The timer of Engine.IO 6.6 that its types do not show. */
interface Heartbeat {
  readonly pingIntervalTimer?: NodeJS.Timeout;
}

/** Makes the heartbeats of a server so rare that none comes while a test runs. Their timers do not keep the process alive. */
export function slowHeartbeats({ engine }: Server): void {
  Object.assign(engine.opts, { pingInterval: HEARTBEAT_MS, pingTimeout: HEARTBEAT_MS });
  engine.on('connection', ({ pingIntervalTimer }: Heartbeat) => pingIntervalTimer?.unref());
}
