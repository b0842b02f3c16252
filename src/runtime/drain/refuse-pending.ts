import { ServiceUnavailableError } from '../../errors';
import { answerError } from '../answer/answer';
import type { PendingPacket, SocketSession } from '../model';

/**
 * Answers the pending events of a socket with 503 `DRAINING`, in order. Those that have not begun never begin, so that they are
 * `retryable`.
 */
export function refusePending(session: SocketSession): void {
  const { gateway, socket, path } = session;
  for (const packet of pendingOf(session)) {
    packet.isRefused = true;
    const error = new ServiceUnavailableError('DRAINING', packet.hasBegun ? undefined : { retryable: true });
    if (!packet.ack) continue;
    const { code } = answerError(gateway, socket, undefined, packet.ack, error);
    gateway.metrics?.refusedPacket(path, code);
  }
}

function pendingOf({ lastPending }: SocketSession): PendingPacket[] {
  const packets: PendingPacket[] = [];
  for (let packet = lastPending; packet; packet = packet.older) packets.push(packet);
  return packets.reverse();
}
