import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { Errors, type Context, type Middleware, type ServiceSchema } from 'moleculer';
import {
  Ack,
  Authenticate,
  Ctx,
  ForwardEvent,
  MessageBody,
  OnAfterCall,
  OnCallError,
  OnDisconnect,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { CLOSABLE, failingStream, type Closable } from '../support/closable';
import {
  acksOn,
  ask,
  askRaw,
  CollectingLogger,
  connect,
  expectedMask,
  next,
  signal,
  start,
  type Client,
} from '../support/run-gateway';

/** What was made for the test that runs. */
const made: Closable[] = [];
/** Makes a value for an event. */
const make = async (kind: string): Promise<object> => keep(await CLOSABLE[kind]!());

function keep(closable: Closable): object {
  made.push(closable);
  return closable.value;
}

/** Waits until everything that was made is closed. */
async function allClosed(count: number): Promise<void> {
  const isOver = (): boolean => made.length >= count && made.every(({ isClosed }) => isClosed());
  for (let waited = 0; waited < 1000 && !isOver(); waited++) await sleep(10);
  expect(made.map(({ isClosed }) => isClosed())).to.deep.equal(Array<boolean>(count).fill(true));
}

function expectUnsupported(error: any, where = ''): void {
  expect(error).to.deep.equal({
    name: 'MoleculerError',
    message: `${where === '' ? 'the result' : `"${where}" of the result`} is a stream, which cannot be sent as an answer: return the data that is read from it`,
    code: 501,
    type: 'STREAM_NOT_SUPPORTED',
  });
}

class Report {
  constructor(
    readonly title: string,
    readonly body: object,
  ) {}
}

/** Where in a result a value may be, and the path that the error names. */
const PLACES: Record<string, { put: (value: object) => object; path: string }> = {
  'a property': { put: (file) => ({ name: 'x', file }), path: 'file' },
  'an array': { put: (file) => [1, [file]], path: '1.0' },
  'a Map': { put: (file) => ({ files: new Map([['a', { file }]]) }), path: 'files.a.file' },
  'a Set': { put: (file) => new Set([file]), path: '?' },
  'an instance of a class': {
    put: (file) => ({ report: new Report('x', { file }) }),
    path: 'report.body.file',
  },
  'an object without a prototype': {
    put: (file) => Object.assign(Object.create(null), { file }),
    path: 'file',
  },
  'a circle': {
    put(file) {
      const circle: Record<string, unknown> = { file };
      circle['self'] = [circle];
      return circle;
    },
    path: 'file',
  },
};

const KINDS = Object.keys(CLOSABLE);
const STREAM = 'a Node stream';

describe('results that own a resource', () => {
  beforeEach(() => {
    made.length = 0;
  });

  const hold = { asked: signal(), go: signal(), gone: signal() };
  beforeEach(() => {
    Object.assign(hold, { asked: signal(), go: signal(), gone: signal() });
  });

  const files: ServiceSchema = {
    name: 'files',
    actions: {
      get: { handler: (ctx: any) => make(ctx.params.kind) },
      exposed: { socket: 'exposed', handler: (ctx: any) => make(ctx.params.kind) },
    } as ServiceSchema['actions'],
  };

  @SocketNamespace('/x', { settings: { port: 0 }, autoExpose: true })
  class StreamsGateway extends SocketGateway {
    @Authenticate()
    enter() {
      return { id: 1 };
    }
    @OnDisconnect()
    left() {
      hold.gone.fire();
    }
    @SocketEvent()
    ping() {
      return 'pong';
    }
    @SocketEvent()
    now() {
      return keep(failingStream());
    }
    @SocketEvent()
    get(@MessageBody() kind: string) {
      return make(kind);
    }
    @SocketEvent()
    async put(@MessageBody() kind: string, @MessageBody(1) place: string) {
      return PLACES[place]!.put(await make(kind));
    }
    @SocketEvent('call', { whitelist: ['files.*'], multi: true })
    call!: ActionProxy;
    @SocketEvent('fallback', { fallback: () => make(STREAM) })
    fallback() {
      throw new Error('down');
    }
    @SocketEvent('late', { timeout: 20 })
    async late(@MessageBody() kind: string) {
      await hold.go;
      return { file: await make(kind) };
    }
    @SocketEvent()
    async held(@MessageBody() kind: string) {
      hold.asked.fire();
      await hold.go;
      return make(kind);
    }
    @SocketEvent()
    async login(@MessageBody() kind: string, @Ctx() ctx: SocketContext) {
      ctx.meta.user = { id: 2 };
      return make(kind);
    }
    @SocketEvent()
    async join(@MessageBody() kind: string, @Ctx() ctx: SocketContext) {
      ctx.meta.$join = 'room';
      return make(kind);
    }
    override async socketSaveUser() {
      await sleep(5);
      throw new Error('the database is down');
    }
    socketJoinRooms() {
      throw new Error('the adapter is down');
    }
    @SocketEvent()
    async replaced(@MessageBody() kind: string) {
      return make(kind);
    }
    @SocketEvent()
    async refused(@MessageBody() kind: string) {
      return make(kind);
    }
    @SocketEvent()
    async added() {
      return { id: 1 };
    }
    @SocketEvent()
    async mutated() {
      return { id: 1 };
    }
    @OnAfterCall('replaced')
    async replace() {
      await sleep(5);
      return 'replaced';
    }
    @OnAfterCall('refused')
    async refuse() {
      await sleep(5);
      throw new Error('no');
    }
    @OnAfterCall('added')
    add() {
      return make(STREAM);
    }
    @OnAfterCall('mutated')
    async mutate(_ctx: SocketContext, _socket: unknown, result: Record<string, unknown>) {
      result['file'] = await make(STREAM);
    }
    @SocketEvent()
    async chained() {
      return { id: 1 };
    }
    /** Runs last: after hooks run in the reverse order of their declaration. */
    @OnAfterCall('chained')
    async last() {
      await sleep(5);
      return 'data';
    }
    @OnAfterCall('chained')
    first() {
      return make(STREAM);
    }
    @SocketEvent()
    fails() {
      throw new Error('down');
    }
    @OnCallError('fails')
    forgive() {
      return make(STREAM);
    }
    @SocketEvent()
    async acks(@MessageBody() kind: string, @Ack() ack: Ack) {
      ack(null, { file: await make(kind) });
    }
    @SocketEvent()
    async acksAndReturns(@Ack() ack: Ack) {
      ack(null, 'answered');
      return make(STREAM);
    }
    @SocketEvent()
    async inAnError() {
      throw new Errors.MoleculerError('seen', 418, 'TEAPOT', { file: await make(STREAM) });
    }
  }

  /** Asks; the answer must be the only one, and the server must be well. */
  async function askOnce(client: Client, event: string, ...args: unknown[]) {
    const acks = acksOn(client);
    const answer = await ask(client, event, ...args);
    expect((await ask(client, 'ping')).result).to.equal('pong');
    expect(acks, 'the answer and the one to ping').to.have.length(2);
    return answer;
  }

  describe('are answered with 501 and closed', () => {
    for (const kind of KINDS) {
      it(`${kind}, from a handler, a proxy, several calls, and an exposed action`, async () => {
        const client = await connect(await start([StreamsGateway, files]));
        const where = kind === 'a Response' ? 'body' : '';
        expectUnsupported((await askOnce(client, 'get', kind)).error, where);
        expectUnsupported((await askOnce(client, 'call', 'files.get', { kind })).error, where);
        expectUnsupported((await askOnce(client, 'exposed', { kind })).error, where);
        const calls = [{ action: 'files.get', params: { kind } }];
        expectUnsupported((await askOnce(client, 'call', calls)).error, where);
        const { result } = await askOnce(client, 'call', calls, { settled: true });
        expectUnsupported(result[0].reason, where);
        await allClosed(5);
      });
    }

    it('those that fail in the tick in which a handler returns them', async () => {
      const client = await connect(await start([StreamsGateway]));
      expectUnsupported((await askOnce(client, 'now')).error);
      await allClosed(1);
    });

    for (const [place, { path }] of Object.entries(PLACES)) {
      it(`those in ${place}`, async () => {
        const client = await connect(await start([StreamsGateway]));
        for (const kind of KINDS) {
          const { error } = await askOnce(client, 'put', kind, place);
          expectUnsupported(error, kind === 'a Response' ? `${path}.body` : path);
        }
        await allClosed(KINDS.length);
      });
    }

    it('those from a fallback, after hooks, an error hook and a middleware', async () => {
      const middleware = {
        localSocketEvent: (next: any, event: any) => (ctx: any) =>
          event.name === 'ping' && ctx.params.stream ? make(STREAM) : next(ctx),
      };
      const client = await connect(
        await start([StreamsGateway], { middlewares: [middleware as Middleware] }),
      );
      expectUnsupported((await askOnce(client, 'fallback')).error);
      expectUnsupported((await askOnce(client, 'added')).error);
      expectUnsupported((await askOnce(client, 'mutated')).error, 'file');
      expectUnsupported((await askOnce(client, 'fails')).error);
      expectUnsupported((await askOnce(client, 'ping', { stream: true })).error);
      await allClosed(5);
    });

    it('those that a handler gives to its ack', async () => {
      const client = await connect(await start([StreamsGateway]));
      for (const kind of KINDS) {
        const { error } = await askOnce(client, 'acks', kind);
        expectUnsupported(error, kind === 'a Response' ? 'file.body' : 'file');
      }
      await allClosed(KINDS.length);
    });

    it('and the log says where, with the id of the request', async () => {
      const logger = new CollectingLogger();
      const client = await connect(await start([StreamsGateway], { logger }));
      await askOnce(client, 'put', STREAM, 'a property');
      expect(
        logger.having(`StreamsGateway: the event 'put' of ${client.id} failed (requestID `),
      ).to.have.length(1);
      expect(logger.having('"file" of the result is a stream')).to.have.length(1);
    });

    it('those that moleculer-io’s functions give to their ack', async () => {
      const io = {
        name: 'io',
        mixins: [SocketIOService],
        settings: {
          port: 0,
          io: {
            namespaces: {
              '/x': {
                events: {
                  custom: async (ack: (...args: unknown[]) => void) => ack(null, await make(STREAM)),
                  ping: (ack: (...args: unknown[]) => void) => ack(null, 'pong'),
                },
              },
            },
          },
        },
      };
      const client = await connect(await start(io as object as ServiceSchema));
      expectUnsupported((await askOnce(client, 'custom')).error);
      await allClosed(1);
    });
  });

  describe('are closed', () => {
    it('where the client asked for no answer', async () => {
      const client = await connect(await start([StreamsGateway, files]));
      const acks = acksOn(client);
      for (const kind of KINDS) {
        client.emit('get', kind);
        client.emit('put', kind, 'a property');
        client.emit('call', 'files.get', { kind });
        client.emit('acks', kind);
      }
      await ask(client, 'ping');
      await allClosed(KINDS.length * 4);
      expect(acks).to.have.length(1);
    });

    for (const kind of KINDS) {
      it(`where the client has gone before it was returned: ${kind}`, async () => {
        const running = await start([StreamsGateway]);
        const client = await connect(running);
        client.emit('held', kind, () => undefined);
        await hold.asked;
        client.disconnect();
        await hold.gone;
        hold.go.fire();
        while (made.length === 0) await sleep(5);
        await allClosed(1);
        expect((await ask(await connect(running), 'ping')).result).to.equal('pong');
      });

      it(`where it comes after the timeout: ${kind}`, async () => {
        const client = await connect(await start([StreamsGateway]));
        expect((await askOnce(client, 'late', kind)).error).to.include({ code: 504 });
        hold.go.fire();
        while (made.length === 0) await sleep(5);
        await allClosed(1);
        expect((await ask(client, 'ping')).result).to.equal('pong');
      });
    }

    it('where an after hook replaces it, and the client gets what the hook returned', async () => {
      const client = await connect(await start([StreamsGateway]));
      for (const kind of KINDS) {
        expect(await askOnce(client, 'replaced', kind)).to.deep.equal({ error: null, result: 'replaced' });
      }
      expect(await askOnce(client, 'chained')).to.deep.equal({ error: null, result: 'data' });
      await allClosed(KINDS.length + 1);
    });

    it('where an after hook, the user or the rooms fail', async () => {
      const client = await connect(await start([StreamsGateway]));
      for (const kind of KINDS) {
        for (const event of ['refused', 'login', 'join']) {
          const { error } = await askOnce(client, event, kind);
          expect(error).to.deep.equal(expectedMask(error.data.requestID));
        }
      }
      await allClosed(KINDS.length * 3);
    });

    it('where Moleculer’s own hooks replace it or fail', async () => {
      @SocketNamespace('/x', {
        settings: { port: 0 },
        hooks: {
          after: {
            replaced: () => 'replaced',
            refused: () => Promise.reject(new Error('no')),
          },
        },
      })
      class HookedGateway extends SocketGateway {
        @SocketEvent()
        ping() {
          return 'pong';
        }
        @SocketEvent()
        async replaced() {
          return { file: await make(STREAM) };
        }
        @SocketEvent()
        refused() {
          return { file: keep(CLOSABLE[STREAM]!() as Closable) };
        }
      }
      const client = await connect(await start([HookedGateway]));
      expect((await askOnce(client, 'replaced')).result).to.equal('replaced');
      expect((await askOnce(client, 'refused')).error.code).to.equal(500);
      await allClosed(2);
    });

    it('where the handler answers by itself, and where a retry has the answer', async () => {
      let attempts = 0;

      @SocketNamespace('/x', { settings: { port: 0 } })
      class RetriedGateway extends StreamsGateway {
        @SocketEvent('retried', {
          timeout: 20,
          retryPolicy: { enabled: true, retries: 1, delay: 1 },
        } as object)
        async retried() {
          if (++attempts > 1) return 'second';
          await sleep(60);
          return make(STREAM);
        }
      }
      const client = await connect(await start([RetriedGateway]));
      expect((await askOnce(client, 'acksAndReturns')).result).to.equal('answered');
      expect((await askOnce(client, 'retried')).result).to.equal('second');
      while (made.length < 2) await sleep(5);
      await allClosed(2);
    });

    it('where it is in the data of an error, of which the client gets the rest', async () => {
      const client = await connect(await start([StreamsGateway]));
      expect((await askOnce(client, 'inAnError')).error).to.deep.equal({
        name: 'MoleculerError',
        message: 'seen',
        code: 418,
        type: 'TEAPOT',
      });
      await allClosed(1);
    });

    it('and what fails while it is closed ends nothing', async () => {
      const logger = new CollectingLogger();
      const failing = [
        () => {
          throw new Error('cannot be closed');
        },
        () => Promise.reject(new Error('cannot be closed')),
      ];

      @SocketNamespace('/x', { settings: { port: 0 } })
      class FailingGateway extends StreamsGateway {
        @SocketEvent()
        failing(@MessageBody() at: number) {
          return { [Symbol.asyncIterator]: () => undefined, close: failing[at] };
        }
      }
      const client = await connect(await start([FailingGateway], { logger }));
      expectUnsupported((await askOnce(client, 'failing', 0)).error);
      expectUnsupported((await askOnce(client, 'failing', 1)).error);
      expect(
        logger.having('a stream in a result could not be closed: Error: cannot be closed'),
      ).to.have.length(2);
    });
  });

  describe('are left open', () => {
    it('until the hooks and middlewares have run, which may read them', async () => {
      const { value } = (await CLOSABLE['a file that exists']!()) as { value: any };

      @SocketNamespace('/x', { settings: { port: 0 } })
      class ReadingGateway extends SocketGateway {
        @SocketEvent()
        size() {
          return value as object;
        }
        @OnAfterCall('size')
        async read(_ctx: SocketContext, _socket: unknown, file: AsyncIterable<Buffer>) {
          let size = 0;
          for await (const chunk of file) size += chunk.length;
          return size > 1000;
        }
      }
      const client = await connect(await start([ReadingGateway]));
      expect(await ask(client, 'size')).to.deep.equal({ error: null, result: true });
    });

    it('where they are not in the result, but in what a service, a socket or a context leads to', async () => {
      const shared = (await CLOSABLE[STREAM]!()) as { value: object; isClosed: () => boolean };

      @SocketNamespace('/x', { settings: { port: 0 } })
      class LeakingGateway extends SocketGateway {
        readonly open = new Map([['shared', shared.value]]);
        @SocketEvent()
        ping() {
          return 'pong';
        }
        @SocketEvent()
        leak(@MessageBody() what: string, @Ctx() ctx: SocketContext): unknown {
          const values: Record<string, unknown> = {
            service: this,
            'this.io': this.io,
            broker: this.broker,
            socket: ctx.socket,
            'an operator': ctx.socket.to('room'),
          };
          return { value: values[what] };
        }
      }
      const running = await start([LeakingGateway]);
      const [client, other] = [await connect(running), await connect(running)];
      for (const what of ['service', 'this.io', 'broker', 'socket', 'an operator']) {
        const { error } = await askOnce(client, 'leak', what);
        expect(error, what).to.deep.equal(expectedMask(error.data.requestID));
      }
      expect((await ask(other, 'ping')).result).to.equal('pong');
      expect(shared.isClosed()).to.equal(false);
    });
  });
});

describe('results that are forwarded to clients', () => {
  it('are closed and not sent where they own a resource, or cannot be written as they are', async () => {
    const RESULTS: Record<string, () => unknown> = {
      stream: () => make(STREAM),
      missing: () => ({ file: keep(CLOSABLE['a file that does not exist']!() as Closable) }),
      map: () => ({ tags: new Map() }),
    };

    @SocketNamespace('/x', { settings: { port: 0 } })
    class NewsGateway extends SocketGateway {
      @ForwardEvent('news.*')
      forward(ctx: Context<{ what: string }>) {
        const { what } = ctx.params;
        return RESULTS[what]?.() ?? what;
      }
    }
    made.length = 0;
    const logger = new CollectingLogger();
    const { broker, ...running } = await start([NewsGateway], { logger });
    const client = await connect({ url: running.url });
    const heard: unknown[] = [];
    client.onAny((...args: unknown[]) => heard.push(args));
    for (const what of Object.keys(RESULTS)) await broker.emit('news.made', { what });
    const plain = next(client, 'news.made');
    await broker.emit('news.made', { what: 'plain' });
    expect(await plain).to.deep.equal(['plain']);
    await allClosed(2);
    expect(heard).to.deep.equal([['news.made', 'plain']]);
    for (const told of [
      'the result is a stream',
      '"file" of the result is a stream',
      '"tags" of the result is a Map',
    ]) {
      expect(logger.having(`NewsGateway.forward, forwarding 'news.made': ${told}`), told).to.have.length(1);
    }
  });
});

describe('results that cannot be written as they are', () => {
  class Money {
    constructor(
      readonly amount: number,
      readonly at = new Date(0),
    ) {}
  }
  class Document extends Map<string, number> {
    toJSON() {
      return Object.fromEntries(this);
    }
  }
  const shared = { tags: ['a'] };
  const nested = (levels: number): unknown => (levels === 0 ? 'core' : { inner: nested(levels - 1) });

  const WRONG: Record<string, { value: () => unknown; told: string }> = {
    'a Map': { value: () => new Map([['a', 1]]), told: 'the result is a Map, which JSON writes as {}' },
    'a Set': {
      value: () => new Set([1]),
      told: 'the result is a Set, which JSON writes as {}: return [...set]',
    },
    'a Map inside': { value: () => ({ a: [new Map()] }), told: '"a.0" of the result is a Map' },
    'a Set inside': { value: () => ({ tags: new Set([1]) }), told: '"tags" of the result is a Set' },
    'a Set in a class': {
      value: () => Object.assign(new Money(1), { tags: new Set() }),
      told: '"tags" of the result',
    },
    'a Set that is deep': {
      value: () => ({ a: nested(50), b: { c: new Set() } }),
      told: '"b.c" of the result is a Set',
    },
    'a Blob': {
      value: () => new Blob(['a']),
      told: 'the result is a Blob, which Node cannot write to a socket',
    },
    'a Blob inside': { value: () => ({ file: new Blob(['a']) }), told: '"file" of the result is a Blob' },
  };
  const RIGHT: Record<string, { value: () => unknown; written: unknown }> = {
    'an instance of a class': {
      value: () => new Money(1),
      written: { amount: 1, at: '1970-01-01T00:00:00.000Z' },
    },
    'a Map that says what it is written as': { value: () => new Document([['a', 1]]), written: { a: 1 } },
    'one object twice': { value: () => [shared, shared], written: [shared, shared] },
    '60 levels': { value: () => nested(60), written: nested(60) },
    'an object without a prototype': {
      value: () => Object.assign(Object.create(null), { a: 1 }),
      written: { a: 1 },
    },
    'bytes beside data': {
      value: () => ({ a: Buffer.from('x'), b: 1 }),
      written: { a: Buffer.from('x'), b: 1 },
    },
    'an error': { value: () => new Error('x'), written: {} },
  };

  @SocketNamespace('/x', { settings: { port: 0 } })
  class ValuesGateway extends SocketGateway {
    @SocketEvent()
    wrong(@MessageBody() name: string) {
      return WRONG[name]!.value();
    }
    @SocketEvent()
    acked(@MessageBody() name: string, @Ack() ack: Ack) {
      ack(null, WRONG[name]!.value());
    }
    @SocketEvent()
    right(@MessageBody() name: string) {
      return RIGHT[name]!.value();
    }
  }

  it('are answered with a masked error, and the log says what to return', async () => {
    const logger = new CollectingLogger();
    const client = await connect(await start(ValuesGateway, { logger }));
    for (const [name, { told }] of Object.entries(WRONG)) {
      for (const event of ['wrong', 'acked']) {
        const [error, ...rest] = await askRaw(client, event, name);
        expect(rest).to.deep.equal([]);
        expect(error).to.deep.equal(expectedMask(error.data.requestID));
        const [line, ...others] = logger.having(error.data.requestID);
        expect(line?.text).to.include(told);
        expect(others).to.deep.equal([]);
      }
    }
  });

  it('are none of these', async () => {
    const client = await connect(await start(ValuesGateway));
    for (const [name, { written }] of Object.entries(RIGHT)) {
      expect(await askRaw(client, 'right', name), name).to.deep.equal([null, written]);
    }
  });
});
