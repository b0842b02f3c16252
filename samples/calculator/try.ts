import { io } from 'socket.io-client';

/** Calls actions through the proxy of a running calculator, and prints what the acks bring. */
export async function tryIt(url: string, print: (line: string) => void) {
  const socket = io(url, { forceNew: true });
  const call = (action: string, params: object) =>
    new Promise<void>((resolve) => {
      socket.emit(
        'call',
        action,
        params,
        (error: { code: number; message: string } | null, result: unknown) => {
          const answer = error ? `${error.code} ${error.message}` : JSON.stringify(result);
          print(`${action} ${JSON.stringify(params)} => ${answer}`);
          resolve();
        },
      );
    });
  await call('math.add', { a: 25, b: 13 });
  await call('plus', { a: 1, b: 2 }); // an alias
  await call('math.sub', { a: 25, b: 'thirteen' }); // the params of the action say what is wrong
  await call('$node.health', {}); // not on the whitelist: it does not exist for clients
  socket.close();
}

if (require.main === module) void tryIt(`http://localhost:${process.env.PORT || 3000}`, console.log);
