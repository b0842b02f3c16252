import { expect } from 'chai';
import { WebSocket } from 'ws';
import { afterwards } from '../support/run-gateway';
import { describeAbuse } from './abuse';
import type { AbusedOptions } from './abused-server';

// The well-behaved client must answer in time, too, on a machine that has a lot to do.
const OPTIONS: AbusedOptions = { io: { pingInterval: 200, pingTimeout: 1500 } };

describeAbuse('heartbeats', OPTIONS, (abused) => {
  /** A client that lives and dies as it likes, and what it has heard. */
  async function open(
    onPing: (socket: WebSocket) => void,
  ): Promise<{ socket: WebSocket; hears: (begin: string) => Promise<void>; closed: Promise<void> }> {
    const socket = new WebSocket(`ws://localhost:${abused().port}/socket.io/?EIO=4&transport=websocket`);
    afterwards(() => socket.terminate());
    const heard: string[] = [];
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const message = data.toString();
      heard.push(message);
      if (message.startsWith('0{')) socket.send('40/x,');
      if (message === '2') onPing(socket);
    });
    const hears = async (begin: string): Promise<void> => {
      while (!heard.some((message) => message.startsWith(begin))) {
        if (socket.readyState >= WebSocket.CLOSING) throw new Error(`the connection ended before ${begin}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await hears('40/x,');
    return { socket, hears, closed };
  }

  const WRONG: Record<string, (socket: WebSocket) => void> = {
    'not at all': () => undefined,
    'with a ping': (socket) => socket.send('2'),
    'with events only': (socket) => socket.send('42/x,1["ping"]'),
    'with a pong of websockets': (socket) => socket.pong(),
    'with something else': (socket) => socket.send('6'),
  };
  it(`that are answered wrongly end the connection: ${Object.keys(WRONG).join(', ')}`, async () => {
    await abused().during(() =>
      Promise.all(
        Object.values(WRONG).map(async (onPing) => {
          const { closed } = await open(onPing);
          await closed;
        }),
      ),
    );
  });

  it('that are answered too often, or before they come, keep it', async () => {
    await abused().during(async () => {
      const { socket, hears, closed } = await open((one) => {
        for (let i = 0; i < 100; i++) one.send('3');
        one.send('3probe');
      });
      for (let i = 0; i < 1000; i++) socket.send('3');
      await new Promise((resolve) => setTimeout(resolve, 500));
      socket.send('42/x,7["ping"]');
      await hears('43/x,7[null,"pong"]');
      expect(socket.readyState).to.equal(WebSocket.OPEN);
      socket.close();
      await closed;
    });
  });

  it('of websockets by the thousand change nothing', async () => {
    await abused().during(async () => {
      const { socket, hears } = await open((one) => one.send('3'));
      for (let i = 0; i < 5000; i++) socket.ping('x'.repeat(100));
      for (let i = 0; i < 5000; i++) socket.pong('x'.repeat(100));
      socket.send('42/x,7["ping"]');
      await hears('43/x,7[null,"pong"]');
    });
  });
});
