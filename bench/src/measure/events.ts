import { CONNECTIONS, driveEvents } from '../load/drive-events';
import type { ServerProcess } from '../load/server-process';
import { SocketClient } from '../load/socket-client';
import { quantile } from '../statistics';
import type { Group, Variant } from '../variants';
import { interleave, type Rounds } from './interleave';

/** What one round of a variant gave. */
export interface EventSample {
  /** CPU of the server process for one event, in microseconds. */
  readonly cpu: number;
  /** Answered events per second. */
  readonly throughput: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** How many events a process gets before it is measured, and in each round. */
export interface EventCounts {
  readonly warmUp: number;
  readonly measured: number;
}

/**
 * Between the collection and the measurement. A forced collection finds no object in flight, takes the hidden classes
 * of all of them for dead, and throws the code away that was compiled for them: measured right after it, everything
 * is a quarter slower, and whatever has more classes more so. A server at work never sees that.
 */
export const RUN_UP = 4000;

/** Measures what an event costs in every variant of a group. */
export function measureEvents(
  group: Group,
  rounds: Rounds,
  counts: EventCounts,
): Promise<Map<string, EventSample[]>> {
  const variants = new Map(group.variants.map((variant) => [variant.name, variant]));
  return interleave(new Map(group.variants.map(({ name, spec }) => [name, spec])), rounds, {
    async warmUp(server, name) {
      const clients = await connectAll(server);
      await driveEvents(clients, group.load, ackOf(variants, name), counts.warmUp, group.inFlight);
      await closeAll(clients);
    },
    async measure(server, name) {
      const ack = ackOf(variants, name);
      const clients = await connectAll(server);
      await server.ask('gc');
      await driveEvents(clients, group.load, ack, RUN_UP, group.inFlight);
      const before = await server.ask<number>('cpu');
      const { seconds, latencies } = await driveEvents(
        clients,
        group.load,
        ack,
        counts.measured,
        group.inFlight,
      );
      const after = await server.ask<number>('cpu');
      await closeAll(clients);
      return {
        cpu: (after - before) / latencies.length,
        throughput: latencies.length / seconds,
        p50: quantile(latencies, 0.5),
        p99: quantile(latencies, 0.99),
      };
    },
  });
}

function ackOf(variants: ReadonlyMap<string, Variant>, name: string): NonNullable<Variant['ack']> {
  return variants.get(name)?.ack ?? 'error-first';
}

export function connectAll(server: ServerProcess, count = CONNECTIONS): Promise<SocketClient[]> {
  return Promise.all(Array.from({ length: count }, () => SocketClient.connect(server.port)));
}

export async function closeAll(clients: readonly SocketClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
}
