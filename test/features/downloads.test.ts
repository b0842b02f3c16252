import { createHash } from 'node:crypto';
import { PassThrough, Readable, Transform } from 'node:stream';
import { expect } from 'chai';
import {
  Ctx,
  MessageBody,
  MessageStream,
  OnAfterCall,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { ask, CollectingLogger, connect, next, signal, start, type Options } from '../support/run-gateway';
import { bytesOf, chunksOf, download, newStreamId, upload } from '../support/stream-client';
import { watchStreams } from '../support/streams-left';

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const CONTENT = bytesOf(2_000_000);

/** What handlers have seen, and what they wait for. */
const seen = {
  yielded: 0,
  ends: [] as string[],
  sources: [] as Readable[],
  reasons: [] as any[],
  go: signal(),
};

/** Makes a stream of bytes of every kind. */
const SOURCES: Record<string, () => unknown> = {
  'a Readable of bytes': () => Readable.from(chunksOf(CONTENT, 100_000), { objectMode: false }),
  'a Readable of buffers as objects': () => Readable.from(chunksOf(CONTENT, 30_000)),
  'a web stream': () => new Blob([CONTENT]).stream(),
  'a Transform': () => Readable.from([CONTENT]).pipe(new PassThrough()),
  'an async iterable of Uint8Array and ArrayBuffer': () => ({
    async *[Symbol.asyncIterator]() {
      yield new Uint8Array(CONTENT.subarray(0, 70_000));
      yield new Uint8Array(CONTENT.subarray(70_000)).buffer;
    },
  }),
};

@SocketNamespace('/x', { settings: { port: 0 }, limits: { streams: 3, concurrency: 4 } })
class ExportsGateway extends SocketGateway {
  @SocketEvent()
  ping() {
    return 'pong';
  }

  @SocketEvent()
  get(@MessageBody() kind: string) {
    return SOURCES[kind]!();
  }

  @SocketEvent()
  async *rows(@MessageBody() count: number) {
    try {
      for (let id = 0; id < count; id++) {
        seen.yielded++;
        yield { id };
      }
    } finally {
      seen.ends.push('rows');
    }
  }

  /** Objects of so many characters. */
  @SocketEvent()
  async *texts(@MessageBody({ type: [Number] }) lengths: number[]) {
    for (const length of lengths) yield { text: 'x'.repeat(length) };
  }

  @SocketEvent()
  async *tokens(@Ctx() ctx: SocketContext) {
    ctx.signal.addEventListener('abort', () => seen.reasons.push(ctx.signal.reason));
    try {
      yield 'Hello';
      await seen.go;
      yield ' world';
    } finally {
      seen.ends.push('tokens');
    }
  }

  @SocketEvent()
  async *failing(@MessageBody() after: number) {
    for (let id = 0; id < after; id++) yield id;
    throw new Error('the disk is gone');
  }

  @SocketEvent()
  async *unsendable(@MessageBody() kind: string) {
    yield 1;
    if (kind === 'a Map') yield { map: new Map([[1, 2]]) };
    if (kind === 'a stream') yield { file: new PassThrough() };
    const circle: { self?: unknown } = {};
    circle.self = circle;
    if (kind === 'a circle') yield circle;
    if (kind === 'a BigInt') yield 1n;
  }

  @SocketEvent('missing')
  missing() {
    return new Readable({
      read() {
        this.destroy(new Error('secret'));
      },
    });
  }

  @SocketEvent('idle', { stream: { idle: 40 } })
  async *idle(@MessageBody() kind: string) {
    yield kind === 'bytes' ? Buffer.alloc(10) : 1;
    if (kind === 'slow client') for (let at = 0; at < 20; at++) yield Buffer.alloc(65_536);
    else await seen.go;
  }

  @SocketEvent('late', { timeout: 40 })
  async *late() {
    await seen.go;
    yield 1;
  }

  @SocketEvent('long', { timeout: 300 })
  async *long() {
    for (let at = 0; at < 4; at++) {
      yield at;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  @SocketEvent()
  nested() {
    const stream = new PassThrough();
    seen.sources.push(stream);
    return { stream };
  }

  @SocketEvent()
  held() {
    return this.openStream();
  }

  @SocketEvent()
  async waiting(@Ctx() ctx: SocketContext) {
    ctx.signal.addEventListener('abort', () => seen.reasons.push(ctx.signal.reason));
    await seen.go;
    return this.openStream();
  }

  @SocketEvent()
  replaced() {
    return this.openStream();
  }
  @OnAfterCall('replaced')
  replace() {
    return Readable.from(['new']);
  }

  @SocketEvent()
  upper(@MessageStream() stream: Readable) {
    return stream.pipe(
      new Transform({
        transform(chunk: Buffer, _encoding, done) {
          done(null, chunk.toString().toUpperCase());
        },
      }),
    );
  }

  private openStream(): Readable {
    const stream = new PassThrough();
    seen.sources.push(stream);
    stream.write('first');
    return stream;
  }
}

describe('downloads', () => {
  beforeEach(() => {
    Object.assign(seen, { yielded: 0, ends: [], sources: [], reasons: [], go: signal() });
  });

  async function serve(options?: Options, client: object = {}) {
    const running = await start([ExportsGateway], options);
    const one = await connect(running, '/x', client);
    return { running, client: one, left: watchStreams(running, one) };
  }

  for (const transport of ['websocket', 'polling']) {
    for (const kind of Object.keys(SOURCES)) {
      it(`bring all bytes, in order, over ${transport}: ${kind}`, async () => {
        const { client, left } = await serve({}, { transports: [transport] });
        const { chunks, seqs, error } = await download(client, 'get', [kind]);
        expect(error).to.equal(undefined);
        expect(sha(Buffer.concat(chunks))).to.equal(sha(CONTENT));
        expect(Math.max(...chunks.map(({ length }: Buffer) => length))).to.be.at.most(65_536);
        expect(seqs).to.deep.equal(seqs.map((_seq, at) => at));
        await left();
      });
    }
  }

  it('bring objects, many in a chunk', async () => {
    const { client, left } = await serve();
    const { chunks } = await download(client, 'rows', [5000]);
    expect(chunks.flat()).to.deep.equal(Array.from({ length: 5000 }, (_, id) => ({ id })));
    expect(chunks.length).to.be.below(1000);
    expect(seen.ends).to.deep.equal(['rows']);
    expect((await download(client, 'rows', [0])).chunks).to.deep.equal([]);
    await left();
  });

  it('bring what comes one by one as it comes', async () => {
    const { client, left } = await serve();
    const first = next(client, '$stream:chunk');
    const whole = download(client, 'tokens');
    expect((await first)[2]).to.deep.equal(['Hello']);
    seen.go.fire();
    expect((await whole).chunks).to.deep.equal([['Hello'], [' world']]);
    await left();
  });

  it('are read no faster than the client takes them', async () => {
    const { client, left } = await serve();
    const id = newStreamId();
    let held: (() => void)[] = [];
    let chunks = 0;
    client.on('$stream:chunk', (_id: string, _seq: number, _data: unknown, ack: () => void) => {
      chunks++;
      held.push(ack);
    });
    expect((await ask(client, 'rows', 1_000_000, { $stream: id })).result).to.deep.equal({ $stream: id });
    while (chunks < 8) await ask(client, 'ping');
    const { yielded } = seen;
    for (let round = 0; round < 20; round++) await ask(client, 'ping');
    expect(chunks).to.equal(8);
    expect(seen.yielded).to.be.below(yielded + 10_000);
    for (const ack of held.splice(0, 3)) ack();
    while (chunks < 11) await ask(client, 'ping');
    expect(chunks).to.equal(11);
    client.emit('$stream:cancel', id);
    held = [];
    await left();
    expect(seen.ends).to.deep.equal(['rows']);
  });

  it('have at most 512 KiB of objects under way, and one object that is larger only alone', async () => {
    const { client, left } = await serve();
    const held: (() => void)[] = [];
    const arrived: number[][] = [];
    const ended = next(client, '$stream:end');
    client.on('$stream:chunk', (_id: string, _seq: number, data: { text: string }[], ack: () => void) => {
      arrived.push(data.map(({ text }) => text.length));
      held.push(ack);
    });
    const lengths = [200_000, 200_000, 200_000, 10, 700_000, 20_000, 30_000, 40_000];
    await ask(client, 'texts', lengths, { $stream: newStreamId() });
    const holds = async (count: number): Promise<void> => {
      while (arrived.length < count) await ask(client, 'ping');
      for (let round = 0; round < 10; round++) await ask(client, 'ping');
      expect(arrived).to.have.length(count);
    };
    await holds(2);
    held.shift()!();
    // The third one, and the short one after it.
    await holds(4);
    for (const ack of held.splice(0)) ack();
    await holds(5);
    held.shift()!();
    await ended;
    expect(arrived).to.deep.equal([
      [200_000],
      [200_000],
      [200_000],
      [10],
      [700_000],
      [20_000, 30_000],
      [40_000],
    ]);
    for (const ack of held) ack();
    await left();
  });

  it('are cancelled: at once, before the answer, and while the source waits', async () => {
    const { client, left } = await serve();
    const id = newStreamId();
    const taken = next(client, '$stream:chunk');
    client.emit('tokens', { $stream: id }, () => undefined);
    await taken;
    client.emit('$stream:cancel', id);
    await ask(client, 'ping');
    expect(seen.reasons).to.have.length(1);
    seen.go.fire();
    await left();
    expect(seen.ends).to.deep.equal(['tokens']);

    seen.go = signal();
    const answer = ask(client, 'waiting', { $stream: 'b' });
    client.emit('$stream:cancel', 'b');
    await ask(client, 'ping');
    expect(seen.reasons).to.have.length(2);
    seen.go.fire();
    expect((await answer).error).to.include({ code: 400, type: 'STREAM_CANCELLED' });
    expect(seen.sources[0]!.destroyed).to.equal(true);

    await ask(client, 'held', { $stream: 'c' });
    client.emit('$stream:cancel', 'c');
    await left();
    expect(seen.sources[1]!.destroyed).to.equal(true);
  });

  it('end where the client goes', async () => {
    const { client, left } = await serve();
    await ask(client, 'held', { $stream: 'a' });
    const taken = next(client, '$stream:chunk');
    client.emit('tokens', { $stream: 'b' }, () => undefined);
    await taken;
    client.io.engine.close();
    await left();
    expect(seen.sources[0]!.destroyed).to.equal(true);
    expect(seen.reasons[0]).to.include({ name: 'AbortError' });
    seen.go.fire();
  });

  it('fail with the masked error of their source', async () => {
    const logger = new CollectingLogger();
    const { client, left } = await serve({ logger });
    for (const after of [0, 1, 3000]) {
      const { chunks, error, ended } = await download(client, 'failing', [after]);
      expect(ended).to.equal(true);
      expect(error).to.include({
        code: 500,
        type: 'INTERNAL_SERVER_ERROR',
        message: 'Internal Server Error',
      });
      expect(chunks.flat()).to.have.length(after);
    }
    expect((await download(client, 'missing')).error).to.include({
      code: 500,
      type: 'INTERNAL_SERVER_ERROR',
    });
    expect(logger.having('the disk is gone')).to.have.length(3);
    await left();
  });

  it('fail with what cannot be sent', async () => {
    const { client, left } = await serve();
    expect((await download(client, 'unsendable', ['a Map'])).error).to.include({ code: 500 });
    expect((await download(client, 'unsendable', ['a circle'])).error).to.include({ code: 500 });
    expect((await download(client, 'unsendable', ['a BigInt'])).error).to.include({ code: 500 });
    expect((await download(client, 'unsendable', ['a stream'])).error).to.include({
      code: 501,
      type: 'STREAM_NOT_SUPPORTED',
    });
    await left();
  });

  it('fail with 408 where the source or the client is too slow, and with 504 before the first chunk', async () => {
    const { client, left } = await serve();
    expect((await download(client, 'idle', ['objects'])).error).to.include({
      code: 408,
      type: 'STREAM_IDLE',
    });
    const slow = await download(client, 'idle', ['slow client'], { onChunk: () => false });
    expect(slow.error).to.include({ code: 408, type: 'STREAM_IDLE' });
    expect(slow.chunks).to.have.length(8);
    expect((await download(client, 'late')).error).to.include({ code: 504, type: 'REQUEST_TIMEOUT' });
    seen.go.fire();
    await left();
  });

  it('may take longer than the timeout of the event', async () => {
    const { client, left } = await serve();
    const { chunks, error } = await download(client, 'long');
    expect(error).to.equal(undefined);
    expect(chunks.flat()).to.deep.equal([0, 1, 2, 3]);
    await left();
  });

  it('end with 400 where the client sends a chunk', async () => {
    const { client, left } = await serve();
    const whole = download(client, 'held', [], {
      id: 'a',
      onChunk: () => {
        client.emit('$stream:chunk', 'a', 0, Buffer.alloc(1));
      },
    });
    expect((await whole).error).to.include({ code: 400, type: 'STREAM_NOT_EXPECTED' });
    expect(seen.sources[0]!.destroyed).to.equal(true);
    await left();
  });

  it('are refused with 429 over limits.streams, and their source is closed', async () => {
    const { client, left } = await serve();
    for (const id of ['a', 'b', 'c'])
      expect((await ask(client, 'held', { $stream: id })).error).to.equal(null);
    expect((await ask(client, 'held', { $stream: 'd' })).error).to.include({
      code: 429,
      type: 'TOO_MANY_STREAMS',
    });
    expect(seen.sources[3]!.destroyed).to.equal(true);
    // An answer that is none counts nothing.
    expect((await ask(client, 'ping', { $stream: 'd' })).result).to.equal('pong');
    for (const id of ['a', 'b', 'c']) client.emit('$stream:cancel', id);
    await left();
    expect((await download(client, 'rows', [1])).chunks).to.deep.equal([[{ id: 0 }]]);
    await left();
  });

  it('leave the slot of their event to others, and are pending', async () => {
    const { client, running, left } = await serve();
    for (const id of ['a', 'b', 'c']) await ask(client, 'held', { $stream: id });
    expect((await ask(client, 'ping')).result).to.equal('pong');
    const [socket] = [...running.gateway.namespaces.get('/x')!.sockets.values()];
    expect(socket!.connected).to.equal(true);
    for (const source of seen.sources) source.push(null);
    await left();
  });

  it('are what an after hook returns, and what it replaces is closed', async () => {
    const { client, left } = await serve();
    expect((await download(client, 'replaced')).chunks).to.deep.equal([['new']]);
    expect(seen.sources[0]!.destroyed).to.equal(true);
    await left();
  });

  it('go both ways at once', async () => {
    const { client, left } = await serve();
    const chunks: Buffer[] = [];
    client.on('$stream:chunk', (_id: string, _seq: number, data: Buffer, ack: () => void) => {
      chunks.push(data);
      ack();
    });
    const ended = next(client, '$stream:end');
    const id = newStreamId();
    const sent = upload(client, 'upper', [], [Buffer.from('abc'), Buffer.from('def')], { id });
    expect((await sent).result).to.deep.equal({ $stream: id });
    client.emit('$stream:end', id);
    expect(await ended).to.deep.equal([id]);
    expect(Buffer.concat(chunks).toString()).to.equal('ABCDEF');
    await left();
  });

  it('are answered with 501 where the client takes none, and deep in a result', async () => {
    const { client, left } = await serve();
    expect((await ask(client, 'held')).error).to.include({ code: 501, type: 'STREAM_NOT_SUPPORTED' });
    expect((await ask(client, 'nested', { $stream: 'a' })).error).to.include({
      code: 501,
      type: 'STREAM_NOT_SUPPORTED',
    });
    for (const source of seen.sources) expect(source.destroyed).to.equal(true);
    await left();
  });
});
