import { expect } from 'chai';
import type { Socket as ServerSocket } from 'socket.io';
import { WebSocket } from 'ws';
import {
  Ack,
  ConnectedSocket,
  MessageBody,
  OnConnect,
  OnDisconnect,
  PacketMiddleware,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type AckFunction,
  type ActionProxy,
  type DrainOptions,
} from '../../src';
import {
  acksOn,
  ask,
  CollectingLogger,
  connect,
  newBroker,
  next,
  serviceOf,
  signal,
  start,
  type Client,
  type Registered,
  type Running,
  type Signal,
} from '../support/run-gateway';

const settings = { port: 0 };
/** Longer than any test may take. */
const FOREVER = 600_000;
const TRANSPORTS = ['websocket', 'polling'] as const;

let began: Signal;
let go: Signal;
let ran: unknown[];
let left: unknown[];

@SocketNamespace('/x', { name: 'chat', settings })
class ChatGateway extends SocketGateway {
  @OnConnect()
  async come(socket: ServerSocket) {
    if (socket.handshake.auth['waits']) {
      began.fire();
      await go;
    }
  }
  @OnDisconnect()
  leave(_socket: ServerSocket, reason: string, description?: Error) {
    left.push([reason, description?.message]);
  }
  @SocketEvent()
  echo(@MessageBody({ unchecked: true }) value: unknown) {
    ran.push(value);
    return value;
  }
  @SocketEvent()
  async work(@MessageBody({ unchecked: true }) value: unknown) {
    ran.push(value);
    began.fire();
    await go;
    return value;
  }
  /** Answers when it has long returned. */
  @SocketEvent()
  later(@MessageBody({ unchecked: true }) value: unknown, @Ack() ack: AckFunction) {
    ran.push(value);
    began.fire();
    void go.then(() => ack(null, value));
  }
  @SocketEvent()
  async question(@ConnectedSocket() socket: ServerSocket) {
    began.fire();
    return (await socket.emitWithAck('what')) as unknown;
  }
  @SocketEvent({ whitelist: ['slow.*'], multi: true })
  call!: ActionProxy;
}

const SLOW = {
  name: 'slow',
  actions: {
    async work({ params }: { params: unknown }) {
      began.fire();
      await go;
      return params;
    },
  },
} as Registered;

/** Drains the gateway, and says when it has. */
function drain({ broker }: Pick<Running, 'broker'>, options: DrainOptions = { window: 0, grace: FOREVER }) {
  const state = { isOver: false };
  const over = (serviceOf(broker, 'chat') as unknown as ChatGateway).drain(options).then(() => {
    state.isOver = true;
  });
  return { over, state };
}

/** Why a client was disconnected; it may come back by itself after that. */
async function disconnected(client: Client): Promise<unknown> {
  const [reason] = await next(client, 'disconnect');
  return reason;
}

/** Opens a connection that asks for no namespace. */
async function openWebSocket({ port }: Running): Promise<WebSocket> {
  const websocket = new WebSocket(`ws://localhost:${port}/socket.io/?EIO=4&transport=websocket`);
  await new Promise((resolve) => websocket.once('message', resolve));
  return websocket;
}

const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

