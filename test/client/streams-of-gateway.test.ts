import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import { MessageBody, MessageStream, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { typed, type GatewayTypes, type UploadSource } from '../../src/client';
import { afterwards, connect, newClient, signal, start } from '../support/run-gateway';
import { bytesOf, chunksOf } from '../support/stream-client';
import { watchStreams } from '../support/streams-left';

const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const CONTENT = bytesOf(1_500_000);

interface Types extends GatewayTypes {
  calls: { ping: () => string };
  streams: {
    failing: () => number;
    rows: (count: number) => { id: number };
    bytes: () => Buffer;
    tokens: () => string;
  };
  uploads: {
    limited: () => number;
    hash: (name: string) => { name: string; sha: string };
    hold: () => never;
    count: () => number;
  };
}

const hold = { go: signal(), ends: [] as string[] };

for (const ack of ['error-first', 'object'] as const) {
  @SocketNamespace('/x', { settings: { port: 0 }, ack })
  class FilesGateway extends SocketGateway {
    @SocketEvent()
    ping() {
      return 'pong';
    }
    @SocketEvent()
    async hash(@MessageBody() name: string, @MessageStream() stream: Readable) {
      const hash = createHash('sha256');
      await pipeline(stream, hash);
      return { name, sha: hash.digest('hex') };
    }
    @SocketEvent()
    async count(@MessageStream() stream: Readable) {
      let count = 0;
      for await (const _item of stream) count++;
      return count;
    }
    @SocketEvent({ stream: { maxBytes: 100_000 } })
    async limited(@MessageStream() stream: Readable) {
      for await (const _item of stream);
      return 1;
    }
    @SocketEvent()
    async hold(@MessageStream() stream: Readable) {
      try {
        for await (const _item of stream) await hold.go;
      } catch (error) {
        hold.ends.push((error as { type: string }).type);
        throw error;
      }
    }
    @SocketEvent()
    async *rows(@MessageBody() count: number) {
      try {
        for (let id = 0; id < count; id++) yield { id };
      } finally {
        hold.ends.push('rows');
      }
    }
    @SocketEvent()
    bytes() {
      return Readable.from(chunksOf(CONTENT));
    }
    @SocketEvent()
    async *tokens() {
      yield 'Hello';
      await hold.go;
      yield ' world';
    }
    @SocketEvent()
    async *failing() {
      yield 1;
      throw new Error('the disk is gone');
    }
  }

  const failureOf = (promise: Promise<unknown>): Promise<any> =>
    promise.then(
      () => expect.fail('it did not fail'),
      (error: unknown) => error,
    );

  async function serve() {
    Object.assign(hold, { go: signal(), ends: [] });
    const running = await start([FilesGateway]);
    const socket = await connect(running);
    const client = typed<Types>(socket, { timeout: 20_000 });
    afterwards(() => {
      client.close();
    });
    const watched = watchStreams(running, socket);
    const left = async (): Promise<void> => {
      // Asks with acks of the other format, too.
      await client.call('ping');
      await watched(false);
    };
    return { running, socket, client, left };
  }

  describe(`streams of a typed client with a gateway, with ${ack} acks`, () => {
    const SOURCES: Record<string, () => UploadSource> = {
      bytes: () => CONTENT,
      'a Blob': () => new Blob([CONTENT]),
      'a File': () => new File([CONTENT], 'a.bin'),
      'a web stream': () => new Blob([CONTENT]).stream() as ReadableStream<unknown>,
      'a Readable': () => Readable.from(chunksOf(CONTENT, 100_000)),
      'a Readable of text': () => Readable.from([CONTENT.toString('latin1')]),
      async *'an async generator'() {
        yield* chunksOf(CONTENT, 10_000);
      },
    } as Record<string, () => UploadSource>;
    for (const [name, source] of Object.entries(SOURCES)) {
      it(`upload ${name}`, async () => {
        const { client, left } = await serve();
        const progress: (number | undefined)[] = [];
        const given = source();
        const { sha: received } = await client.upload('hash', 'a.bin', given, {
          onProgress: (sent) => progress.push(sent),
        });
        const expected = name === 'a Readable of text' ? Buffer.from(CONTENT.toString('latin1')) : CONTENT;
        expect(received).to.equal(sha(expected));
        expect(progress.at(-1)).to.equal(expected.length);
        expect(progress).to.deep.equal([...progress].sort((one, other) => one! - other!));
        await left();
      });
    }

    it('upload objects, and a file of the disk', async () => {
      const { client, left } = await serve();
      expect(await client.upload('count', Readable.from([{ a: 1 }, { a: 2 }]))).to.equal(2);
      const folder = mkdtempSync(join(tmpdir(), 'streams-'));
      afterwards(() => {
        rmSync(folder, { recursive: true });
      });
      writeFileSync(join(folder, 'a'), CONTENT);
      expect(await client.upload('hash', 'a', createReadStream(join(folder, 'a')))).to.deep.equal({
        name: 'a',
        sha: sha(CONTENT),
      });
      await pipeline(client.stream('bytes'), createWriteStream(join(folder, 'b')));
      expect(sha(readFileSync(join(folder, 'b')))).to.equal(sha(CONTENT));
      await left();
    });

    it('upload objects that are larger than a chunk, and one that is larger than all chunks under way', async () => {
      const { client, left } = await serve();
      const text = 'tea\n"ü"'.repeat(15_000);
      const rows = async function* () {
        for (let id = 0; id < 20; id++) yield { id, text, at: new Date(0), bytes: Buffer.alloc(10) };
        yield [text.repeat(6)];
        yield { isLast: true };
      };
      expect(await client.upload('count', rows())).to.equal(22);
      await left();
    });

    it('wait for the connection', async () => {
      const { running } = await serve();
      const socket = newClient(running);
      const client = typed<Types>(socket);
      afterwards(() => {
        client.close();
      });
      const uploaded = client.upload('hash', 'a', CONTENT);
      const rows: unknown[] = [];
      for await (const row of client.stream('rows', 3)) rows.push(row);
      expect(rows).to.deep.equal([{ id: 0 }, { id: 1 }, { id: 2 }]);
      expect((await uploaded).sha).to.equal(sha(CONTENT));
    });

    it('end where they are aborted: the handler sees it, and the source is ended', async () => {
      const { client, left } = await serve();
      const ending = new AbortController();
      const source = new PassThrough();
      source.write('a');
      const answer = failureOf(
        client.upload('hold', source, { signal: ending.signal, onProgress: () => undefined }),
      );
      await client.call('ping');
      ending.abort(new Error('enough'));
      expect(await answer).to.have.property('message', 'enough');
      expect(source.destroyed).to.equal(true);
      hold.go.fire();
      await left();
      expect(hold.ends).to.deep.equal(['STREAM_CANCELLED']);
    });

    it('end with the error of the gateway, and the source is ended', async () => {
      const { client, left } = await serve();
      const source = Readable.from(chunksOf(CONTENT));
      expect(await failureOf(client.upload('limited', source))).to.include({
        code: 413,
        event: 'limited',
      });
      expect(source.destroyed).to.equal(true);
      await left();
    });

    it('are cancelled by leaving the loop', async () => {
      const { client, left } = await serve();
      for await (const { id } of client.stream('rows', 1_000_000)) if (id === 20_000) break;
      await left();
      expect(hold.ends).to.deep.equal(['rows']);
    });

    it('come one by one', async () => {
      const { client, left } = await serve();
      const tokens: string[] = [];
      for await (const token of client.stream('tokens')) {
        tokens.push(token);
        hold.go.fire();
      }
      expect(tokens).to.deep.equal(['Hello', ' world']);
      await left();
    });

    it('fail with the masked error of the handler', async () => {
      const { client, left } = await serve();
      const taken: unknown[] = [];
      const reading = async (): Promise<void> => {
        for await (const one of client.stream('failing')) taken.push(one);
      };
      expect(await failureOf(reading())).to.include({ code: 500, type: 'INTERNAL_SERVER_ERROR' });
      expect(taken).to.deep.equal([1]);
      await left();
    });

    it('fail where the connection breaks', async () => {
      const { client, socket } = await serve();
      const answer = failureOf(client.upload('hold', new PassThrough()));
      const reading = failureOf(
        (async () => {
          for await (const _token of client.stream('tokens')) socket.io.engine.close();
        })(),
      );
      expect(await answer).to.include({ type: 'DISCONNECTED' });
      expect(await reading).to.include({ type: 'DISCONNECTED' });
    });
  });
}
