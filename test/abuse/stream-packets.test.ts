import fc from 'fast-check';
import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import { connect, type Client } from '../support/run-gateway';
import { RawClient } from '../support/raw-client';
import { download, upload } from '../support/stream-client';

const RUNS = 150;

/** What a client may send in the place of anything. */
const anything = fc.oneof(
  fc.constantFrom(null, true, '', 'a', 'b', 'c', '__proto__', 'constructor', -1, 0, 1, 2, 1e300, 0.5),
  fc.string({ maxLength: 70 }),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc.array(fc.constantFrom<unknown>(null, 1, 'x', {}, []), { maxLength: 3 }),
  fc.constantFrom<unknown>({}, { $stream: 'a' }, { type: 'Buffer', data: [1] }),
);
const id = fc.constantFrom<unknown>('a', 'b', 'c', 'a');

/** A packet of streams, or an event that offers one: right, wrong, or nonsense. */
const packet = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('$stream:chunk'), id, fc.nat(3), anything) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('$stream:end', '$stream:cancel'), id) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('$stream:end'), id, anything) },
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constantFrom('any', 'rows', 'bytes', 'ping'),
      fc.constantFrom<unknown>(3, undefined),
      fc.record({ $stream: id, upload: fc.constantFrom<unknown>(true, false, undefined, 1) }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(anything, { maxLength: 5 })
      .map((args) => ['$stream:chunk', ...args] as [string, ...unknown[]]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('$stream:', '$stream:x', '$stream:chunk '), fc.array(anything, { maxLength: 3 }))
      .map(([name, args]) => [name, ...args] as [string, ...unknown[]]),
  },
);

describe('packets of streams', function () {
  this.timeout(120_000);
  let server: ChildServer;
  let witness: Client;

  before(async () => {
    server = await ChildServer.start('abuse/stream-server');
  });
  beforeEach(async () => {
    witness = await connect(server);
  });
  after(async () => {
    await server.stop();
  });

  /** The server is well, and the client is connected still. */
  async function isWell(client: Client): Promise<void> {
    expect(client.connected).to.equal(true);
    expect(await client.emitWithAck('ping')).to.equal(null);
    expect(await witness.emitWithAck('ping')).to.equal(null);
    server.check();
  }

  it('end a stream at most, and leave nothing, whatever a client sends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(packet, fc.boolean()), { maxLength: 25 }), async (packets) => {
        const client = await connect(server);
        client.on('$stream:chunk', (...args: unknown[]) => {
          (args.at(-1) as () => void)();
        });
        for (const [one, isAsked] of packets) {
          const [name, ...args] = one as [string, ...unknown[]];
          // Some are never answered, because a handler waits for its upload: only the connection counts.
          if (isAsked) client.emit(name, ...args, () => undefined);
          else client.emit(name, ...args);
        }
        await isWell(client);
        // Ids are free again when all is cancelled.
        for (const one of ['a', 'b', 'c']) client.emit('$stream:cancel', one);
        await client.emitWithAck('ping');
        expect((await upload(client, 'any', [], [Buffer.from('x')], { id: 'a' })).result).to.deep.equal({
          items: 1,
          args: 0,
        });
        const { chunks, error } = await download(client, 'rows', [2], { id: 'b' });
        expect(error).to.equal(undefined);
        expect(chunks.flat()).to.have.length(2);
        client.disconnect();
      }),
      { numRuns: RUNS },
    );
    await server.settled(({ tables, alive }) => {
      expect(tables.connections).to.equal(1);
      expect(alive.sockets).to.equal(1);
    });
  });

  it('end a stream at most, and leave nothing: packets that no client library writes', async () => {
    const raw = await RawClient.enter(server);
    let ack = 0;
    for (const text of [
      '["$stream:chunk"]',
      '["$stream:chunk",{"a":1},0,"x"]',
      '["$stream:chunk","a"]',
      '["$stream:chunk","a",0]',
      '["$stream:end"]',
      '["$stream:end",null,null,null]',
      '["$stream:cancel",[]]',
      '["any",{"$stream":"a","upload":true}]',
      '["$stream:chunk","a",0,{"type":"Buffer","data":[1,2]}]',
      '["$stream:chunk","a",9007199254740993,[1]]',
      '["any",{"__proto__":{"$stream":"p"},"$stream":"q","upload":true}]',
      '["$stream:chunk","q",0,[{"__proto__":{"x":1},"constructor":{"prototype":{}}}]]',
      '["$stream:end","q"]',
      `["any",{"$stream":"d","upload":true}]`,
      `["$stream:chunk","d",0,[${'['.repeat(5000)}${']'.repeat(5000)}]]`,
    ])
      raw.send(`42/x,${ack++}${text}`);
    expect(await raw.ask(1000, '["ping"]')).to.deep.equal([null, 'pong']);
    server.check();
    raw.socket.terminate();
    await isWell(witness);
  });

  it('in a flood are each answered, and others go on', async () => {
    const client = await connect(server);
    let refused = 0;
    const all = Array.from({ length: 3000 }, (_, at) =>
      client
        .emitWithAck('$stream:chunk', `n${at}`, 0, Buffer.alloc(10))
        .then(({ code }: { code: number }) => {
          if (code === 400) refused++;
        }),
    );
    await isWell(client);
    await Promise.all(all);
    expect(refused).to.equal(3000);
    client.disconnect();
  });
});
