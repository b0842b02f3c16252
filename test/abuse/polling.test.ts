import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { RawClient } from '../support/raw-client';
import { afterwards } from '../support/run-gateway';
import { describeAbuse, eachOf, type Abused } from './abuse';
import { NAMESPACES, type AbusedOptions } from './abused-server';

const SEPARATOR = '\u001e';

/** A connection over polls, each of which is written by hand. */
class Poller {
  private constructor(
    private readonly url: string,
    readonly sid: string,
  ) {}

  static async open({ url }: Pick<Abused, 'url'>): Promise<Poller> {
    const path = `${url}/socket.io/?EIO=4&transport=polling`;
    const opened = await (await fetch(path)).text();
    return new Poller(path, (JSON.parse(opened.slice(1)) as { sid: string }).sid);
  }

  /** @returns the status, and what was said */
  async request(options: RequestInit = {}, query = ''): Promise<[number, string]> {
    const response = await fetch(`${this.url}&sid=${this.sid}${query}`, options);
    return [response.status, await response.text()];
  }

  async post(body: string, headers: Record<string, string> = {}): Promise<[number, string]> {
    return this.request({
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers },
    });
  }

  poll(): Promise<[number, string]> {
    return this.request();
  }

  /** Enters a namespace. */
  async enter(namespace: string): Promise<void> {
    await this.post(`40${namespace},`);
    expect((await this.poll())[1]).to.include(`40${namespace},`);
  }

  /** Polls until there is an answer; undefined where the connection has ended. */
  async ask(id: number, namespace: string): Promise<string | undefined> {
    const [sent] = await this.post(`42${namespace},${id}["ping"]`);
    if (sent !== 200) return undefined;
    for (;;) {
      const [status, said] = await this.poll();
      if (status !== 200) return undefined;
      if (said.includes(`43${namespace},${id}[`)) return said;
      // Engine.IO asks whether anybody is there.
      if (said.split(SEPARATOR).includes('2')) await this.post('3');
      if (said === '1') return undefined;
    }
  }
}

/** Bodies that no client of Engine.IO would send; `#` stands for the namespace. */
const BODIES: string[] = [
  '',
  SEPARATOR,
  SEPARATOR.repeat(1000),
  '0',
  '1',
  '2',
  '2probe',
  '5',
  '6',
  '9',
  '4',
  '42',
  '40',
  'b',
  'bAAAA',
  'b!!!!',
  '-',
  '10:40#,',
  '4:40/x5:42["a"]',
  `42#,["ping"]${SEPARATOR}`,
  `${SEPARATOR}42#,["ping"]`,
  `42#,["ping"]${SEPARATOR.repeat(10)}42#,["ping"]`,
  '42#,["ping"',
  '42#,[]',
  '42#,{}',
  `451-#,["echo",{"_placeholder":true,"num":0}]${SEPARATOR}bAAAA`,
  `451-#,["echo",{"_placeholder":true,"num":0}]${SEPARATOR}42#,["ping"]`,
  `452-#,["echo"]${SEPARATOR}bAAAA`,
  `bAAAA${SEPARATOR}bAAAA`,
  `42#,["ping"]${SEPARATOR}41#,${SEPARATOR}42#,["ping"]`,
  `3${SEPARATOR}3${SEPARATOR}3`,
  'd=42#,["ping"]',
  'd=',
  '%00',
  '\u0000',
  '\ufffd',
  `42#,["${'x'.repeat(100_000)}"]`,
  `42#,["ping"]${SEPARATOR}`.repeat(500),
];

const OPTIONS: AbusedOptions = { io: { pingInterval: 1000, pingTimeout: 2000 } };

