import { expect } from 'chai';
import type { Namespace, Socket } from 'socket.io';
import {
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type GatewayLimits,
  type SocketContext,
} from '../../src';
import { GONE } from '../../src/runtime/socket-io/client-gone';
import {
  ask,
  CollectingLogger,
  connect,
  connected,
  signal,
  start,
  type Client,
  type Running,
} from '../support/run-gateway';

type Options = Record<string, unknown>;

function gatewayWith(limits: GatewayLimits = {}, options: Options = {}) {
  @SocketNamespace('/x', { name: 'gateway', limits, settings: { port: 0, io: { options } } })
  class AskingGateway extends SocketGateway {
    @SocketEvent()
    join(ctx: SocketContext<string>) {
      return ctx.socket.join(ctx.params);
    }
  }
  return AskingGateway;
}

const RECOVERY: Options = { connectionStateRecovery: {} };
/** Longer than any test waits. */
const LONG = 60_000;
const namespaceOf = ({ gateway }: Running) => gateway.namespaces.get('/x') as Namespace;
const socketOf = (running: Running, client: Client) =>
  namespaceOf(running).sockets.get(client.id as string) as Socket;

async function rejection(promise: Promise<unknown>): Promise<any> {
  return promise.then(
    (value) => expect.fail(`it gave ${String(value)}`),
    (error: unknown) => error,
  );
}

const request = (running: Running, client: Client, timeout: number | undefined = LONG): Promise<unknown> =>
  running.broker.call('gateway.request', { socketId: client.id, event: 'q', args: [1], timeout });

/** The ways in which a client goes. */
const WAYS: Record<string, (running: Running, client: Client) => unknown> = {
  leaves: (_running, client) => client.disconnect(),
  'is cut off': (_running, client) => client.io.engine.close(),
  'is disconnected': (running, client) => socketOf(running, client).disconnect(),
  'is disconnected with its connection': (running, client) => socketOf(running, client).disconnect(true),
  'is disconnected by the action': (running, client) =>
    running.broker.call('gateway.disconnect', { socketIds: client.id }),
  'is removed with its namespace': ({ gateway }) => (gateway as any).removeNamespace('/x'),
};

/** Questions to one client, or to a room that it is in, without a timeout. */
const QUESTIONS: Record<string, (running: Running, client: Client, asker: Socket) => Promise<unknown>> = {
  'a socket': (running, client) => socketOf(running, client).emitWithAck('q', 1),
  'a socket with a timeout': (running, client) => socketOf(running, client).timeout(LONG).emitWithAck('q', 1),
  'a room': (running, client) =>
    namespaceOf(running)
      .in(client.id as string)
      .emitWithAck('q', 1),
  'a room with a timeout': (running) => namespaceOf(running).in('room').timeout(LONG).emitWithAck('q', 1),
  'a namespace': (running) => namespaceOf(running).except('asker').emitWithAck('q', 1),
  'a room from a socket': (_running, _client, asker) => asker.to('room').emitWithAck('q', 1),
  'a room from the flags of a socket': (_running, _client, asker) =>
    asker.timeout(LONG).to('room').emitWithAck('q', 1),
  'all others from a socket': (_running, _client, asker) => asker.broadcast.emitWithAck('q', 1),
  'a callback of a room': (running) =>
    new Promise((resolve, reject) => {
      namespaceOf(running)
        .to('room')
        .emit('q', 1, (error: unknown, responses: unknown) => {
          if (error) reject(Object.assign(error, { responses }));
          else resolve(responses);
        });
    }),
};

/** A client that is asked, and a socket that asks. */
async function enter(running: Running): Promise<{ client: Client; asker: Socket; other: Client }> {
  const [client, other] = [await connect(running), await connect(running)];
  await ask(client, 'join', 'room');
  await ask(other, 'join', 'asker');
  return { client, other, asker: socketOf(running, other) };
}

