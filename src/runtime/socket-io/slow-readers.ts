import type { Server } from 'socket.io';
import type { Gateway } from '../model';
import { recordClosing } from './close-connection';
import type { EngineConnection } from './connection';
import { namespacesOf } from './namespace-tables';

/** Buffers are checked in this interval, in milliseconds, so that sending a message costs nothing more. */
const CHECK_INTERVAL_MS = 1000;
/** So many connections are checked in a turn of the event loop: 10,000 at once would hold it up for 10 ms. */
const CHECKS_PER_TURN = 250;

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
 * @param connections all that are open, kept up to date
 * @param gateways those on the server now; the smallest of their limits holds
 * @returns stops watching
 */
export function watchSlowReaders(
  io: Server,
  connections: ReadonlySet<EngineConnection>,
  gateways: () => Iterable<Gateway>,
): () => void {
  let unchecked: SetIterator<EngineConnection> | undefined;
  let next: NodeJS.Immediate | undefined;
  const check = (): void => {
    const [first, ...rest] = gateways();
    if (!first) {
      unchecked = undefined;
      return;
    }
    const limit = Math.min(...[first, ...rest].map(({ plan }) => plan.limits.maxBufferedBytes));
    // Connections may come and go while it is under way.
    unchecked ??= connections.values();
    for (let checked = 0; checked < CHECKS_PER_TURN; checked++) {
      const { done, value } = unchecked.next();
      if (done) {
        unchecked = undefined;
        return;
      }
      const client = value as object as EngineClient;
      const waiting = bufferedBytes(client);
      if (waiting > limit) closeSlowReader(io, client, first, waiting, limit);
    }
    next = setImmediate(check);
  };
  const timer = setInterval(() => {
    // The last check may take longer than the interval.
    if (!unchecked) check();
  }, CHECK_INTERVAL_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    clearImmediate(next);
  };
}

function closeSlowReader(
  io: Server,
  client: EngineClient,
  gateway: Gateway,
  waiting: number,
  limit: number,
): void {
  recordClosing(
    client,
    gateway,
    'maxBufferedBytes',
    `${waiting} bytes wait for it, and limits.maxBufferedBytes is ${limit}`,
    `the connection of ${socketIds(io, client).join(', ')}`,
  );
  // A DISCONNECT packet would only wait behind the buffered ones.
  client.transport.socket?.terminate?.();
  client.close(true);
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
