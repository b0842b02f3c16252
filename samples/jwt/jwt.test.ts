import { expect } from 'chai';
import { SignJWT } from 'jose';
import { io, type Socket } from 'socket.io-client';
import { start } from './main';
import { tryIt } from './try';

describe('samples/jwt', () => {
  let server: Awaited<ReturnType<typeof start>>;
  const clients: Socket[] = [];

  before(async () => {
    server = await start(0);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  after(() => server.stop());

  function open(token?: unknown): Socket {
    const client = io(`http://localhost:${server.port}`, { forceNew: true, auth: { token } });
    clients.push(client);
    return client;
  }
  async function enter(id: string, roles: string[] = [], seconds = 60): Promise<Socket> {
    const client = open(await server.sign(id, roles, seconds));
    await once(client, 'connect');
    return client;
  }
  const once = (client: Socket, event: string) =>
    new Promise<any[]>((resolve) => client.once(event, (...args: unknown[]) => resolve(args)));
  const ask = (client: Socket, event: string, ...body: unknown[]) =>
    new Promise<{ error: any; result: any }>((resolve) => {
      client.emit(event, ...body, (error: unknown, result: unknown) => resolve({ error, result }));
    });
  const forged = (alg: string, key: string) =>
    new SignJWT({ roles: ['admin'] })
      .setProtectedHeader({ alg })
      .setSubject('ada')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(key));

  it('lets in who has a token, and says who it is', async () => {
    const { result } = await ask(await enter('ada', ['admin']), 'whoAmI');
    expect(result).to.deep.equal({ id: 'ada', roles: ['admin'] });
  });

  it('refuses all others', async () => {
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"ada","roles":[]}')}.`.replaceAll('=', '');
    const bad = [
      undefined,
      '',
      {},
      'no.token.this',
      unsigned,
      await forged('HS256', 'a key of 32 bytes that is not ours'),
      await server.sign('ada', ['admin'], -1),
    ];
    for (const token of bad) {
      const [error] = await once(open(token), 'connect_error');
      expect(error.data.code).to.equal(401);
    }
  });

  it('disconnects a client, idle or not, when its token ends', async () => {
    const [reason] = await once(await enter('ada', [], 0.2), 'disconnect');
    expect(reason).to.equal('io server disconnect');
  });

  it('keeps a client that renews its token in time', async () => {
    const [renewed, other] = [await enter('ada', [], 0.4), await enter('ben', [], 0.4)];
    const { result } = await ask(renewed, 'renew', { token: await server.sign('ada', [], 60) });
    expect(Date.parse(result.validUntil)).to.be.greaterThan(Date.now() + 50_000);
    await once(other, 'disconnect');
    expect((await ask(renewed, 'whoAmI')).result.id).to.equal('ada');
  });

  it('takes no token of somebody else, and nothing that is none', async () => {
    const client = await enter('ada');
    expect((await ask(client, 'renew', { token: await server.sign('ben', [], 60) })).error.code).to.equal(
      403,
    );
    expect((await ask(client, 'renew', { token: await forged('HS256', 'wrong') })).error.code).to.equal(401);
    expect((await ask(client, 'renew', { token: 5 })).error.code).to.equal(422);
    expect((await ask(client, 'whoAmI')).result.id).to.equal('ada');
  });

  it('lets only admins announce', async () => {
    const [ada, ben] = [await enter('ada', ['admin']), await enter('ben')];
    expect((await ask(ben, 'announce', 'hello')).error.code).to.equal(403);
    const heard = once(ben, 'announcement');
    await ask(ada, 'announce', 'hello');
    expect(await heard).to.deep.equal(['hello']);
  });

  it('can be tried with the token that it prints', async () => {
    const printed: string[] = [];
    await tryIt(`http://localhost:${server.port}`, await server.sign('ada', ['admin'], 60), (line) =>
      printed.push(line),
    );
    expect(printed.slice(0, 3)).to.deep.equal([
      'with the token undefined: refused, 401 Unauthorized',
      'with the token a.b.c: refused, 401 Unauthorized',
      'whoAmI => {"id":"ada","roles":["admin"]}',
    ]);
    expect(printed[3]).to.match(/^renew => \{"validUntil":"20/);
    expect(printed[4]).to.equal('announce => null');
  });
});
