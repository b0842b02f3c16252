import { io } from 'socket.io-client';

/** Sends events that work and events that fail: the running sample prints their traces, and counts them. */
export async function tryIt(url: string, print: (line: string) => void) {
  const socket = io(`${url}/math`, { forceNew: true });
  const ask = (event: string, ...body: unknown[]) =>
    new Promise<void>((resolve) => {
      socket.emit(event, ...body, (error: { code: number; type: string } | null, result: unknown) => {
        print(`${event} => ${error ? `${error.code} ${error.type}` : JSON.stringify(result)}`);
        resolve();
      });
    });
  await ask('sum', [1, 2, 3]);
  await ask('call', 'math.divide', { a: 1, b: 2 });
  await ask('call', 'math.divide', { a: 1, b: 0 });
  await ask('answer');
  socket.close();
}

if (require.main === module) void tryIt(`http://localhost:${process.env.PORT || 3000}`, console.log);
