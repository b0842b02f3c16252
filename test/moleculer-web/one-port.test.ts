import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import { connect as connectTcp, type AddressInfo, type Socket as TcpSocket } from 'node:net';
import { expect } from 'chai';
import type { Client, RunningGateway } from '../support/run-gateway';
import {
  afterwards,
  ask,
  connect,
  connected,
  newBroker,
  newClient,
  next,
  portOf,
  refused,
  serviceOf,
  start,
} from '../support/run-gateway';
import { RawClient } from '../support/raw-client';
import {
  API_GATEWAY,
  beside,
  duration,
  expectClosed,
  freePort,
  get,
  MATH,
  ROUTES,
  WAYS,
} from './with-moleculer-web';

/** How long a stop may take: the grace that clients are given, and room for a busy machine. */
const BOUND = 15_000;

const ADD = { a: 2, b: 3 };

async function expectWorks(url: string, client: Client): Promise<void> {
  expect(await get(`${url}/api/add?a=1&b=2`)).to.include({ status: 200, body: '3' });
  expect(await ask(client, 'call', 'math.add', ADD)).to.deep.equal({ error: null, result: 5 });
}

/** A connection that became a websocket, and then says nothing any more, not even goodbye. */
async function silentWebSocket(port: number): Promise<TcpSocket> {
  const tcp = connectTcp(port, '127.0.0.1');
  tcp.on('error', () => undefined);
  afterwards(() => tcp.destroy());
  tcp.write(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n' +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await once(tcp, 'data');
  tcp.pause();
  return tcp;
}

describe('moleculer-web', () => {
  for (const [way, web] of Object.entries(WAYS)) {
    describe(`with ${way}`, () => {
      it('serves routes and sockets on one port, over every transport', async () => {
        const running = await start([web({ port: 0, routes: ROUTES }), MATH]);
        const service = serviceOf(running.broker, 'web') as RunningGateway & { server?: HttpServer };
        expect(service.io.httpServer).to.equal(service.server);
        for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
          await expectWorks(running.url, await connect(running, '/x', { transports }));
        }
      });

      it('upgrades from polling to websocket', async () => {
        const running = await start([web({ port: 0, routes: ROUTES }), MATH]);
        const client = newClient(running, '/x', { transports: ['polling', 'websocket'] });
        const upgraded = new Promise((resolve) => {
          client.io.once('open', () => client.io.engine.once('upgrade', resolve));
        });
        await connected(client);
        await upgraded;
        await expectWorks(running.url, client);
      });

      it('leaves every other request to its routes', async () => {
        const running = await start([web({ port: 0, routes: ROUTES }), MATH]);
        await connect(running);
        expect((await get(`${running.url}/nothing`)).status).to.equal(404);
        expect((await get(`${running.url}/socket.iox`)).status).to.equal(404);
        expect((await get(`${running.url}/api/fail`)).status).to.equal(500);
        expect(JSON.parse((await get(`${running.url}/nothing`)).body)).to.include({ name: 'NotFoundError' });
        // Engine.IO's answer to a request that is none of its own.
        expect((await get(`${running.url}/socket.io/`)).status).to.equal(400);
      });

      it('opens no handler and no room over HTTP that its routes do not', async () => {
        const running = await start([web({ port: 0, routes: ROUTES }), MATH]);
        for (const path of ['/web/call', '/web/broadcast', '/api/web/disconnect', '/~node/list'])
          expect((await get(running.url + path)).status, path).to.equal(404);
      });

      it('stops cleanly and soon, whoever is connected', async () => {
        const running = await start([web({ port: 0, routes: ROUTES }), MATH]);
        const clients = [
          await connect(running),
          await connect(running, '/x', { transports: ['polling'] }),
          await connect(running, '/x', { transports: ['polling', 'websocket'] }),
        ];
        await RawClient.open(running); // it never enters a namespace
        await silentWebSocket(running.port);
        const reasons = Promise.all(clients.map((client) => next(client, 'disconnect')));
        expect(await duration(() => running.broker.stop())).to.be.below(BOUND);
        for (const [reason] of await reasons)
          expect(reason).to.be.oneOf(['transport close', 'transport error']);
        await expectClosed(running.port);
      });

      it('starts again, and clients come back by themselves', async () => {
        const port = await freePort();
        const running = await start([web({ port, routes: ROUTES }), MATH]);
        const clients = [
          newClient(running, '/x', { reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 20 }),
          newClient(running, '/x', {
            transports: ['polling'],
            reconnection: true,
            reconnectionDelay: 10,
            reconnectionDelayMax: 20,
          }),
        ];
        await Promise.all(clients.map(connected));
        for (let time = 0; time < 2; time++) {
          const gone = Promise.all(clients.map((client) => next(client, 'disconnect')));
          await running.broker.stop();
          await gone;
          const back = Promise.all(
            clients.map((client) => new Promise<void>((resolve) => client.once('connect', resolve))),
          );
          await running.broker.start();
          await back;
          for (const client of clients) await expectWorks(running.url, client);
        }
      });

      it('may be destroyed and created anew while the broker runs', async () => {
        const port = await freePort();
        const schema = web({ port, routes: ROUTES });
        const running = await start([schema, MATH]);
        await connect(running);
        for (let time = 0; time < 2; time++) {
          expect(
            await duration(() => running.broker.destroyService(running.broker.getLocalService('web'))),
          ).to.be.below(BOUND);
          await expectClosed(port);
          running.broker.createService(schema as never);
          await running.broker.waitForServices('web', 2000, 5);
          await expectWorks(running.url, await connect(running));
        }
      });

      for (const order of ['before', 'after']) {
        it(`shares its port with a gateway that names no address and is registered ${order} it`, async () => {
          const services = [web({ port: 0, routes: ROUTES }), beside()];
          const { broker } = await start([...(order === 'after' ? services : services.reverse()), MATH]);
          const one = serviceOf(broker, 'web');
          const running = { url: `http://localhost:${portOf(one)}` };
          expect(serviceOf(broker, 'beside').io).to.equal(one.io);
          const client = await connect(running, '/beside');
          expect(await ask(client, 'who')).to.deep.equal({ error: null, result: 'beside' });
          await expectWorks(running.url, await connect(running));
          expect([...one.namespaces.keys()]).to.deep.equal(['/x']);
          expect(await duration(() => broker.stop())).to.be.below(BOUND);
          await expectClosed(Number(new URL(running.url).port));
        });
      }

      it('goes without waiting for the clients of a gateway beside it', async () => {
        const running = await start([web({ port: 0, routes: ROUTES }), beside()]);
        const client = await connect(running, '/beside');
        const gone = next(client, 'disconnect');
        const { broker } = running;
        expect(await duration(() => broker.destroyService(broker.getLocalService('web')))).to.be.below(BOUND);
        await gone;
        await expectClosed(running.port);
      });

      it('stays when a gateway beside it goes', async () => {
        const running = await start([web({ port: 0, routes: ROUTES }), beside(), MATH]);
        const [client, gone] = [await connect(running), await connect(running, '/beside')];
        const left = next(gone, 'disconnect');
        await running.broker.destroyService(running.broker.getLocalService('beside'));
        await left;
        await expectWorks(running.url, client);
        await refused(newClient(running, '/beside'));
        running.broker.createService(beside() as never);
        await running.broker.waitForServices('beside', 2000, 5);
        expect((await ask(await connect(running, '/beside'), 'who')).result).to.equal('beside');
      });

      it('may be told options of socket.io', async () => {
        const running = await start([
          web({ port: 0, routes: ROUTES, io: { options: { path: '/sockets', allowUpgrades: false } } }),
          MATH,
        ]);
        await expectWorks(running.url, await connect(running, '/x', { path: '/sockets' }));
        await refused(newClient(running, '/x', { transports: ['polling'] }));
        expect((await get(`${running.url}/socket.io/?EIO=4&transport=polling`)).status).to.equal(404);
      });

      it('is used as a middleware, on a server of the application, where it has none of its own', async () => {
        const broker = newBroker([web({ port: 0, server: false, routes: ROUTES }), MATH]);
        const service = serviceOf(broker, 'web') as unknown as {
          express(): (request: unknown, response: unknown, next: () => void) => void;
          initSocketIO(server: HttpServer): Promise<void>;
        };
        const routes = service.express();
        const server = createServer((request, response) => {
          routes(request, response, () => response.writeHead(418).end('mine'));
        });
        server.listen(0);
        await once(server, 'listening');
        afterwards(() => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        });
        const { port } = server.address() as AddressInfo;
        const url = `http://localhost:${port}`;
        await service.initSocketIO(server);
        await broker.start();

        await expectWorks(url, await connect({ url }));
        await expectWorks(url, await connect({ url }, '/x', { transports: ['polling'] }));
        expect(await get(`${url}/other`)).to.include({ status: 418, body: 'mine' });

        expect(await duration(() => broker.stop())).to.be.below(BOUND);
        expect(server.listening).to.equal(true);
        expect((await get(`${url}/other`)).body).to.equal('mine');
      });
    });
  }

  it('may listen on a server that the class is given', async () => {
    const server = createServer();
    const running = await start([WAYS['a decorated class']!({ port: 0, server, routes: ROUTES }), MATH]);
    expect(running.gateway.io.httpServer).to.equal(server);
    expect(await ask(await connect(running), 'call', 'math.add', ADD)).to.deep.equal({
      error: null,
      result: 5,
    });
    expect(await duration(() => running.broker.stop())).to.be.below(BOUND);
    expect(server.listening).to.equal(false);
  });

  it('may be a service of its own, beside a gateway with an address of its own', async () => {
    const running = await start([
      beside({ port: 0 }),
      { name: 'api', mixins: [API_GATEWAY], settings: { port: 0, routes: ROUTES } } as never,
      MATH,
    ]);
    const api = serviceOf(running.broker, 'api') as unknown as { server: HttpServer };
    const { port } = api.server.address() as AddressInfo;
    expect(port).not.to.equal(running.port);
    expect((await get(`http://localhost:${port}/api/add?a=1&b=2`)).body).to.equal('3');
    expect((await ask(await connect(running, '/beside'), 'who')).result).to.equal('beside');
  });
});
