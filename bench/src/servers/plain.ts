import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ServiceBroker } from 'moleculer';
import { Server, type Namespace, type Socket } from 'socket.io';
import { CHUNK_BYTES, MAX_UNACKNOWLEDGED, NAMESPACE } from '../payloads';
import { newBroker, type User } from './broker';
import type { Order } from './order';
import type { Emitter, RunningServer, ServerSpec } from './server-spec';

/*
 * What an application would write with socket.io alone: the floor. It does what the gateway is measured doing, and
 * nothing else: no limits, no masking, nothing that keeps the process alive when a handler throws.
 */

type Ack = (error: unknown, result?: unknown) => void;
type Sum = { a: number; b: number };

export async function start({ shape, observed, backlog }: ServerSpec): Promise<RunningServer> {
  const broker = newBroker(observed);
  const http = createServer();
  const io = new Server(http);
  const namespace = io.of(NAMESPACE);
  const commands = (SHAPES[shape] as Shape)(namespace, broker);
  await broker.start();
  await new Promise<void>((resolve) => http.listen({ port: 0, ...(backlog && { backlog }) }, resolve));
  return {
    port: (http.address() as AddressInfo).port,
    ...(commands && { commands }),
    emitters: () => [io, namespace, http, process, broker.localBus as object as Emitter],
  };
}

type Shape = (namespace: Namespace, broker: ServiceBroker) => RunningServer['commands'] | void;

const SHAPES: Record<string, Shape> = {
  add: (namespace, broker) => {
    namespace.on('connection', (socket) => {
      socket.on('add', async (params: Sum, ack: Ack) => {
        try {
          ack(null, await broker.call('math.add', params));
        } catch (error) {
          ack({ message: (error as Error).message });
        }
      });
    });
  },

  call: (namespace, broker) => {
    namespace.on('connection', (socket) => {
      socket.on('call', async (_action: string, params: Sum, ack: Ack) => {
        try {
          ack(null, await broker.call('math.add', params));
        } catch (error) {
          ack({ message: (error as Error).message });
        }
      });
    });
  },

  order: (namespace, broker) => {
    namespace.on('connection', (socket) => {
      socket.on('order', async (order: Order, ack: Ack) => {
        try {
          ack(null, await broker.call('orders.place', order));
        } catch (error) {
          ack({ message: (error as Error).message });
        }
      });
    });
  },

  // The leanest that 20 events can be: their functions are shared by all sockets.
  idle: (namespace, broker) => {
    const listeners = Array.from({ length: 20 }, (_, at) => ({
      event: `event${at}`,
      listener: (params: Sum, ack: Ack) => {
        broker.call('math.add', params).then(
          (result) => {
            ack(null, result);
          },
          (error: Error) => {
            ack({ message: error.message });
          },
        );
      },
    }));
    namespace.on('connection', (socket) => {
      for (const { event, listener } of listeners) socket.on(event, listener);
    });
  },

  // What @Authenticate does: the user is known, kept, and in a room of its own.
  connect: (namespace, broker) => {
    namespace.use(async (socket, next) => {
      try {
        await authenticate(socket, broker);
        next();
      } catch {
        next(new Error('Unauthorized'));
      }
    });
    namespace.on('connection', (socket) => {
      socket.on('add', async (params: Sum, ack: Ack) => {
        try {
          ack(null, await broker.call('math.add', params));
        } catch (error) {
          ack({ message: (error as Error).message });
        }
      });
      socket.on('disconnect', () => undefined);
    });
  },

  push: (namespace, broker) => {
    broker.createService({
      name: 'news',
      events: {
        'article.published': (ctx: { params: object }) => {
          namespace.emit('news', ctx.params);
        },
      },
    });
    return {
      broadcast: () => {
        namespace.emit('news', { title: 'A title', text: 'and a few words' });
      },
      forward: () => broker.emit('article.published', { title: 'A title', text: 'and a few words' }),
    };
  },
};

/** Chunks with acks, in the leanest way: without a stream at the server. Nothing is checked, and an end that never comes is waited for. */
SHAPES['chunks'] = (namespace) => {
  const chunk = Buffer.alloc(CHUNK_BYTES, 'x');
  namespace.on('connection', (socket) => {
    const uploads = new Map<string, { bytes: number; ack: Ack }>();
    socket.on('upload', ({ $stream }: { $stream: string }, ack: Ack) => {
      uploads.set($stream, { bytes: 0, ack });
    });
    socket.on('$stream:chunk', (id: string, _seq: number, data: Buffer, ack: () => void) => {
      const upload = uploads.get(id);
      if (upload) upload.bytes += data.length;
      ack();
    });
    socket.on('$stream:end', (id: string) => {
      const upload = uploads.get(id);
      uploads.delete(id);
      upload?.ack(null, upload.bytes);
    });
    socket.on('download', (chunks: number, { $stream }: { $stream: string }, ack: Ack) => {
      ack(null, { $stream });
      let seq = 0;
      let underWay = 0;
      const send = (): void => {
        for (; underWay < MAX_UNACKNOWLEDGED && seq < chunks; underWay++)
          socket.emit('$stream:chunk', $stream, seq++, chunk, () => {
            underWay--;
            send();
          });
        if (seq === chunks && underWay === 0) socket.emit('$stream:end', $stream);
      };
      send();
    });
  });
};

/** The same with streams of Node, which a handler reads and returns: an upload is acknowledged as it is read. */
SHAPES['streams-of-node'] = (namespace) => {
  const chunk = Buffer.alloc(CHUNK_BYTES, 'x');
  namespace.on('connection', (socket) => {
    const uploads = new Map<string, { stream: Readable; acks: (() => void)[] }>();
    socket.on('upload', ({ $stream }: { $stream: string }, ack: Ack) => {
      const acks: (() => void)[] = [];
      const stream = new Readable({
        highWaterMark: CHUNK_BYTES,
        read() {
          for (const acknowledge of acks.splice(0)) acknowledge();
        },
      });
      uploads.set($stream, { stream, acks });
      let bytes = 0;
      stream.on('data', (data: Buffer) => {
        bytes += data.length;
      });
      stream.once('end', () => {
        ack(null, bytes);
      });
    });
    socket.on('$stream:chunk', (id: string, _seq: number, data: Buffer, ack: () => void) => {
      const upload = uploads.get(id);
      if (!upload || upload.stream.push(data)) ack();
      else upload.acks.push(ack);
    });
    socket.on('$stream:end', (id: string) => {
      uploads.get(id)?.stream.push(null);
      uploads.delete(id);
    });
    socket.on('download', (chunks: number, { $stream }: { $stream: string }, ack: Ack) => {
      ack(null, { $stream });
      let left = chunks;
      const stream = new Readable({
        read() {
          this.push(left-- > 0 ? chunk : null);
        },
      });
      let seq = 0;
      let underWay = 0;
      stream.on('data', (data: Buffer) => {
        socket.emit('$stream:chunk', $stream, seq++, data, () => {
          underWay--;
          stream.resume();
        });
        if (++underWay === MAX_UNACKNOWLEDGED) stream.pause();
      });
      stream.once('end', () => {
        socket.emit('$stream:end', $stream);
      });
    });
  });
};

async function authenticate(socket: Socket, broker: ServiceBroker): Promise<void> {
  const { token } = socket.handshake.auth as { token?: unknown };
  const user: User = await broker.call('users.verify', { token });
  (socket.data as { user?: User }).user = user;
  await socket.join(`user:${user.id}`);
}
