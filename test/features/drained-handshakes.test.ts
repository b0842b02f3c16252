import { request } from 'node:http';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { SocketEvent, SocketGateway, SocketIOService, SocketNamespace } from '../../src';
import {
  ask,
  connect,
  METRICS,
  newClient,
  next,
  refused,
  serviceOf,
  start,
  valuesOf,
  type Registered,
  type Running,
} from '../support/run-gateway';

const settings = { port: 0 };

@SocketNamespace(['/x', '/tenants/:id'], { name: 'chat', settings })
class ChatGateway extends SocketGateway {
  @SocketEvent()
  hello() {
    return 'hello';
  }
}

@SocketNamespace('/other', { name: 'other' })
class OtherGateway extends SocketGateway {
  @SocketEvent()
  hello() {
    return 'other';
  }
}

const DROP_IN = {
  name: 'chat',
  mixins: [SocketIOService],
  settings: { port: 0, io: { namespaces: { '/x': { events: { hello: (ack: () => void) => ack() } } } } },
} as Registered;

const drain = ({ broker }: Running): Promise<void> =>
  (serviceOf(broker, 'chat') as unknown as ChatGateway).drain({ window: 0, grace: 0 });

interface Reply {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** Asks for a connection, with a request to upgrade if there are headers for that. */
function handshake(
  { port }: Running,
  transport: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const path = `/socket.io/?EIO=4&transport=${transport}`;
    const asked = request({ port, path, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      response.on('error', reject);
    });
    asked.on('upgrade', () => reject(new Error('the connection was opened'))).on('error', reject);
    asked.end();
  });
}

/** Opens a connection that asks for no namespace. */
async function openWebSocket({ port }: Running): Promise<WebSocket> {
  const websocket = new WebSocket(`ws://localhost:${port}/socket.io/?EIO=4&transport=websocket`);
  await new Promise((resolve) => websocket.once('message', resolve));
  return websocket;
}

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
};

