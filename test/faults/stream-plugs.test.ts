import { once } from 'node:events';
import { connect as connectTo, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { MessageStream, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { connect, start, type Running } from '../support/run-gateway';
import { bytesOf, chunksOf, download, upload } from '../support/stream-client';
import { watchStreams } from '../support/streams-left';

/** A network whose plug is pulled after some bytes: all its connections end in the middle of what they carry. */
class Network {
  private readonly sockets = new Set<Socket>();
  private left = { up: Infinity, down: Infinity };

  private constructor(
    private readonly server: Server,
    private readonly gatewayPort: number,
  ) {
    server.on('connection', (near) => {
      if (this.isUnplugged) {
        near.destroy();
        return;
      }
      const far = connectTo(this.gatewayPort, '127.0.0.1');
      this.carry(near, far, 'up');
      this.carry(far, near, 'down');
    });
  }

  static async start({ port }: Running): Promise<Network> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Network(server, port);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Pulls the plug when so many more bytes have gone in a direction. */
  pullAfter(direction: 'up' | 'down', bytes: number): void {
    this.left[direction] = bytes;
  }

  get isUnplugged(): boolean {
    return !this.server.listening;
  }

  unplug(): void {
    if (this.isUnplugged) return;
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private carry(from: Socket, to: Socket, direction: 'up' | 'down'): void {
    this.sockets.add(from);
    from.on('error', () => undefined);
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
    from.on('data', (data) => {
      const part = data.subarray(0, this.left[direction]);
      this.left[direction] -= part.length;
      const hasRoom = to.write(part);
      if (this.left[direction] === 0) this.unplug();
      else if (!hasRoom) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    });
  }
}

const CONTENT = bytesOf(1_500_000);
const HEARTBEATS = { pingInterval: 300, pingTimeout: 300 };
/** Bytes after which the plug is pulled: within a packet of text, in its attachment, between chunks, when the window is full. */
const MOMENTS = [1, 60, 120, 300, 1000, 65_000, 66_000, 131_400, 400_000, 540_000, 900_000];

let sources: Readable[] = [];
let running = 0;

@SocketNamespace('/x', { settings: { port: 0, io: { options: HEARTBEATS } } })
class SlowGateway extends SocketGateway {
  /** Reads a chunk after the other, slowly. */
  @SocketEvent()
  async take(@MessageStream() stream: Readable) {
    sources.push(stream);
    running++;
    try {
      for await (const _chunk of stream) await sleep(2);
    } finally {
      running--;
    }
  }
  @SocketEvent()
  give() {
    const stream = Readable.from(chunksOf(CONTENT, 50_000), { objectMode: false });
    sources.push(stream);
    return stream;
  }
  @SocketEvent()
  async *rows() {
    running++;
    try {
      for (let id = 0; ; id++) yield { id, text: 'a row of some length' };
    } finally {
      running--;
    }
  }
}

describe('a plug that is pulled', function () {
  this.timeout(60_000);
  let server: Running;

  beforeEach(async () => {
    sources = [];
    running = 0;
    server = await start([SlowGateway]);
  });

  async function pull(
    transport: string,
    direction: 'up' | 'down',
    bytes: number,
    event: 'take' | 'give' | 'rows',
  ): Promise<void> {
    const network = await Network.start(server);
    const client = await connect({ ...server, url: network.url }, '/x', {
      transports: [transport],
      reconnection: false,
    });
    const left = watchStreams(server, client);
    const ended = once(client as object as NodeJS.EventEmitter, 'disconnect');
    network.pullAfter(direction, bytes);
    if (event === 'take') void upload(client, event, [], chunksOf(CONTENT)).catch(() => undefined);
    // A client that is slow, too.
    else void download(client, event, [], { keeps: false, onChunk: () => sleep(2) });
    const isOver = (): boolean => sources.length > 0 && sources.every(({ destroyed }) => destroyed);
    while (!network.isUnplugged) {
      // Not every stream has as many bytes.
      if (running === 0 && isOver()) network.unplug();
      await sleep(5);
    }
    await ended;
    const counts = () => ({
      sockets: server.gateway.namespaces.get('/x')?.sockets.size,
      running,
      open: sources.filter(({ destroyed }) => !destroyed).length,
    });
    const nothing = { sockets: 0, running: 0, open: 0 };
    for (let waited = 0; waited < 1000 && !isDeepStrictEqual(counts(), nothing); waited++) await sleep(10);
    expect(counts()).to.deep.equal(nothing);
    await left(false);
    client.disconnect();
    sources = [];
  }

  for (const transport of ['websocket', 'polling'])
    for (const event of ['take', 'give', 'rows'] as const)
      for (const direction of ['up', 'down'] as const)
        it(`leaves nothing at the gateway, after any number of bytes: ${transport}, ${event}, ${direction}`, async () => {
          // The acks of a download are few bytes.
          for (const moment of event !== 'take' && direction === 'up' ? MOMENTS.slice(0, 5) : MOMENTS)
            await pull(transport, direction, moment, event);
        });
});
