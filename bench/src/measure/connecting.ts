import { performance } from 'node:perf_hooks';
import { SocketClient } from '../load/socket-client';
import type { ServerSpec } from '../servers/server-spec';
import { interleave, type Rounds } from './interleave';

/** What one round of connections gave. */
export interface ConnectSample {
  /** CPU of the server process for a connection, from its handshake to its end, in microseconds. */
  readonly cpu: number;
  /** Connections per second. */
  readonly throughput: number;
}

/** Connections that are being made at the same time. */
const AT_ONCE = 16;
/** Connections before the first round. No collection is forced: V8 takes thousands of connections to compile again what that throws away. */
const WARM_UP = 4000;

/** Measures what a connection costs whose user is authenticated. */
export function measureConnecting(
  specs: ReadonlyMap<string, ServerSpec>,
  rounds: Rounds,
  count: number,
): Promise<Map<string, ConnectSample[]>> {
  return interleave(specs, rounds, {
    async warmUp(server) {
      await comeAndGo(server.port, WARM_UP);
    },
    async measure(server) {
      const before = await server.ask<number>('cpu');
      const begun = performance.now();
      await comeAndGo(server.port, count);
      const seconds = (performance.now() - begun) / 1000;
      const after = await server.ask<number>('cpu');
      return { cpu: (after - before) / count, throughput: count / seconds };
    },
  });
}

/** So many connections enter the namespace and leave again. */
export async function comeAndGo(
  port: number,
  count: number,
  visit: (client: SocketClient) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  let left = count;
  const guest = async (): Promise<void> => {
    while (left-- > 0) {
      const client = await SocketClient.connect(port);
      await visit(client);
      await client.close();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, guest));
}
