import { once } from 'node:events';
import { connect as connectTcp, type Socket as TcpSocket } from 'node:net';
import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import { afterwards, ask, connect, newClient, signal } from '../support/run-gateway';
import type { Place } from './handshake-server';

/*
 * Code that is asked about a handshake and misbehaves, and clients that do not wait for its answer.
 */

const PLACES: Place[] = ['origin', 'predicate', 'delegate', 'origin of a delegate', 'allowRequest'];
const TRANSPORTS = ['polling', 'websocket'];

/** What the code does, and whether the client is let in. */
const BEHAVIOURS: Record<string, boolean | 'either'> = {
  good: true,
  bad: false,
  slow: true,
  'yes-yes': true,
  'yes-no': 'either',
  'no-yes': 'either',
  'yes-yes-late': true,
  'yes-error-late': 'either',
  'yes-throw': 'either',
  'yes-reject': 'either',
  'late-yes-reject': 'either',
  throw: false,
  'throw-hostile': false,
  'reject-hostile': false,
  'error-hostile': false,
  'error-hostile-late': false,
  'error-circle-late': false,
  'error-bigint-late': false,
  nothing: false,
};

const UPGRADE =
  'Upgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** Sends a request and is gone before the answer, in every way in which a client can go. */
async function vanish({ port }: ChildServer, path: string, headers: string): Promise<void> {
  const ways: ((tcp: TcpSocket) => unknown)[] = [
    (tcp) => tcp.resetAndDestroy(),
    (tcp) => tcp.end(),
    (tcp) => {
      tcp.write('more and more');
      setTimeout(() => tcp.resetAndDestroy(), 5);
    },
  ];
  await Promise.all(
    ways.map(async (go) => {
      const tcp = connectTcp(port, '127.0.0.1').on('error', () => undefined);
      afterwards(() => tcp.destroy());
      await once(tcp, 'connect');
      const gone = once(tcp, 'close');
      tcp.resume().write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      go(tcp);
      await gone;
    }),
  );
}

describe('code that is asked about a handshake', () => {
  const servers = new Map<Place, ChildServer>();
  before(async function () {
    this.timeout(60_000);
    await Promise.all(
      PLACES.map(async (place) =>
        servers.set(place, await ChildServer.start('faults/handshake-server', { place })),
      ),
    );
  });
  after(() => Promise.all([...servers.values()].map((server) => server.stop())));

  for (const place of PLACES) {
    describe(place, () => {
      let server: ChildServer;
      before(() => {
        server = servers.get(place)!;
      });

      /** Whether a client is let in; an answer must come in any case. */
      async function enters(behaviour: string, transport: string): Promise<boolean> {
        const client = newClient(server, '/x', {
          transports: [transport],
          extraHeaders: { origin: `http://${behaviour}.test` },
        });
        const end = signal<boolean>();
        client.once('connect', () => end.fire(true));
        client.once('connect_error', () => end.fire(false));
        const entered = await end;
        if (entered) expect((await ask(client, 'ping')).result).to.equal('pong');
        client.disconnect();
        return entered;
      }

      it('lets in, refuses, and never ends the process, whatever it does', async () => {
        // Not all at once: a server gives its clients a limited time, which they would spend waiting for each other.
        for (const [behaviour, expected] of Object.entries(BEHAVIOURS)) {
          const entered = await Promise.all(TRANSPORTS.map((transport) => enters(behaviour, transport)));
          // A predicate has answered when it returns: what it would say later does not count.
          if (place === 'predicate' && (behaviour.includes('late') || behaviour === 'slow')) continue;
          if (expected !== 'either') expect(entered, behaviour).to.deep.equal(TRANSPORTS.map(() => expected));
        }
        server.check();
        await server.settled(({ alive, tables }) => {
          expect(alive).to.deep.equal({ connections: 0, sockets: 0 });
          expect(tables.connections).to.equal(0);
        });
      });

      it('may take its time while the client has gone, in whatever way', async () => {
        for (const behaviour of ['slow', 'nothing']) {
          const query = '/socket.io/?EIO=4&transport';
          const origin = `Origin: http://${behaviour}.test\r\n`;
          await vanish(server, `${query}=websocket`, origin + UPGRADE);
          await vanish(server, `${query}=polling`, origin);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
        server.check();
        expect((await ask(await connect(server), 'ping')).result).to.equal('pong');
        server.check();
      });
    });
  }

  it('is not needed: a client that wants to upgrade some other path, and is gone before it is refused', async () => {
    const server = servers.get('origin')!;
    await Promise.all(['/', '/other', '/socket.io', '*'].map((path) => vanish(server, path, UPGRADE)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.check();
    expect((await ask(await connect(server), 'ping')).result).to.equal('pong');
  });
});
