import { expect } from 'chai';
import { testGateway, type TestClient, type TestGateway } from 'moleculer-socket-gateway/testing';
import { AccountGateway } from './account-gateway';
import { accounts } from './accounts';
import { start } from './main';
import { tryIt } from './try';

describe('samples/login', () => {
  let gateway: TestGateway<AccountGateway>;

  beforeEach(async () => {
    gateway = await testGateway(AccountGateway, { services: [accounts], timeout: 10_000 });
  });
  afterEach(() => gateway.close());

  /** Returns the error that a promise is rejected with. */
  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.fail('it was not refused'),
      (error: unknown) => error,
    );
  const login = async (name: string, password: string) => {
    const client = await gateway.connect();
    const { token } = await client.emit<{ token: string }>('login', { name, password });
    return { client, token };
  };
  const ben = { id: 'ben', roles: [] };

  it('logs a client in and out', async () => {
    const client = await gateway.connect();
    expect(await refusal(client.emit('whoAmI'))).to.include({ code: 401 });
    const { user, token } = await client.emit('login', { name: 'ben', password: 'franklin' });
    expect(user).to.deep.equal(ben);
    expect(await client.emit('whoAmI')).to.deep.equal(ben);
    await client.emit('logout', { token });
    expect(await refusal(client.emit('whoAmI'))).to.include({ code: 401 });
  });

  it('does not let in with a wrong name or password', async () => {
    const client = await gateway.connect();
    for (const credentials of [
      { name: 'ben', password: 'lovelace' },
      { name: 'eve', password: 'franklin' },
      { name: '__proto__', password: 'x' },
    ]) {
      expect(await refusal(client.emit('login', credentials))).to.include({
        code: 401,
        type: 'WRONG_PASSWORD',
      });
    }
    expect(await refusal(client.emit('login', { name: 'ben' }))).to.include({ code: 422 });
    expect(await refusal(client.emit('whoAmI'))).to.include({ code: 401 });
  });

  it('knows a client again by its token, until it has logged out', async () => {
    const { client, token } = await login('ben', 'franklin');
    const again = await gateway.connect({ auth: { token } });
    expect(await again.emit('whoAmI')).to.deep.equal(ben);
    await client.emit('logout', { token });
    for (const wrong of [token, '', 7, null])
      expect(await refusal(gateway.connect({ auth: { token: wrong } })), String(wrong)).to.include({
        code: 401,
      });
  });

  it('lets an admin put somebody out, on all devices', async () => {
    const first = await login('ben', 'franklin');
    const second = await gateway.connect({ auth: { token: first.token } });
    expect(await refusal(first.client.emit('kick', { id: 'ada' }))).to.include({ code: 403 });

    const { client: ada }: { client: TestClient } = await login('ada', 'lovelace');
    await ada.emit('kick', { id: 'ben' });
    await Promise.all([first.client, second].map((client) => client.disconnected()));
    expect(await ada.emit('whoAmI')).to.include({ id: 'ada' });
  });
});

describe('samples/login, on a port', () => {
  it('can be tried', async () => {
    const server = await start(0);
    const printed: string[] = [];
    await tryIt(`http://localhost:${server.port}`, (line) => printed.push(line));
    await server.stop();
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
