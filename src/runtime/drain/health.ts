import type { GatewayHealth } from '../../types';
import type { Gateway } from '../model';
import { allConnections } from '../socket-io/connections-of';
import { findSession } from '../socket-io/socket-session';

/** Returns true if clients are to come to all gateways: they are started, and none of them drains. */
export function areReady(gateways: Iterable<Gateway>): boolean {
  let count = 0;
  for (const { started, availability } of gateways) {
    count++;
    if (!started || availability !== 'open') return false;
  }
  return count > 0;
}

/** Returns the health of a service on this node. */
export function healthOf(gateways: readonly Gateway[]): GatewayHealth {
  const io = gateways[0]?.io;
  const isAttached = (io as { engine?: unknown } | undefined)?.engine !== undefined;
  return {
    ready: isAttached && areReady(gateways),
    draining: gateways.some(({ availability }) => availability !== 'open'),
    connections: io ? allConnections(io).length : 0,
    pending: gateways.reduce((sum, gateway) => sum + countPending(gateway), 0),
  };
}

function countPending({ namespaces }: Gateway): number {
  let count = 0;
  for (const { sockets } of namespaces.values())
    for (const socket of sockets.values()) count += findSession(socket)?.pending ?? 0;
  return count;
}
