import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import { acksOn, ask, askRaw, connect, newClient, next, signal, type Client } from '../support/run-gateway';
import { ALL_WAYS, KINDS, visibility, type Fault, type Way } from './thrown';

/*
 * Everything that can be thrown, from every place where the application's code is called. Clients say what shall fail.
 */

describe('code that fails', () => {
  let server: ChildServer;
  before(async function () {
    this.timeout(60_000);
    server = await ChildServer.start('faults/throwing-server');
  });
  after(() => server.stop());

  /** Everything that can be thrown and rejected; in the more artful ways to fail, some of it. */
  function* faults(at: string, ways: readonly Way[] = ALL_WAYS): Generator<Fault> {
    const some = ['an Error', 'null', 'an error that cannot be touched', 'a MoleculerError with a bigint'];
    for (const way of ways) {
      for (const kind of way === 'throws' || way === 'rejects' ? KINDS : some) yield { at, kind, way };
    }
  }
  const named = ({ at, kind, way }: Fault): string => `${at} ${way}: ${kind}`;

  /** The client sees the error if it was made to be seen, else the mask. */
  function checkError(error: any, fault: Fault): void {
    const seen = visibility(fault.kind);
    if (seen === 'seen' || (seen === 'either' && error?.code === 418)) {
      expect(error, named(fault)).to.include({
        name: 'MoleculerError',
        message: 'seen',
        code: 418,
        type: 'TEAPOT',
      });
    } else {
      expect(error, named(fault)).to.include({
        name: 'InternalServerError',
        message: 'Internal Server Error',
        code: 500,
      });
      expect(Object.keys(error.data as object), named(fault)).to.deep.equal(['requestID']);
      expect(JSON.stringify(error), named(fault)).not.to.include('secret');
    }
  }

  /** Sends these one after the other; each must be answered, all of them once. */
  async function each(
    client: Client,
    list: Iterable<Fault>,
    send: (fault: Fault) => Promise<unknown>,
  ): Promise<void> {
    const acks = acksOn(client);
    let asked = 0;
    for (const fault of list) {
      await send(fault);
      asked++;
    }
    // Late answers have come before this one.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await askRaw(client, 'nothing', {});
    server.check();
    expect(acks.length, 'acks').to.equal(asked + 1);
  }

  describe('on the way of an event', () => {
    const SYNC: Way[] = ['throws'];
    const PLACES: Record<
      string,
      { event?: string; ways?: readonly Way[]; action?: string; refusesPromises?: true }
    > = {
      'packet middleware': {},
      use: {},
      'use, the first': {},
      socketGetMeta: {},
      policy: {},
      validator: { ways: ['throws', 'rejects', 'rejects later'] },
      transformer: { ways: SYNC },
      "Moleculer's validator": {},
      'before hook': {},
      'after hook': {},
      'error hook': {},
      "Moleculer's before hook": {},
      "Moleculer's after hook": {},
      "Moleculer's error hook": {},
      "Moleculer's middleware": {},
      handler: {},
      'catch-all': { event: 'anything' },
      callOptions: {
        event: 'call',
        action: 'faulty.act',
        ways: ALL_WAYS.slice(0, -1),
        refusesPromises: true,
      },
      onBeforeCall: { event: 'call', action: 'faulty.act' },
      onAfterCall: { event: 'call', action: 'faulty.act' },
      action: { event: 'call', action: 'faulty.act' },
      socketSaveUser: {},
      'rate limit key': { event: 'limited', ways: ALL_WAYS.slice(0, -1), refusesPromises: true },
      'self, before the ack': { event: 'self' },
    };
    for (const [at, { event = 'all', ways, action, refusesPromises }] of Object.entries(PLACES)) {
      it(`is answered as an error, once: ${at}`, async () => {
        const client = await connect(server, '/events');
        await each(client, faults(at, ways), async (fault) => {
          const { error } = await ask(
            client,
            event,
            ...(action ? [action, { fault }] : [{ fault, made: 0 }]),
          );
          checkError(
            error,
            refusesPromises && fault.way !== 'throws' ? { ...fault, kind: 'an Error' } : fault,
          );
        });
      });
    }

    it('is answered with 503: a limiter', async () => {
      const client = await connect(server, '/events');
      await each(client, faults('limiter'), async (fault) => {
        const { error } = await ask(client, 'limited', { fault });
        expect(error, named(fault)).to.include({ name: 'ServiceUnavailableError', code: 503 });
      });
    });

    it('hurts nobody: listeners of the signal that a client has gone', async () => {
      for (const at of ['listener of an abort', 'onabort']) {
        await Promise.all(
          [...faults(at)].map(async (fault) => {
            const client = await connect(server, '/events');
            const hangs = next(client, 'hangs');
            client.emit('hang', { fault });
            await hangs;
            client.disconnect();
          }),
        );
      }
      expect((await ask(await connect(server, '/events'), 'all', {})).result).to.equal('fine');
      server.check();
    });

    for (const at of ['after the ack', 'after two acks']) {
      it(`does not answer again: a handler that fails ${at}`, async () => {
        const client = await connect(server, '/events');
        await each(client, faults(at), async (fault) => {
          expect(await askRaw(client, 'self', { fault }), named(fault)).to.deep.equal([null, 'fine']);
        });
      });
    }

    for (const [at, event] of Object.entries({
      result: 'all',
      'part of the result': 'all',
      'value of the ack': 'self',
      'value of the ack, later': 'self',
    })) {
      it(`is answered once where it is no failure, but a strange value: ${at}`, async () => {
        const client = await connect(server, '/events');
        await each(client, faults(at, ['throws']), async (fault) => {
          const [error] = await askRaw(client, event, { fault });
          if (error !== null) expect(error.code, named(fault)).to.equal(500);
        });
      });
    }

    for (const at of [
      'packet middleware: next',
      'packet middleware: next, later',
      'use: next',
      'use: next, later',
    ]) {
      it(`is answered once, or passes: ${at}`, async () => {
        const client = await connect(server, '/events');
        await each(client, faults(at, ['throws']), async (fault) => {
          const { error, result } = await ask(client, 'all', { fault });
          if (['null', 'undefined', 'an empty string'].includes(fault.kind)) expect(result).to.equal('fine');
          else checkError(error, fault);
        });
      });
    }

    it('leaves the usual error: reformatError', async () => {
      const client = await connect(server, '/events');
      await each(client, faults('reformatError'), async (fault) => {
        checkError((await ask(client, 'all', { fault })).error, { ...fault, kind: 'an Error' });
      });
    });

    for (const at of ['listener', 'onAny']) {
      it(`hurts nobody: ${at}`, async () => {
        const client = await connect(server, '/events');
        await each(client, faults(at), async (fault) => {
          await askRaw(client, 'listened', { fault });
        });
      });
    }

    for (const place of [
      'socket.emit',
      'socket.timeout().emit',
      'namespace.emit',
      'namespace.to().emit',
      'namespace.in().except().emit',
      'namespace.local.emit',
      'namespace.volatile.emit',
      'socket.broadcast.emit',
      'socket.to().emit',
      'a broadcast to nobody',
    ]) {
      for (const answers of [true, false]) {
        it(`hurts nobody: the callback of an ack that ${answers ? 'comes' : 'never comes'} (${place})`, async () => {
          const [client, other] = [await connect(server, '/events'), await connect(server, '/events')];
          for (const one of [client, other]) {
            one.on('question', (ack: (answer: string) => void) => {
              if (answers) ack('answer');
            });
          }
          await each(
            client,
            faults('callback', ['throws', 'rejects', 'returns what throws when it is awaited']),
            (fault) => askRaw(client, 'question', { fault, way: place }),
          );
        });
      }
    }
  });

  describe("on the way of an event of moleculer-io's", () => {
    for (const [at, event] of Object.entries({
      'custom function': 'custom',
      'custom function, answered': 'answered',
      socketOnError: 'failing',
      'socketGetMeta of moleculer-io': 'call',
      'onBeforeCall of settings': 'call',
      'onAfterCall of settings': 'call',
      action: 'call',
      socketSaveMeta: 'call',
      socketJoinRooms: 'call',
      socketLeaveRoom: 'call',
    })) {
      it(`is answered once: ${at}`, async () => {
        const client = await connect(server, '/io');
        await each(client, faults(at), async (fault) => {
          const [error, result] = await askRaw(
            client,
            event,
            ...(event === 'call' ? ['faulty.act', { fault }] : [{ fault }]),
          );
          if (at.endsWith('answered')) expect([error, result], named(fault)).to.deep.equal([null, 'fine']);
          else expect(error, named(fault)).to.be.an('object');
        });
      });
    }
  });

  describe('on the way of a connection', () => {
    /** Connects, and tells how that ends. */
    async function outcome(fault: Fault, namespace: string): Promise<{ refusal?: any; left?: string }> {
      const client = newClient(server, namespace, { auth: { fault } });
      const ended = signal<{ refusal?: any; left?: string }>();
      client.once('connect_error', (refusal) => ended.fire({ refusal }));
      client.once('disconnect', (left) => ended.fire({ left }));
      client.once('connect', () => client.emit('ping', () => ended.fire({})));
      const end = await ended;
      client.io.engine.close();
      return end;
    }
    /** Many at once: connections wait for nobody. */
    async function all(
      list: Iterable<Fault>,
      check: (end: { refusal?: any; left?: string }, fault: Fault) => void,
      namespace = '/connections',
    ): Promise<void> {
      const ends = await Promise.all(
        [...list].map(async (fault) => ({ fault, end: await outcome(fault, namespace) })),
      );
      server.check();
      for (const { end, fault } of ends) check(end, fault);
    }

    for (const [at, namespace] of Object.entries({
      authenticate: '/connections',
      room: '/connections',
      expiresAt: '/connections',
      socketAuthorize: '/io',
    })) {
      it(`refuses with 401: ${at}`, () =>
        all(
          faults(at),
          ({ refusal }, fault) => {
            expect(refusal?.data?.code, named(fault)).to.equal(401);
            // moleculer-io shows its clients what went wrong.
            if (namespace !== '/io')
              expect(JSON.stringify(refusal.data), named(fault)).not.to.include('secret');
          },
          namespace,
        ));
    }

    for (const at of ['namespace middleware', 'decorated namespace middleware']) {
      it(`refuses: ${at}`, () =>
        all(faults(at), ({ refusal }, fault) => {
          checkError(refusal?.data, fault);
        }));
    }

    for (const at of ['namespace middleware', 'decorated namespace middleware', 'namespace.use']) {
      for (const how of ['next', 'next, later', 'next with data']) {
        it(`refuses, or lets in: ${at}: ${how}`, () =>
          all(faults(`${at}: ${how}`, ['throws']), ({ refusal, left }, fault) => {
            expect(left, named(fault)).to.equal(undefined);
            const passes =
              how !== 'next with data' && ['null', 'undefined', 'an empty string'].includes(fault.kind);
            expect(refusal === undefined, named(fault)).to.equal(passes);
          }));
      }
    }

    it('refuses: namespace.use', () =>
      all(faults('namespace.use'), ({ refusal }, fault) => {
        expect(refusal, named(fault)).to.be.instanceOf(Error);
      }));

    it('disconnects: OnConnect', () =>
      all(faults('OnConnect'), ({ left }, fault) => {
        expect(left, named(fault)).to.equal('io server disconnect');
      }));

    for (const at of [
      "listener of 'connection'",
      "listener of 'disconnect'",
      "listener of 'disconnecting'",
      'OnDisconnecting',
      'OnDisconnect',
    ]) {
      it(`hurts nobody: ${at}`, () =>
        all(faults(at), (end, fault) => {
          expect(end, named(fault)).to.deep.equal({});
        }));
    }
  });

  // The last of them: mocha runs what is nested after what is not.
  describe('in the end', () => {
    it('leaves nothing behind', async () => {
      await server.settled(({ alive, tables, gauges }) => {
        // Moleculer's validator remembers the last context that it has seen.
        expect(alive.sockets).to.be.at.most(1);
        expect(tables).to.include({ connections: 0, sockets: 0, entering: 0, rooms: 0, members: 0 });
        expect(gauges).to.deep.equal({ sockets: 0, messages: 0 });
      });
    });
  });
});
