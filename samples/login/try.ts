import { io } from 'socket.io-client';

/** Sends events before and after a login, and prints what the acks bring. */
export async function tryIt(url: string, print: (line: string) => void) {
  const socket = io(url, { forceNew: true });
  const ask = (event: string, ...body: unknown[]) =>
    new Promise<{ token?: string }>((resolve) => {
      socket.emit(event, ...body, (error: { code: number; type: string } | null, result: object | null) => {
        print(`${event} => ${error ? `${error.code} ${error.type}` : JSON.stringify(result)}`);
        resolve(result ?? {});
      });
    });
  await ask('whoAmI'); // 401: nobody is logged in
  await ask('login', { name: 'ben', password: 'wrong' });
  await ask('login', { name: 'ben' }); // 422: the password is missing
  const { token } = await ask('login', { name: 'ben', password: 'franklin' });
  await ask('whoAmI');
  await ask('kick', { id: 'ada' }); // 403: ben is no admin
  await ask('logout', { token });
  await ask('whoAmI');
  socket.close();
}

if (require.main === module) void tryIt(`http://localhost:${process.env.PORT || 3000}`, console.log);
