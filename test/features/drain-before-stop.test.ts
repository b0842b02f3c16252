import { expect } from 'chai';
import {
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type GatewayHealth,
  type SocketContext,
} from '../../src';
import { findGateways } from '../../src/runtime/gateways-of';
import {
  ask,
  CollectingLogger,
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

const FOREVER = 600_000;
const drain = { window: 0, grace: FOREVER };

let began: Signal;
let go: Signal;

function chat(settings: object = {}, name = 'chat'): Registered {
  @SocketNamespace(`/${name}`, { name, settings: { port: 0, drain, ...settings } })
  class ChatGateway extends SocketGateway {
    /** Needs another service of the broker. */
    @SocketEvent()
    async work(ctx: SocketContext) {
      began.fire();
      await go;
      return ctx.call('store.save');
    }
  }
  return ChatGateway;
}

function health({ broker }: Pick<Running, 'broker'>, name: string): Promise<GatewayHealth> {
  return broker.call(`${name}.health`, {});
}

describe('a broker that stops', () => {
  let stopped: string[];
  let store: Registered;
  beforeEach(() => {
    [began, go, stopped] = [signal(), signal(), []];
    store = {
      name: 'store',
      actions: { save: () => 'saved' },
      stopped() {
        stopped.push('store');
      },
    } as Registered;
  });

  for (const transporter of [undefined, 'Fake'] as const) {
    it(`drains its gateways before anything else stops (transporter ${transporter})`, async () => {
      const running = await start([chat(), chat({}, 'other'), store], {
        ...(transporter && { transporter }),
        middlewares: [
          {
            stopping: () => void stopped.push('stopping'),
            serviceStopped: (service: { name: string }) => void stopped.push(service.name),
          } as never,
        ],
      });
      const clients = [await connect(running, '/chat'), await connect(running, '/other')];
      const answers = Promise.all(clients.map((client) => ask(client, 'work')));
      const reasons = Promise.all(clients.map((client) => next(client, 'disconnect')));
      for (const name of ['chat', 'other'])
        while (!(await health(running, name)).pending) await new Promise(setImmediate);
      const stopping = running.broker.stop();
      // What it is asked by other services meanwhile is answered.
      while ((await health(running, 'other')).ready) await new Promise(setImmediate);
      expect(stopped).to.deep.equal([]);
      go.fire();
      for (const { result } of await answers) expect(result).to.equal('saved');
      for (const [reason] of await reasons) expect(reason).to.equal('transport close');
      await stopping;
      expect(stopped[0]).to.equal('stopping');
      expect(stopped).to.include('store');
    });
  }

  it('is stopped once, whoever asks for it meanwhile', async () => {
    const running = await start([chat(), store]);
    const client = await connect(running, '/chat');
    const answer = ask(client, 'work');
    await began;
    const first = running.broker.stop();
    const second = running.broker.stop();
    go.fire();
    expect((await answer).result).to.equal('saved');
    await Promise.all([first, second]);
    expect(stopped).to.deep.equal(['store']);
  });

  it('can start and stop again, and drains again', async () => {
    const running = await start([chat(), store]);
    await connect(running, '/chat');
    await running.broker.stop();
    await running.broker.start();
    const { port } = serviceOf(running.broker, 'chat').io.httpServer.address() as { port: number };
    const client = await connect({ url: `http://localhost:${port}` }, '/chat');
    const answer = ask(client, 'work');
    await began;
    const stopping = running.broker.stop();
    go.fire();
    expect((await answer).result).to.equal('saved');
    await stopping;
  });

  it('does not wait for gateways that have not started, or do not drain', async () => {
    await newBroker([chat(), store]).stop();
    const running = await start([chat({ drain: false }), store]);
    const client = await connect(running, '/chat');
    client.emit('work', () => expect.fail('it was answered'));
    await began;
    await running.broker.stop();
    expect(stopped).to.include('store');
  });

  it('drains those that do, beside one that does not', async () => {
    const running = await start([chat(), chat({ drain: false }, 'other'), store]);
    const [first, second] = [await connect(running, '/chat'), await connect(running, '/other')];
    const answer = ask(first, 'work');
    await began;
    const stopping = running.broker.stop();
    await new Promise(setImmediate);
    expect(second.connected).to.equal(true);
    go.fire();
    expect((await answer).result).to.equal('saved');
    await stopping;
  });

  for (const signalName of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends its drain at once with a signal: ${signalName}`, async () => {
      // Another listener, as that of Moleculer: the process goes on.
      const heard = signal();
      process.once(signalName, () => heard.fire());
      const listeners = process.listenerCount(signalName) - 1;
      const running = await start([chat({ drain: { window: FOREVER, grace: FOREVER, delay: 0 } }), store]);
      const clients = await Promise.all([1, 2, 3, 4].map(() => connect(running, '/chat')));
      const answers = Promise.all(clients.map((client) => ask(client, 'work')));
      while ((await health(running, 'chat')).pending < 4) await new Promise(setImmediate);
      const stopping = running.broker.stop();
      await new Promise(setImmediate);
      process.kill(process.pid, signalName);
      await heard;
      for (const { error } of await answers) expect(error).to.include({ code: 503, type: 'DRAINING' });
      await stopping;
      go.fire();
      expect(process.listenerCount(signalName)).to.equal(listeners);
    });
  }

  it('ends its delay at once with a signal', async () => {
    const heard = signal();
    process.once('SIGTERM', () => heard.fire());
    const running = await start(chat({ drain: { delay: FOREVER } }));
    const stopping = running.broker.stop();
    process.kill(process.pid, 'SIGTERM');
    await Promise.all([heard, stopping]);
  });

  it('hands over when no connection is left, and before anything stops, whatever fails', async () => {
    const logger = new CollectingLogger('warn');
    const running = await start([chat(), store], { logger });
    await connect(running, '/chat');
    const [gateway] = findGateways(serviceOf(running.broker, 'chat'));
    const done: unknown[] = [];
    gateway!.handOvers.push(
      () => {
        throw new Error('thrown');
      },
      () => Promise.reject(new Error('rejected')),
      async () => {
        await new Promise(setImmediate);
        done.push(running.gateway.io.engine.clientsCount, stopped.length);
      },
    );
    const chatService = serviceOf(running.broker, 'chat') as unknown as SocketGateway;
    await chatService.drain({ window: 0 });
    await running.broker.stop();
    // Once, although it was drained twice.
    expect(done).to.deep.equal([0, 0]);
    expect(logger.errors.map(({ text }) => /a hand-over failed: Error: (\w+)/.exec(text)?.[1])).to.deep.equal(
      ['thrown', 'rejected'],
    );
  });
});
