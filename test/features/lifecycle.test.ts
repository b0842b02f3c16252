import { expect } from 'chai';
import type { Socket as ServerSocket } from 'socket.io';
import {
  Ack,
  MessageBody,
  OnConnect,
  OnDisconnect,
  OnDisconnecting,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';
import {
  acksOn,
  ask,
  CollectingLogger,
  connect,
  connected,
  newClient,
  next,
  signal,
  start,
  type Client,
  type Running,
  type Signal,
} from '../support/run-gateway';

const settings = { port: 0 };

/** What a sloppy developer throws. */
const THROWN: Record<string, () => unknown> = {
  'an Error': () => new Error('thrown'),
  'a string': () => 'thrown',
  null: () => null,
  undefined: () => undefined,
};

describe('lifecycle', () => {
  let greet: (socket: ServerSocket) => unknown;
  let handled: unknown[];
  let gone: Signal<string>;

  @SocketNamespace('/x', { settings })
  class PoliteGateway extends SocketGateway {
    @OnConnect()
    connected(socket: ServerSocket) {
      return greet(socket);
    }
    @OnDisconnect()
    disconnected(_socket: ServerSocket, reason: string) {
      gone.fire(reason);
    }
    @SocketEvent()
    echo(@MessageBody({ unchecked: true }) value: any) {
      handled.push(value);
      return value;
    }
  }

  beforeEach(() => {
    greet = () => undefined;
    handled = [];
    gone = signal();
  });

  /** The server still works. */
  async function alive(running: Running): Promise<void> {
    greet = () => undefined;
    expect((await ask(await connect(running), 'echo', 'alive')).result).to.equal('alive');
  }

  describe('@OnConnect()', () => {
    it('is called with the socket, on the service, in the order of declaration', async () => {
      const calls: unknown[][] = [];

      @SocketNamespace('/x', { settings })
      class TwiceGateway extends SocketGateway {
        private readonly field = 'mine';
        @OnConnect()
        first(...args: [ServerSocket]) {
          calls.push(['first', this.field, this.name, args.length >= 1, args[0].id]);
        }
        @OnConnect()
        async second(socket: ServerSocket) {
          calls.push(['second', this.field, this.name, true, socket.id]);
        }
        @OnConnect()
        third(socket: ServerSocket) {
          calls.push(['third', this.field, this.name, true, socket.id]);
        }
        @SocketEvent()
        ping() {}
      }
      const client = await connect(await start(TwiceGateway));
      await ask(client, 'ping');
      expect(calls).to.deep.equal(
        ['first', 'second', 'third'].map((n) => [n, 'mine', 'twice', true, client.id]),
      );
    });

    it('may greet the client and put it into rooms', async () => {
      greet = async (socket) => {
        await socket.join('lounge');
        socket.emit('welcome', [...socket.rooms]);
      };
      const client = newClient(await start(PoliteGateway));
      const [rooms] = await next(client, 'welcome');
      expect(rooms).to.deep.equal([client.id, 'lounge']);
    });

    it('keeps packets waiting, in order, while it is async', async () => {
      const go = signal();
      const greeted = signal();
      greet = () => {
        greeted.fire();
        return go;
      };
      const client = await connect(await start(PoliteGateway));
      const answers: unknown[] = [];
      for (let i = 0; i < 20; i++) {
        client.emit('echo', i, (_error: unknown, value: unknown) => answers.push(value));
      }
      await greeted;
      // Round trips of the connection itself: the packets have surely arrived.
      const other = client.io.socket('/nowhere', {});
      await new Promise((resolve) => other.once('connect_error', resolve));
      expect(handled).to.deep.equal([]);
      go.fire();
      for (let i = 20; i < 40; i++) {
        client.emit('echo', i, (_error: unknown, value: unknown) => answers.push(value));
      }
      await ask(client, 'echo', 'last');
      const expected = Array.from({ length: 40 }, (_, i) => i);
      expect(handled).to.deep.equal([...expected, 'last']);
      expect(answers).to.deep.equal(expected);
    });

    it('drops the waiting packets of a client that has gone', async () => {
      const go = signal();
      greet = () => go;
      const running = await start(PoliteGateway);
      const client = await connect(running);
      client.emit('echo', 'dropped');
      client.disconnect();
      await gone;
      go.fire();
      await alive(running);
      expect(handled).to.deep.equal(['alive']);
    });

    for (const [name, make] of Object.entries(THROWN)) {
      for (const [how, fail] of Object.entries<() => unknown>({
        throws: () => {
          throw make();
        },
        'rejects with': () => Promise.reject(make()),
        'rejects late with': () => new Promise((_resolve, reject) => setImmediate(() => reject(make()))),
      })) {
        it(`disconnects a client where it ${how} ${name}`, async () => {
          const logger = new CollectingLogger();
          const running = await start(PoliteGateway, { logger });
          greet = fail;
          const client = newClient(running);
          client.emit('echo', 'never');
          const [reason] = await next(client, 'disconnect');
          expect(reason).to.equal('io server disconnect');
          await gone;
          expect(handled).to.deep.equal([]);
          expect(logger.errors).to.have.length(1);
          expect(logger.errors[0]!.text).to.include('@OnConnect').and.to.include('connected');
          await alive(running);
        });
      }
    }

    it('does not run the next one after one that failed', async () => {
      const ran: string[] = [];

      @SocketNamespace('/x', { settings })
      class StoppingGateway extends PoliteGateway {
        @OnConnect()
        second() {
          ran.push('second');
        }
      }
      for (const fail of [
        () => {
          throw new Error('thrown');
        },
        () => Promise.reject(new Error('rejected')),
      ]) {
        const running = await start(StoppingGateway);
        greet = fail;
        await next(newClient(running), 'disconnect');
      }
      expect(ran).to.deep.equal([]);
    });

    it('does not run the next one for a client that has gone meanwhile', async () => {
      const ran: unknown[] = [];

      @SocketNamespace('/x', { settings })
      class LeftGateway extends PoliteGateway {
        @OnConnect()
        second(socket: ServerSocket) {
          ran.push(socket.handshake.auth['name']);
        }
      }
      const go = signal();
      const greeted = signal();
      greet = () => {
        greeted.fire();
        return go;
      };
      const running = await start(LeftGateway);
      const client = await connect(running, '/x', { auth: { name: 'gone' } });
      await greeted;
      client.disconnect();
      await gone;
      go.fire();
      greet = () => undefined;
      const other = await connect(running, '/x', { auth: { name: 'there' } });
      expect((await ask(other, 'echo', 1)).result).to.equal(1);
      expect(ran).to.deep.equal(['there']);
    });
  });

  describe('@OnDisconnecting() and @OnDisconnect()', () => {
    it('are told the reason; the rooms are still there at the first', async () => {
      const calls: unknown[] = [];

      @SocketNamespace('/x', { settings })
      class RoomyGateway extends PoliteGateway {
        @OnDisconnecting()
        leaving(socket: ServerSocket, reason: string) {
          calls.push(['leaving', reason, [...socket.rooms].length, socket.rooms.has('lounge'), this.name]);
        }
        @OnDisconnect()
        left(socket: ServerSocket, reason: string) {
          calls.push(['left', reason, socket.rooms.size, socket.connected, this.name]);
        }
      }
      greet = (socket) => socket.join('lounge');
      const running = await start(RoomyGateway);
      (await connect(running)).disconnect();
      expect(await gone).to.equal('client namespace disconnect');
      expect(calls).to.deep.equal([
        ['leaving', 'client namespace disconnect', 2, true, 'roomy'],
        ['left', 'client namespace disconnect', 0, false, 'roomy'],
      ]);

      gone = signal();
      (await connect(running)).io.engine.close();
      expect(await gone).to.equal('transport close');

      gone = signal();
      const client = await connect(running);
      running.gateway.namespaces.get('/x')!.sockets.get(client.id!)!.disconnect(true);
      expect(await gone).to.equal('server namespace disconnect');
    });

    it('come once for each client', async () => {
      let count = 0;

      @SocketNamespace('/x', { settings })
      class CountingGateway extends PoliteGateway {
        @OnDisconnect()
        count() {
          count++;
        }
      }
      const running = await start(CountingGateway);
      for (let i = 1; i <= 3; i++) {
        gone = signal();
        const client = await connect(running);
        client.disconnect();
        client.io.engine.close();
        await gone;
      }
      await alive(running);
      expect(count).to.equal(3);
    });

    it('come for every client when the broker stops', async () => {
      let count = 0;

      @SocketNamespace('/x', { settings })
      class CountingGateway extends PoliteGateway {
        @OnDisconnect()
        count() {
          count++;
        }
      }
      const running = await start(CountingGateway);
      await Promise.all([1, 2, 3].map(() => connect(running)));
      await running.broker.stop();
      expect(count).to.equal(3);
    });

    for (const decorator of [OnDisconnecting, OnDisconnect]) {
      for (const [name, make] of Object.entries(THROWN)) {
        for (const rejects of [false, true]) {
          it(`do not end the process where @${decorator.name} ${rejects ? 'rejects with' : 'throws'} ${name}`, async () => {
            const logger = new CollectingLogger();
            const after = signal();

            @SocketNamespace('/x', { settings })
            class ClumsyGateway extends PoliteGateway {
              @decorator()
              breaks() {
                if (rejects) return Promise.reject(make());
                throw make();
              }
              @decorator()
              following() {
                after.fire();
              }
            }
            const running = await start(ClumsyGateway, { logger });
            (await connect(running)).disconnect();
            await Promise.all([gone, after]);
            await alive(running);
            expect(logger.errors).to.have.length(1);
            expect(logger.errors[0]!.text).to.include('breaks').and.to.include(`@${decorator.name}`);
          });
        }
      }
    }
  });

  describe("the developer's own code on a socket", () => {
    /** Runs a client against a gateway that does this to its socket; the server must live on. */
    async function run(
      onConnect: (socket: ServerSocket) => unknown,
      asClient: (client: Client) => unknown,
    ): Promise<CollectingLogger> {
      const logger = new CollectingLogger();
      const running = await start(PoliteGateway, { logger });
      greet = onConnect;
      const client = newClient(running);
      client.on('question', (ack?: (answer: string) => void) => ack?.('answer'));
      await connected(client);
      await asClient(client);
      await alive(running);
      return logger;
    }

    it('may listen to events that the gateway does not have, and answer them', async () => {
      await run(
        (socket) => socket.on('mine', (value: number, ack: Ack) => ack(value + 1)),
        async (client) => expect((await ask(client, 'mine', 1)).error).to.equal(2),
      );
    });

    it('may listen once, and stop listening', async () => {
      let heard = 0;
      const listener = () => heard++;
      await run(
        (socket) => {
          socket.once('mine', listener);
          socket.on('other', listener);
          expect(socket.listeners('other')).to.deep.equal([listener]);
          socket.off('other', listener);
          socket.once('third', listener);
          socket.off('third', listener);
        },
        async (client) => {
          client.emit('mine');
          expect((await ask(client, 'mine')).error.type).to.equal('EVENT_NOT_FOUND');
          expect((await ask(client, 'other')).error.type).to.equal('EVENT_NOT_FOUND');
          expect((await ask(client, 'third')).error.type).to.equal('EVENT_NOT_FOUND');
        },
      );
      expect(heard).to.equal(1);
    });

    for (const [name, make] of Object.entries(THROWN)) {
      for (const [how, fail] of Object.entries<() => any>({
        throws: () => {
          throw make();
        },
        'rejects with': () => Promise.reject(make()),
      })) {
        for (const method of [
          'on',
          'once',
          'addListener',
          'prependListener',
          'prependOnceListener',
        ] as const) {
          it(`lives where a listener put on with ${method} ${how} ${name}`, async () => {
            const logger = await run(
              (socket) => (socket as unknown as Record<string, ServerSocket['on']>)[method]!('mine', fail),
              async (client) => {
                client.emit('mine');
                await ask(client, 'echo', 1);
              },
            );
            expect(logger.errors).to.have.length(1);
          });
        }

        for (const method of ['onAny', 'prependAny', 'onAnyOutgoing', 'prependAnyOutgoing'] as const) {
          it(`lives, and answers, where a listener put on with ${method} ${how} ${name}`, async () => {
            const seen = signal();
            const logger = await run(
              (socket) => {
                socket[method](() => {
                  seen.fire();
                  return fail();
                });
                try {
                  socket.emit('hello');
                } catch {
                  // The listener's own throw, in the developer's own call.
                }
              },
              async (client) => {
                client.emit('echo', 0);
                await seen;
                await ask(client, 'echo', 1);
              },
            );
            if (!method.endsWith('Outgoing')) expect(logger.errors).to.have.length.above(0);
          }).timeout(3000);
        }

        for (const event of ['disconnect', 'disconnecting', 'error']) {
          it(`lives where a listener of '${event}' ${how} ${name}`, async () => {
            await run(
              (socket) => {
                socket.on(event as never, fail as never);
                if (event === 'error') socket.emit('question', () => undefined);
              },
              async (client) => {
                if (event === 'error') await ask(client, 'error');
                else {
                  client.disconnect();
                  await gone;
                }
              },
            );
          });
        }

        it(`answers where a middleware put on with use ${how} ${name}`, async () => {
          await run(
            (socket) => socket.use(fail),
            async (client) => {
              const acks = acksOn(client);
              const { error } = await ask(client, 'echo', 1);
              expect(error).to.include({ code: 500, name: 'InternalServerError' });
              await ask(client, 'echo', 1);
              expect(acks).to.have.length(2);
              expect(handled).to.deep.equal([]);
            },
          );
        });

        it(`lives where the ack of an emit ${how} ${name}`, async () => {
          const called = signal();
          const logger = await run(
            (socket) =>
              socket.emit('question', () => {
                called.fire();
                return fail();
              }),
            () => called,
          );
          expect(logger.errors).to.have.length(1);
        });

        it(`lives where the ack of an emit with a timeout ${how} ${name}`, async () => {
          const called = signal<unknown>();
          const logger = await run(
            (socket) =>
              socket.timeout(20).emit('ignored', (error: unknown) => {
                called.fire(error);
                return fail();
              }),
            async () => expect(await called).to.be.instanceOf(Error),
          );
          expect(logger.errors).to.have.length(1);
        });
      }
    }

    it('answers with what a middleware put on with use passes to next', async () => {
      await run(
        (socket) =>
          socket.use(([event], nextOne) =>
            nextOne(event === 'echo' ? Object.assign(new Error('hidden'), { data: 1 }) : undefined),
          ),
        async (client) => {
          expect((await ask(client, 'echo', 1)).error).to.include({ code: 500 });
          expect((await ask(client, 'unheard-of')).error).to.include({ code: 404 });
        },
      );
      expect(handled).to.deep.equal(['alive']);
    });

    it('lets packets through, changed, where a middleware says so', async () => {
      await run(
        (socket) =>
          socket.use((packet, nextOne) => {
            packet[1] = `${packet[1]}!`;
            setImmediate(nextOne);
          }),
        async (client) => expect((await ask(client, 'echo', 'hey')).result).to.equal('hey!'),
      );
    });

    it('may ask the client with emitWithAck', async () => {
      const answered = signal<unknown>();
      await run(
        (socket) => void socket.emitWithAck('question').then(answered.fire),
        async () => expect(await answered).to.equal('answer'),
      );
    });

    it('may listen to a declared event as well as the gateway', async () => {
      await run(
        (socket) =>
          socket.on('echo', () => {
            throw new Error('thrown');
          }),
        async (client) => expect((await ask(client, 'echo', 1)).result).to.equal(1),
      );
    });
  });

  describe("the developer's own code on the namespace", () => {
    for (const [name, make] of Object.entries(THROWN)) {
      for (const [how, fail] of Object.entries<() => any>({
        throws: () => {
          throw make();
        },
        'rejects with': () => Promise.reject(make()),
      })) {
        it(`lives where a listener of 'connection' ${how} ${name}`, async () => {
          const running = await start(PoliteGateway);
          const called = signal();
          running.gateway.namespaces.get('/x')!.once('connection', () => {
            called.fire();
            return fail();
          });
          newClient(running);
          await called;
          await alive(running);
        });

        it(`lives, and refuses, where a middleware ${how} ${name}`, async () => {
          const running = await start(PoliteGateway);
          let failing = true;
          running.gateway.namespaces.get('/x')!.use((_socket, nextOne) => (failing ? fail() : nextOne()));
          const client = newClient(running, '/x', { timeout: 1000 });
          await new Promise((resolve) => client.once('connect_error', resolve));
          failing = false;
          await alive(running);
        }).timeout(3000);
      }
    }
  });
});
