import { runMiddleware } from '../errors/run-middleware';
import type { Packet, SocketSession } from '../model';

/**
 * Runs all packet middlewares on a packet.
 *
 * @throws what the first one that refuses passes to `next`, throws or rejects with; 503 if one never calls `next`
 */
export async function runPacketMiddlewares(
  { gateway, socket, path }: SocketSession,
  packet: Packet,
): Promise<void> {
  for (const middleware of gateway.plan.packetMiddlewares) {
    await runMiddleware(
      gateway.plan.limits.ackTimeout,
      'PACKET_MIDDLEWARE_TIMEOUT',
      (next) => middleware.call(gateway.service, packet, next, socket),
      () => gateway.metrics?.exceeded(path, 'ackTimeout'),
    );
  }
}