describeAbuse('polls and upgrades', OPTIONS, (abused) => {
  it('with bodies of every kind end their own connection, or do nothing', async () => {
    const visits = NAMESPACES.flatMap((namespace) => BODIES.map((body) => ({ namespace, body })));
    await abused().during(() =>
      eachOf(visits, 30, async ({ namespace, body }) => {
        const poller = await Poller.open(abused());
        await poller.enter(namespace);
        const [status] = await poller.post(body.replaceAll('#', namespace));
        expect(status, body.slice(0, 40)).to.be.below(500);
        const answer = await poller.ask(77, namespace);
        if (answer !== undefined) expect(answer, body.slice(0, 40)).to.include('pong');
      }),
    );
  }).timeout(30_000);

  it('with headers and methods that are wrong are refused, or harmless', async () => {
    await abused().during(async () => {
      const wrong: RequestInit[] = [
        { method: 'POST', body: '42/x,["ping"]', headers: { 'content-type': 'application/octet-stream' } },
        {
          method: 'POST',
          body: '42/x,["ping"]',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
        {
          method: 'POST',
          body: '42/x,["ping"]',
          headers: { 'content-type': 'multipart/form-data; boundary=x' },
        },
        { method: 'POST', body: '42/x,["ping"]', headers: { 'content-encoding': 'gzip' } },
        { method: 'POST', body: new Uint8Array([4, 0, 255, 254]) },
        { method: 'POST' },
        { method: 'PUT', body: '42/x,["ping"]' },
        { method: 'DELETE' },
        { method: 'HEAD' },
        { method: 'OPTIONS' },
        { method: 'GET', headers: { 'accept-encoding': 'gzip, deflate, br, *;q=0', range: 'bytes=0-1' } },
      ];
      await eachOf(wrong, 4, async (request) => {
        const poller = await Poller.open(abused());
        await poller.enter('/x');
        // A poll of ours ends when there is something to say.
        const asked =
          request.method === 'GET' || request.method === 'HEAD' ? poller.post('42/x,1["ping"]') : undefined;
        // Engine.IO's word for a method that it does not know is 500.
        expect((await poller.request(request))[0], JSON.stringify(request)).to.be.at.most(500);
        await asked;
      });
    });
  });

  it('of two at the same time end their connection, and no other', async () => {
    await abused().during(() =>
      eachOf(Array.from({ length: 30 }), 10, async () => {
        const poller = await Poller.open(abused());
        await poller.enter('/x');
        const [one, two] = await Promise.all([poller.poll(), poller.poll()]);
        expect([one[0], two[0]].sort()).to.include(400);
        expect((await poller.poll())[0]).to.equal(400);
        const poster = await Poller.open(abused());
        await poster.enter('/x');
        const statuses = await Promise.all(Array.from({ length: 5 }, () => poster.post('42/x,["ping"]')));
        for (const [status] of statuses) expect(status).to.be.oneOf([200, 400]);
      }),
    );
  });

  it('that are broken off, or whose body never ends, end their connection', async () => {
    await abused().during(() =>
      eachOf(Array.from({ length: 40 }), 10, async () => {
        const poller = await Poller.open(abused());
        await poller.enter('/x');
        for (const method of ['GET', 'POST']) {
          const request = httpRequest(
            `${abused().url}/socket.io/?EIO=4&transport=polling&sid=${poller.sid}`,
            {
              method,
              headers: { 'content-length': method === 'POST' ? 1000 : 0 },
            },
          );
          request.on('error', () => undefined);
          request.write(method === 'POST' ? '42/x,["ping"' : '');
          request.flushHeaders();
          await new Promise((resolve) => setTimeout(resolve, 10));
          request.destroy();
        }
      }),
    );
  });

  it('with more than a packet may have are refused', async () => {
    await abused().during(async () => {
      const poller = await Poller.open(abused());
      await poller.enter('/x');
      expect((await poller.post(`42/x,["${'x'.repeat(1_100_000)}"]`))[0]).to.equal(413);
      const tcp = connectTcp(abused().port, '127.0.0.1').on('error', () => undefined);
      afterwards(() => tcp.destroy());
      await once(tcp, 'connect');
      tcp.resume();
      const other = await Poller.open(abused());
      tcp.write(
        `POST /socket.io/?EIO=4&transport=polling&sid=${other.sid} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      // For ever, in chunks.
      for (let i = 0; i < 40 && tcp.writable; i++) tcp.write(`10000\r\n${'x'.repeat(65536)}\r\n`);
      tcp.destroy();
    });
  });

  describe('to a websocket', () => {
    const upgrade = (sid: string, query = ''): Promise<WebSocket | undefined> =>
      new Promise((resolve) => {
        const socket = new WebSocket(
          `ws://localhost:${abused().port}/socket.io/?EIO=4&transport=websocket&sid=${sid}${query}`,
        );
        afterwards(() => socket.terminate());
        socket.once('open', () => resolve(socket));
        socket.once('error', () => resolve(undefined));
      });

    it('of a connection that there is not, or that is somebody else, are refused', async () => {
      await abused().during(async () => {
        for (const sid of ['x', '__proto__', 'constructor', 'toString', '..', '%00', 'x'.repeat(5000)]) {
          const socket = await upgrade(sid);
          expect(socket, sid.slice(0, 20)).to.equal(undefined);
        }
        const raw = await RawClient.enter(abused());
        expect((await raw.ask(1, '["ping"]'))[1]).to.equal('pong');
      });
    });

    it('that are begun and never finished, or begun again and again, change nothing', async () => {
      await abused().during(() =>
        eachOf(Array.from({ length: 10 }), 5, async () => {
          const poller = await Poller.open(abused());
          await poller.enter('/x');
          const sockets = await Promise.all(Array.from({ length: 10 }, () => upgrade(poller.sid)));
          for (const [at, socket] of sockets.entries()) {
            for (const said of ['2probe', '2', '6', '5x', '42/x,["ping"]', '2probe'].slice(at % 3)) {
              if (socket?.readyState === WebSocket.OPEN) socket.send(said);
            }
          }
          for (const socket of sockets.slice(5)) socket?.terminate();
        }),
      );
    });

    it('that are finished without a probe, or twice, or spoken over polls meanwhile, lose nobody else anything', async () => {
      await abused().during(() =>
        eachOf(
          Array.from({ length: 20 }, (_, i) => i),
          5,
          async (i) => {
            const poller = await Poller.open(abused());
            await poller.enter('/x');
            const socket = await upgrade(poller.sid);
            if (!socket) return;
            const said = [
              ['5'],
              ['2probe', '5', '5', '5'],
              ['2probe', '5', '2probe', '5'],
              ['42/x,1["ping"]', '2probe', '5'],
              ['2probe', Buffer.from('5'), '5'],
            ][i % 5]!;
            const polling = poller.poll();
            for (const one of said) socket.send(one);
            await poller.post('42/x,2["ping"]');
            socket.send('42/x,3["ping"]');
            await new Promise((resolve) => setTimeout(resolve, 20));
            if (i % 2) socket.terminate();
            else socket.close();
            await polling;
            await poller.post('42/x,4["ping"]');
          },
        ),
      );
    }).timeout(20_000);

    it('of a whole conversation work', async () => {
      await abused().during(async () => {
        const poller = await Poller.open(abused());
        await poller.enter('/x');
        const socket = (await upgrade(poller.sid))!;
        const heard: string[] = [];
        socket.on('message', (data: Buffer) => heard.push(data.toString()));
        const polling = poller.poll();
        socket.send('2probe');
        while (!heard.includes('3probe')) await once(socket, 'message');
        // The poll that is open is told that there is nothing.
        expect((await polling)[1]).to.equal('6');
        socket.send('5');
        socket.send('42/x,9["ping"]');
        while (!heard.some((text) => text === '43/x,9[null,"pong"]')) await once(socket, 'message');
        expect((await poller.poll())[0]).to.equal(400);
        socket.close();
      });
    });
  });
});
