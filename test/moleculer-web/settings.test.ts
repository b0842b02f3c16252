import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { DeclarationError, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { ask, connect, newBroker, newClient, refused, start, type Registered } from '../support/run-gateway';
import { API_GATEWAY, beside, get, MATH, ROUTES, strict, WAYS } from './with-moleculer-web';

const GOOD = 'https://good.example';
const EVIL = 'https://evil.example';
/** Credentials that would be worth something on another node. */
const SECRET = 'secret-in-the-settings';

/** Something that a test of CORS allows, in the spellings of moleculer-web. */
const ORIGINS: Record<string, unknown> = {
  'a string': GOOD,
  'a list in a string': `https://other.example, ${GOOD}`,
  'a wildcard': 'https://g*.example',
  'an array': ['https://other.example', GOOD],
  'a function': (origin: string) => origin === GOOD,
};

describe('settings of moleculer-web', () => {
  for (const [way, web] of Object.entries(WAYS)) {
    describe(`with ${way}`, () => {
      for (const [kind, origin] of Object.entries(ORIGINS)) {
        it(`cors guards routes and sockets by ${kind}`, async () => {
          const cors = { origin, credentials: true } as object;
          const running = await start([web({ port: 0, cors, routes: ROUTES }), MATH]);
          const route = `${running.url}/api/add?a=1&b=2`;

          const good = await get(route, { origin: GOOD });
          expect(good).to.include({ status: 200, body: '3' });
          expect(good.headers).to.include({
            'access-control-allow-origin': GOOD,
            'access-control-allow-credentials': 'true',
          });
          expect((await get(route, { origin: EVIL })).status).to.equal(403);

          const handshake = `${running.url}/socket.io/?EIO=4&transport=polling`;
          const polled = await get(handshake, { origin: GOOD });
          expect(polled.status).to.equal(200);
          expect(polled.headers['access-control-allow-origin']).to.equal(GOOD);
          expect(
            (await get(handshake, { origin: EVIL })).headers['access-control-allow-origin'],
          ).not.to.equal(EVIL);

          for (const transports of [['websocket'], ['polling']]) {
            await connect(running, '/x', { transports, extraHeaders: { origin: GOOD } });
            await refused(newClient(running, '/x', { transports, extraHeaders: { origin: EVIL } }));
          }
        });
      }

      it('a preflight is answered, for a route and for sockets', async () => {
        const cors = { origin: GOOD, methods: ['GET', 'POST'], maxAge: 60 };
        const running = await start([web({ port: 0, cors, routes: ROUTES }), MATH]);
        const asking = { origin: GOOD, 'access-control-request-method': 'GET' };
        for (const path of ['/api/add', '/socket.io/?EIO=4&transport=polling']) {
          const { status, headers } = await get(running.url + path, asking, 'OPTIONS');
          expect(status, path).to.equal(204);
          expect(headers['access-control-allow-origin'], path).to.equal(GOOD);
        }
      });

      it('path, use, whitelist and aliases hold for routes, and leave sockets alone', async () => {
        const used: string[] = [];
        const running = await start([
          web({
            port: 0,
            path: '/v1',
            use: [
              (request: IncomingMessage, response: ServerResponse, next: () => void) => {
                used.push(request.url!);
                response.setHeader('x-used', 'yes');
                next();
              },
            ],
            routes: [{ path: '/any', whitelist: ['math.add'] }, ...ROUTES],
          }),
          MATH,
        ]);
        const reply = await get(`${running.url}/v1/api/add?a=1&b=2`);
        expect(reply).to.include({ status: 200, body: '3' });
        expect(reply.headers['x-used']).to.equal('yes');
        expect((await get(`${running.url}/v1/any/math/add?a=3&b=4`)).body).to.equal('7');
        expect((await get(`${running.url}/v1/any/math/fail`)).status).to.equal(404);
        expect((await get(`${running.url}/api/add?a=1&b=2`)).status).to.equal(404);

        const before = used.length;
        const client = await connect(running, '/x', { transports: ['polling'] });
        expect((await ask(client, 'call', 'math.add', { a: 1, b: 1 })).result).to.equal(2);
        expect(used).to.have.length(before);
      });

      it('hooks and handlers of errors of routes are called as ever', async () => {
        const calls: string[] = [];
        const running = await start([
          web({
            port: 0,
            routes: [
              {
                path: '/api',
                aliases: ROUTES[0]!.aliases,
                onBeforeCall: () => void calls.push('before'),
                onAfterCall: (_ctx: unknown, _route: unknown, _req: unknown, _res: unknown, data: number) =>
                  data * 2,
              },
            ],
            onError(_request: IncomingMessage, response: ServerResponse, error: Error) {
              calls.push(error.message);
              response.writeHead(599).end('mine');
            },
          }),
          MATH,
        ]);
        expect((await get(`${running.url}/api/add?a=1&b=2`)).body).to.equal('6');
        expect(await get(`${running.url}/api/fail`)).to.include({ status: 599, body: 'mine' });
        expect(calls).to.deep.equal(['before', 'before', 'the secret reason']);
      });

      it('routes get the errors that moleculer-web gives', async () => {
        const broker = newBroker([
          { name: 'api', mixins: [API_GATEWAY], settings: { port: 0, routes: ROUTES } } as never,
          MATH,
        ]);
        await broker.start();
        const { port } = (broker.getLocalService('api') as any).server.address();
        const running = await start([web({ port: 0, routes: ROUTES }), MATH]);
        for (const path of ['/api/fail', '/nothing']) {
          const expected = await get(`http://localhost:${port}${path}`);
          const { status, body } = await get(running.url + path);
          expect({ status, body }).to.deep.equal({ status: expected.status, body: expected.body });
        }
      });

      it('nothing is published that moleculer-web itself would not', async () => {
        const settings = {
          port: 0,
          ip: '127.0.0.1',
          cors: { origin: `https://${SECRET}.example` },
          rootCallOptions: { timeout: 1000 },
          routes: ROUTES,
          mine: 'kept',
        };
        const publish = async (registered: Registered, name: string): Promise<any> => {
          const broker = newBroker(registered);
          await broker.start();
          const { services } = broker.getLocalNodeInfo() as { services: any[] };
          return services.find((service) => service.name === name);
        };
        const plain = await publish({ name: 'api', mixins: [API_GATEWAY], settings } as never, 'api');
        const both = await publish(
          web({ ...settings, io: { options: { cookie: { name: SECRET }, path: `/${SECRET}` } } }),
          'web',
        );
        expect(inspect(both, { depth: 20 })).not.to.include(SECRET);
        for (const [key, value] of Object.entries(both.settings)) {
          expect(plain.settings, key).to.have.property(key).that.deep.equals(value);
        }
        expect(both.settings).to.include({ mine: 'kept' });
        for (const key of ['server', 'https', 'cors', 'io', 'port', 'ip'])
          expect(both.settings).not.to.have.property(key);
      });
    });
  }

  it('errors of socket events stay masked, though moleculer-web has a reformatError of its own', async () => {
    const running = await start([strict({ port: 0, routes: ROUTES }), MATH]);
    const client = await connect(running, '/x', { auth: { user: { id: 1 } } });
    for (const event of [['fail'], ['call', 'math.fail', {}]] as [string, ...unknown[]][]) {
      const { error } = await ask(client, ...event);
      expect(error, event.join(' ')).to.include({
        name: 'InternalServerError',
        code: 500,
        type: 'INTERNAL_SERVER_ERROR',
      });
      expect(JSON.stringify(error)).not.to.include('secret');
      expect(error.data).to.have.all.keys('requestID');
    }
    expect((await refused(newClient(running))).data).to.include({ code: 401, name: 'UnAuthorizedError' });
    expect(JSON.parse((await get(`${running.url}/api/fail`)).body)).to.include({
      message: 'the secret reason',
    });
  });

  it('methods of the class are those that moleculer-web asks for', async () => {
    @SocketNamespace('/x', {
      name: 'web',
      mixins: [API_GATEWAY],
      settings: { port: 0, routes: [{ ...ROUTES[0], authorization: true, authentication: true }] },
    })
    class GuardedGateway extends SocketGateway {
      private readonly known = new Set(['ada']);

      authenticate(_ctx: unknown, _route: unknown, request: IncomingMessage) {
        const user = request.headers['x-user'];
        return typeof user === 'string' && this.known.has(user) ? { id: user } : null;
      }
      authorize(ctx: { meta: { user?: { id: string } } }) {
        if (!ctx.meta.user) throw new Error('who are you?');
      }
      @SocketEvent()
      hello() {
        return 'hello';
      }
    }
    const running = await start([GuardedGateway, MATH]);
    const route = `${running.url}/api/add?a=1&b=2`;
    expect((await get(route)).status).to.equal(500);
    expect((await get(route, { 'x-user': 'ada' })).body).to.equal('3');
    expect((await ask(await connect(running), 'hello')).result).to.equal('hello');
  });

  it('handlers of events and the actions for other services are no routes, also where every action is one', async () => {
    @SocketNamespace('/x', {
      name: 'web',
      mixins: [API_GATEWAY],
      settings: { port: 0, routes: [{ path: '/' }] },
    })
    class OpenGateway extends SocketGateway {
      @SocketEvent()
      hello() {
        return 'hello';
      }
    }
    const running = await start([OpenGateway, MATH]);
    expect((await get(`${running.url}/math/add?a=1&b=2`)).body).to.equal('3');
    for (const name of [
      'hello',
      'broadcast',
      'getClients',
      'joinRooms',
      'leaveRooms',
      'disconnect',
      'request',
      'listEvents',
      'contract',
    ])
      expect((await get(`${running.url}/web/${name}?event=hello`)).status, name).to.equal(404);
    expect(await running.broker.call('web.getClients')).to.deep.equal([]);
  });

  for (const order of ['before', 'after']) {
    it(`what contradicts them, in a gateway registered ${order} it, is an error that names both`, async () => {
      const services = [
        WAYS['a decorated class']!({ port: 0, cors: { origin: GOOD } }),
        beside({ cors: { origin: EVIL } }),
      ];
      const broker = newBroker(order === 'after' ? services : services.reverse());
      const error = await broker.start().then(String, (failure: unknown) => failure);
      expect(error).to.be.instanceOf(DeclarationError);
      expect((error as Error).message)
        .to.include('WebGateway')
        .and.to.include('BesideGateway');
    });
  }
});
