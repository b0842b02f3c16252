import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Server, type Socket as ServerSocket } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { typed, type GatewayTypes, type UploadSource } from '../../src/client';
import { afterwards } from '../support/run-gateway';

interface Types extends GatewayTypes {
  calls: object;
  streams: { rows: (count: number) => number };
  uploads: { save: (name: string) => { bytes: number; name: string } };
}

/** Answers as docs/wire.md says. */
async function serve(onSocket: (socket: ServerSocket) => void) {
  const server = createServer();
  const sockets = new Server(server);
  sockets.on('connection', onSocket);
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const socket: Socket = io(`http://localhost:${(server.address() as AddressInfo).port}`, {
    forceNew: true,
    reconnection: false,
    transports: ['websocket'],
  });
  afterwards(async () => {
    socket.close();
    await sockets.close();
  });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return { socket, client: typed<Types>(socket, { timeout: 2000 }), sockets };
}

const failureOf = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );

async function collect<T>(stream: AsyncIterable<T>, most = Infinity): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) if (all.push(one) >= most) break;
  return all;
}

describe('streams of a typed client', () => {
  /** Sends arrays of two numbers, one after the other. */
  const sendRows =
    (events: string[]) =>
    (socket: ServerSocket): void => {
      socket.on('$stream:cancel', () => events.push('cancelled'));
      socket.on(
        'rows',
        (count: number, { $stream }: { $stream: string }, ack: (...answer: unknown[]) => void) => {
          ack(null, { $stream });
          const send = (at: number): void => {
            if (at >= count) {
              socket.emit('$stream:end', $stream);
              return;
            }
            socket.emit('$stream:chunk', $stream, at / 2, [at, at + 1], () => {
              events.push(`credit ${at}`);
              send(at + 2);
            });
          };
          send(0);
        },
      );
    };

  it('give what arrives, and ask for more when it is taken', async () => {
    const events: string[] = [];
    const { client } = await serve(sendRows(events));
    expect(await collect(client.stream('rows', 4))).to.deep.equal([0, 1, 2, 3]);
    expect(events).to.deep.equal(['credit 0', 'credit 2']);
  });

  it('are cancelled by leaving the loop', async () => {
    const events: string[] = [];
    const { client, socket } = await serve(sendRows(events));
    expect(await collect(client.stream('rows', 100), 3)).to.deep.equal([0, 1, 2]);
    await socket.timeout(1000).emitWithAck('rows', 0, { $stream: 'x' });
    expect(events).to.include('cancelled');
    expect(socket.listeners('$stream:chunk' as never)).to.deep.equal([]);
  });

  it('fail with the error of the answer, of the end, of the connection, and after their timeout', async () => {
    let answer: (socket: ServerSocket, id: string, ack: (...given: unknown[]) => void) => void = () =>
      undefined;
    const { client } = await serve((socket) => {
      socket.on('rows', (_count, { $stream }: { $stream: string }, ack: () => void) =>
        answer(socket, $stream, ack),
      );
    });
    answer = (_socket, _id, ack) => ack({ name: 'ForbiddenError', message: 'Forbidden', code: 403 });
    expect(await failureOf(collect(client.stream('rows', 1)))).to.include({ code: 403, event: 'rows' });
    answer = (_socket, _id, ack) => ack(null, [1]);
    expect(await failureOf(collect(client.stream('rows', 1)))).to.include({ type: 'NOT_A_STREAM' });
    answer = (socket, $stream, ack) => {
      ack(null, { $stream });
      socket.emit('$stream:end', $stream, { name: 'E', message: 'torn', code: 500, type: 'TORN' });
    };
    expect(await failureOf(collect(client.stream('rows', 1)))).to.include({ type: 'TORN', message: 'torn' });
    answer = () => undefined;
    expect(await failureOf(collect(client.with({ timeout: 10 }).stream('rows', 1)))).to.include({
      type: 'TIMEOUT',
    });
    answer = (socket) => socket.conn.close();
    expect(await failureOf(collect(client.stream('rows', 1)))).to.include({ type: 'DISCONNECTED' });
  });
});

