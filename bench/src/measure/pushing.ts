import type { ServerProcess } from '../load/server-process';
import type { SocketClient } from '../load/socket-client';
import type { ServerSpec } from '../servers/server-spec';
import { connectAll } from './events';
import { interleave, type Rounds } from './interleave';

/** What one round of pushes gave. */
export interface PushSample {
  /** CPU of the server process for one message to all clients, in microseconds. */
  readonly cpu: number;
}

/** Who gets each message. */
export const AUDIENCE = 1000;
const BATCH = 100;

/** Resolves when each client has got one more event. */
export function receivedByAll(clients: readonly SocketClient[]): Promise<void> {
  let missing = clients.length;
  return new Promise((resolve) => {
    for (const client of clients) {
      client.onEvent = () => {
        if (--missing === 0) resolve();
      };
    }
  });
}

/**
 * Measures what a message to all clients costs. The next is sent when all have got the last.
 *
 * @param command what the server is asked to do: `broadcast` or `forward`
 */
export function measurePushing(
  specs: ReadonlyMap<string, ServerSpec>,
  command: string,
  rounds: Rounds,
  count: number,
): Promise<Map<string, PushSample[]>> {
  const audiences = new Map<ServerProcess, SocketClient[]>();
  const push = async (server: ServerProcess, times: number): Promise<void> => {
    const clients = audiences.get(server) as SocketClient[];
    for (let time = 0; time < times; time++) {
      const received = receivedByAll(clients);
      await server.ask(command);
      await received;
    }
  };
  return interleave(specs, rounds, {
    async warmUp(server) {
      const clients: SocketClient[] = [];
      while (clients.length < AUDIENCE) clients.push(...(await connectAll(server, BATCH)));
      audiences.set(server, clients);
      await push(server, count * 2);
    },
    async measure(server) {
      await server.ask('gc');
      await push(server, count / 4);
      const before = await server.ask<number>('cpu');
      await push(server, count);
      const after = await server.ask<number>('cpu');
      return { cpu: (after - before) / count };
    },
  });
}
