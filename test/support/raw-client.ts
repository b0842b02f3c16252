import { WebSocket } from 'ws';
import { afterwards, type Running } from './run-gateway';

/*
 * A client that says what it likes: packets are written as they go over the wire. `4` is a message of Engine.IO,
 * followed by the packet of Socket.IO: `0` connects, `2` is an event, `3` an ack.
 */
export class RawClient {
  /** Everything that has arrived, in order. */
  readonly received: (string | Buffer)[] = [];
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;
  private readonly waiting = new Set<() => void>();

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const message = isBinary ? data : data.toString();
      // Engine.IO asks whether the client is still there.
      if (message === '2') socket.send('3');
      else this.received.push(message);
      for (const check of this.waiting) check();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** Opens the connection, without any namespace. */
  static async open({ port }: Pick<Running, 'port'>): Promise<RawClient> {
    const client = new RawClient(
      new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`),
    );
    afterwards(() => client.socket.terminate());
    await client.message(/^0\{/);
    return client;
  }

  /** Opens the connection and enters a namespace. */
  static async enter(running: Pick<Running, 'port'>, namespace = '/x'): Promise<RawClient> {
    const client = await RawClient.open(running);
    client.send(`40${namespace},`);
    await client.message(`40${namespace},`);
    return client;
  }

  send(...messages: (string | Buffer)[]): void {
    for (const message of messages) this.socket.send(message);
  }

  /** The first message, arrived or not, that begins so; rejects if the connection ends before. */
  message(begin: string | RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const found = this.received.find(
          (message): message is string =>
            typeof message === 'string' &&
            (typeof begin === 'string' ? message.startsWith(begin) : begin.test(message)),
        );
        if (found !== undefined) {
          this.waiting.delete(check);
          resolve(found);
        }
      };
      this.waiting.add(check);
      void this.closed.then(() => reject(new Error(`the connection ended before ${String(begin)}`)));
      check();
    });
  }

  /** Sends an event with an ack, and gives what the ack was called with. */
  async ask(id: number, data: string, namespace = '/x'): Promise<any[]> {
    this.send(`42${namespace},${id}${data}`);
    const answer = await this.message(`43${namespace},${id}[`);
    return JSON.parse(answer.slice(`43${namespace},${id}`.length)) as unknown[];
  }
}