describe('uploads of a typed client', () => {
  /** Takes chunks one at a time, and answers with their size. */
  const take =
    (seen: { most: number; chunks: unknown[] }) =>
    (socket: ServerSocket): void => {
      socket.on(
        'save',
        (name: string, { $stream }: { $stream: string }, ack: (...answer: unknown[]) => void) => {
          let bytes = 0;
          let underWay = 0;
          socket.on(
            '$stream:chunk',
            (id: string, _seq: number, data: Buffer | unknown[], credit: () => void) => {
              if (id !== $stream) return;
              seen.most = Math.max(seen.most, ++underWay);
              seen.chunks.push(data);
              bytes += Buffer.isBuffer(data) ? data.length : 0;
              setImmediate(() => {
                underWay--;
                credit();
              });
            },
          );
          socket.on('$stream:end', (id: string) => {
            if (id === $stream) setTimeout(() => ack(null, { name, bytes }), 10);
          });
        },
      );
    };

  const megabyte = new Uint8Array(1_000_000).fill(7);
  const sources: [name: string, source: () => UploadSource, total: number | undefined][] = [
    ['bytes', () => megabyte, 1_000_000],
    ['an ArrayBuffer', () => megabyte.buffer, 1_000_000],
    ['a Blob', () => new Blob([megabyte]), 1_000_000],
    ['a web stream', () => new Blob([megabyte]).stream() as ReadableStream<unknown>, undefined],
    [
      'an async iterable',
      async function* () {
        yield megabyte;
      },
      undefined,
    ],
  ];
  for (const [name, source, total] of sources) {
    it(`take ${name}, with at most 8 chunks under way`, async () => {
      const seen = { most: 0, chunks: [] as unknown[] };
      const { client } = await serve(take(seen));
      const progress: (number | undefined)[][] = [];
      const onProgress = (...told: (number | undefined)[]) => void progress.push(told);
      expect(await client.upload('save', 'a.bin', source(), { onProgress })).to.deep.equal({
        name: 'a.bin',
        bytes: 1_000_000,
      });
      expect(seen.most).to.be.within(1, 8);
      expect(Math.max(...seen.chunks.map((chunk) => (chunk as Buffer).length))).to.be.at.most(65_536);
      expect(progress.at(-1)).to.deep.equal([1_000_000, total]);
    });
  }

  it('take objects', async () => {
    const seen = { most: 0, chunks: [] as unknown[] };
    const { client } = await serve(take(seen));
    const source = async function* () {
      yield { a: 1 };
      yield { a: 2 };
    };
    await client.upload('save', 'rows', source());
    expect(seen.chunks).to.deep.equal([[{ a: 1 }], [{ a: 2 }]]);
  });

  it('end when they are refused, aborted, cut off, or when their source fails', async () => {
    const ended: unknown[] = [];
    let answer: (socket: ServerSocket, ack: (...given: unknown[]) => void) => void = () => undefined;
    const { client, socket: own } = await serve((socket) => {
      socket.on('all seen', (ack: () => void) => ack());
      socket.on('save', (_name, _stream, ack: () => void) => answer(socket, ack));
      socket.on('$stream:end', (_id, error) => ended.push(error));
    });
    answer = (_socket, ack) => ack({ name: 'PayloadTooLarge', message: 'too large', code: 413 });
    expect(await failureOf(client.upload('save', 'a', megabyte))).to.include({ code: 413 });
    answer = () => undefined;
    expect(await failureOf(client.upload('save', 'a', megabyte, { timeout: 20 }))).to.include({
      type: 'TIMEOUT',
    });
    const ending = new AbortController();
    const aborted = failureOf(client.upload('save', 'a', megabyte, { signal: ending.signal }));
    ending.abort('enough');
    expect(await aborted).to.equal('enough');
    const failing = async function* () {
      yield megabyte.slice(0, 5);
      throw new Error('the disk is gone');
    };
    expect(await failureOf(client.upload('save', 'a', failing()))).to.have.property(
      'message',
      'the disk is gone',
    );
    await own.emitWithAck('all seen');
    answer = (socket) => socket.conn.close();
    expect(await failureOf(client.upload('save', 'a', megabyte))).to.include({ type: 'DISCONNECTED' });
    expect(ended).to.deep.include({ name: 'Error', message: 'The source of the upload failed.' });
    expect(() => client.upload('save', 'a', 'text' as never)).to.throw(
      TypeError,
      /needs a File, a Blob, bytes or a stream/,
    );
  });
});

describe('streams and uploads without a connection', () => {
  it('wait for one until their timeout, and are not sent later', async () => {
    const received: string[] = [];
    const { client, socket } = await serve((server) => {
      server.on('rows', (_count, { $stream }: { $stream: string }, ack: (...given: unknown[]) => void) => {
        received.push('rows');
        ack(null, { $stream });
        server.emit('$stream:end', $stream);
      });
      server.on('save', (_name, _stream, ack: (...given: unknown[]) => void) => {
        received.push('save');
        ack(null, { bytes: 0, name: 'a' });
      });
    });
    const bytes = new Uint8Array(5);
    socket.disconnect();
    const impatient = client.with({ timeout: 5 });
    for (const call of [collect(impatient.stream('rows', 1)), impatient.upload('save', 'a', bytes)])
      expect(await failureOf(call))
        .to.include({ type: 'TIMEOUT' })
        .and.to.have.property('message')
        .that.includes('not sent');
    expect(
      await failureOf(collect(client.with({ signal: AbortSignal.abort('left') }).stream('rows', 1))),
    ).to.equal('left');
    const rows = collect(client.stream('rows', 1));
    const saved = client.upload('save', 'a', bytes);
    socket.connect();
    expect(await rows).to.deep.equal([]);
    expect(await saved).to.deep.equal({ bytes: 0, name: 'a' });
    expect(received.sort()).to.deep.equal(['rows', 'save']);
  });
});

describe('presence of a typed client', () => {
  it('is who is in a room', async () => {
    const { client, sockets } = await serve(() => undefined);
    const user = (id: number) => ({ id, info: { name: `u${id}` }, devices: [] });
    const shown: number[][] = [];
    const tea = client.presence('tea');
    const off = tea.on((users) => shown.push(users.map(({ id }) => id as number)));
    const told = new Promise<void>((resolve) => client.on('done' as never, resolve as never));
    sockets.emit('presence', { room: 'tea', state: [user(1), user(2)] });
    sockets.emit('presence', { room: 'other', state: [user(9)] });
    sockets.emit('presence', { room: 'tea', joins: [user(3)], leaves: [user(1)], updates: [user(2)] });
    sockets.emit('done');
    await told;
    expect(shown).to.deep.equal([[], [1, 2], [2, 3]]);
    expect(client.presence().list()).to.deep.equal([]);
    off();
    client.close();
  });
});
