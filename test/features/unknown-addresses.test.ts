import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ServiceSchema } from 'moleculer';
import {
  Authenticate,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type GatewayLimits,
} from '../../src';
import { PollingClient, type Address } from '../support/polling-client';
import { afterwards, CollectingLogger, newBroker, type Registered } from '../support/run-gateway';

/** Asks over polling, and gives the arguments of the ack. */
async function ask(client: PollingClient, id: number, event: string): Promise<unknown[]> {
  await client.send(`42/x,${id}["${event}"]`);
  return JSON.parse((await client.message(`43/x,${id}[`)).slice(`43/x,${id}`.length)) as unknown[];
}

describe('behind a Unix socket, where no client has an address', () => {
  let logger: CollectingLogger;
  beforeEach(() => {
    logger = new CollectingLogger('info');
  });

  /** Starts a gateway on an HTTP server of the application that listens on a Unix socket. */
  async function startBehind(service: Registered): Promise<Address> {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
    afterwards(() => rmSync(folder, { recursive: true }));
    const socketPath = join(folder, 's');
    const server = createServer();
    server.listen(socketPath);
    await once(server, 'listening');
    afterwards(() => new Promise((resolve) => server.close(resolve)));
    const broker = newBroker(service, { logger });
    const gateway = broker.services.find((one) => 'initSocketIO' in one) as unknown as SocketGateway;
    await gateway.initSocketIO(server);
    await broker.start();
    return { socketPath };
  }

  async function enter(address: Address, auth: object = {}): Promise<PollingClient> {
    const client = await PollingClient.open(address);
    await client.send(`40/x,${JSON.stringify(auth)}`);
    await client.message('40/x,');
    return client;
  }

  function gateway(limits?: GatewayLimits): Registered {
    @SocketNamespace('/x', {
      settings: { server: false, logClientConnection: 'info' },
      ...(limits && { limits }),
    })
    class HiddenGateway extends SocketGateway {
      @Authenticate()
      authenticate({ handshake }: { handshake: { auth: { user?: unknown; exp?: number } } }) {
        if (handshake.auth.user === 'bad') throw new Error('bad token');
        return handshake.auth.user && { id: handshake.auth.user, exp: handshake.auth.exp };
      }
      @RateLimit({ points: 2, duration: 60, key: 'ip' })
      @SocketEvent()
      login() {
        return 'in';
      }
      @RateLimit({ points: 2, duration: 60, key: 'user' })
      @SocketEvent()
      say() {
        return 'said';
      }
    }
    return HiddenGateway;
  }

  it("'ip' is one key for all", async () => {
    const address = await startBehind(gateway());
    const [one, two] = [await enter(address), await enter(address)];
    expect(await ask(one, 1, 'login')).to.deep.equal([null, 'in']);
    expect(await ask(two, 1, 'login')).to.deep.equal([null, 'in']);
    expect((await ask(one, 2, 'login'))[0]).to.include({ code: 429, type: 'RATE_LIMIT_EXCEEDED' });
  });

  it("'user' is the user, and one key for all without one", async () => {
    const address = await startBehind(gateway());
    const [one, two, ann] = [
      await enter(address),
      await enter(address),
      await enter(address, { user: 'ann' }),
    ];
    expect(await ask(one, 1, 'say')).to.deep.equal([null, 'said']);
    expect(await ask(two, 1, 'say')).to.deep.equal([null, 'said']);
    expect((await ask(two, 2, 'say'))[0]).to.include({ code: 429 });
    expect(await ask(ann, 1, 'say')).to.deep.equal([null, 'said']);
  });

  it('limits.connections counts all of them together', async () => {
    const address = await startBehind(gateway({ connections: { points: 2, duration: 60 } }));
    await enter(address);
    await enter(address);
    const third = await PollingClient.open(address);
    await third.send('40/x,');
    expect(await third.message('44/x,')).to.include('RATE_LIMIT_EXCEEDED');
  });

  it('limits.connections counts for moleculer-io, too', async () => {
    const address = await startBehind({
      name: 'io',
      mixins: [SocketIOService],
      settings: {
        limits: { connections: { points: 1, duration: 60 } },
        io: { namespaces: { '/x': { events: {} } } },
      },
    } as ServiceSchema);
    await enter(address);
    const second = await PollingClient.open(address);
    await second.send('40/x,');
    expect(await second.message('44/x,')).to.include('Rate limit exceeded');
  });

  it('the log says so, wherever it would name the address', async () => {
    const address = await startBehind(gateway({ maxRefusals: 2, handshakeTimeout: 1000 }));
    const expired = await enter(address, { user: 'ann', exp: Date.now() / 1000 + 1 });
    const silent = await PollingClient.open(address);
    await Promise.all([expired.message('41/x,'), silent.ended()]);
    const refused = await PollingClient.open(address);
    await refused.send('40/x,{"user":"bad"}', '40/none,');
    await refused.ended();
    for (const line of [
      /entered '\/x' from unknown address/,
      /authenticate refused \S+ of unknown address: bad token/,
      /of unknown address is disconnected: its user has expired/,
      /the connection \S+ from unknown address is closed: 2 handshakes/,
      /the connection \S+ from unknown address is closed: it has entered no namespace/,
      /HiddenGateway is attached to an HTTP server of the application, which listens on the Unix socket \S+, path \/socket.io: namespace '\/x', 2 events/,
    ]) {
      expect(
        logger.lines.filter(({ text }) => line.test(text)),
        String(line),
      ).to.have.length(1);
    }
    expect(logger.having('undefined')).to.deep.equal([]);
  });
});
