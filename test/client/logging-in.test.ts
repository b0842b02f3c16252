import { expect } from 'chai';
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

const connected = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('connect', resolve));

/** Opens a client that gives the tokens one after the other, the last one for ever. */
async function open(tokens: string[], onUnauthorized?: (error: Error) => void) {
  const { url } = await start(GuardedGateway);
  const socket = io(`${url}/x`, { forceNew: true, transports: ['websocket'] });
  const asked: string[] = [];
  const client = typed<Types>(socket, {
    auth: async () => {
      const token = (tokens.length > 1 ? tokens.shift() : tokens[0]) ?? '';
      asked.push(token);
      if (token === 'fails') throw new Error('no token now');
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
    const { client, asked } = await open(['fails', 'stale', 'fresh']);
    expect(await client.call('hello')).to.equal('hello');
    expect(asked).to.deep.equal(['fails', 'stale', 'fresh']);
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
});
