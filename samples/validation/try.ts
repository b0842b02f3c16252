import { io } from 'socket.io-client';

interface Problem {
  field: string;
  message: string;
}

/** Sends an order with five mistakes, and prints what a client is told; then other payloads that are not valid, and one that is. */
export async function tryIt(url: string, print: (line: string) => void) {
  const socket = io(url, { forceNew: true });
  const ask = (event: string, body: unknown) =>
    new Promise<void>((resolve) => {
      socket.emit(event, body, (error: { code: number; data: Problem[] } | null, result: unknown) => {
        print(`${event} => ${error ? error.code : JSON.stringify(result)}`);
        for (const { field, message } of error?.data ?? []) print(`  ${field}: ${message}`);
        resolve();
      });
    });
  await ask('order', {
    items: [
      { product: 'green tea', count: 2 },
      { product: 7, count: 1000 },
    ],
    delivery: 'courier',
    address: { postalCode: 'X' },
    note: '',
  });
  await ask('search', { text: ' t ' });
  await ask('rate', { product: 'coffee', stars: 6 });
  await ask('order', { items: [{ product: 'teapot' }], delivery: 'pickup' });
  socket.close();
}

if (require.main === module) void tryIt(`http://localhost:${process.env.PORT || 3000}`, console.log);