describe('drain', () => {
  beforeEach(() => {
    [began, go, ran, left] = [signal(), signal(), [], []];
  });

  for (const transport of TRANSPORTS) {
    const transports = [transport];

    it(`closes idle connections, so that their clients come back by themselves (${transport})`, async () => {
      const running = await start(ChatGateway);
      const clients = await Promise.all([1, 2, 3].map(() => connect(running, '/x', { transports })));
      const reasons = Promise.all(clients.map(disconnected));
      await drain(running).over;
      for (const reason of await reasons) expect(reason).to.equal('transport close');
      for (const { active } of clients) expect(active).to.equal(true);
      expect(left).to.deep.equal([1, 2, 3].map(() => ['forced close', 'the gateway drains']));
    });

    it(`answers events that were accepted, and closes the connection then (${transport})`, async () => {
      const running = await start([ChatGateway, SLOW]);
      const client = await connect(running, '/x', { transports });
      const reason = disconnected(client);
      const answers = Promise.all([
        ask(client, 'work', 1),
        ask(client, 'later', 2),
        ask(client, 'call', 'slow.work', { at: 3 }),
        ask(client, 'call', [{ action: 'slow.work', params: { at: 4 } }, { action: 'slow.work' }]),
      ]);
      await ask(client, 'echo', 'arrived');
      const { over, state } = drain(running);
      for (let ticks = 0; ticks < 5; ticks++) await turn();
      expect(client.connected).to.equal(true);
      go.fire();
      await over;
      expect(state.isOver).to.equal(true);
      expect((await answers).map(({ error, result }) => error ?? result)).to.deep.equal([
        1,
        2,
        { at: 3 },
        [{ at: 4 }, {}],
      ]);
      expect(await reason).to.equal('transport close');
    });

    it(`answers what is pending after grace with 503, each once, and runs nothing that had not begun (${transport})`, async () => {
      @SocketNamespace('/x', { name: 'chat', settings, limits: { concurrency: 2 } })
      class StrictGateway extends ChatGateway {}
      const running = await start(StrictGateway);
      const client = await connect(running, '/x', { transports });
      const acks = acksOn(client);
      const answers = Promise.all(
        ['work', 'later', 'work', 'work'].map((event, at) => ask(client, event, at)),
      );
      while (ran.length < 3) await turn();
      const reason = disconnected(client);
      await drain(running, { window: 0, grace: 0 }).over;
      const errors = (await answers).map(({ error }) => error);
      for (const error of errors) expect(error).to.include({ code: 503, type: 'DRAINING' });
      expect(errors.map(({ data }) => data)).to.deep.equal([
        undefined,
        undefined,
        undefined,
        { retryable: true },
      ]);
      expect(await reason).to.equal('transport close');
      go.fire();
      for (let ticks = 0; ticks < 5; ticks++) await turn();
      expect(ran).to.deep.equal([0, 1, 2]);
      expect(acks).to.have.length(4);
    });
  }

  it('accepts no event of a connection whose turn has come: it does not run', async () => {
    const running = await start(ChatGateway);
    const client = await connect(running);
    const answer = ask(client, 'work', 1);
    await began;
    const { over } = drain(running);
    for (let value = 2; value < 20; value++) client.emit('echo', value, () => expect.fail('it was answered'));
    // What the connection itself is asked is answered: the packets have arrived.
    const nowhere = client.io.socket('/nowhere', {});
    await new Promise((resolve) => nowhere.once('connect_error', resolve));
    go.fire();
    await over;
    expect((await answer).result).to.equal(1);
    expect(ran).to.deep.equal([1]);
  });

  it('lets a handler ask its client meanwhile', async () => {
    const running = await start(ChatGateway);
    const client = await connect(running);
    const asked = signal<(answer: string) => void>();
    client.on('what', (answer: (value: string) => void) => asked.fire(answer));
    const answer = ask(client, 'question');
    const reply = await asked;
    const { over } = drain(running);
    await turn();
    reply('this');
    expect((await answer).result).to.equal('this');
    await over;
  });

  it('waits for packets in middlewares, in @OnConnect and in listeners of the application', async () => {
    @SocketNamespace('/x', { name: 'chat', settings })
    class CheckedGateway extends ChatGateway {
      @PacketMiddleware()
      async check([, value]: unknown[], pass: () => void) {
        if (value === 'checked') {
          began.fire();
          await go;
        }
        pass();
      }
      @OnConnect()
      listen(socket: ServerSocket) {
        socket.on('own', (value: unknown, ack: AckFunction) => void go.then(() => ack(null, value)));
      }
    }
    const running = await start(CheckedGateway);
    const [checked, own] = [await connect(running), await connect(running)];
    const waits = await connect(running, '/x', { auth: { waits: true } });
    const answers = Promise.all([ask(checked, 'echo', 'checked'), ask(own, 'own', 2), ask(waits, 'echo', 3)]);
    await began;
    while ((await running.broker.call<{ pending: number }, object>('chat.health', {})).pending < 2)
      await turn();
    await ask(own, 'echo', 'arrived');
    const { over } = drain(running);
    for (let ticks = 0; ticks < 5; ticks++) await turn();
    go.fire();
    await over;
    expect((await answers).map(({ result }) => result)).to.deep.equal(['checked', 2, 3]);
  });

  it('drops what is in middlewares and in @OnConnect when grace is over, answered 503', async () => {
    @SocketNamespace('/x', { name: 'chat', settings })
    class CheckedGateway extends ChatGateway {
      @PacketMiddleware()
      async check([, value]: unknown[], pass: () => void) {
        if (value === 'checked') await go;
        pass();
      }
    }
    const running = await start(CheckedGateway);
    const checked = await connect(running);
    const waits = await connect(running, '/x', { auth: { waits: true } });
    const answers = Promise.all([ask(checked, 'echo', 'checked'), ask(waits, 'echo', 3)]);
    while ((await running.broker.call<{ pending: number }, object>('chat.health', {})).pending < 2)
      await turn();
    await drain(running, { window: 0, grace: 0 }).over;
    for (const { error } of await answers)
      expect(error).to.deep.include({ code: 503, type: 'DRAINING', data: { retryable: true } });
    go.fire();
    for (let ticks = 0; ticks < 5; ticks++) await turn();
    expect(ran).to.deep.equal([]);
  });

  it('sends what was written before it closes a connection', async () => {
    const running = await start(ChatGateway);
    const clients = await Promise.all(
      TRANSPORTS.map((transport) => connect(running, '/x', { transports: [transport] })),
    );
    const received = Promise.all(clients.map((client) => next(client, 'last')));
    const text = 'x'.repeat(500_000);
    running.gateway.io.of('/x').emit('last', text);
    await drain(running).over;
    for (const [value] of await received) expect(value).to.have.length(text.length);
  });

  it('spreads the connections over the window, in random order', async () => {
    const running = await start(ChatGateway);
    const clients: Client[] = [];
    for (let at = 0; at < 12; at++) clients.push(await connect(running));
    const order: number[] = [];
    const times: number[] = [];
    const begin = performance.now();
    for (const [at, client] of clients.entries()) {
      client.once('disconnect', () => {
        order.push(at);
        times.push(performance.now() - begin);
      });
    }
    const gone = Promise.all(clients.map(disconnected));
    await drain(running, { window: 600, grace: FOREVER }).over;
    await gone;
    // The last turn is that of the twelfth of twelve.
    expect(times.at(-1)).to.be.at.least(540);
    for (const [at, time] of times.entries()) expect(time).to.be.at.least(Math.floor((600 * at) / 12) - 5);
    // One of 12! orders.
    expect(order).to.not.deep.equal([...order].sort((a, b) => a - b));
  });

  it('closes connections that are in no namespace, and waits for nothing of them', async () => {
    const logger = new CollectingLogger('warn');
    const running = await start(ChatGateway, { logger });
    const raw = await openWebSocket(running);
    const closed = new Promise((resolve) => raw.once('close', resolve));
    await drain(running).over;
    await closed;
    expect(running.gateway.io.engine.clientsCount).to.equal(0);
    expect(logger.lines).to.deep.equal([]);
  });

  it('cuts off a client that does not read', async () => {
    const running = await start(ChatGateway);
    const raw = await openWebSocket(running);
    const [connection] = Object.values<any>((running.gateway.io.engine as any).clients);
    // Its answer to the close never arrives.
    connection.transport.socket._socket.pause();
    await drain(running, { window: 0, grace: 0 }).over;
    expect(running.gateway.io.engine.clientsCount).to.equal(0);
    raw.terminate();
  });

  it('called again joins, and a shorter one holds', async () => {
    const running = await start(ChatGateway);
    const client = await connect(running);
    const answer = ask(client, 'work', 1);
    await began;
    const first = drain(running, { window: FOREVER, grace: FOREVER });
    const second = drain(running, { window: FOREVER, grace: FOREVER });
    await turn();
    expect([first.state.isOver, second.state.isOver]).to.deep.equal([false, false]);
    await running.broker.call('chat.drain', { window: 0, grace: 0 });
    await Promise.all([first.over, second.over]);
    expect((await answer).error).to.include({ code: 503, type: 'DRAINING' });
    go.fire();
  });

  it('leaves a gateway alone that shares the server, but for connections that are in both', async () => {
    @SocketNamespace('/other', { name: 'other', settings })
    class OtherGateway extends SocketGateway {
      @SocketEvent()
      hello() {
        return 'hello';
      }
    }
    const running = await start([ChatGateway, OtherGateway]);
    const other = await connect(running, '/other');
    const both = await connect(running);
    const second = both.io.socket('/other', {}).connect();
    await next(second, 'connect');
    const gone = [disconnected(both), disconnected(second)];
    await drain(running).over;
    await Promise.all(gone);
    expect((await ask(other, 'hello')).result).to.equal('hello');
    await connect(running, '/other');
  });

  it('ends at once without connections, without a server, and before the start', async () => {
    const running = await start(ChatGateway);
    await drain(running, { window: FOREVER }).over;

    @SocketNamespace('/x', { name: 'chat', settings: { server: false } })
    class DetachedGateway extends ChatGateway {}
    const broker = newBroker(DetachedGateway);
    await drain({ broker }, { window: FOREVER }).over;
    await broker.start();
    await drain({ broker }, { window: FOREVER }).over;
  });

  it('says that it has begun', async () => {
    const logger = new CollectingLogger();
    const running = await start(ChatGateway, { logger });
    await connect(running);
    await drain(running, { window: 20 }).over;
    expect(logger.having('drains').map(({ text }) => text.split(': ').slice(-2).join(': '))).to.deep.equal([
      'ChatGateway drains: it closes 1 connection over 20 ms',
    ]);
  });
});
