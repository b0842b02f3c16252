import { setTimeout as wait } from 'node:timers/promises';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

/*
 * Lives of clients, of every kind. Each promise settles when its client has gone.
 */

/** How long a client waits for anything, in milliseconds. */
const PATIENCE = 10_000;

/** What the clients have gone through. */
export const counts = { clients: 0, answers: 0, refusals: 0, events: 0 };

/** Opens a connection; undefined if it is refused or lost. */
async function open(
  url: string,
  options: Partial<ManagerOptions & SocketOptions> = {},
): Promise<Socket | undefined> {
  counts.clients++;
  const client = io(url, { forceNew: true, reconnection: false, transports: ['websocket'], ...options });
  client.onAny(() => counts.events++);
  const entered = await new Promise<boolean>((resolve) => {
    client.once('connect', () => resolve(true));
    client.once('connect_error', () => resolve(false));
    client.io.once('close', () => resolve(false));
  });
  if (entered) return client;
  close(client);
  return undefined;
}

function close(client: Socket): void {
  client.disconnect();
  client.io.engine?.close();
}

/** Every event is answered, or its client is disconnected. */
async function ask(client: Socket, event: string, ...args: unknown[]): Promise<unknown> {
  // What it says now would wait for another connection.
  if (!client.connected) return undefined;
  const controller = new AbortController();
  try {
    return await Promise.race([
      new Promise((resolve, reject) => {
        client.once('disconnect', resolve);
        client.emit(event, ...args, (error: unknown, result: unknown) => {
          client.off('disconnect', resolve);
          if (error) counts.refusals++;
          else counts.answers++;
          resolve(result);
        });
        controller.signal.addEventListener('abort', () => reject(new Error('done')));
      }),
      wait(PATIENCE, undefined, { signal: controller.signal }).then(() => {
        throw new Error(`'${event}' was neither answered nor disconnected`);
      }),
    ]);
  } finally {
    controller.abort();
  }
}

/** One life, of one of many kinds. */
export const LIVES: ((url: string, turn: number) => Promise<void>)[] = [
  /** Says hello and goodbye. */
  async (url) => {
    const client = await open(`${url}/soak`);
    if (client) close(client);
  },
  /** Works, in order. */
  async (url, turn) => {
    const client = await open(`${url}/soak`, { auth: { user: `u${turn % 7}` } });
    if (!client) return;
    await ask(client, 'call', 'soak-worker.enter');
    for (let i = 0; i < 10; i++) {
      await ask(client, 'echo', { turn, i, bytes: Buffer.alloc(20) });
      await ask(client, 'order', { id: i, item: 'tea' });
    }
    await ask(client, 'call', [{ action: 'soak-worker.work', params: { id: 1 } }], { settled: true });
    close(client);
  },
  /** Does everything wrong. */
  async (url) => {
    const client = await open(`${url}/soak`);
    if (!client) return;
    for (const event of ['fail', 'order', 'unknown', '__proto__', 'rare', 'rare', 'rare', 'late'])
      await ask(client, event);
    await ask(client, 'order', { id: 'x' });
    await ask(client, 'call', 'soak-worker.fail');
    await ask(client, 'call', 'users.list');
    close(client);
  },
  /** Sends more than may wait, and does not wait itself. */
  async (url) => {
    const client = await open(`${url}/soak`);
    if (!client) return;
    for (let i = 0; i < 80; i++) client.emit('untilGone');
    await ask(client, 'echo', 1);
    close(client);
  },
  /** Goes in the middle of a call, without a word. */
  async (url) => {
    const client = await open(`${url}/soak`);
    if (!client) return;
    client.emit('late');
    client.emit('untilGone', () => undefined);
    client.io.engine.close();
  },
  /** Is refused. */
  async (url) => {
    await open(`${url}/soak`, { auth: { bad: true } });
    await open(`${url}/nowhere`);
  },
  /** Is gone before it is let in. */
  async (url) => {
    counts.clients++;
    const client = io(`${url}/soak`, { forceNew: true, reconnection: false, auth: { slow: true } });
    await wait(5 + Math.random() * 20);
    close(client);
  },
  /** Has a namespace of its own, over polling first. */
  async (url, turn) => {
    const client = await open(`${url}/tenants/t${turn}`, { transports: ['polling', 'websocket'] });
    if (!client) return;
    await ask(client, 'echo', turn);
    close(client);
  },
  /** Logs in and out, and is asked something that it never answers. */
  async (url, turn) => {
    const client = await open(`${url}/soak`);
    if (!client) return;
    await ask(client, 'login', `u${turn % 7}`);
    if (turn % 5 === 0) await ask(client, 'asks');
    await ask(client, 'login', '');
    close(client);
  },
  /** Expires. */
  async (url) => {
    const client = await open(`${url}/soak`, { auth: { user: 'short', exp: (Date.now() + 30) / 1000 } });
    if (!client) return;
    await Promise.race([new Promise((resolve) => client.once('disconnect', resolve)), wait(1000)]);
    close(client);
  },
  /** Is cut off, and comes back. */
  async (url) => {
    const client = await open(`${url}/soak`, { auth: { user: 'back' } });
    if (!client) return;
    await ask(client, 'echo', 1);
    client.io.engine.close();
    await wait(10);
    client.connect();
    await Promise.race([new Promise<void>((resolve) => client.once('connect', () => resolve())), wait(1000)]);
    if (client.connected) await ask(client, 'echo', 2);
    close(client);
  },
];