describe('a question to clients', () => {
  for (const [options, what] of [
    [{}, ''],
    [RECOVERY, ', with connection state recovery'],
  ] as const) {
    for (const [way, go] of Object.entries(WAYS)) {
      it(`by request fails at once with 404 where the client ${way}${what}`, async () => {
        const running = await start(gatewayWith({}, options));
        const client = await connect(running);
        client.on('q', () => void go(running, client));
        const error = await rejection(request(running, client));
        expect(error).to.include({ code: 404, type: 'SOCKET_NOT_FOUND' });
        expect(error.data).to.deep.equal({ socketId: client.id ?? error.data.socketId });
      });

      it(`ends at once where the client ${way}, whatever asks${what}`, async () => {
        for (const [name, question] of Object.entries(QUESTIONS)) {
          const running = await start(gatewayWith({ ackTimeout: LONG }, options));
          const { client, asker } = await enter(running);
          client.on('q', () => void go(running, client));
          const error = await rejection(question(running, client, asker));
          expect(error, name).to.include({ code: 404, type: 'SOCKET_NOT_FOUND' });
        }
      });
    }

    it(`waits for an answer that takes its time, whatever asks${what}`, async () => {
      const running = await start(gatewayWith({}, options));
      const { client, asker } = await enter(running);
      client.on('q', (one: number, answer: (value: number) => void) => {
        setTimeout(() => answer(one + 1), 30);
      });
      for (const [name, question] of Object.entries(QUESTIONS)) {
        const expected = name.startsWith('a socket') ? 2 : [2];
        expect(await question(running, client, asker), name).to.deep.equal(expected);
      }
      expect(await request(running, client)).to.equal(2);
    });

    it(`fails after limits.ackTimeout where it names no timeout, whatever asks${what}`, async () => {
      const running = await start(gatewayWith({ ackTimeout: 60 }, options));
      const { client, asker } = await enter(running);
      client.on('q', () => undefined);
      for (const [name, question] of Object.entries(QUESTIONS)) {
        if (name.includes('timeout') || name.includes('flags')) continue;
        const begin = performance.now();
        const error = await rejection(question(running, client, asker));
        expect(error.message, name).to.equal('operation has timed out');
        expect(performance.now() - begin, name).to.be.within(50, 10_000);
      }
      const params = { socketId: client.id, event: 'q' };
      expect(await rejection(running.broker.call('gateway.request', params))).to.include({ code: 504 });
    });
  }

  it('has a timeout of its own where it names one', async () => {
    const running = await start(gatewayWith({ ackTimeout: LONG }));
    const { client, asker } = await enter(running);
    client.on('q', () => undefined);
    const namespace = namespaceOf(running);
    for (const question of [
      namespace.timeout(30).emitWithAck('q'),
      namespace.in('room').timeout(30).emitWithAck('q'),
      asker.timeout(30).to('room').emitWithAck('q'),
      socketOf(running, client).timeout(30).emitWithAck('q'),
    ]) {
      expect((await rejection(question)).message).to.equal('operation has timed out');
    }
  });

  it('to many gives the answers of those who stayed', async () => {
    const running = await start(gatewayWith());
    const clients = [await connect(running), await connect(running), await connect(running)];
    const [first, second, third] = clients as [Client, Client, Client];
    first.on('q', (answer: (value: string) => void) => answer('first'));
    second.on('q', () => second.disconnect());
    third.on('q', (answer: (value: string) => void) => setTimeout(() => answer('third'), 50));
    const error = await rejection(namespaceOf(running).in([]).emitWithAck('q'));
    expect(error).to.include({ code: 404, type: 'SOCKET_NOT_FOUND' });
    expect(error.data).to.deep.equal({ gone: 1 });
    expect(error.responses).to.deep.equal(['first', 'third']);
  });

  it('to nobody has no answers, at once', async () => {
    const running = await start(gatewayWith());
    expect(await namespaceOf(running).in('nowhere').emitWithAck('q')).to.deep.equal([]);
  });

  for (const timeout of [2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
    it(`may have ${timeout} ms`, async () => {
      const running = await start(gatewayWith({ ackTimeout: timeout, handshakeTimeout: timeout }));
      const { client, asker } = await enter(running);
      client.on('q', (...args: any[]) => {
        setTimeout(() => args.pop()('answer'), 30);
      });
      const namespace = namespaceOf(running);
      expect(await request(running, client, timeout)).to.equal('answer');
      expect(await request(running, client, undefined)).to.equal('answer');
      expect(await namespace.in('room').emitWithAck('q')).to.deep.equal(['answer']);
      expect(await namespace.in('room').timeout(timeout).emitWithAck('q')).to.deep.equal(['answer']);
      expect(await asker.timeout(timeout).to('room').emitWithAck('q')).to.deep.equal(['answer']);
      expect(await socketOf(running, client).emitWithAck('q')).to.equal('answer');
      expect(await socketOf(running, client).timeout(timeout).emitWithAck('q')).to.equal('answer');
    });
  }

  it('may have no limit', async () => {
    const running = await start(gatewayWith({ ackTimeout: Infinity }));
    const { client } = await enter(running);
    client.on('q', (...args: any[]) => {
      setTimeout(() => args.pop()('answer'), 30);
    });
    const namespace = namespaceOf(running);
    expect(await namespace.in('room').emitWithAck('q')).to.deep.equal(['answer']);
    expect(await namespace.in('room').timeout(Infinity).emitWithAck('q')).to.deep.equal(['answer']);
    expect(await socketOf(running, client).emitWithAck('q')).to.equal('answer');
    expect(await socketOf(running, client).timeout(Infinity).emitWithAck('q')).to.equal('answer');
    expect(await request(running, client, undefined)).to.equal('answer');
    client.off('q').on('q', () => client.disconnect());
    expect(await rejection(socketOf(running, client).emitWithAck('q'))).to.include({ code: 404 });
  });

  it('ends where the broker stops', async () => {
    const running = await start(gatewayWith({ ackTimeout: LONG }));
    const { client, asker } = await enter(running);
    let heard = 0;
    const all = signal();
    client.on('q', () => ++heard === Object.keys(QUESTIONS).length && all.fire());
    const questions = Object.values(QUESTIONS).map((question) => rejection(question(running, client, asker)));
    await all;
    await running.broker.stop();
    for (const error of await Promise.all(questions)) expect(error).to.include({ code: 404 });
  });

  describe('with a callback of a socket', () => {
    it('is told of the error where it has a timeout', async () => {
      const running = await start(gatewayWith());
      const { client } = await enter(running);
      client.on('q', () => client.disconnect());
      const told = signal<unknown[]>();
      socketOf(running, client)
        .timeout(LONG)
        .emit('q', (...args: unknown[]) => told.fire(args));
      const [error, ...rest] = await told;
      expect(error).to.include({ code: 404, type: 'SOCKET_NOT_FOUND' });
      expect(rest).to.deep.equal([]);
    });

    it('is not called where it has none, as in Socket.IO', async () => {
      const running = await start(gatewayWith());
      const { client } = await enter(running);
      const socket = socketOf(running, client);
      const gone = new Promise((resolve) => socket.once('disconnect', resolve));
      client.on('q', () => client.disconnect());
      socket.emit('q', () => expect.fail('there is no answer'));
      await gone;
      expect((socket as any).acks.size).to.equal(0);
    });

    it('may ask again, and throw, and nothing breaks', async () => {
      const logger = new CollectingLogger();
      const running = await start(gatewayWith(), { logger });
      const { client } = await enter(running);
      const socket = socketOf(running, client);
      const again = signal();
      const retry = (): void => {
        socket.timeout(20).emit('q', () => again.fire());
        throw new Error('thrown by the callback');
      };
      client.on('q', () => client.disconnect());
      socket.timeout(LONG).emit('q', retry);
      await again;
      expect(logger.having('thrown by the callback')).to.have.length(1);
    });
  });

  it('is not answered by a client that only says that it has gone', async () => {
    const running = await start(gatewayWith());
    const { client } = await enter(running);
    client.on('q', (...args: any[]) => args.pop()(GONE));
    expect(await rejection(request(running, client))).to.include({ code: 404 });
    expect((await ask(client, 'join', 'a')).error).to.equal(null);
    await connected(client.disconnect().connect());
  });
});
