import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { expect } from 'chai';
import { RawClient } from '../support/raw-client';
import { afterwards } from '../support/run-gateway';
import { describeAbuse, eachOf } from './abuse';
import { NAMESPACES } from './abused-server';

const LEVELS = 100_000;
const ALMOST_A_MEGABYTE = 990_000;
const deepArrays = '['.repeat(LEVELS) + ']'.repeat(LEVELS);
const deepObjects = '{"a":'.repeat(LEVELS) + '1' + '}'.repeat(LEVELS);
const list = (one: string, bytes = ALMOST_A_MEGABYTE): string =>
  `[${Array.from({ length: Math.floor(bytes / (one.length + 1)) }, () => one).join(',')}]`;
const arguments_ = (one: string): string => list(one).slice(1, -1);

/** Payloads that are valid JSON, and too much of something. */
const TOO_MUCH: Record<string, string> = {
  'arrays, a hundred thousand levels deep': deepArrays,
  'objects, a hundred thousand levels deep': deepObjects,
  'depth behind width': `[${'1,'.repeat(100_000)}${'['.repeat(200)}${']'.repeat(200)}]`,
  'half a million numbers': list('1'),
  'half a million empty arrays': list('[]', 900_000),
  'half a million arguments': arguments_('1'),
  'a hundred thousand arguments that are objects': arguments_('{"a":1}'),
  'a hundred thousand keys': `{${Array.from({ length: 60_000 }, (_, i) => `"key${i}":${i}`).join(',')}}`,
  'the same key a hundred thousand times': `{${'"a":1,'.repeat(100_000)}"b":1}`,
  'keys that are great numbers': '{"4294967294":1,"4294967295":1,"9007199254740993":1,"-0":1,"1e400":1}',
  'one text of a megabyte': `"${'x'.repeat(ALMOST_A_MEGABYTE)}"`,
  'one text of nothing but escapes': `"${'\\u0000'.repeat(150_000)}"`,
  'halves of characters': `"${'\\ud800'.repeat(150_000)}"`,
  'a number with a million digits': '1'.repeat(ALMOST_A_MEGABYTE),
  'a number that is too great': '1e999999',
  'a number that is too small': '-1e-999999',
};

/** What takes a payload, by its namespace. */
const EVENTS: Record<(typeof NAMESPACES)[number], string[]> = {
  '/x': ['echo', 'note', 'checked', 'call', 'nobody'],
  '/guarded': ['mine'],
  '/all': ['anything'],
  '/tenants/a': ['where'],
  '/secret': ['call'],
  '/io': ['count', 'call'],
};

