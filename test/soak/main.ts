import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import type { ServerState } from '../support/serve';
import { counts, LIVES } from './clients';

/*
 * The long run: clients of every kind come and go while services broadcast, users are disconnected and the gateway is
 * reloaded. In the end the server must be as it was before. `npm run soak -- 600` runs for ten minutes; default: one.
 */

/** Clients that live at the same time. */
const CROWD = 24;
/** Milliseconds between two things that happen to all of them. */
const BEAT = 50;
/** What the heap may have grown by, in bytes: code that was compiled, and caches that were filled. */
const GROWTH = 4 * 1024 * 1024;

async function soak(seconds: number): Promise<void> {
  const server = await ChildServer.start('soak/soaked-server');
  // V8 goes on compiling what is called for the thousandth time: the longer the run, the more of it.
  await live(server, Math.max(5000, seconds * 200));
  const before = await quiet(server);
  const started = Date.now();
  await live(server, seconds * 1000);
  const after = await quiet(server);
  report(seconds, before, after, Date.now() - started);
  server.check();
  await server.stop();
  for (const part of ['alive', 'tables', 'gauges', 'resources'] as const)
    expect(after[part]).to.deep.equal(before[part]);
  expect(after.heap - before.heap, 'bytes that the heap has grown by').to.be.below(GROWTH);
}

async function live(server: ChildServer, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds;
  let turn = 0;
  const crowd = Array.from({ length: CROWD }, async () => {
    while (Date.now() < end) {
      const at = turn++;
      await LIVES[at % LIVES.length]?.(server.url, at);
    }
  });
  const weather = async (): Promise<void> => {
    for (let beat = 1; Date.now() < end; beat++) {
      await wait(BEAT);
      await server.ask('broadcast', 'news');
      await server.ask('emit', beat);
      if (beat % 10 === 0) await server.ask('disconnect', `u${beat % 7}`);
      if (beat % 100 === 0) await server.ask('reload');
      server.check();
    }
  };
  await Promise.all([...crowd, weather()]);
}

/** The state of the server when all clients have gone and all that was kept for them is forgotten. */
async function quiet(server: ChildServer): Promise<ServerState> {
  let state = await server.state();
  // Recovery, rate limits and namespaces without clients are kept for a second at most.
  for (let tries = 0; tries < 40; tries++) {
    await wait(250);
    const next = await server.state();
    const isSettled = JSON.stringify({ ...next, heap: 0 }) === JSON.stringify({ ...state, heap: 0 });
    state = next;
    if (isSettled && tries > 6 && state.alive.connections + state.alive.sockets + state.gauges.messages === 0)
      break;
  }
  return state;
}

function report(seconds: number, before: ServerState, after: ServerState, took: number): void {
  const lines = [
    `${seconds} s: ${counts.clients} clients, ${counts.answers} answers, ${counts.refusals} refusals, ${counts.events} events`,
    `heap: ${(before.heap / 2 ** 20).toFixed(1)} MiB before, ${(after.heap / 2 ** 20).toFixed(1)} MiB after`,
    ...(['alive', 'tables', 'gauges', 'resources'] as const).map(
      (part) => `${part}: ${JSON.stringify(before[part])} before, ${JSON.stringify(after[part])} after`,
    ),
    `done in ${(took / 1000).toFixed(0)} s`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

const seconds = Number(process.argv[2] ?? 60);
if (!(seconds > 0)) throw new Error('npm run soak -- <seconds>: a number above 0');
soak(seconds).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
