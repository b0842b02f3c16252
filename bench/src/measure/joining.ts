import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectMany } from '../load/connect-many';
import { ServerProcess } from '../load/server-process';
import type { Lag } from '../servers/event-loop-lag';
import type { ServerSpec } from '../servers/server-spec';
import { inTurn } from './in-turn';

/** What the joins of many users at once gave. */
export interface JoinSample {
  /** CPU of the server for one user, in microseconds. */
  readonly cpu: number;
  /** Users per second. */
  readonly throughput: number;
}

/** What a server did while its users did nothing. */
export interface IdleUsersSample {
  /** CPU of the server in ten seconds, in milliseconds. */
  readonly cpu: number;
  /** The longest turn of the event loop, in milliseconds. */
  readonly turn: number;
}

const WARM_UP = 300;
const IDLE_MS = 10_000;
/** Until what the joins have begun is over. */
const SETTLE_MS = 1500;

/** Measures users who come at once; every sample is a process of its own. */
export function measureJoining(
  specs: ReadonlyMap<string, ServerSpec>,
  lives: number,
  users: number,
): Promise<Map<string, JoinSample[]>> {
  return inTurn(specs, lives, async (spec) => {
    const server = await ServerProcess.start(spec);
    // Of other rooms than those that are measured.
    const guests = await connectMany(server.port, WARM_UP, (at) => ({ id: users * 2 + at }));
    await server.ask('gc');
    const before = await server.ask<number>('cpu');
    const begun = performance.now();
    const clients = await connectMany(server.port, users, (id) => ({ id }));
    const seconds = (performance.now() - begun) / 1000;
    // What is told to the others, and to other nodes, belongs to a join.
    await sleep(SETTLE_MS);
    const after = await server.ask<number>('cpu');
    await server.stop();
    await Promise.all([...guests, ...clients].map((client) => client.untilClosed()));
    return { cpu: (after - before) / users, throughput: users / seconds };
  });
}

/** Measures what many users cost who do nothing; every sample is a process of its own. */
export function measureIdleUsers(
  specs: ReadonlyMap<string, ServerSpec>,
  lives: number,
  users: number,
): Promise<Map<string, IdleUsersSample[]>> {
  return inTurn(specs, lives, async (spec) => {
    const server = await ServerProcess.start(spec);
    const clients = await connectMany(server.port, users, (id) => ({ id }));
    await sleep(SETTLE_MS);
    await server.ask('gc');
    await server.ask('startLag');
    const before = await server.ask<number>('cpu');
    await sleep(IDLE_MS);
    const after = await server.ask<number>('cpu');
    const { max } = await server.ask<Lag>('stopLag');
    await server.stop();
    await Promise.all(clients.map((client) => client.untilClosed()));
    return { cpu: (after - before) / 1000, turn: max };
  });
}
