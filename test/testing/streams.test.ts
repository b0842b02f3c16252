import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import sinon from 'sinon';
import { IsString } from 'class-validator';
import {
  Authorize,
  Ctx,
  MessageBody,
  MessageStream,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { ClientError, testGateway, type TestGateway, type TestGatewayOptions } from '../../src/testing';
import { afterwards } from '../support/endings';
import { failureOf } from './start-chat';

class NewFile {
  @IsString()
  name!: string;
}

@SocketNamespace('/files')
class FilesGateway extends SocketGateway {
  readonly ends: string[] = [];

  @SocketEvent('save', { stream: { maxBytes: 1_000_000 } })
  async save(@MessageBody() { name }: NewFile, @MessageStream() stream: Readable) {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of stream) chunks.push(chunk as Buffer);
    } finally {
      this.ends.push(name);
    }
    return {
      name,
      text: Buffer.concat(chunks).toString('latin1').slice(0, 5),
      bytes: Buffer.concat(chunks).length,
    };
  }

  @SocketEvent()
  async sum(@MessageStream() stream: Readable) {
    let sum = 0;
    for await (const one of stream) sum += one as number;
    return sum;
  }

  @SocketEvent()
  @Authorize('admin')
  secret(@MessageStream() stream: Readable) {
    stream.resume();
    return 'saved';
  }

  @SocketEvent()
  async stuck(@MessageStream() stream: Readable, @Ctx() { signal }: SocketContext) {
    stream.on('error', () => this.ends.push('stuck'));
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  }

  @SocketEvent()
  async *rows(@MessageBody() count: number, @Ctx() { socket }: SocketContext) {
    socket.emit('begun');
    try {
      for (let id = 0; id < count; id++) yield { id };
    } finally {
      this.ends.push('rows');
    }
  }

  @SocketEvent()
  bytes() {
    return Readable.from([Buffer.alloc(100_000, 'a'), Buffer.alloc(100_000, 'b')], { objectMode: false });
  }

  @SocketEvent()
  async *failing() {
    yield 1;
    throw new TypeError('no such table: rows');
  }

  @SocketEvent()
  async *silent(@Ctx() { signal }: SocketContext) {
    yield 1;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    this.ends.push('silent');
  }

  @SocketEvent()
  plain() {
    return 'plain';
  }
}

async function start(options: TestGatewayOptions = {}): Promise<TestGateway<FilesGateway>> {
  const files = await testGateway(FilesGateway, options);
  afterwards(() => files.close());
  return files;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items) taken.push(item);
  return taken;
}

const file = { name: 'a' };

describe('testing: upload', () => {
  for (const transports of [['websocket'], ['polling']]) {
    const sources: Record<string, () => unknown> = {
      bytes: () => Buffer.alloc(300_000, 'x'),
      'a Readable': () => Readable.from([Buffer.alloc(300_000, 'x')]),
      'a Blob': () => new Blob([Buffer.alloc(300_000, 'x')]),
      'an async iterable': () =>
        (async function* () {
          for (let part = 0; part < 3; part++) yield Buffer.alloc(100_000, 'x');
        })(),
    };
    for (const [kind, source] of Object.entries(sources)) {
      it(`returns the result: ${kind}, ${String(transports)}`, async () => {
        const ann = await (await start()).connect({ transports });
        expect(await ann.upload('save', file, source())).to.deep.equal({
          ...file,
          text: 'xxxxx',
          bytes: 300_000,
        });
        expect(ann.events).to.deep.equal([]);
      });
    }
  }

  it('sends objects, and tells the progress', async () => {
    const ann = await (await start()).connect();
    const numbers = (async function* () {
      yield* [1, 2, 3];
    })();
    expect(await ann.upload('sum', numbers)).to.equal(6);
    const told: [number, number | undefined][] = [];
    await ann.upload('save', file, Buffer.alloc(100_000), {
      onProgress: (sent: number, total?: number) => told.push([sent, total]),
    });
    expect(told).to.deep.equal([
      [65_536, 100_000],
      [100_000, 100_000],
    ]);
  });

  it('throws the error that the gateway answers with, from where the test has called', async () => {
    const ann = await (await start()).connect({ user: { id: 1 } });
    const error = await failureOf(ann.upload('save', {}, Buffer.alloc(3)));
    expect(error).to.be.instanceOf(ClientError);
    expect(error).to.include({ name: 'ValidationError', code: 422 });
    expect(error.stack).to.match(/^ValidationError: .*\n(.*\n)?.*streams\.test\.ts/);
    expect(await failureOf(ann.upload('secret', Buffer.alloc(3)))).to.include({ code: 403 });
    expect(await failureOf(ann.upload('save', file, Buffer.alloc(1_000_001)))).to.include({ code: 413 });
    expect(await failureOf(ann.upload('plain', Buffer.alloc(3)))).to.include({
      code: 400,
      type: 'STREAM_NOT_EXPECTED',
    });
    expect(await failureOf(ann.upload('save', file))).to.have.property(
      'message',
      "upload('save', …) needs a File, a Blob, bytes or a stream before its options.",
    );
  });

  it('ends with the signal, which the handler sees', async () => {
    const files = await start();
    const ann = await files.connect();
    const controller = new AbortController();
    const source = new PassThrough();
    source.write('some bytes, and no end');
    const uploading = failureOf(
      ann.upload('save', file, source, {
        signal: controller.signal,
        onProgress: () => {
          controller.abort(new RangeError('enough'));
        },
      }),
    );
    expect(await uploading).to.be.instanceOf(RangeError);
    expect(source.destroyed).to.equal(true);
    await files.settled();
    expect(files.service.ends).to.deep.equal(['a']);
  });

  it('ends with a message where nothing is taken, and when the connection does', async () => {
    const files = await start();
    const ann = await files.connect();
    expect(await failureOf(ann.upload('stuck', Buffer.alloc(1_000_000), { timeout: 40 }))).to.have.property(
      'message',
      "nothing of the upload 'stuck' was taken and no answer came for 40 ms; nothing came",
    );
    await files.settled();
    expect(files.service.ends).to.deep.equal(['stuck']);
    const uploading = failureOf(ann.upload('stuck', Buffer.alloc(1_000_000)));
    ann.cut();
    expect((await uploading).message).to.match(
      /^the connection broke \(transport close\) before 'stuck' was answered/,
    );
    expect((await failureOf(ann.upload('sum', Buffer.alloc(1)))).message).to.match(
      /^'sum' cannot be sent: the client /,
    );
  });
});