describeAbuse('payloads', {}, (abused) => {
  it('that are too much of something are answered, or end their own connection', async () => {
    const visits = NAMESPACES.flatMap((namespace) =>
      Object.entries(TOO_MUCH).map(([what, payload]) => ({ namespace, what, payload })),
    );
    await abused().during(() =>
      eachOf(visits, 3, async ({ namespace, what, payload }) => {
        for (const event of EVENTS[namespace]) {
          const end = await abused().visit(namespace, [`42${namespace},1["${event}",${payload}]`]);
          expect(end, `${what} in ${namespace}`).to.be.oneOf(['answered', 'closed']);
        }
      }),
    );
  }).timeout(60_000);

  it('do not take much longer than it takes to read them', async () => {
    const raw = await RawClient.enter(abused());
    let id = 0;
    const time = async (event: string, payload: string): Promise<number> => {
      const begin = await abused().server.ask<number>('cpuTime');
      await raw.ask(++id, `["${event}",${payload}]`);
      raw.received.length = 0;
      return (await abused().server.ask<number>('cpuTime')) - begin;
    };
    const keys = TOO_MUCH['a hundred thousand keys']!;
    const many = list(`{${Array.from({ length: 900 }, (_, i) => `"${i}":1`).join(',')}}`);
    for (const payload of [keys, `{"text":"a","other":${keys}}`, `{"text":"a","other":${many}}`]) {
      await time('nobody', payload);
      const reading = await time('nobody', payload);
      for (const event of ['note', 'checked', 'call']) {
        expect(await time(event, payload), event + payload.slice(0, 40)).to.be.below(10 * reading + 500);
      }
    }
  }).timeout(60_000);

  it('that are too deep are refused with 413, wherever they come', async () => {
    await abused().during(() =>
      abused().everywhere(async (namespace) => {
        const raw = await RawClient.enter(abused(), namespace);
        // What listens is the application's own, and looks at nothing.
        const event = { '/io': 'count', '/secret': 'whoami', '/tenants/a': 'where' }[namespace] ?? 'echo';
        const [error] = await raw.ask(1, `["${event}",${deepArrays}]`, namespace);
        expect(error, namespace).to.include({ code: 413, type: 'PAYLOAD_TOO_LARGE' });
      }),
    );
  });

  it('that are larger than a packet may be end their connection', async () => {
    await abused().during(() =>
      abused().everywhere(async (namespace) => {
        expect(
          await abused().visit(namespace, [`42${namespace},["echo","${'x'.repeat(1_100_000)}"]`]),
        ).to.equal('closed');
      }),
    );
  });

  it('of answers to the server are nothing to anybody', async () => {
    await abused().during(() =>
      abused().everywhere(async (namespace) => {
        const answers = [deepArrays, list('1'), list('{"a":1}')].map((args) => `43${namespace},0${args}`);
        expect(await abused().visit(namespace, answers)).to.equal('answered');
      }),
    );
  });

  describe('in pieces', function () {
    this.timeout(60_000);
    /** A websocket whose frames are written by hand. */
    async function byHand(): Promise<{
      write: (bytes: Buffer) => void;
      until: (text: string) => Promise<void>;
    }> {
      const tcp = connectTcp(abused().port, '127.0.0.1').on('error', () => undefined);
      tcp.setNoDelay(true);
      afterwards(() => tcp.destroy());
      let heard = '';
      let check = (): void => undefined;
      tcp.on('data', (part: Buffer) => {
        heard += part.toString('latin1');
        check();
      });
      const until = (text: string): Promise<void> =>
        new Promise((resolve, reject) => {
          tcp.once('close', () => reject(new Error(`the connection ended before '${text}'`)));
          check = () => {
            if (heard.includes(text)) resolve();
          };
          check();
        });
      await once(tcp, 'connect');
      tcp.write(
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      await until('"sid"');
      return { write: (bytes) => tcp.write(bytes), until };
    }
    /** A frame, masked with zeros. */
    const frame = (first: number, text: string): Buffer =>
      Buffer.concat([Buffer.from([first, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);

    it('of one byte each are put together', async () => {
      await abused().during(async () => {
        await Promise.all(
          Array.from({ length: 20 }, async () => {
            const { write, until } = await byHand();
            // Every byte of every frame by itself.
            for (const [text, answer] of [
              ['40/x,', '40/x,{'],
              ['42/x,7["ping"]', '43/x,7[null,"pong"]'],
            ] as const) {
              for (const byte of frame(0x81, text)) {
                write(Buffer.from([byte]));
                await new Promise((resolve) => setImmediate(resolve));
              }
              await until(answer);
            }
            // A frame for every byte.
            const text = '42/x,8["ping"]';
            text.split('').forEach((char, at) => {
              write(frame((at === 0 ? 0x01 : 0x00) | (at === text.length - 1 ? 0x80 : 0), char));
            });
            await until('43/x,8[null,"pong"]');
          }),
        );
      });
    });

    it('that never end, have no end, or are none, end their own connection at most', async () => {
      await abused().during(() =>
        eachOf(Array.from({ length: 30 }), 10, async () => {
          const { write } = await byHand();
          write(frame(0x01, '42/x,7["ping"'));
          for (let i = 0; i < 1000; i++) write(frame(0x00, ','));
          const other = await byHand();
          other.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
          const third = await byHand();
          // It announces more than there is memory.
          third.write(Buffer.from([0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
          const fourth = await byHand();
          // A ping that is longer than one may be, and one that is not masked.
          fourth.write(Buffer.concat([Buffer.from([0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0]), Buffer.alloc(256)]));
          (await byHand()).write(Buffer.from([0x81, 0x01, 0x32]));
        }),
      );
    });
  });
});
