import { once } from 'node:events';
import { io } from 'socket.io-client';
import type { Said } from './rooms';

/** Two clients join a room of running rooms; one speaks, and the other hears it. */
export async function tryIt(url: string, print: (line: string) => void) {
  const [ada, ben] = [0, 1].map(() => io(`${url}/rooms`, { forceNew: true }));
  if (!ada || !ben) return;
  const call = (socket: typeof ada, ...args: unknown[]) =>
    new Promise<unknown>((resolve) => {
      socket.emit('rooms', ...args, (error: { code: number; type: string } | null, result: unknown) =>
        resolve(error ? `${error.code} ${error.type}` : result),
      );
    });
  for (const socket of [ada, ben]) await call(socket, 'join', { room: 'tea' });
  print(`Ada is in ${JSON.stringify(await call(ada, 'list'))}.`);

  const heard = once(ben as never, 'said') as Promise<[Said]>;
  await call(ada, 'say', { room: 'tea', text: 'The kettle is on.' });
  print(`Ben hears: ${(await heard)[0].text}`);

  print(
    `Ada speaks to a room that she is not in: ${String(await call(ada, 'say', { room: 'coffee', text: 'Hi' }))}`,
  );
  for (const socket of [ada, ben]) socket.close();
}

if (require.main === module) void tryIt(`http://localhost:${process.env.PORT || 3000}`, console.log);