describe('testing: stream', () => {
  for (const transports of [['websocket'], ['polling']])
    it(`gives all items: ${String(transports)}`, async () => {
      const files = await start();
      const ann = await files.connect({ transports });
      expect(await all(ann.stream('rows', 3000))).to.deep.equal(
        Array.from({ length: 3000 }, (_, id) => ({ id })),
      );
      expect(Buffer.concat(await all(ann.stream<Buffer>('bytes'))).toString()).to.equal(
        'a'.repeat(100_000) + 'b'.repeat(100_000),
      );
      expect(ann.events).to.deep.equal([{ event: 'begun', args: [] }]);
    });

  it('is cancelled by leaving the loop', async () => {
    const files = await start();
    const ann = await files.connect();
    for await (const { id } of ann.stream('rows', 1_000_000)) if (id === 10) break;
    await files.settled();
    expect(files.service.ends).to.deep.equal(['rows']);
  });

  it('throws the error of the gateway, with what it has logged as the cause', async () => {
    const ann = await (await start()).connect();
    const items = ann.stream<number>('failing');
    expect(await items.next()).to.deep.equal({ done: false, value: 1 });
    const error = await failureOf(items.next());
    expect(error).to.be.instanceOf(ClientError);
    expect(error).to.include({ name: 'InternalServerError', code: 500 });
    expect(error.cause?.message).to.match(/no such table: rows/);
    expect(error.stack).to.match(/^InternalServerError: .*\n(.*\n)?.*streams\.test\.ts/);
    expect(await failureOf(all(ann.stream('nowhere')))).to.include({ code: 404, type: 'EVENT_NOT_FOUND' });
    expect(await failureOf(all(ann.stream('plain')))).to.have.property(
      'message',
      "'plain' is not answered with a stream: use emit('plain', …)",
    );
  });

  it('ends with a message where nothing comes, and when the connection does', async () => {
    const files = await start({ timeout: 700 });
    const ann = await files.connect();
    expect((await failureOf(all(ann.stream('silent')))).message).to.equal(
      "nothing of the stream 'silent' came for 700 ms; nothing came",
    );
    await files.settled();
    expect(files.service.ends).to.deep.equal(['silent']);
    const items = ann.stream('silent');
    await items.next();
    const next = failureOf(items.next());
    ann.cut();
    expect((await next).message).to.match(
      /^the connection broke \(transport close\) before 'silent' was answered/,
    );
    expect(() => ann.stream('rows', 1)).to.throw(/^'rows' cannot be sent: the client /);
  });

  it('flows while timers are faked', async () => {
    const files = await start();
    const ann = await files.connect();
    const clock = sinon.useFakeTimers({ now: Date.now() });
    try {
      expect(await all(ann.stream('rows', 3000))).to.have.length(3000);
      expect(await ann.upload('save', file, Buffer.alloc(200_000))).to.include({ bytes: 200_000 });
    } finally {
      clock.restore();
    }
  });
});
