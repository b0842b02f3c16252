import { once } from 'node:events';
import { connect as connectTcp, type Socket as TcpSocket } from 'node:net';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { RawClient } from '../support/raw-client';
import { afterwards } from '../support/run-gateway';
import { describeAbuse, eachOf, type Abused } from './abuse';
import { NAMESPACES, type AbusedOptions } from './abused-server';

const LEVELS = 100_000;

/** What a client may write into its CONNECT packet, as JSON. */
const AUTH: Record<string, string> = {
  'a hundred thousand levels deep': `{"token":${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}}`,
  'objects, a hundred thousand levels deep': `${'{"token":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`,
  'almost a megabyte': `{"token":"${'x'.repeat(980_000)}"}`,
  'sixty thousand keys': `{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
  'what every object has':
    '{"__proto__":{"token":"letmein"},"constructor":{"prototype":{"token":"letmein"}},"toString":1,"then":1}',
  'the session of somebody else': '{"pid":"__proto__","offset":"constructor","sid":"x"}',
  'a session that is no text': '{"pid":{"a":1},"offset":[1]}',
  'an array': '["letmein"]',
  'a text': '"letmein"',
  'a number': '1',
  null: 'null',
  true: 'true',
  'nothing that ends': '{"token":"letmein"',
  'a placeholder': '{"token":{"_placeholder":true,"num":0}}',
};

const OPTIONS: AbusedOptions = {
  origin: 'https://good.example',
  limits: { handshakeTimeout: 500 },
  // Who never polls again is noticed by these.
  io: { pingInterval: 500, pingTimeout: 1500 },
};

describeAbuse('handshakes', OPTIONS, (abused) => {
  it('with an auth of every kind let in who may, and nobody else', async () => {
    const visits = NAMESPACES.flatMap((namespace) =>
      Object.entries(AUTH).map(([what, auth]) => ({ namespace, what, auth })),
    );
    await abused().during(() =>
      eachOf(visits, 8, async ({ namespace, what, auth }) => {
        const raw = await RawClient.open(abused());
        raw.send(`40${namespace},${auth}`);
        const answer = await Promise.race([raw.message('4'), raw.closed]);
        // The secret is open to whoever has the token, in its own words, and to anonymous clients.
        if (answer?.startsWith('40')) {
          const [error, result] = await raw.ask(1, '["ping"]', namespace);
          expect(error ?? result, `${what} in ${namespace}`).to.equal('pong');
          const [denied] = await raw.ask(2, '["secret"]', namespace);
          if (namespace === '/secret') expect(denied, what).to.include({ code: 401 });
        }
        raw.socket.terminate();
      }),
    );
  });

  it('of foreign origins are refused over every transport, whatever else they say', async () => {
    const origins = [
      'https://evil.example',
      'null',
      'https://good.example.evil',
      'https://good.example:444',
      'http://good.example',
      'https://GOOD.example',
      'https://good.example/',
      'https://good.example, https://evil.example',
      'x'.repeat(10_000),
    ];
    const query = 'EIO=4&transport';
    const websocket = (origin: string, extra = ''): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = new WebSocket(
          `ws://localhost:${abused().port}/socket.io/?${query}=websocket${extra}`,
          { headers: { origin } },
        );
        afterwards(() => socket.terminate());
        socket.once('message', () => resolve(true));
        socket.once('error', () => resolve(false));
        socket.once('close', () => resolve(false));
      });
    await abused().during(async () => {
      for (const origin of origins) {
        expect(await websocket(origin), origin.slice(0, 50)).to.equal(false);
        for (const extra of ['', '&origin=https://good.example', '&t=1&b64=1', '&j=0']) {
          const headers = {
            origin,
            'x-forwarded-host': 'good.example',
            referer: 'https://good.example',
          };
          const response = await fetch(`${abused().url}/socket.io/?${query}=polling${extra}`, { headers });
          expect(response.status, origin.slice(0, 50)).to.equal(403);
          await response.arrayBuffer();
        }
      }
      expect(await websocket('https://good.example')).to.equal(true);
      // Nor does an upgrade of a connection that somebody else has opened.
      const opened = await fetch(`${abused().url}/socket.io/?${query}=polling`, {
        headers: { origin: 'https://good.example' },
      });
      const { sid } = JSON.parse((await opened.text()).slice(1)) as { sid: string };
      expect(await websocket('https://evil.example', `&sid=${sid}x`)).to.equal(false);
    });
  });

  it('with strange queries are refused, or are handshakes', async () => {
    const queries = [
      '',
      '?',
      '?EIO=4',
      '?transport=polling',
      '?EIO=4&transport=',
      '?EIO=4&transport=webtransport',
      '?EIO=4&transport[]=polling',
      '?EIO=4&transport=polling&transport=websocket',
      '?EIO=4&transport=polling&sid=',
      '?EIO=4&transport=polling&sid[]=x',
      '?EIO=5&transport=polling',
      '?EIO=3&transport=polling',
      '?EIO=__proto__&transport=polling',
      '?EIO=4&transport=toString',
      '?__proto__[x]=1&EIO=4&transport=polling',
      '?EIO=4&transport=polling&sid=../../etc/passwd',
      '?EIO=4&transport=polling&j=alert(1)',
      `?EIO=4&transport=polling&x=${'x'.repeat(12_000)}`,
      '?%00',
      '?%ff%fe',
      '?EIO=4&transport=polling&%',
      '#',
      '?EIO=4&transport=websocket',
      '?EIO=4;transport=polling',
    ];
    const methods = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'];
    await abused().during(() =>
      eachOf(
        queries.flatMap((query) => methods.map((method) => ({ query, method }))),
        20,
        async ({ query, method }) => {
          const response = await fetch(`${abused().url}/socket.io/${query}`, {
            method,
            ...(['POST', 'PUT', 'PATCH'].includes(method) && { body: '40/x,' }),
          });
          expect(response.status, `${method} ${query}`).to.be.below(500);
          await response.arrayBuffer();
        },
      ),
    );
  });

  describe('that are never finished', () => {
    const UPGRADE =
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    const BEGINNINGS: Record<string, string[]> = {
      'say nothing': [],
      'say half a line': ['GET /socket.io/?EIO=4'],
      'say half of their headers': [UPGRADE],
      'say no header that counts': ['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n\r\n'],
      'upgrade without a key': [UPGRADE.replace(/Sec-WebSocket-Key.*\r\n/, '') + '\r\n'],
      'upgrade to something else': [UPGRADE.replace('Upgrade: websocket', 'Upgrade: h2c') + '\r\n'],
      'upgrade with another version': [UPGRADE.replace('Version: 13', 'Version: 99') + '\r\n'],
      'send a body that never ends': [
        'POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc',
      ],
      'speak another language': ['\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
      'upgrade, and enter no namespace': [UPGRADE + '\r\n'],
      'open a connection for polls, and never poll': [
        'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n',
      ],
    };

    async function open({ port }: Abused, said: string[]): Promise<TcpSocket> {
      const tcp = connectTcp(port, '127.0.0.1').on('error', () => undefined);
      afterwards(() => tcp.destroy());
      await once(tcp, 'connect');
      for (const part of said) tcp.write(part);
      return tcp.resume();
    }

    it(`keep nobody else out, by the hundred: ${Object.keys(BEGINNINGS).join('; ')}`, async () => {
      await abused().during(async () => {
        const all: TcpSocket[] = [];
        for (let i = 0; i < 30; i++) {
          all.push(...(await Promise.all(Object.values(BEGINNINGS).map((said) => open(abused(), said)))));
        }
        for (const tcp of all) {
          // Node.js keeps the handle of a connection that is reset while it ends.
          if (tcp.writableEnded || Math.random() < 0.5) tcp.destroy();
          else tcp.resetAndDestroy();
        }
      });
    });

    it('end in bounded time where they have come as far as a connection', async () => {
      await abused().during(async () => {
        for (const said of [
          'upgrade, and enter no namespace',
          'open a connection for polls, and never poll',
        ]) {
          await open(abused(), BEGINNINGS[said]!);
        }
        // Engine.IO is alive, and there is no namespace.
        const alive = await open(abused(), BEGINNINGS['upgrade, and enter no namespace']!);
        const beat = setInterval(() => alive.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x33])), 50);
        afterwards(() => clearInterval(beat));
        await abused().server.settled(({ tables }) => {
          expect(tables.connections).to.equal(1);
        });
      });
    });
  });
});
