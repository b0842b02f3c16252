import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import type { Note } from './board-gateway';

/** Connects somebody to a node; rejects if he is not let in. */
async function enter(url: string, name: string): Promise<Socket> {
  const client = io(url, { auth: { name }, forceNew: true });
  await Promise.race([
    once(client as never, 'connect'),
    once(client as never, 'connect_error').then(([error]) => Promise.reject(error as Error)),
  ]);
  return client;
}

/** Ada on one node and Ben on the other: each sees what the other pins, and who is there. */
export async function tryIt(north: string, south: string, print: (line: string) => void) {
  const [ada, ben] = [await enter(north, 'Ada'), await enter(south, 'Ben')];
  print(`Ada is on ${north}, Ben on ${south}.`);

  const read = once(ben as never, 'note') as Promise<[Note]>;
  ada.emit('pin', { text: 'Tea is ready.' });
  const [note] = await read;
  print(`Ben reads: "${note.text}" (${note.from}, on node ${note.node})`);

  const people = await new Promise((resolve) => {
    ben.emit('people', (_error: unknown, names: string[]) => resolve(names.join(' and ')));
  });
  print(`Ben asks his node who is there, on any node: ${String(people)}`);
  for (const client of [ada, ben]) client.close();
}

if (require.main === module) {
  const [north = 'http://localhost:3000/board', south = 'http://localhost:3001/board'] =
    process.argv.slice(2);
  void tryIt(north, south, console.log);
}
