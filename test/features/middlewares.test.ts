import { expect } from 'chai';
import type { Socket as ServerSocket } from 'socket.io';
import {
  Authenticate,
  Errors,
  MessageBody,
  NamespaceMiddleware,
  OnConnect,
  PacketMiddleware,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketNamespaceOptions,
} from '../../src';
import {
  acksOn,
  ask,
  CollectingLogger,
  connect,
  connected,
  newClient,
  refused,
  start,
  type Running,
} from '../support/run-in-memory';

const settings = { port: 0 };

type Next = (error?: any) => void;

/** What sloppy code throws. */
const THROWN: Record<string, () => unknown> = {
  'an Error': () => new Error('secret'),
  'a string': () => 'secret',
  'an object': () => ({ secret: 'secret' }),
  null: () => null,
  undefined: () => undefined,
};
/** The ways to throw it. */
const WAYS: Record<string, (make: () => unknown) => () => unknown> = {
  throws: (make) => () => {
    throw make();
  },
  'rejects with': (make) => () => Promise.reject(make()),
  'rejects late with': (make) => async () => {
    await new Promise((resolve) => setImmediate(resolve));
    throw make();
  },
};

describe('middlewares', () => {
  let onSocket: (socket: ServerSocket, next: Next) => unknown;
  let onPacket: (packet: any[], next: Next, socket: ServerSocket) => unknown;
  let calls: unknown[];

  beforeEach(() => {
    calls = [];
    onSocket = (_socket, next) => next();
    onPacket = (_packet, next) => next();
  });

  /** A gateway with one middleware of each kind, as methods or in the options. */
  function gateway(how: string, more: SocketNamespaceOptions = {}): typeof SocketGateway {
    if (how === 'as methods') {
      @SocketNamespace('/x', { settings, ...more })
      class MethodsGateway extends SocketGateway {
        @NamespaceMiddleware()
        enter(...args: [ServerSocket, Next]) {
          return onSocket.apply(this, args);
        }
        @PacketMiddleware()
        packet(...args: [never, Next, ServerSocket]) {
          return onPacket.apply(this, args);
        }
        @SocketEvent()
        echo(@MessageBody({ unchecked: true }) body: any) {
          calls.push(body);
          return body;
        }
      }
      return MethodsGateway;
    }
    @SocketNamespace('/x', {
      settings,
      middlewares: [
        function (...args) {
          return onSocket.apply(this, args);
        },
      ],
      packetMiddlewares: [
        function (...args) {
          return onPacket.apply(this, args);
        },
      ],
      ...more,
    })
    class MethodsGateway extends SocketGateway {
      @SocketEvent()
      echo(@MessageBody({ unchecked: true }) body: any) {
        calls.push(body);
        return body;
      }
    }
    return MethodsGateway;
  }

  async function alive(running: Running): Promise<void> {
    onSocket = (_socket, next) => next();
    onPacket = (_packet, next) => next();
    expect((await ask(await connect(running), 'echo', 'alive')).result).to.equal('alive');
  }

  for (const how of ['as methods', 'in the options']) {
    describe(`of the namespace, ${how}`, () => {
      it('are given the socket, and the service as this', async () => {
        onSocket = function (this: any, socket, next) {
          calls.push([this.name, socket.nsp.name, typeof next, socket.connected]);
          next();
        };
        await connect(await start(gateway(how)));
        expect(calls).to.deep.equal([['methods', '/x', 'function', false]]);
      });

      it('let in where they call next, now or later', async () => {
        const running = await start(gateway(how));
        for (const let_in of [
          (_socket: unknown, next: Next) => setImmediate(next),
          async (_socket: unknown, next: Next) => {
            await Promise.resolve();
            next();
          },
          (_socket: unknown, next: Next) => next(undefined),
          (_socket: unknown, next: Next) => {
            next();
            next();
            next(new Error('too late'));
          },
        ]) {
          onSocket = let_in as never;
          const client = await connect(running);
          expect((await ask(client, 'echo', 1)).result).to.equal(1);
        }
      });

      it('refuse with what they pass to next: its message, and its data', async () => {
        const running = await start(gateway(how));
        onSocket = (_socket, next) =>
          next(Object.assign(new Error('not today'), { data: { until: 'tomorrow' }, secret: 1 }));
        const error = await refused(newClient(running));
        expect(error.message).to.equal('not today');
        expect(error.data).to.deep.equal({ until: 'tomorrow' });
        onSocket = (_socket, next) => next(new Errors.ForbiddenError('NOPE'));
        expect((await refused(newClient(running))).message).to.equal('Forbidden');
        await alive(running);
      });

      for (const [name, make] of Object.entries(THROWN)) {
        for (const [way, fail] of Object.entries(WAYS)) {
          it(`refuse where one ${way} ${name}`, async () => {
            const running = await start(gateway(how));
            onSocket = fail(make);
            const error = await refused(newClient(running));
            expect(error.data).to.include({ code: 500, name: 'InternalServerError' });
            expect(JSON.stringify([error.message, error.data])).not.to.include('secret');
            await alive(running);
          });
        }
      }

      it('refuse where one throws after it has called next with an error, and once', async () => {
        const running = await start(gateway(how));
        onSocket = (_socket, next) => {
          next(new Error('first'));
          throw new Error('second');
        };
        expect((await refused(newClient(running))).message).to.equal('first');
        await alive(running);
      });

      it('refuse with what Moleculer and this library throw as it is', async () => {
        onSocket = () => {
          throw new Errors.ForbiddenError('NOPE', { a: 1 });
        };
        const error = await refused(newClient(await start(gateway(how))));
        expect(error.data).to.deep.equal({
          name: 'ForbiddenError',
          message: 'Forbidden',
          code: 403,
          type: 'NOPE',
          data: { a: 1 },
        });
      });

      it('do not keep a client waiting for ever where one never calls next', async () => {
        onSocket = () => undefined;
        const client = newClient(await start(gateway(how, { limits: { handshakeTimeout: 30 } })));
        await Promise.race([refused(client), new Promise((resolve) => client.io.once('close', resolve))]);
        expect(client.connected).to.equal(false);
      });
    });

    describe(`of packets, ${how}`, () => {
      it('are given packet, next and socket, and the service as this', async () => {
        onPacket = function (this: any, packet, next, socket) {
          calls.push([this.name, packet.slice(0, 2), typeof packet[2], typeof next, socket.nsp.name]);
          next();
        };
        await ask(await connect(await start(gateway(how))), 'echo', 1);
        expect(calls).to.deep.equal([['methods', ['echo', 1], 'function', 'function', '/x'], 1]);
      });

      it('may change what arrives', async () => {
        onPacket = (packet, next) => {
          packet[1] = { changed: packet[1] };
          setImmediate(next);
        };
        expect((await ask(await connect(await start(gateway(how))), 'echo', 1)).result).to.deep.equal({
          changed: 1,
        });
      });

      it('may send it to another event', async () => {
        onPacket = (packet, next) => {
          if (packet[0] === 'old') packet[0] = 'echo';
          next();
        };
        expect((await ask(await connect(await start(gateway(how))), 'old', 1)).result).to.equal(1);
      });

      it('see events that nobody handles', async () => {
        onPacket = (packet, next) => {
          calls.push(packet[0]);
          next();
        };
        expect((await ask(await connect(await start(gateway(how))), 'unheard-of')).error.code).to.equal(404);
        expect(calls).to.deep.equal(['unheard-of']);
      });

      for (const [name, make] of Object.entries(THROWN)) {
        for (const [way, fail] of Object.entries(WAYS)) {
          it(`answer, once, where one ${way} ${name}`, async () => {
            const running = await start(gateway(how));
            const client = await connect(running);
            const acks = acksOn(client);
            onPacket = fail(make);
            const { error, result } = await ask(client, 'echo', 1);
            expect(error).to.include({ code: 500, name: 'InternalServerError' });
            expect(result).to.equal(undefined);
            client.emit('echo', 'no ack');
            await ask(client, 'echo', 2);
            expect(acks).to.have.length(2);
            expect(calls).to.deep.equal([]);
            await alive(running);
          });
        }
      }

      it('answer with what is passed to next', async () => {
        const client = await connect(await start(gateway(how)));
        onPacket = (_packet, next) => next(new Errors.ForbiddenError('NOPE'));
        expect((await ask(client, 'echo', 1)).error).to.deep.equal({
          name: 'ForbiddenError',
          message: 'Forbidden',
          code: 403,
          type: 'NOPE',
        });
        onPacket = (_packet, next) => next(new Error('secret'));
        expect((await ask(client, 'echo', 1)).error).to.include({
          code: 500,
          message: 'Internal Server Error',
        });
        onPacket = (_packet, next) => next('secret');
        expect((await ask(client, 'echo', 1)).error).to.include({
          code: 500,
          message: 'Internal Server Error',
        });
        expect(calls).to.deep.equal([]);
      });

      it('answer and run once where one calls next many times', async () => {
        const client = await connect(await start(gateway(how)));
        const acks = acksOn(client);
        onPacket = (_packet, next) => {
          next();
          next();
          next(new Error('too late'));
          throw new Error('too late');
        };
        expect((await ask(client, 'echo', 1)).result).to.equal(1);
        expect((await ask(client, 'echo', 2)).result).to.equal(2);
        expect(acks).to.have.length(2);
        expect(calls).to.deep.equal([1, 2]);
      });

      it('answer where one never calls next', async () => {
        const client = await connect(await start(gateway(how, { limits: { ackTimeout: 30 } })));
        onPacket = () => undefined;
        expect((await ask(client, 'echo', 1)).error).to.include({ code: 503 });
        onPacket = (_packet, next) => void setTimeout(next, 60);
        const [slow, fast] = await Promise.all([
          ask(client, 'echo', 2),
          new Promise((resolve) => setTimeout(resolve, 70)).then(() => {
            onPacket = (_packet, next) => next();
            return ask(client, 'echo', 3);
          }),
        ]);
        expect(slow.error).to.include({ code: 503 });
        expect(fast.result).to.equal(3);
        expect(calls, 'one that was refused is not run later').to.deep.equal([3]);
      });

      it('keep the order of packets where they all take their time', async () => {
        const client = await connect(await start(gateway(how)));
        onPacket = (_packet, next) => void setImmediate(next);
        await Promise.all(Array.from({ length: 20 }, (_, i) => ask(client, 'echo', i)));
        expect(calls).to.deep.equal(Array.from({ length: 20 }, (_, i) => i));
      });
    });
  }

  it('run before authentication, and in the order of declaration, those of the options first', async () => {
    const note = (name: string) => (_socket: unknown, next: Next) => {
      calls.push(name);
      next();
    };

    @SocketNamespace('/x', {
      settings,
      middlewares: [note('option 1'), note('option 2')],
      packetMiddlewares: [note('packet option')],
    })
    class OrderedGateway extends SocketGateway {
      @Authenticate()
      authenticate() {
        calls.push('authenticate');
      }
      @NamespaceMiddleware()
      first(_socket: ServerSocket, next: Next) {
        calls.push('method 1');
        setImmediate(next);
      }
      @NamespaceMiddleware()
      second(_socket: ServerSocket, next: Next) {
        calls.push('method 2');
        next();
      }
      @OnConnect()
      greet() {
        calls.push('connect');
      }
      @PacketMiddleware()
      packet(_packet: unknown, next: Next) {
        calls.push('packet method');
        next();
      }
      @SocketEvent()
      event() {
        calls.push('event');
      }
    }
    await ask(await connect(await start(OrderedGateway)), 'event');
    expect(calls).to.deep.equal([
      'option 1',
      'option 2',
      'method 1',
      'method 2',
      'authenticate',
      'connect',
      'packet option',
      'packet method',
      'event',
    ]);
  });

  it('stop at the first that refuses', async () => {
    @SocketNamespace('/x', {
      settings,
      middlewares: [
        (_socket, next) => next(new Error('no')),
        (_socket, next) => {
          calls.push('second');
          next();
        },
      ],
    })
    class StoppingGateway extends SocketGateway {
      @Authenticate()
      authenticate() {
        calls.push('authenticate');
      }
    }
    await refused(newClient(await start(StoppingGateway)));
    expect(calls).to.deep.equal([]);
  });

  it('log what clients do not see', async () => {
    const logger = new CollectingLogger();
    const running = await start(gateway('as methods'), { logger });
    onSocket = () => Promise.reject(new Error('the real reason'));
    const error = await refused(newClient(running));
    expect(logger.having('the real reason')).to.have.length(1);
    expect(logger.having(error.data.data.requestID)).to.have.length(1);
  });

  it('of one gateway do not see what goes to another', async () => {
    @SocketNamespace('/y', { settings })
    class OtherGateway extends SocketGateway {
      @SocketEvent()
      echo() {
        return 'other';
      }
    }
    onSocket = () => {
      throw new Error('no');
    };
    onPacket = () => {
      throw new Error('no');
    };
    const running = await start([gateway('as methods'), OtherGateway]);
    const client = newClient(running, '/y');
    await connected(client);
    expect((await ask(client, 'echo')).result).to.equal('other');
  });
});
