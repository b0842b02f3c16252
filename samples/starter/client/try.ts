import { once } from 'node:events';
import { io } from 'socket.io-client';
import { typed } from 'moleculer-socket-gateway/client';
import type { Notes } from './notes';

/** Two clients: one writes a note, and the other reads it. */
async function main(url: string) {
  const sockets = ['ada', 'ben'].map((name) => io(`${url}/notes`, { auth: { name }, forceNew: true }));
  const [ada, ben] = sockets.map((socket) => typed<Notes>(socket));
  if (!ada || !ben) return;
  await Promise.all(
    sockets.map(async (socket) => {
      if (!socket.connected) await once(socket as never, 'connect');
    }),
  );
  const read = new Promise<void>((resolve) => {
    ben.on('note', ({ from, text }) => {
      console.log(`ben reads: ${text} (${from})`);
      resolve();
    });
  });
  await ada.call('write', { text: 'Tea is ready.' });
  await read;
  for (const socket of sockets) socket.close();
}

void main(process.argv[2] ?? `http://localhost:${process.env.PORT ?? 3000}`);
