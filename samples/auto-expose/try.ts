import { once } from 'node:events';
import { io } from 'socket.io-client';

/** A customer orders, and a clerk is told of it. */
export async function tryIt(url: string, print: (line: string) => void) {
  const enter = (token: string) => io(`${url}/shop`, { auth: { token }, forceNew: true });
  const [ada, cleo] = [enter('ada-token'), enter('cleo-token')];
  const ask = (socket: typeof ada, event: string, ...body: unknown[]) =>
    new Promise<void>((resolve) => {
      socket.emit(event, ...body, (error: { code: number; type: string } | null, result: unknown) => {
        print(`${event} => ${error ? `${error.code} ${error.type}` : JSON.stringify(result)}`);
        resolve();
      });
    });
  await ask(cleo, 'order.watch');
  const ordered = once(cleo as never, 'ordered') as Promise<[object]>;
  await ask(ada, 'stock.list');
  await ask(ada, 'order.create', { item: 'tea' });
  print(`the clerk is told: ${JSON.stringify((await ordered)[0])}`);
  await ask(ada, 'order.list'); // 403: for clerks
  await ask(ada, 'ask', { stock: { action: 'stock.list' }, again: { action: 'stock.list' } }); // two calls in one packet
  for (const socket of [ada, cleo]) socket.close();
}

if (require.main === module) void tryIt(`http://localhost:${process.env.PORT || 3000}`, console.log);