describe('a gateway that drains', () => {
  for (const [what, registered] of [
    ['a class', ChatGateway],
    ['the drop-in', DROP_IN],
  ] as [string, Registered][]) {
    for (const [transport, headers] of [
      ['polling', {}],
      ['websocket', UPGRADE],
    ] as [string, Record<string, string>][]) {
      it(`refuses new connections with 503 and Retry-After (${what}, ${transport})`, async () => {
        const running = await start(registered);
        await drain(running);
        const { status, headers: answered, body } = await handshake(running, transport, headers);
        expect(status).to.equal(503);
        expect(Number(answered['retry-after'])).to.be.at.least(1);
        expect(answered['connection']).to.equal('close');
        expect(JSON.parse(body)).to.deep.equal({
          name: 'ServiceUnavailableError',
          message: 'Service unavailable',
          code: 503,
          type: 'DRAINING',
          data: { retryable: true },
        });
        const error = await refused(newClient(running, '/x', { transports: [transport] as never }));
        expect(error.message).to.match(/^(xhr poll|websocket) error$/);
      });
    }
  }

  it('lets a page of another origin read why, as far as cors allows', async () => {
    @SocketNamespace('/x', { name: 'chat', settings: { port: 0, cors: { origin: 'https://a.example' } } })
    class CorsGateway extends ChatGateway {}
    const running = await start(CorsGateway);
    await drain(running);
    const { status, headers } = await handshake(running, 'polling', { Origin: 'https://a.example' });
    expect(status).to.equal(503);
    expect(headers['access-control-allow-origin']).to.equal('https://a.example');
  });

  for (const [path, transport] of [
    ['/x', 'websocket'],
    ['/tenants/1', 'websocket'],
    ['/tenants/1', 'polling'],
  ] as const) {
    it(`refuses new namespaces of an open connection with DRAINING: ${path} over ${transport}`, async () => {
      const running = await start([ChatGateway, OtherGateway], METRICS);
      const other = await connect(running, '/other', { transports: [transport] });
      await drain(running);
      for (let times = 0; times < 30; times++) {
        const error = refused(other.io.socket(path, {}));
        expect((await error).message).to.equal('Service unavailable');
        expect((await error).data).to.deep.equal({
          name: 'ServiceUnavailableError',
          message: 'Service unavailable',
          code: 503,
          type: 'DRAINING',
          data: { retryable: true },
          retryable: true,
        });
      }
      // Neither refusals nor what was not created count for limits.
      expect((await ask(other, 'hello')).result).to.equal('other');
      expect([...running.gateway.namespaces.keys()]).to.deep.equal(['/x']);
      expect(valuesOf(running, 'moleculer.io.handshakes.refused.total')).to.deep.equal({
        [`${path === '/x' ? path : '/tenants/:id'} 503`]: 30,
      });
    });
  }

  it('refuses a new namespace of a connection that still has a pending event', async () => {
    let go!: () => void;
    const gone = new Promise<void>((resolve) => (go = resolve));
    @SocketNamespace(['/x', '/y'], { name: 'chat', settings })
    class SlowGateway extends SocketGateway {
      @SocketEvent()
      work() {
        return gone;
      }
    }
    const running = await start(SlowGateway);
    const client = await connect(running);
    const answer = ask(client, 'work');
    const health = (): Promise<{ pending: number }> => running.broker.call('chat.health', {});
    while ((await health()).pending === 0) await new Promise(setImmediate);
    const drained = (running.gateway as unknown as ChatGateway).drain({ window: 0, grace: 600_000 });
    const second = client.io.socket('/y', {});
    const error = refused(second);
    expect((await error).data).to.include({ type: 'DRAINING', retryable: true });
    go();
    expect((await answer).error).to.equal(null);
    await drained;
  });

  for (const path of ['/x', '/tenants/1']) {
    it(`closes a connection that has not entered a namespace yet, so that its client comes back: ${path}`, async () => {
      const running = await start(ChatGateway);
      const websockets = [await openWebSocket(running), await openWebSocket(running)];
      const closed = websockets.map(
        (websocket) => new Promise((resolve) => websocket.once('close', resolve)),
      );
      const drained = (running.gateway as unknown as ChatGateway).drain({ window: 600_000 });
      // One of them has had its turn. The other has its turn after minutes.
      await Promise.race(closed);
      const other = websockets.find(({ readyState }) => readyState === WebSocket.OPEN) as WebSocket;
      const received: string[] = [];
      other.on('message', (data: Buffer) => received.push(data.toString()));
      other.send(`40${path},`);
      await Promise.all([...closed, drained]);
      expect(received).to.deep.equal([]);
    });
  }

  it('stays closed until its service starts again', async () => {
    const running = await start([ChatGateway, OtherGateway]);
    await drain(running);
    await drain(running);
    const other = await connect(running, '/other');
    const refusedAt = refused(other.io.socket('/x', {}));
    expect((await refusedAt).data).to.include({ type: 'DRAINING' });
    await running.broker.destroyService(serviceOf(running.broker, 'chat'));
    running.broker.createService(ChatGateway as never);
    await running.broker.waitForServices('chat');
    const client = await connect(running, '/x');
    expect((await ask(client, 'hello')).result).to.equal('hello');
  });

  it('is open again after its broker has stopped and started', async () => {
    const running = await start(ChatGateway);
    await drain(running);
    await running.broker.stop();
    await running.broker.start();
    const { port } = serviceOf(running.broker, 'chat').io.httpServer.address() as { port: number };
    await connect({ url: `http://localhost:${port}` });
  });

  it('lets clients in during delay, when it is not ready any more', async () => {
    @SocketNamespace('/x', { name: 'chat', settings: { port: 0, drain: { delay: 400, window: 0 } } })
    class PatientGateway extends ChatGateway {}
    const running = await start(PatientGateway);
    const begin = performance.now();
    const drained = (running.gateway as unknown as ChatGateway).drain();
    const health = await running.broker.call('chat.health', {});
    expect(health).to.deep.equal({ ready: false, draining: true, connections: 0, pending: 0 });
    const client = newClient(running);
    const left = next(client, 'disconnect').then(() => performance.now());
    await next(client, 'connect');
    expect((await left) - begin).to.be.at.least(395);
    await drained;
  });
});
