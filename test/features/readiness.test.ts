import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { ServiceSchema } from 'moleculer';
import { SocketEvent, SocketGateway, SocketIOService, SocketNamespace } from '../../src';
import { API_GATEWAY, get, MATH, ROUTES, WAYS } from '../moleculer-web/with-moleculer-web';
import {
  afterwards,
  ask,
  connect,
  newBroker,
  next,
  serviceOf,
  signal,
  start,
  type Registered,
  type Running,
  type Signal,
} from '../support/run-gateway';

let go: Signal;

function chat(settings: object = {}, name = 'chat'): Registered {
  @SocketNamespace(`/${name}`, { name, settings: { port: 0, ...settings } })
  class ChatGateway extends SocketGateway {
    @SocketEvent()
    work() {
      return go;
    }
  }
  return ChatGateway;
}

function drain(
  { broker }: Pick<Running, 'broker'>,
  name = 'chat',
  options: object = { window: 0, grace: 0 },
): Promise<void> {
  return (serviceOf(broker, name) as unknown as SocketGateway).drain(options);
}

const health = ({ broker }: Pick<Running, 'broker'>): Promise<object> => broker.call('chat.health', {});

describe('readiness', () => {
  beforeEach(() => {
    go = signal();
  });

  it('is answered on a server of our own at /ready, and by the action health', async () => {
    const running = await start(chat());
    const ready = await get(`${running.url}/ready?probe=1`);
    expect([ready.status, JSON.parse(ready.body)]).to.deep.equal([200, { ready: true }]);
    expect(ready.headers['cache-control']).to.equal('no-store');
    expect((await get(`${running.url}/ready`, {}, 'HEAD')).status).to.equal(200);
    for (const path of ['/', '/ready/', '/readyz', '/a/ready'])
      expect((await get(running.url + path)).status).to.equal(404);
    expect((await get(`${running.url}/ready`, {}, 'POST')).status).to.equal(404);
    expect(await health(running)).to.deep.equal({ ready: true, draining: false, connections: 0, pending: 0 });

    const client = await connect(running, '/chat');
    const answer = ask(client, 'work');
    while (
      !('pending' in (await health(running))) ||
      ((await health(running)) as { pending: number }).pending === 0
    )
      await new Promise(setImmediate);
    expect(await health(running)).to.deep.equal({ ready: true, draining: false, connections: 1, pending: 1 });
    const drained = drain(running, 'chat', { window: 0, grace: 600_000 });
    const unready = await get(`${running.url}/ready`);
    expect([unready.status, JSON.parse(unready.body)]).to.deep.equal([503, { ready: false }]);
    expect(await health(running)).to.deep.equal({ ready: false, draining: true, connections: 1, pending: 1 });
    go.fire();
    await answer;
    await drained;
    expect((await get(`${running.url}/ready`)).status).to.equal(503);
    expect(await health(running)).to.deep.equal({ ready: false, draining: true, connections: 0, pending: 0 });
  });

  it('has the path of the setting, or none', async () => {
    const other = await start(chat({ readiness: '/health/ready' }));
    expect((await get(`${other.url}/health/ready`)).status).to.equal(200);
    expect((await get(`${other.url}/ready`)).status).to.equal(404);
    const none = await start(chat({ readiness: false }));
    expect((await get(`${none.url}/ready`)).status).to.equal(404);
  });

  it('is that of all gateways on the server', async () => {
    const running = await start([chat(), chat({}, 'other')]);
    expect((await get(`${running.url}/ready`)).status).to.equal(200);
    await drain(running, 'other');
    expect((await get(`${running.url}/ready`)).status).to.equal(503);
    expect(await health(running)).to.include({ ready: true, draining: false });
    await running.broker.destroyService(serviceOf(running.broker, 'other'));
    expect((await get(`${running.url}/ready`)).status).to.equal(200);
  });

  it('is not there before all gateways have started', async () => {
    const going = signal();
    @SocketNamespace('/slow', { name: 'slow' })
    class SlowGateway extends SocketGateway {
      async started() {
        await going;
      }
    }
    const broker = newBroker([chat(), SlowGateway]);
    const starting = broker.start();
    const service = serviceOf(broker, 'chat');
    while (!(service.io as typeof service.io | undefined)?.httpServer.listening)
      await new Promise(setImmediate);
    const url = `http://localhost:${(service.io.httpServer.address() as AddressInfo).port}/ready`;
    expect((await get(url)).status).to.equal(503);
    going.fire();
    await starting;
    expect((await get(url)).status).to.equal(200);
  });

  it('is there for the drop-in', async () => {
    const dropIn = {
      name: 'chat',
      mixins: [SocketIOService],
      settings: { port: 0, readiness: '/up', io: { namespaces: { '/chat': { events: { call: {} } } } } },
    } as Registered;
    const running = await start(dropIn);
    expect((await get(`${running.url}/up`)).status).to.equal(200);
    const client = await connect(running, '/chat');
    const left = next(client, 'disconnect');
    await drain(running);
    expect(await left).to.deep.include('transport close');
    expect((await get(`${running.url}/up`)).status).to.equal(503);
    expect(await health(running)).to.include({ draining: true, connections: 0 });
  });

  for (const [how, write] of Object.entries(WAYS)) {
    it(`is answered on moleculer-web's server where the setting asks for it: ${how}`, async () => {
      for (const readiness of ['/ready', undefined]) {
        const settings = { port: 0, ip: '127.0.0.1', routes: ROUTES, ...(readiness && { readiness }) };
        const running = await startWeb(write(settings));
        expect((await get(`${running.url}/ready`)).status).to.equal(readiness ? 200 : 404);
        expect((await get(`${running.url}/api/add?a=1&b=2`)).body).to.equal('3');
        await drain(running, 'web');
        expect((await get(`${running.url}/ready`)).status).to.equal(readiness ? 503 : 404);
        // The routes are served until the broker stops.
        expect((await get(`${running.url}/api/add?a=1&b=2`)).body).to.equal('3');
        await running.broker.stop();
      }
    });
  }

  it('is answered beside a moleculer-web that is another service', async () => {
    const web = {
      name: 'api',
      mixins: [API_GATEWAY],
      settings: { port: 0, ip: '127.0.0.1', routes: ROUTES },
    };
    const broker = newBroker([web as ServiceSchema, MATH]);
    const service = serviceOf(broker, 'api') as unknown as { server: Server };
    const gateway = broker.createService(
      chat({ server: service.server, port: undefined, readiness: '/ready' }) as never,
    );
    await broker.start();
    const url = `http://localhost:${(service.server.address() as AddressInfo).port}`;
    expect((await get(`${url}/ready`)).status).to.equal(200);
    expect((await get(`${url}/api/add?a=1&b=2`)).body).to.equal('3');
    await drain({ broker });
    expect((await get(`${url}/ready`)).status).to.equal(503);
    await broker.destroyService(gateway);
    // The server is as it was.
    expect((await get(`${url}/ready`)).status).to.equal(404);
    expect((await get(`${url}/api/add?a=1&b=2`)).body).to.equal('3');
  });

  it('is answered on an HTTP server of the application where the setting asks for it', async () => {
    for (const readiness of ['/ready', undefined]) {
      const server = createServer((_request, response) => response.writeHead(418).end());
      server.listen(0);
      await once(server, 'listening');
      afterwards(() => server.close());
      const url = `http://localhost:${(server.address() as AddressInfo).port}/ready`;
      const broker = newBroker(chat({ port: undefined, server, ...(readiness && { readiness }) }));
      expect((await get(url)).status).to.equal(418);
      await broker.start();
      expect((await get(url)).status).to.equal(readiness ? 200 : 418);
      await broker.stop();
      expect((await get(url)).status).to.equal(418);
    }
  });
});

async function startWeb(service: Registered): Promise<Pick<Running, 'broker' | 'url'>> {
  const broker = newBroker([service, MATH]);
  await broker.start();
  const { server } = serviceOf(broker, 'web') as unknown as { server: Server };
  return { broker, url: `http://localhost:${(server.address() as AddressInfo).port}` };
}
