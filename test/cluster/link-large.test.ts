import { expect } from 'chai';
import { createHash } from 'node:crypto';
import type { BrokerOptions } from 'moleculer';
import { afterwards } from '../support/run-gateway';
import { LinkCluster, type LinkNode } from './link-nodes';
import { describeOnTransporters, TRANSPORTERS } from './link-servers';

const OLD = process.env['MOLECULER'] === '0.14';
const SERIALIZERS = [
  'JSON',
  'MsgPack',
  'Notepack',
  'CBOR',
  ...(OLD ? ['Avro', 'ProtoBuf', 'Thrift'] : ['JSONExt']),
];
const MIB = 1024 * 1024;

/** Bytes that nothing can compress or mistake for text. */
function bytes(length: number): Buffer {
  const block = Buffer.concat(
    Array.from({ length: 2048 }, (_, i) => createHash('sha256').update(String(i)).digest()),
  );
  return Buffer.alloc(length, block);
}

const CONTENTS: Record<string, () => unknown> = {
  'some bytes': () => Buffer.from([0, 255, 128, 10]),
  '3 MiB of bytes': () => bytes(3 * MIB),
  '1 MiB of control characters': () => '\u0001'.repeat(MIB),
  '1 MiB of text that is not ASCII': () => 'ä漢😀"\\\n'.repeat(MIB / 8),
  '300 KiB that just do not fit into a packet': () => 'x'.repeat(300 * 1024),
};

describe('large messages in a cluster', () => {
  describeOnTransporters(TRANSPORTERS, (transport) => {
    for (const serializer of SERIALIZERS) {
      it(`arrive with ${serializer}`, async function () {
        this.timeout(60_000);
        const cluster = new LinkCluster(transport());
        afterwards(() => cluster.stop());
        const options = { broker: { serializer } as BrokerOptions, io: { maxHttpBufferSize: 100 * MIB } };
        const one = await cluster.add('n1', options);
        const two = await cluster.add('n2', options);
        await cluster.meet();
        const client = await two.client();
        for (const content of Object.values(CONTENTS)) one.io.emit('content', content());
        one.io.emit('end');
        const events = await client.until('end');
        const expected = Object.values(CONTENTS).map((content) => content());
        expect(events).to.have.length(expected.length + 1);
        // Comparing them with chai takes seconds.
        for (const [index, content] of expected.entries()) {
          const got = events[index]![1];
          const same = Buffer.isBuffer(content) ? content.equals(got as Buffer) : content === got;
          expect(same, Object.keys(CONTENTS)[index]).to.equal(true);
        }
        expect([one.observed.lost, two.observed.lost]).to.deep.equal([0, 0]);
      });
    }
  });

  describeOnTransporters(['NATS'], (transport) => {
    let cluster: LinkCluster;
    let one: LinkNode;
    let two: LinkNode;
    before(async () => {
      cluster = new LinkCluster(transport());
      [one, two] = (await cluster.addAll('n1', 'n2')) as [LinkNode, LinkNode];
    });
    after(() => cluster.stop());

    it('of 64 MiB arrive', async function () {
      this.timeout(60_000);
      const heard = new Promise<Buffer>((resolve) => two.io.once('content' as never, resolve as never));
      one.io.serverSideEmit('content' as never, bytes(64 * MIB));
      expect(bytes(64 * MIB).equals(await heard)).to.equal(true);
    });

    it('over 64 MiB are an error with a code, and are sent to no client', async () => {
      const client = await one.client();
      expect(() => one.io.emit('content', Buffer.alloc(66 * MIB)))
        .to.throw(Error, /at most 67108864 are sent/)
        .with.property('code', 'CLUSTER_MESSAGE_TOO_LARGE');
      one.io.emit('end');
      expect(await client.until('end')).to.deep.equal([['end']]);
    });

    it('that hold a Blob are an error with a code', () => {
      expect(() => one.io.emit('content', new Blob(['x'])))
        .to.throw(Error, /emit a Buffer/)
        .with.property('code', 'CLUSTER_MESSAGE_NOT_SERIALIZABLE');
    });
  });
});
