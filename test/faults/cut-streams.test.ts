import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import { MessageBody, MessageStream, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { ask, connect, signal, start } from '../support/run-gateway';
import { chunksOf, bytesOf, download, newStreamId, upload } from '../support/stream-client';
import { watchStreams } from '../support/streams-left';

/** All streams of handlers. */
let streams: Readable[] = [];
let running = 0;

@SocketNamespace('/x', { settings: { port: 0 } })
class CutGateway extends SocketGateway {
  @SocketEvent()
  ping() {
    return 'pong';
  }
  @SocketEvent()
  async take(@MessageStream() stream: Readable) {
    streams.push(stream);
    running++;
    try {
      await pipeline(stream, new Writable({ write: (_chunk, _encoding, done) => setImmediate(done) }));
    } finally {
      running--;
    }
    return 'taken';
  }
  @SocketEvent()
  async fails(@MessageBody() at: number, @MessageStream() stream: Readable) {
    streams.push(stream);
    let chunks = 0;
    for await (const _chunk of stream) if (++chunks === at) throw new Error('no more');
    return chunks;
  }
  @SocketEvent()
  give() {
    const stream = Readable.from(chunksOf(bytesOf(2_000_000))).pipe(new PassThrough());
    streams.push(stream);
    return stream;
  }
  @SocketEvent()
  async *endless() {
    running++;
    try {
      for (let id = 0; ; id++) yield { id };
    } finally {
      running--;
    }
  }
}

describe('the end of a stream', () => {
  beforeEach(() => {
    streams = [];
    running = 0;
  });

  async function allEnded(): Promise<void> {
    for (
      let waited = 0;
      waited < 500 && !(running === 0 && streams.every(({ destroyed }) => destroyed));
      waited++
    )
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(running).to.equal(0);
    expect(streams.map(({ destroyed }) => destroyed)).to.deep.equal(streams.map(() => true));
  }

  /** The moments: after how many chunks. */
  const MOMENTS = [0, 1, 7, 8, 9, 20];

  for (const end of ['a cut', 'a disconnect', 'a cancel'] as const) {
    it(`by ${end} at any moment leaves nothing of an upload`, async () => {
      const server = await start([CutGateway]);
      for (const moment of MOMENTS) {
        const client = await connect(server);
        const left = watchStreams(server, client);
        const id = newStreamId();
        const acted = signal();
        const act = (): void => {
          acted.fire();
          if (end === 'a cut') client.io.engine.close();
          else if (end === 'a disconnect') client.disconnect();
          else client.emit('$stream:cancel', id);
        };
        void upload(client, 'take', [], chunksOf(bytesOf(3_000_000)), {
          id,
          beforeChunk: (seq) => {
            if (seq === moment) act();
          },
        });
        await acted;
        await left(end === 'a cancel');
        await allEnded();
        client.disconnect();
      }
    });

    it(`by ${end} at any moment leaves nothing of a download`, async () => {
      const server = await start([CutGateway]);
      for (const event of ['give', 'endless']) {
        for (const moment of MOMENTS) {
          const client = await connect(server);
          const left = watchStreams(server, client);
          const id = newStreamId();
          const acted = signal();
          const act = (): void => {
            acted.fire();
            if (end === 'a cut') client.io.engine.close();
            else if (end === 'a disconnect') client.disconnect();
            else client.emit('$stream:cancel', id);
          };
          void download(client, event, [], {
            id,
            onChunk: (_data, seq) => {
              if (seq === moment) act();
            },
          });
          await acted;
          await left(end === 'a cancel');
          await allEnded();
          client.disconnect();
        }
      }
    });
  }

  it('by a throw at any moment leaves nothing', async () => {
    const server = await start([CutGateway]);
    const client = await connect(server);
    const left = watchStreams(server, client);
    for (const moment of MOMENTS.slice(1)) {
      const { error } = await upload(client, 'fails', [moment], chunksOf(bytesOf(3_000_000)));
      expect(error).to.include({ code: 500 });
      await left();
      await allEnded();
    }
  });

  it('by the stop of the broker leaves nothing', async () => {
    const server = await start([CutGateway]);
    const client = await connect(server);
    const left = watchStreams(server, client);
    client.emit('take', { $stream: 'a', upload: true }, () => undefined);
    client.emit('endless', { $stream: 'b' }, () => undefined);
    await client.emitWithAck('$stream:chunk', 'a', 0, Buffer.alloc(10));
    await server.broker.stop();
    await left(false);
    await allEnded();
  });
});

describe('ordinary events', () => {
  it('are answered beside many streams, each of them whole', async () => {
    const server = await start([CutGateway]);
    const clients = await Promise.all(Array.from({ length: 4 }, () => connect(server)));
    let isOver = false;
    const flows = Promise.all(
      clients.flatMap((client) => [
        ...[1, 2, 3].map(() => upload(client, 'take', [], chunksOf(bytesOf(2_000_000)))),
        ...[1, 2, 3].map(() => download(client, 'give')),
      ]),
    ).finally(() => (isOver = true));
    let answered = 0;
    while (!isOver) {
      await Promise.all(
        clients.map(async (client) => {
          expect((await ask(client, 'ping')).result).to.equal('pong');
        }),
      );
      answered++;
    }
    // Each of them took its turn: many were answered while the streams ran.
    expect(answered).to.be.above(5);
    for (const one of await flows) {
      if ('chunks' in one) expect(Buffer.concat(one.chunks).equals(bytesOf(2_000_000))).to.equal(true);
      else expect(one.result).to.equal('taken');
    }
  });
});
