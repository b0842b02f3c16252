import type { Server } from 'socket.io';
import type { Gateway } from '../model';
import { recordClosing } from '../socket-io/close-connection';
import { namespacesOf } from '../socket-io/namespace-tables';

/** Buffers are checked in this interval, in milliseconds, so that sending a message costs nothing more. */
const CHECK_INTERVAL_MS = 1000;

interface EngineClient {
  readonly id: string;
  readonly remoteAddress: string | undefined;
  readonly writeBuffer: readonly { data?: { length?: number; byteLength?: number } }[];
  readonly transport: { readonly socket?: { readonly bufferedAmount?: number; terminate?(): void } };
  close(discard: boolean): void;
}

/**
 * Closes connections whose client does not read what it is sent: its messages would fill the memory of all.
 *
 * @param gateways those on the server now; the smallest of their limits holds
 * @returns stops watching
 */
export function watchSlowReaders(io: Server, gateways: () => Iterable<Gateway>): () => void {
  const timer = setInterval(() => {
    const [first, ...rest] = gateways();
    if (!first) return;
    const limit = Math.min(...[first, ...rest].map(({ plan }) => plan.limits.maxBufferedBytes));
    for (const client of clientsOf(io)) {
      const waiting = bufferedBytes(client);
      if (waiting <= limit) continue;
      recordClosing(
        client,
        first,
        'maxBufferedBytes',
        `${waiting} bytes wait for it, and limits.maxBufferedBytes is ${limit}`,
        `the connection of ${socketIds(io, client).join(', ')}`,
      );
      // A DISCONNECT packet would only wait behind the buffered ones.
      client.transport.socket?.terminate?.();
      client.close(true);
    }
  }, CHECK_INTERVAL_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

function clientsOf(io: Server): EngineClient[] {
  return Object.values(
    (io as object as { engine: { clients: Record<string, EngineClient> } }).engine.clients,
  );
}

function bufferedBytes({ transport, writeBuffer }: EngineClient): number {
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += data?.byteLength ?? data?.length ?? 0;
  return bytes;
}

function socketIds(io: Server, client: EngineClient): string[] {
  return [...namespacesOf(io).values()].flatMap((namespace) =>
    [...namespace.sockets.values()]
      .filter((socket) => (socket.conn as object) === client)
      .map((socket) => socket.id),
  );
}
