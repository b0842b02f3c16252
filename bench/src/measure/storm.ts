import { performance } from 'node:perf_hooks';
import { connectMany } from '../load/connect-many';
import { ServerProcess } from '../load/server-process';
import { SocketClient } from '../load/socket-client';
import type { Lag } from '../servers/event-loop-lag';
import type { ServerSpec } from '../servers/server-spec';
import { closeAll } from './events';
import { inTurn } from './in-turn';

/** What happened when many clients connected at once. */
export interface StormSample {
  /** Milliseconds from the first attempt until the last client is in. */
  readonly time: number;
  /** CPU of the server for one client, in microseconds. */
  readonly cpu: number;
  /** How late turns of the event loop were: all but one in a hundred less than this, in milliseconds. */
  readonly lag: number;
}

const WARM_UP = 300;

/** Measures a storm of clients, none of which waits for another; every sample is a process of its own. */
export function measureStorm(
  specs: ReadonlyMap<string, ServerSpec>,
  lives: number,
  clients: number,
): Promise<Map<string, StormSample[]>> {
  return inTurn(specs, lives, async (spec) => {
    const server = await ServerProcess.start(spec);
    await closeAll(await connectMany(server.port, WARM_UP));
    await server.ask('gc');
    await server.ask('startLag');
    const before = await server.ask<number>('cpu');
    const begun = performance.now();
    const all = await Promise.all(Array.from({ length: clients }, () => SocketClient.connect(server.port)));
    const time = performance.now() - begun;
    const after = await server.ask<number>('cpu');
    const { p99 } = await server.ask<Lag>('stopLag');
    await server.stop();
    await Promise.all(all.map((client) => client.untilClosed()));
    return { time, cpu: (after - before) / clients, lag: p99 };
  });
}
