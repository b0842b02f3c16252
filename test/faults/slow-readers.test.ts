import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { expect } from 'chai';
import { OnDisconnect, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { RawClient } from '../support/raw-client';
import { afterwards, ask, CollectingLogger, connect, start, type Running } from '../support/run-gateway';

/*
 * Clients that do not read what they are sent, over every transport.
 */

describe('clients that do not read', () => {
  /** Enters, and reads nothing from then on. */
  const idle: Record<string, (running: Running) => Promise<unknown>> = {
    'a websocket that is paused': async (running) => {
      const raw = await RawClient.enter(running);
      raw.socket.pause();
    },
    'a bare connection that nobody reads': async ({ port }) => {
      const tcp = connectTcp(port, '127.0.0.1').on('error', () => undefined);
      afterwards(() => tcp.destroy());
      await once(tcp, 'connect');
      tcp.write(
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      // The greeting; from then on nothing.
      await once(tcp, 'data');
      tcp.pause();
      // '40/x,' as a frame, masked with zeros.
      tcp.write(Buffer.concat([Buffer.from([0x81, 0x85, 0, 0, 0, 0]), Buffer.from('40/x,')]));
    },
    'a client that polls no more': async ({ url }) => {
      const path = `${url}/socket.io/?EIO=4&transport=polling`;
      const { sid } = JSON.parse((await (await fetch(path)).text()).slice(1)) as { sid: string };
      await (await fetch(`${path}&sid=${sid}`, { method: 'POST', body: '40/x,' })).text();
    },
    'a client that polls once more, and does not read the answer': async ({ url, port }) => {
      const path = `/socket.io/?EIO=4&transport=polling`;
      const { sid } = JSON.parse((await (await fetch(url + path)).text()).slice(1)) as { sid: string };
      await (await fetch(`${url}${path}&sid=${sid}`, { method: 'POST', body: '40/x,' })).text();
      await (await fetch(`${url}${path}&sid=${sid}`)).text();
      const tcp = connectTcp(port, '127.0.0.1').on('error', () => undefined);
      afterwards(() => tcp.destroy());
      await once(tcp, 'connect');
      tcp.pause().write(`GET ${path}&sid=${sid} HTTP/1.1\r\nHost: x\r\n\r\n`);
    },
  };

  it(`are closed at maxBufferedBytes, with a line in the log, and others go on: ${Object.keys(idle).join(', ')}`, async () => {
    const reasons: string[] = [];

    @SocketNamespace('/x', { settings: { port: 0 }, limits: { maxBufferedBytes: 1024 * 1024 } })
    class NewsGateway extends SocketGateway {
      @SocketEvent()
      ping() {
        return 'pong';
      }
      @OnDisconnect()
      gone(_socket: unknown, reason: string) {
        reasons.push(reason);
      }
    }
    const logger = new CollectingLogger();
    const running = await start(NewsGateway, { logger });
    const readers = [
      await connect(running),
      await connect(running, '/x', { transports: ['polling'], upgrade: false }),
    ];
    let read = 0;
    for (const reader of readers) reader.on('news', () => read++);
    await Promise.all(Object.values(idle).map((enter) => enter(running)));
    const namespace = running.gateway.namespaces.get('/x')!;
    while (namespace.sockets.size < readers.length + Object.keys(idle).length) await ask(readers[0]!, 'ping');

    const news = 'x'.repeat(256 * 1024);
    let sent = 0;
    // Readers keep up: nobody sends more before they have read.
    for (; sent < 300 && namespace.sockets.size > readers.length; sent++) {
      namespace.emit('news', news);
      for (const reader of readers) expect((await ask(reader, 'ping')).result).to.equal('pong');
    }
    expect([...namespace.sockets.keys()].sort()).to.deep.equal(readers.map(({ id }) => id).sort());
    expect(reasons).to.have.length(Object.keys(idle).length);
    expect(read).to.equal(2 * sent);
    const lines = logger.having('limits.maxBufferedBytes');
    expect(lines).to.have.length(Object.keys(idle).length);
    for (const { level, text } of lines) {
      expect(level).to.equal('warn');
      expect(text).to.match(/the connection of \S+ from \S+ is closed: \d+ bytes wait for it/);
    }
    expect(running.gateway.io.engine.clientsCount).to.equal(readers.length);
  });
});
