import { performance } from 'node:perf_hooks';
import { connectMany } from '../load/connect-many';
import { SocketClient } from '../load/socket-client';
import type { Lag } from '../servers/event-loop-lag';
import type { ServerSpec } from '../servers/server-spec';
import { closeAll } from './events';
import { interleave, type Rounds } from './interleave';

/** What happened when many clients connected at once. */
export interface StormSample {
  /** Milliseconds from the first attempt until the last client is in. */
  readonly time: number;
  /** CPU of the server for one client, in microseconds. */
  readonly cpu: number;
  /** How late turns of the event loop were: all but one in a hundred less than this, in milliseconds. */
  readonly lag: number;
}

/**
 * Measures storms of clients, none of which waits for another. As many clients come and go before, 64 at a time: in a process that is new,
 * much of a storm is what V8 does to compile either program.
 */
export function measureStorm(
  specs: ReadonlyMap<string, ServerSpec>,
  rounds: Rounds,
  clients: number,
): Promise<Map<string, StormSample[]>> {
  return interleave(specs, rounds, {
    async warmUp(server) {
      await closeAll(await connectMany(server.port, clients));
    },
    async measure(server) {
      await server.ask('startLag');
      const before = await server.ask<number>('cpu');
      const begun = performance.now();
      const all = await Promise.all(Array.from({ length: clients }, () => SocketClient.connect(server.port)));
      const time = performance.now() - begun;
      const after = await server.ask<number>('cpu');
      const { p99 } = await server.ask<Lag>('stopLag');
      await closeAll(all);
      return { time, cpu: (after - before) / clients, lag: p99 };
    },
  });
}
