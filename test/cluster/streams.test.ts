import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { ServiceBroker, type ServiceSchema } from 'moleculer';
import {
  Ctx,
  MessageBody,
  MessageStream,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { ask, connect, newBroker, portOf, type Options, type Running } from '../support/run-gateway';
import { bytesOf, chunksOf, download, newStreamId, upload } from '../support/stream-client';
import { watchStreams } from '../support/streams-left';

const IS_0_14 = ServiceBroker.MOLECULER_VERSION.startsWith('0.14');
const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const CONTENT = bytesOf(1_000_000);

/** What the actions have seen. */
const seen = { errors: [] as any[], sources: [] as Readable[] };

const files: ServiceSchema = {
  name: 'files',
  actions: {
    save: { socket: { event: 'exposed save', streams: true }, handler: save },
    async count(ctx: any) {
      let items = 0;
      for await (const _item of streamOf(ctx)) items++;
      return items;
    },
    get: {
      socket: { event: 'exposed get', streams: { idle: 20_000 } },
      handler(ctx: any) {
        const stream = MAKE[ctx.params.kind]!();
        seen.sources.push(stream);
        return stream;
      },
    },
    closed: { socket: 'exposed without streams', handler: save },
  } as ServiceSchema['actions'],
};

const MAKE: Record<string, () => Readable> = {
  bytes: () => Readable.from(chunksOf(CONTENT, 100_000), { objectMode: false }),
  objects: () => Readable.from([{ a: 1 }, { a: 2 }]),
  'fails later': () =>
    Readable.from(
      (async function* () {
        yield Buffer.from('a');
        await sleep(5);
        throw new Error('the disk is gone');
      })(),
    ),
  'never ends': () => {
    const stream = new Readable({ read: () => undefined });
    stream.push('a');
    return stream;
  },
};

/** An action that takes a stream as moleculer-web gives it. */
async function save(ctx: any) {
  const hash = createHash('sha256');
  const { $params, filename, mimetype, user: _user, ...meta } = ctx.meta;
  try {
    for await (const chunk of streamOf(ctx)) hash.update(chunk as Buffer);
  } catch (error) {
    seen.errors.push(error);
    throw error;
  }
  const { $socketId: _id, $rooms: _rooms, $streamObjectMode: _mode, ...others } = meta;
  return {
    sha: hash.digest('hex'),
    params: IS_0_14 ? { $filename: filename, $mimetype: mimetype, ...$params } : ctx.params,
    others,
  };
}

function streamOf(ctx: any): Readable {
  return IS_0_14 ? ctx.params : ctx.stream;
}

@SocketNamespace('/x', { settings: { port: 0 }, autoExpose: true })
class DiskGateway extends SocketGateway {
  @SocketEvent()
  ping() {
    return 'pong';
  }
  @SocketEvent('call', { whitelist: ['files.*'], aliases: { put: 'files.save' }, streams: true, multi: true })
  call!: ActionProxy;
  @SocketEvent('limited', { whitelist: ['files.*'], streams: { maxBytes: 100_000, objects: true } })
  limited!: ActionProxy;
  @SocketEvent('closed', { whitelist: ['files.*'] })
  closed!: ActionProxy;
  @SocketEvent('passed on')
  passOn(
    @MessageBody({ unchecked: true }) params: Record<string, unknown>,
    @MessageStream() stream: Readable,
    @Ctx() ctx: SocketContext,
  ) {
    return IS_0_14
      ? ctx.call('files.save', stream, { meta: { $params: params } })
      : ctx.call('files.save', params, { stream } as object);
  }
}

interface TransitOfStreams {
  readonly pendingReqStreams: Map<string, unknown>;
  readonly pendingResStreams: Map<string, unknown>;
  readonly pendingRequests: Map<string, unknown>;
}

for (const place of ['on the same node', 'on another node'] as const) {
  describe(`streams of actions ${place}`, () => {
    let brokers: ServiceBroker[];
    let running: Running;

    beforeEach(async () => {
      Object.assign(seen, { errors: [], sources: [] });
      const options: Options = { transporter: 'Fake' };
      const near = newBroker(place === 'on the same node' ? [DiskGateway, files] : DiskGateway, {
        ...options,
        nodeID: 'near',
      });
      const far = newBroker(place === 'on the same node' ? [] : files, { ...options, nodeID: 'far' });
      brokers = [near, far];
      await Promise.all(brokers.map((broker) => broker.start()));
      await near.waitForServices('files', 2000, 5);
      const found = near.services.find((service) => 'namespaces' in service)!;
      const port = portOf(found);
      running = { broker: near, gateway: found as Running['gateway'], port, url: `http://localhost:${port}` };
    });

    async function enter() {
      const client = await connect(running);
      const watch = watchStreams(running, client);
      const left = async (): Promise<void> => {
        await watch();
        const kept = (): number =>
          brokers
            .map(({ transit }) => transit as object as TransitOfStreams)
            .reduce(
              (sum, { pendingReqStreams, pendingResStreams, pendingRequests }) =>
                sum + pendingReqStreams.size + pendingResStreams.size + pendingRequests.size,
              0,
            );
        for (let waited = 0; waited < 500 && kept() > 0; waited++) await sleep(10);
        expect(kept()).to.equal(0);
      };
      return { client, left };
    }

    it('take uploads as moleculer-web gives them', async () => {
      const { client, left } = await enter();
      const params = { $filename: 'a.png', $mimetype: 'image/png', folder: 'x' };
      const events: [event: string, ...args: unknown[]][] = [
        ['call', 'files.save', params],
        ['call', 'put', params],
        ['exposed save', params],
      ];
      for (const [event, ...args] of events) {
        const { error, result } = await upload(client, event, args, chunksOf(CONTENT));
        expect(error).to.equal(null);
        expect(result).to.deep.equal({ sha: sha(CONTENT), params, others: {} });
      }
      const passed = await upload(client, 'passed on', [{ folder: 'x' }], chunksOf(CONTENT));
      expect(passed.result).to.deep.include({ sha: sha(CONTENT) });
      expect(passed.result.params).to.deep.include({ folder: 'x' });
      await left();
    });

    it('take objects where the gateway says so', async () => {
      const { client, left } = await enter();
      expect((await upload(client, 'limited', ['files.count'], [[1, 2], [3]])).result).to.equal(3);
      expect((await upload(client, 'call', ['files.count'], [[1, 2]])).error).to.include({
        code: 400,
        type: 'STREAM_NOT_VALID',
      });
      await left();
    });

    it('return streams', async () => {
      const { client, left } = await enter();
      for (const [event, ...args] of [['call', 'files.get'], ['exposed get']] as [string, ...string[]][]) {
        const { chunks, error } = await download(client, event, [...args, { kind: 'bytes' }]);
        expect(error).to.equal(undefined);
        expect(sha(Buffer.concat(chunks))).to.equal(sha(CONTENT));
        const objects = await download(client, event, [...args, { kind: 'objects' }]);
        expect(objects.chunks.flat()).to.deep.equal([{ a: 1 }, { a: 2 }]);
      }
      await left();
    });

    it('fail with the error of the action', async () => {
      const { client, left } = await enter();
      const { error, chunks } = await download(client, 'call', ['files.get', { kind: 'fails later' }]);
      expect(Buffer.concat(chunks).toString()).to.equal('a');
      expect(error).to.include({ code: 500, type: 'INTERNAL_SERVER_ERROR' });
      const large = await upload(client, 'limited', ['files.save', {}], chunksOf(CONTENT));
      expect(large.error).to.include({ code: 413 });
      await left();
      expect(seen.errors).to.have.length(1);
    });

    it('end where the client cancels, or goes', async () => {
      const { client, left } = await enter();
      const id = newStreamId();
      await ask(client, 'call', 'files.get', { kind: 'never ends' }, { $stream: id });
      client.emit('$stream:cancel', id);
      await left();
      const answer = ask(client, 'call', 'files.save', {}, { $stream: 'up', upload: true });
      await client.emitWithAck('$stream:chunk', 'up', 0, Buffer.alloc(10));
      client.emit('$stream:cancel', 'up');
      expect((await answer).error).to.include({ code: 400, type: 'STREAM_CANCELLED' });
      await left();
      expect(seen.errors).to.have.length(1);
      client.emit('call', 'files.save', {}, { $stream: 'up', upload: true }, () => undefined);
      await client.emitWithAck('$stream:chunk', 'up', 0, Buffer.alloc(10));
      await ask(client, 'call', 'files.get', { kind: 'never ends' }, { $stream: id });
      client.io.engine.close();
      await left();
      expect(seen.errors).to.have.length(2);
      for (const source of seen.sources) source.destroy();
    });

    it('are refused where the gateway does not say streams: true', async () => {
      const { client, left } = await enter();
      for (const [event, ...args] of [['closed', 'files.save'], ['exposed without streams']] as [
        string,
        ...string[],
      ][])
        expect((await upload(client, event, [...args, {}], [Buffer.alloc(1)])).error).to.include({
          code: 400,
          type: 'STREAM_NOT_EXPECTED',
        });
      expect((await download(client, 'closed', ['files.get', { kind: 'bytes' }])).refused).to.include({
        code: 501,
      });
      expect((await ask(client, 'call', 'files.get', { kind: 'bytes' })).error).to.include({ code: 501 });
      const calls = [{ action: 'files.get', params: { kind: 'bytes' } }];
      expect((await download(client, 'call', [calls])).refused).to.include({ code: 501 });
      expect((await upload(client, 'call', [calls], [])).error).to.include({
        code: 400,
        type: 'STREAM_NOT_EXPECTED',
      });
      await left();
    });
  });
}
