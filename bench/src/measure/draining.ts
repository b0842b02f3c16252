import { setTimeout as sleep } from 'node:timers/promises';
import { connectMany } from '../load/connect-many';
import { ServerProcess } from '../load/server-process';
import type { SocketClient } from '../load/socket-client';
import { LOADS } from '../payloads';
import type { ServerSpec } from '../servers/server-spec';
import { inTurn } from './in-turn';

/** What the drain of a server gave whose clients went on calling. */
export interface DrainSample {
  /** Milliseconds until no connection was left. */
  readonly time: number;
  /** CPU of the server for one connection, in microseconds. */
  readonly cpu: number;
  /** Calls that ran and were not answered. */
  readonly lost: number;
}

/** Between the answer to a call and the next one of the same client, in milliseconds. */
const PAUSE_MS = 300;
const WARM_UP_MS = 1500;

/** Measures the drain of connections that are in use; every sample is a process of its own. */
export function measureDraining(
  specs: ReadonlyMap<string, ServerSpec>,
  lives: number,
  connections: number,
): Promise<Map<string, DrainSample[]>> {
  return inTurn(specs, lives, async (spec) => {
    const server = await ServerProcess.start(spec);
    const clients = await connectMany(server.port, connections);
    const answered = { count: 0 };
    for (const client of clients) void callForEver(client, answered);
    await sleep(WARM_UP_MS);
    const before = await server.ask<number>('cpu');
    const time = await server.ask<number>('drain');
    const after = await server.ask<number>('cpu');
    await Promise.all(clients.map((client) => client.untilClosed()));
    const lost = (await server.ask<number>('ran')) - answered.count;
    await server.stop();
    return { time, cpu: (after - before) / connections, lost };
  });
}

/** Calls until the connection is closed. */
async function callForEver(client: SocketClient, answered: { count: number }): Promise<void> {
  const closed = client.untilClosed().then(() => undefined);
  await sleep(Math.random() * PAUSE_MS);
  for (let id = 0; client.isOpen; id++) {
    const answer = new Promise<boolean>((resolve) => {
      client.onAck = (_id, text) => {
        resolve(text.startsWith('[null,'));
      };
    });
    client.emit(id, LOADS.add.packet);
    const settled = await Promise.race([answer, closed]);
    // A call that is refused because the server stops has not run.
    if (settled) answered.count++;
    if (settled === undefined) return;
    await sleep(PAUSE_MS);
  }
}
