import { performance } from 'node:perf_hooks';
import type { ServerProcess } from '../load/server-process';
import { StreamClient } from '../load/stream-client';
import { CHUNK_BYTES } from '../payloads';
import type { ServerSpec } from '../servers/server-spec';
import { interleave, type Rounds } from './interleave';

/** What one round of streams gave. */
export interface StreamSample {
  /** CPU of the server process for one megabyte, in microseconds. */
  readonly cpu: number;
  /** Megabytes per second. */
  readonly throughput: number;
}

const MEGABYTE = 1024 * 1024;

/**
 * Measures what a stream of one client costs. Nothing is collected by force before a round, as bench/README.md explains.
 *
 * @param count how many chunks of 64 KiB
 */
export function measureStreaming(
  specs: ReadonlyMap<string, ServerSpec>,
  direction: 'upload' | 'download',
  rounds: Rounds,
  count: number,
): Promise<Map<string, StreamSample[]>> {
  const clients = new Map<ServerProcess, StreamClient>();
  const run = (server: ServerProcess, chunks: number): Promise<void> =>
    (clients.get(server) as StreamClient)[direction](chunks);
  return interleave(specs, rounds, {
    async warmUp(server) {
      clients.set(server, await StreamClient.connect(server.port));
      await run(server, count * 2);
    },
    async measure(server) {
      await run(server, count / 4);
      const before = await server.ask<number>('cpu');
      const start = performance.now();
      await run(server, count);
      const seconds = (performance.now() - start) / 1000;
      const after = await server.ask<number>('cpu');
      const megabytes = (count * CHUNK_BYTES) / MEGABYTE;
      return { cpu: (after - before) / megabytes, throughput: megabytes / seconds };
    },
  });
}
