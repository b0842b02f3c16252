import { createReadStream } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { ServiceBroker, ServiceSchema } from 'moleculer';
import { Ctx, MessageBody, SocketEvent, SocketGateway, SocketNamespace, type ActionProxy } from '../../src';
import type { SocketContext } from '../../src';
import { ask, connect, newBroker, portOf, type Client, type Options } from '../support/run-gateway';

/** The streams that the other node has returned. */
const sources: Readable[] = [];

const MAKE: Record<string, () => Readable> = {
  'ends at once': () => Readable.from([Buffer.from('a')]),
  'never ends': () => {
    const stream = new PassThrough();
    const timer = setInterval(() => stream.write('chunk'), 2);
    return stream.on('close', () => {
      clearInterval(timer);
    });
  },
  fails: () => createReadStream('/there/is/no/such.pdf'),
  'fails later': () =>
    Readable.from(
      (async function* () {
        yield Buffer.from('a');
        await sleep(5);
        throw new Error('the disk is gone');
      })(),
    ),
};

const files: ServiceSchema = {
  name: 'files',
  actions: {
    async get(ctx: any) {
      await sleep(ctx.params.after ?? 0);
      const stream = MAKE[ctx.params.kind]!();
      sources.push(stream);
      return stream;
    },
  },
};

@SocketNamespace('/x', { settings: { port: 0 } })
class DiskGateway extends SocketGateway {
  @SocketEvent()
  ping() {
    return 'pong';
  }
  @SocketEvent('call', { whitelist: ['files.*'] })
  call!: ActionProxy;
  @SocketEvent('hurried', { whitelist: ['files.*'], callOptions: { timeout: 10 } })
  hurried!: ActionProxy;
  @SocketEvent()
  nested(@MessageBody() kind: string, @Ctx() ctx: SocketContext) {
    return ctx.call('files.get', { kind }).then((file) => ({ file }));
  }
}

interface TransitOfStreams {
  readonly pendingResStreams: Map<string, unknown>;
  readonly pendingRequests: Map<string, unknown>;
}

describe('streams that actions of other nodes return', () => {
  let near: ServiceBroker;
  let client: Client;

  beforeEach(async () => {
    const options: Options = { transporter: 'Fake' };
    near = newBroker(DiskGateway, { ...options, nodeID: 'near' });
    const far = newBroker(files, { ...options, nodeID: 'far' });
    await Promise.all([near.start(), far.start()]);
    await near.waitForServices('files', 2000, 5);
    client = await connect({ url: `http://localhost:${portOf(near.getLocalService('disk'))}` });
  });
  afterEach(() => {
    for (const source of sources) source.destroy();
  });

  /** What Moleculer still keeps of calls to the other node. */
  function kept(): number {
    const { pendingResStreams, pendingRequests } = near.transit as object as TransitOfStreams;
    return pendingResStreams.size + pendingRequests.size;
  }

  async function nothingKept(): Promise<void> {
    for (let waited = 0; waited < 1000 && kept() > 0; waited++) await sleep(10);
    expect(kept()).to.equal(0);
    // What the other node goes on sending disturbs nothing.
    await sleep(10);
    expect(kept()).to.equal(0);
    expect((await ask(client, 'ping')).result).to.equal('pong');
  }

  it('are answered with an error and forgotten, also where the client asked for no answer', async () => {
    for (const kind of Object.keys(MAKE)) {
      for (const { error } of [
        await ask(client, 'call', 'files.get', { kind }),
        await ask(client, 'nested', kind),
      ]) {
        expect(error, kind).to.include({ code: 501, type: 'STREAM_NOT_SUPPORTED' });
      }
      await nothingKept();
      client.emit('call', 'files.get', { kind });
      await ask(client, 'ping');
      await nothingKept();
    }
  });

  it('are forgotten where they come after the timeout', async () => {
    // On its own node, too, Moleculer drops a stream that is late: one that cannot be opened ends that process.
    for (const kind of Object.keys(MAKE).filter((one) => one !== 'fails')) {
      const before = sources.length;
      const { error } = await ask(client, 'hurried', 'files.get', { kind, after: 30 });
      expect(error.code, kind).to.equal(504);
      while (sources.length === before) await sleep(5);
      await nothingKept();
    }
  });
});
