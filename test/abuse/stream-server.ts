import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ServiceBroker } from 'moleculer';
import {
  Ctx,
  MessageBody,
  MessageStream,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';

/*
 * A server with uploads and downloads, in a process of its own.
 */

const CHUNK = Buffer.alloc(65_536, 'x');

@SocketNamespace('/x', { settings: { port: 0 } })
class StreamsGateway extends SocketGateway {
  @SocketEvent()
  ping() {
    return 'pong';
  }

  /** Reads a chunk, and pauses now and then. */
  @SocketEvent('slow upload')
  async slowUpload(@MessageStream() stream: Readable) {
    const hash = createHash('sha256');
    let bytes = 0;
    let chunks = 0;
    for await (const chunk of stream) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (++chunks % 64 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return { bytes, sha: hash.digest('hex') };
  }

  /** Gives as much as is read. */
  @SocketEvent()
  bytes(@MessageBody() count: number) {
    let left = count;
    return new Readable({
      read() {
        this.push(left-- > 0 ? CHUNK : null);
      },
    });
  }

  @SocketEvent()
  async *rows(@MessageBody() count: number) {
    for (let id = 0; id < count; id++) yield { id, text: 'some text of a row' };
  }

  @SocketEvent()
  async any(@MessageStream() stream: Readable, @Ctx() ctx: SocketContext) {
    let items = 0;
    for await (const _item of stream) items++;
    return { items, args: ctx.args.length };
  }
}

if (require.main === module) {
  serve(async () => {
    const broker = new ServiceBroker({
      logger: false,
      skipProcessEventRegistration: true,
      registry: STOPS_AT_ONCE,
    });
    broker.createService(StreamsGateway as never);
    await broker.start();
    let most = 0;
    let timer: NodeJS.Timeout | undefined;
    let note = (): void => undefined;
    return {
      brokers: [broker],
      commands: {
        /** From now on, notes the most memory that is held beside what is held now. Garbage is collected all the while. */
        measure() {
          const used = (): number => {
            globalThis.gc?.();
            const { heapUsed, external } = process.memoryUsage();
            return heapUsed + external;
          };
          const before = used();
          most = 0;
          note = (): void => {
            most = Math.max(most, used() - before);
          };
          timer = setInterval(note, 500);
        },
        measured() {
          clearInterval(timer);
          note();
          return most;
        },
      },
    };
  });
}
