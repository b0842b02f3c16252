import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import {
  Authorize,
  Ctx,
  MessageBody,
  MessageStream,
  OnBeforeCall,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { ask, connect, signal, start } from '../support/run-gateway';
import { watchStreams } from '../support/streams-left';
import { bytesOf, chunksOf, newStreamId, upload } from '../support/stream-client';

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What handlers have seen, and what they wait for. */
const seen = {
  runs: 0,
  errors: [] as any[],
  streams: [] as Readable[],
  go: signal(),
  reading: signal(),
};

@SocketNamespace('/x', { settings: { port: 0 }, limits: { streams: 3, maxDepth: 5 } })
class FilesGateway extends SocketGateway {
  @OnBeforeCall()
  count() {
    seen.runs++;
  }

  @SocketEvent()
  ping() {
    return 'pong';
  }

  @SocketEvent('hash')
  async hash(
    @MessageBody(0, { type: String, optional: true }) name: string,
    @MessageStream() stream: Readable,
  ) {
    seen.streams.push(stream);
    const hash = createHash('sha256');
    await pipeline(stream, hash);
    return { name, sha: hash.digest('hex') };
  }

  @SocketEvent('limited', { stream: { maxBytes: 100_000 } })
  async limited(@MessageStream() stream: Readable) {
    return this.collect(stream);
  }

  @SocketEvent('objects')
  async objects(@MessageStream() stream: Readable) {
    return this.collect(stream);
  }

  @SocketEvent('bytesOnly', { stream: { objects: false } })
  async bytesOnly(@MessageStream() stream: Readable) {
    return this.collect(stream);
  }

  @SocketEvent('byContext', { stream: { maxBytes: 1_000_000 } })
  async byContext(ctx: SocketContext) {
    return ctx.stream ? this.collect(ctx.stream) : 'no stream';
  }

  @SocketEvent('piped')
  piped(@MessageStream() stream: Readable) {
    const target = new PassThrough();
    stream.pipe(target);
    target.resume();
    return once(target, 'end').then(() => 'piped');
  }

  @SocketEvent('slow')
  async slow(@MessageStream() stream: Readable) {
    seen.reading.fire();
    await seen.go;
    return this.collect(stream);
  }

  @SocketEvent('early')
  async early(@MessageStream() stream: Readable) {
    for await (const _first of stream) break;
    return 'enough';
  }

  @SocketEvent('never reads')
  neverReads(@MessageStream() stream: Readable) {
    seen.streams.push(stream);
    return 'not needed';
  }

  @SocketEvent('throws')
  async throws(@MessageStream() stream: Readable) {
    seen.streams.push(stream);
    await once(stream, 'data');
    throw new Error('the disk is full');
  }

  @SocketEvent('listener throws')
  listenerThrows(@MessageStream() stream: Readable) {
    stream.on('data', () => {
      throw new Error('in a listener');
    });
    return new Promise(() => undefined);
  }

  @SocketEvent('silent', { stream: { idle: 40 } })
  async silent(@MessageStream() stream: Readable) {
    return this.collect(stream);
  }

  @SocketEvent('idle', { timeout: 20_000, stream: { idle: 40 } })
  async idle(@MessageStream() stream: Readable) {
    return this.collect(stream);
  }

  @SocketEvent('timed', { timeout: 500, stream: { idle: 20_000 } })
  async timed(@MessageStream() stream: Readable) {
    const size = await this.collect(stream);
    if (size !== 0) return size;
    return new Promise(() => undefined);
  }

  @SocketEvent('guarded')
  @Authorize(() => false)
  guarded(@MessageStream() stream: Readable) {
    return this.collect(stream);
  }

  @SocketEvent('validated')
  validated(@MessageBody(0, { type: Number }) _size: number, @MessageStream() stream: Readable) {
    return this.collect(stream);
  }

  @SocketEvent('nothing')
  nothing(@MessageBody(0, { unchecked: true, optional: true }) body: unknown, @Ctx() ctx: SocketContext) {
    return { body, args: ctx.args.length };
  }

  private async collect(stream: Readable) {
    seen.streams.push(stream);
    const items: unknown[] = [];
    let size = 0;
    try {
      for await (const item of stream) {
        if (Buffer.isBuffer(item)) size += item.length;
        else items.push(item);
      }
    } catch (error) {
      seen.errors.push(error);
      throw error;
    }
    return items.length > 0 ? items : size;
  }
}

describe('uploads', () => {
  beforeEach(() => {
    Object.assign(seen, { runs: 0, errors: [], streams: [], go: signal(), reading: signal() });
  });

  async function serve(options: { transports?: string[] } = {}) {
    const running = await start([FilesGateway]);
    const client = await connect(running, '/x', options);
    return { running, client, left: watchStreams(running, client) };
  }

  for (const transport of ['websocket', 'polling']) {
    it(`bring all bytes, in order, over ${transport}`, async () => {
      const { client, left } = await serve({ transports: [transport] });
      for (const length of [0, 1, 65_536, 65_537, 3_000_000]) {
        const bytes = bytesOf(length);
        const { result, error } = await upload(client, 'hash', ['a.bin'], chunksOf(bytes));
        expect(error).to.equal(null);
        expect(result).to.deep.equal({ name: 'a.bin', sha: sha(bytes) });
      }
      await left();
    });
  }

  it('bring objects', async () => {
    const { client, left } = await serve();
    const { result } = await upload(client, 'objects', [], [[{ a: 1 }, 'two', 3, false], [], [[4]]]);
    expect(result).to.deep.equal([{ a: 1 }, 'two', 3, false, [4]]);
    await left();
  });

  it('are read from ctx.stream, and may be left out there', async () => {
    const { client, left } = await serve();
    expect((await upload(client, 'byContext', [], [Buffer.alloc(10)])).result).to.equal(10);
    expect((await ask(client, 'byContext')).result).to.equal('no stream');
    expect((await ask(client, 'byContext', { $stream: newStreamId() })).result).to.equal('no stream');
    await left();
  });

  it('are no argument of the event', async () => {
    const { client, left } = await serve();
    expect((await ask(client, 'nothing', 1, { $stream: 'a' })).result).to.deep.equal({ body: 1, args: 1 });
    expect((await ask(client, 'nothing', { $stream: 'a' })).result).to.deep.equal({ args: 0 });
    await left();
  });

  it('are piped', async () => {
    const { client, left } = await serve();
    expect((await upload(client, 'piped', [], chunksOf(bytesOf(200_000)))).result).to.equal('piped');
    await left();
  });

  it('wait for guards and validation', async () => {
    const { client, left } = await serve();
    const chunk = [Buffer.alloc(10)];
    expect((await upload(client, 'guarded', [], chunk)).error).to.include({ code: 401 });
    expect((await upload(client, 'validated', ['x'], chunk)).error).to.include({ code: 422 });
    expect(seen.streams).to.deep.equal([]);
    expect((await upload(client, 'validated', [1], chunk)).result).to.equal(10);
    await left();
  });

  it('are acknowledged when the handler takes them', async () => {
    const { client, left } = await serve();
    const acks: number[] = [];
    const id = newStreamId();
    const answer = ask(client, 'slow', { $stream: id, upload: true });
    for (let seq = 0; seq < 8; seq++)
      client.emit('$stream:chunk', id, seq, Buffer.alloc(10), () => acks.push(seq));
    client.emit('$stream:end', id);
    await seen.reading;
    expect((await ask(client, 'ping')).result).to.equal('pong');
    expect(acks).to.deep.equal([]);
    seen.go.fire();
    expect((await answer).result).to.equal(80);
    expect(acks).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
    await left();
  });

  describe('fail with', () => {
    const offer = (): { $stream: string; upload: true } => ({ $stream: newStreamId(), upload: true });

    it('413: more than maxBytes, too large a chunk, too many unacknowledged, too deep', async () => {
      const { client, left } = await serve();
      const large = await upload(client, 'limited', [], chunksOf(bytesOf(1_000_000)));
      expect(large.error).to.include({ code: 413, type: 'PAYLOAD_TOO_LARGE' });
      expect(large.error.data).to.deep.equal({ maxBytes: 100_000 });
      expect(large.stopped).to.equal(true);
      expect(seen.errors[0]).to.include({ code: 413 });
      expect((await upload(client, 'hash', [], [Buffer.alloc(65_537)])).error).to.include({ code: 413 });
      let deep: unknown = 1;
      for (let level = 0; level < 6; level++) deep = [deep];
      expect((await upload(client, 'objects', [], [[deep]])).error).to.include({ code: 413 });

      const many = offer();
      const answer = ask(client, 'slow', many);
      for (let seq = 0; seq < 9; seq++)
        client.emit('$stream:chunk', many.$stream, seq, Buffer.alloc(1), () => undefined);
      expect((await answer).error).to.include({ code: 413 });
      seen.go.fire();
      await left();
    });

    it('400: the wrong order, the wrong data, both kinds of data, and a chunk after the end', async () => {
      const { client, left } = await serve();
      const wrong: [seq: unknown, data: unknown][][] = [
        [[1, Buffer.alloc(1)]],
        [['0', Buffer.alloc(1)]],
        [[-1, Buffer.alloc(1)]],
        [
          [0, Buffer.alloc(1)],
          [0, Buffer.alloc(1)],
        ],
        [[0, 'text']],
        [[0, { a: 1 }]],
        [[0, null]],
        [[0, [null]]],
        [[0, undefined]],
        [
          [0, Buffer.alloc(1)],
          [1, [1]],
        ],
        [
          [0, [1]],
          [1, Buffer.alloc(1)],
        ],
      ];
      for (const chunks of wrong) {
        const { $stream, upload: _upload } = offer();
        const answer = ask(client, 'objects', { $stream, upload: true });
        for (const [seq, data] of chunks) client.emit('$stream:chunk', $stream, seq, data);
        expect((await answer).error, JSON.stringify(chunks)).to.include({ code: 400 });
      }
      const { $stream } = offer();
      const answer = ask(client, 'slow', { $stream, upload: true });
      client.emit('$stream:end', $stream);
      client.emit('$stream:chunk', $stream, 0, Buffer.alloc(1));
      expect((await answer).error).to.include({ code: 400, type: 'STREAM_OUT_OF_ORDER' });
      seen.go.fire();
      await left();
    });

    it('400: a client that sends none, or where none is taken', async () => {
      const { client, left } = await serve();
      expect((await ask(client, 'hash', 'a')).error).to.include({ code: 400, type: 'STREAM_MISSING' });
      expect((await upload(client, 'nothing', [], [])).error).to.include({
        code: 400,
        type: 'STREAM_NOT_EXPECTED',
      });
      expect((await upload(client, 'bytesOnly', [], [[1]])).error).to.include({
        code: 400,
        type: 'STREAM_NOT_VALID',
      });
      expect(seen.streams).to.have.length(1);
      await left();
    });

    it('400: an offer that is none, and an id that is taken', async () => {
      const { client, left } = await serve();
      for (const $stream of ['', 'a b', 'é', 'a'.repeat(65), 1, null, {}, ['a']]) {
        expect((await ask(client, 'nothing', { $stream })).error, JSON.stringify($stream)).to.include({
          code: 400,
          type: 'STREAM_NOT_VALID',
        });
      }
      expect((await ask(client, 'nothing', { $stream: 'a', upload: 1 })).error).to.include({ code: 400 });
      const first = ask(client, 'slow', { $stream: 'taken', upload: true });
      expect((await ask(client, 'nothing', { $stream: 'taken' })).error).to.include({
        code: 400,
        type: 'STREAM_ID_TAKEN',
      });
      client.emit('$stream:end', 'taken');
      seen.go.fire();
      expect((await first).result).to.equal(0);
      await left();
    });

    it('429: more than limits.streams', async () => {
      const { client, left } = await serve();
      const offers = [offer(), offer(), offer()];
      const answers = offers.map((one) => ask(client, 'slow', one));
      expect((await ask(client, 'slow', offer())).error).to.include({ code: 429, type: 'TOO_MANY_STREAMS' });
      for (const { $stream } of offers) client.emit('$stream:end', $stream);
      seen.go.fire();
      expect(await Promise.all(answers.map(async (answer) => (await answer).result))).to.deep.equal([
        0, 0, 0,
      ]);
      expect((await upload(client, 'hash', [], [])).error).to.equal(null);
      await left();
    });

    it('408: no first chunk in time, and none after it', async () => {
      const { client, left } = await serve();
      expect((await upload(client, 'silent', [], [], { ends: false })).error).to.include({
        code: 408,
        type: 'STREAM_TIMEOUT',
      });
      expect((await upload(client, 'idle', [], [Buffer.alloc(1)], { ends: false })).error).to.include({
        code: 408,
        type: 'STREAM_IDLE',
      });
      expect(seen.errors.map(({ code }) => code)).to.deep.equal([408, 408]);
      expect((await upload(client, 'timed', [], [], { ends: false })).error).to.include({
        code: 408,
        type: 'STREAM_TIMEOUT',
      });
      await left();
    });

    it('504: no answer in time after the end, however long the upload took', async () => {
      const { client, left } = await serve();
      const slowly = async (): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, 250));
      };
      const chunks = Array.from({ length: 4 }, () => Buffer.alloc(10));
      expect(
        (
          await upload(client, 'timed', [], chunks, {
            beforeChunk: (seq) => (seq > 0 ? slowly() : undefined),
          })
        ).result,
      ).to.equal(40);
      expect((await upload(client, 'timed', [], [])).error).to.include({
        code: 504,
        type: 'REQUEST_TIMEOUT',
      });
      await left();
    });

    it('the error of the handler, masked, and stop the client', async () => {
      const { client, left } = await serve();
      const thrown = await upload(client, 'throws', [], chunksOf(bytesOf(2_000_000)));
      expect(thrown.error).to.include({ code: 500, message: 'Internal Server Error' });
      expect(thrown.stopped).to.equal(true);
      expect(seen.streams[0]!.destroyed).to.equal(true);
      const inListener = await upload(client, 'listener throws', [], chunksOf(bytesOf(2_000_000)));
      expect(inListener.error).to.include({ code: 500, message: 'Internal Server Error' });
      await left();
    });

    it('the error of the client', async () => {
      const { client, left } = await serve();
      const id = newStreamId();
      const answer = ask(client, 'objects', { $stream: id, upload: true });
      client.emit('$stream:end', id, { name: 'Error', message: 'no\nmore' });
      const { error } = await answer;
      expect(error).to.include({ code: 400, type: 'STREAM_ABORTED' });
      expect(error.data).to.deep.equal({ reason: 'no\ufffdmore' });
      await left();
    });
  });

  it('stop the client where the handler needs no more', async () => {
    const { client, left } = await serve();
    for (const event of ['early', 'never reads']) {
      const { result, stopped } = await upload(client, event, [], chunksOf(bytesOf(2_000_000)));
      expect(result).to.equal(event === 'early' ? 'enough' : 'not needed');
      expect(stopped).to.equal(true);
    }
    await left();
  });

  it('end where the client cancels: the handler sees it', async () => {
    const { client, left } = await serve();
    const id = newStreamId();
    const answer = ask(client, 'objects', { $stream: id, upload: true });
    await client.emitWithAck('$stream:chunk', id, 0, [1]);
    client.emit('$stream:cancel', id);
    expect((await answer).error).to.include({ code: 400, type: 'STREAM_CANCELLED' });
    expect(seen.errors[0]).to.include({ type: 'STREAM_CANCELLED' });
    await left();
  });

  it('end where the client goes: the handler sees it', async () => {
    const { client, left } = await serve();
    const id = newStreamId();
    client.emit('objects', { $stream: id, upload: true }, () => undefined);
    await client.emitWithAck('$stream:chunk', id, 0, [1]);
    client.io.engine.close();
    await left();
    expect(seen.errors[0]).to.include({ type: 'CLIENT_GONE' });
    expect(seen.streams[0]!.destroyed).to.equal(true);
  });

  it('leave nothing where they are for an event that does not exist, or without an ack', async () => {
    const { client, left } = await serve();
    expect((await upload(client, 'no such event', [], [Buffer.alloc(1)])).error).to.include({ code: 404 });
    client.emit('hash', { $stream: 'x', upload: true });
    const ended = new Promise<any[]>((resolve) =>
      client.once('$stream:end', (...args: unknown[]) => resolve(args)),
    );
    const [refusal] = await client.emitWithAck('$stream:chunk', 'x', 0, Buffer.alloc(1)).then((one) => [one]);
    expect(refusal).to.include({ code: 400, type: 'STREAM_UNKNOWN' });
    expect(await ended).to.deep.equal(['x', refusal]);
    await left();
  });
});
