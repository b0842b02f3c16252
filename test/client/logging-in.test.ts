import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import { io, type Socket } from 'socket.io-client';
import { Authenticate, Authorize, Errors, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { typed, type GatewayTypes } from '../../src/client';
import { afterwards, start } from '../support/run-gateway';

/** What the gateway makes of a token. */
let judge: (token: unknown) => unknown;

@SocketNamespace('/x', { name: 'guarded', settings: { port: 0 } })
@Authorize()
class GuardedGateway extends SocketGateway {
  @Authenticate() authenticate(socket: { handshake: { auth: { token?: unknown } } }) {
    return judge(socket.handshake.auth.token);
  }
  @SocketEvent() hello() {
    return 'hello';
  }
}

interface Types extends GatewayTypes {
  calls: { hello: () => string };
  auth: { token?: string };
}

const NO_TOKEN = new Error('no token now');

const connected = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('connect', resolve));

/** Opens a client that gives the tokens one after the other, the last one for ever. An error is thrown. */
async function open(tokens: unknown[], onUnauthorized?: (error: Error) => void) {
  const { url } = await start(GuardedGateway);
  const socket = io(`${url}/x`, { forceNew: true, transports: ['websocket'] });
  const asked: unknown[] = [];
  const client = typed<Types>(socket, {
    auth: async () => {
      const token = (tokens.length > 1 ? tokens.shift() : tokens[0]) ?? '';
      asked.push(token);
      if (typeof token !== 'string') throw token;
      return { token };
    },
    ...(onUnauthorized && { onUnauthorized }),
  });
  afterwards(() => {
    client.close();
    socket.close();
  });
  return { socket, client, asked };
}

describe('a typed client that logs in', () => {
  it('gives the whole auth, with a promise too', async () => {
    judge = (token) => ({ id: token });
    const { socket, client, asked } = await open(['a']);
    await connected(socket);
    expect(await client.call('hello')).to.equal('hello');
    expect(asked).to.deep.equal(['a']);
  });

  it('asks for a fresh token after a refusal, and after a failure to get one', async () => {
    judge = (token) => (token === 'fresh' ? { id: 1 } : undefined);
    const { client, asked } = await open([NO_TOKEN, 'stale', 'fresh']);
    expect(await client.call('hello')).to.equal('hello');
    expect(asked).to.deep.equal([NO_TOKEN, 'stale', 'fresh']);
  });

  it('tells that the user must log in when a fresh token is refused, and stops', async () => {
    judge = () => undefined;
    let tell: (error: Error) => void = () => undefined;
    const told = new Promise<Error>((resolve) => (tell = resolve));
    const { socket, asked } = await open(['one', 'two', 'three'], (error) => tell(error));
    expect(await told).to.have.nested.property('data.code', 401);
    expect(asked).to.deep.equal(['one', 'two']);
    expect(socket.active).to.equal(false);
  });

  it('comes back with a fresh token when the user expires', async () => {
    const expiring = { id: 1, exp: Date.now() / 1000 + 2 };
    judge = (token) => (token === 'old' ? expiring : { id: 1 });
    const { socket, asked } = await open(['old', 'new']);
    await connected(socket);
    const reason = await new Promise((resolve) => socket.once('disconnect', resolve));
    expect(reason).to.equal('io server disconnect');
    await connected(socket);
    expect(asked).to.deep.equal(['old', 'new']);
  });

  it('comes back after a refusal with 503', async () => {
    let refusals = 0;
    judge = () => {
      if (refusals++ < 2) throw new Errors.ServiceUnavailableError('USERS_AWAY');
      return { id: 1 };
    };
    const { client, asked } = await open(['a']);
    expect(await client.call('hello')).to.equal('hello');
    expect(asked).to.have.length(3);
  });

  for (const [what, failure] of Object.entries({
    'an error with a code': Object.assign(new Error('expired'), { code: 401 }),
    'a failed request': Object.assign(new Error('expired'), { response: { status: 403 } }),
    'a response': { status: 401 },
  })) {
    it(`tells that the user must log in when there is no token for good, and stops: ${what}`, async () => {
      judge = () => ({ id: 1 });
      const told: Error[] = [];
      let tell: () => void = () => undefined;
      const once = new Promise<void>((resolve) => (tell = resolve));
      const { socket, client, asked } = await open([failure, 'fresh'], (error) => {
        told.push(error);
        tell();
      });
      await once;
      expect(told[0])
        .to.equal(failure instanceof Error ? failure : told[0])
        .and.be.instanceOf(Error);
      expect(socket.active).to.equal(false);
      expect(asked).to.have.length(1);
      // The user has logged in.
      socket.connect();
      expect(await client.call('hello')).to.equal('hello');
      expect(told).to.have.length(1);
    });
  }

  it('tells once that there is no token, and goes on asking after delays that double', async () => {
    const clock = useFakeTimers();
    afterwards(() => clock.restore());
    const asked: number[] = [];
    const told: [error: Error, asked: number][] = [];
    const socket = {
      connected: false,
      active: true,
      auth: undefined as unknown,
      on: () => undefined,
      off: () => undefined,
      emit: () => undefined,
      disconnect: () => undefined,
      connect: () => (socket.auth as (send: () => void) => void)(() => undefined),
    };
    const client = typed(socket, {
      auth: () => {
        asked.push(Date.now());
        throw NO_TOKEN;
      },
      onUnauthorized: (error) => told.push([error, asked.length]),
    });
    afterwards(() => client.close());
    socket.connect();
    await clock.tickAsync(10 * 60_000);
    expect(told).to.deep.equal([[NO_TOKEN, 5]]);
    const delays = asked.map((at, index) => at - (asked[index - 1] ?? at));
    for (const [index, delay] of delays.slice(1).entries()) {
      const longest = Math.min(500 * 2 ** index, 30_000);
      expect(delay).to.be.within(longest / 2, longest);
    }
    expect(asked.length).to.be.above(20);
  });

  it('asks no more after its end', async () => {
    judge = () => ({ id: 1 });
    const { url } = await start(GuardedGateway);
    const socket = io(`${url}/x`, { forceNew: true, transports: ['websocket'] });
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    let fail: (error: Error) => void = () => undefined;
    const client = typed<Types>(socket, {
      auth: () => {
        asked();
        return new Promise((_resolve, reject) => (fail = reject));
      },
      onUnauthorized: () => expect.fail('called after close()'),
    });
    afterwards(() => socket.close());
    await isAsked;
    const calls = ['connect', 'disconnect'] as const;
    const made: string[] = [];
    for (const name of calls) {
      const original = socket[name].bind(socket);
      socket[name] = () => {
        made.push(name);
        return original();
      };
    }
    const clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    afterwards(() => clock.restore());
    client.close();
    fail(Object.assign(new Error('expired'), { code: 401 }));
    await new Promise(setImmediate);
    await clock.tickAsync(60_000);
    expect(made).to.deep.equal([]);
  });
});
