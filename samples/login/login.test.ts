import { once } from 'node:events';
import { expect } from 'chai';
import { io, type Socket } from 'socket.io-client';
import { start } from './main';
import { tryIt } from './try';

describe('samples/login', () => {
  let server: Awaited<ReturnType<typeof start>>;
  const clients: Socket[] = [];

  beforeEach(async () => {
    server = await start(0);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await server.stop();
  });

  function connect(auth: object = {}): Socket {
    const client = io(`http://localhost:${server.port}`, { forceNew: true, auth });
    clients.push(client);
    return client;
  }
  /** Emits, and gives what the ack was called with: an error, or else a result. */
  const ask = (client: Socket, event: string, ...body: unknown[]) =>
    new Promise<{ error: any; result: any }>((resolve) => {
      client.emit(event, ...body, (error: unknown, result: unknown) => resolve({ error, result }));
    });
  const login = async (name: string, password: string, client = connect()) => {
    const { result } = await ask(client, 'login', { name, password });
    return { client, token: result.token as string };
  };
  const ben = { id: 'ben', roles: [] };

  it('logs a client in and out', async () => {
    const client = connect();
    expect((await ask(client, 'whoAmI')).error).to.include({ code: 401 });
    const { result } = await ask(client, 'login', { name: 'ben', password: 'franklin' });
    expect(result.user).to.deep.equal(ben);
    expect((await ask(client, 'whoAmI')).result).to.deep.equal(ben);
    await ask(client, 'logout', { token: result.token });
    expect((await ask(client, 'whoAmI')).error).to.include({ code: 401 });
  });

  it('does not let in with a wrong name or password', async () => {
    const client = connect();
    for (const credentials of [
      { name: 'ben', password: 'lovelace' },
      { name: 'eve', password: 'franklin' },
      { name: '__proto__', password: 'x' },
    ]) {
      expect((await ask(client, 'login', credentials)).error).to.include({
        code: 401,
        type: 'WRONG_PASSWORD',
      });
    }
    expect((await ask(client, 'login', { name: 'ben' })).error).to.include({ code: 422 });
    expect((await ask(client, 'whoAmI')).error).to.include({ code: 401 });
  });

  it('knows a client again by its token, until it has logged out', async () => {
    const { client, token } = await login('ben', 'franklin');
    expect((await ask(connect({ token }), 'whoAmI')).result).to.deep.equal(ben);
    await ask(client, 'logout', { token });
    for (const wrong of [token, '', 7, null]) {
      const [error] = (await once(connect({ token: wrong }) as never, 'connect_error')) as [
        Error & { data: object },
      ];
      expect(error.data, String(wrong)).to.include({ code: 401 });
    }
  });

  it('lets an admin put somebody out, on all devices', async () => {
    const first = await login('ben', 'franklin');
    const second = connect({ token: first.token });
    await once(second as never, 'connect');
    expect((await ask(first.client, 'kick', { id: 'ada' })).error).to.include({ code: 403 });

    const { client: ada } = await login('ada', 'lovelace');
    const gone = [first.client, second].map((client) => once(client as never, 'disconnect'));
    expect((await ask(ada, 'kick', { id: 'ben' })).error).to.equal(null);
    await Promise.all(gone);
    expect((await ask(ada, 'whoAmI')).result.id).to.equal('ada');
  });

  it('can be tried', async () => {
    const printed: string[] = [];
    await tryIt(`http://localhost:${server.port}`, (line) => printed.push(line));
    expect(printed.map((line) => line.replace(/(token":").*?"/, '$1…"'))).to.deep.equal([
      'whoAmI => 401 NO_USER',
      'login => 401 WRONG_PASSWORD',
      'login => 422 VALIDATION_ERROR',
      'login => {"token":"…","user":{"id":"ben","roles":[]}}',
      'whoAmI => {"id":"ben","roles":[]}',
      'kick => 403 MISSING_ROLE',
      'logout => null',
      'whoAmI => 401 NO_USER',
    ]);
  });
});
