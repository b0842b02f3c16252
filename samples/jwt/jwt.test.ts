import { expect } from 'chai';
import { SignJWT } from 'jose';
import { testGateway, type TestClient, type TestGateway } from 'moleculer-socket-gateway/testing';
import { start } from './main';
import { TokenGateway } from './token-gateway';
import { tokens } from './tokens';
import { tryIt } from './try';

describe('samples/jwt', () => {
  let gateway: TestGateway<TokenGateway>;

  beforeEach(async () => {
    gateway = await testGateway(TokenGateway, { services: [tokens], timeout: 10_000 });
  });
  afterEach(() => gateway.close());

  const sign = (id: string, roles: string[], seconds: number) =>
    gateway.broker.call<string, object>('tokens.sign', { id, roles, seconds });
  const enter = async (id: string, roles: string[] = [], seconds = 60) =>
    gateway.connect({ auth: { token: await sign(id, roles, seconds) } });
  /** Returns the code that a promise is rejected with. */
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.fail('it was not refused'),
      (error: unknown) => (error as { code: unknown }).code,
    );
  const forged = (alg: string, key: string) =>
    new SignJWT({ roles: ['admin'] })
      .setProtectedHeader({ alg })
      .setSubject('ada')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(key));

  it('lets in who has a token, and says who it is', async () => {
    const ada = await enter('ada', ['admin']);
    expect(await ada.emit('whoAmI')).to.deep.equal({ id: 'ada', roles: ['admin'] });
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
      await sign('ada', ['admin'], -1),
    ];
    for (const token of bad) expect(await codeOf(gateway.connect({ auth: { token } }))).to.equal(401);
  });

  it('disconnects a client, idle or not, when its token ends', async () => {
    const ada = await enter('ada', [], 1);
    expect(await ada.disconnected()).to.equal('io server disconnect');
  });

  it('keeps a client that renews its token in time', async () => {
    const [renewed, other] = [await enter('ada', [], 2), await enter('ben', [], 2)];
    const { validUntil } = await renewed.emit('renew', { token: await sign('ada', [], 60) });
    expect(Date.parse(validUntil as string)).to.be.greaterThan(Date.now() + 50_000);
    await other.disconnected();
    expect(await renewed.emit('whoAmI')).to.include({ id: 'ada' });
  });

  it('takes no token of somebody else, and nothing that is none', async () => {
    const ada = await enter('ada');
    const renew = (token: unknown) => codeOf(ada.emit('renew', { token }));
    expect(await renew(await sign('ben', [], 60))).to.equal(403);
    expect(await renew(await forged('HS256', 'wrong'))).to.equal(401);
    expect(await renew(5)).to.equal(422);
    expect(await ada.emit('whoAmI')).to.include({ id: 'ada' });
  });

  it('lets only admins announce', async () => {
    const [ada, ben]: [TestClient, TestClient] = [await enter('ada', ['admin']), await enter('ben')];
    expect(await codeOf(ben.emit('announce', 'hello'))).to.equal(403);
    await ada.emit('announce', 'hello');
    expect(await ben.received('announcement')).to.deep.equal(['hello']);
  });
});

describe('samples/jwt, on a port', () => {
  it('can be tried with the token that it prints', async () => {
    const server = await start(0);
    const printed: string[] = [];
    await tryIt(`http://localhost:${server.port}`, await server.sign('ada', ['admin'], 60), (line) =>
      printed.push(line),
    );
    await server.stop();
    expect(printed.slice(0, 3)).to.deep.equal([
      'with the token undefined: refused, 401 Unauthorized',
      'with the token a.b.c: refused, 401 Unauthorized',
      'whoAmI => {"id":"ada","roles":["admin"]}',
    ]);
    expect(printed[3]).to.match(/^renew => \{"validUntil":"20/);
    expect(printed[4]).to.equal('announce => null');
  });
});
