import { once } from 'node:events';
import { io } from 'socket.io-client';

/**
 * Connects without a token, with a bad one, and with a good one.
 *
 * @param token as the running sample has printed it
 */
export async function tryIt(url: string, token: string, print: (line: string) => void) {
  for (const bad of [undefined, 'a.b.c']) {
    const socket = io(url, { auth: { token: bad }, forceNew: true });
    const [error] = (await once(socket as never, 'connect_error')) as [Error & { data?: { code: number } }];
    print(`with the token ${String(bad)}: refused, ${error.data?.code} ${error.message}`);
    socket.close();
  }
  const socket = io(url, { auth: { token }, forceNew: true });
  await Promise.race([
    once(socket as never, 'connect'),
    once(socket as never, 'connect_error').then(([error]) => failWith(error as Error)),
  ]);
  const ask = (event: string, body?: unknown) =>
    new Promise<void>((resolve) => {
      socket.emit(event, body, (error: { code: number; type: string } | null, result: unknown) => {
        print(`${event} => ${error ? `${error.code} ${error.type}` : JSON.stringify(result)}`);
        resolve();
      });
    });
  await ask('whoAmI');
  await ask('renew', { token });
  await ask('announce', 'Tea is ready.');
  socket.close();
}

function failWith(error: Error): never {
  throw new Error(
    `The token was refused (${error.message}): take the one that the running sample has printed.`,
  );
}

if (require.main === module) {
  tryIt(`http://localhost:${process.env.PORT || 3000}`, process.argv[2] ?? '', console.log).catch(
    (error: unknown) => {
      console.error(String(error));
      process.exit(1);
    },
  );
}
