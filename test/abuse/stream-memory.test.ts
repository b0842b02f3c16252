import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import { connect, type Client } from '../support/run-gateway';
import { download, newStreamId, upload } from '../support/stream-client';

/** How much is sent. */
const CHUNKS = 3200;
const CHUNK = Buffer.alloc(65_536, 'y');
const TOTAL_BYTES = CHUNKS * CHUNK.length;
/** What a stream may hold, with what the transport has on its way: a fraction of what is sent. */
const MOST_BYTES = 40 * 1024 * 1024;

describe('a stream of 200 MB', function () {
  this.timeout(240_000);
  let server: ChildServer;
  let client: Client;

  beforeEach(async () => {
    server = await ChildServer.start('abuse/stream-server');
    client = await connect(server);
  });
  afterEach(async () => {
    client.disconnect();
    await server.stop();
  });

  async function measured(act: () => Promise<void>): Promise<void> {
    await server.ask('measure');
    await act();
    expect(await server.ask<number>('measured')).to.be.below(MOST_BYTES);
    await server.settled(({ tables }) => {
      expect(tables.connections).to.equal(1);
    });
  }

  it('takes no more memory than a window where its handler is slow', async () => {
    const chunks = function* () {
      for (let at = 0; at < CHUNKS; at++) yield CHUNK;
    };
    const hash = createHash('sha256');
    for (const chunk of chunks()) hash.update(chunk);
    await measured(async () => {
      const { result, error } = await upload(client, 'slow upload', [], chunks());
      expect(error).to.equal(null);
      expect(result).to.deep.equal({ bytes: TOTAL_BYTES, sha: hash.digest('hex') });
    });
  });

  it('takes no more memory than a window where its client is slow', async () => {
    let bytes = 0;
    await measured(async () => {
      const { error } = await download(client, 'bytes', [CHUNKS], {
        onChunk: async (data: Buffer, seq) => {
          bytes += data.length;
          if (seq % 64 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        },
        keeps: false,
      });
      expect(error).to.equal(undefined);
    });
    expect(bytes).to.equal(TOTAL_BYTES);
  });

  it('takes no more memory than a window where its client stands still', async () => {
    const id = newStreamId();
    let chunks = 0;
    client.on('$stream:chunk', () => chunks++);
    await measured(async () => {
      client.emit('bytes', CHUNKS, { $stream: id }, () => undefined);
      while (chunks < 8) await client.emitWithAck('ping');
      for (let round = 0; round < 50; round++) await client.emitWithAck('ping');
    });
    expect(chunks).to.equal(8);
    client.emit('$stream:cancel', id);
  });
});
