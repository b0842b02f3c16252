import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { SocketSession } from '../../src/runtime/model';
import { sessionOf } from '../../src/runtime/socket-io/socket-session';
import { ask, type Client, type RunningGateway } from './run-gateway';

/** What the gateway keeps of the events and streams of a socket. */
function kept(session: SocketSession): Record<string, number> {
  const { streams, pending, running, connection, aborts, socket } = session;
  return {
    exchanges: streams?.exchanges.size ?? 0,
    open: streams?.open ?? 0,
    bytes: connection.streamBytes,
    pending,
    running,
    aborts: aborts?.size ?? 0,
    acks: (socket as object as { acks: Map<number, unknown> }).acks.size,
  };
}

/**
 * Returns a function that waits until nothing is left of all streams of a client, and fails if something is. If the client is
 * connected, it must be answered.
 */
export function watchStreams(
  { gateway }: { gateway: RunningGateway },
  client: Client,
  namespace = '/x',
): (asks?: boolean) => Promise<void> {
  const socket = gateway.namespaces.get(namespace)?.sockets.get(client.id as never);
  if (!socket) throw new Error('the client is not connected');
  const session = sessionOf(socket);
  const nothing = Object.fromEntries(Object.keys(kept(session)).map((name) => [name, 0]));
  return async (asks = true) => {
    if (asks && client.connected) expect((await ask(client, 'ping')).result).to.equal('pong');
    const isLeft = (): boolean => Object.values(kept(session)).some((count) => count !== 0);
    for (let waited = 0; waited < 500 && isLeft(); waited++) await sleep(10);
    expect(kept(session)).to.deep.equal(nothing);
  };
}
