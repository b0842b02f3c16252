import { createHook } from 'node:async_hooks';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceBroker, ServiceSchema } from 'moleculer';
import { Server, type Namespace } from 'socket.io';
import { afterwards, connect, newBroker, type Client, type Running } from '../support/run-gateway';

/** The actions behind every server that is counted. */
export const MATH: ServiceSchema = {
  name: 'math',
  actions: { add: (ctx: { params: { a: number; b: number } }) => ctx.params.a + ctx.params.b },
};

/** What one event makes. */
export interface Counts {
  readonly promises: number;
  /** Those of Moleculer's making: one for every context that makes its own. */
  readonly ids: number;
}

const EVENTS = 50;

/**
 * Counts what an event makes, from its emission to its ack, once everything has been made that is made only once. The
 * client is in this process, and makes no promises.
 */
export async function countPerEvent(
  { broker, url }: Pick<Running, 'broker' | 'url'>,
  ...packet: [event: string, ...args: unknown[]]
): Promise<Counts> {
  const client = await connect({ url });
  await emitAll(client, packet);
  const uids = countUids(broker);
  let promises = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === 'PROMISE') promises++;
    },
  });
  hook.enable();
  await emitAll(client, packet);
  hook.disable();
  return { promises: perEvent(promises), ids: perEvent(uids()) };
}

/** What a plain Socket.IO handler makes that calls the same action. */
export async function countOfPlainHandler(): Promise<Counts> {
  const broker = newBroker(MATH);
  await broker.start();
  const { url } = await startPlain((namespace) => {
    namespace.on('connection', (socket) => {
      socket.on('add', async (params: object, ack: (error: unknown, result?: unknown) => void) => {
        ack(null, await broker.call('math.add', params));
      });
    });
  });
  return countPerEvent({ broker, url }, 'add', { a: 1, b: 2 });
}

/** A plain Socket.IO server with one namespace. It is closed after the test. */
export async function startPlain(
  listen: (namespace: Namespace) => void,
): Promise<{ url: string; namespace: Namespace }> {
  const http = createServer();
  const io = new Server(http);
  afterwards(() => io.close());
  const namespace = io.of('/x');
  listen(namespace);
  await new Promise<void>((resolve) => http.listen(0, resolve));
  return { url: `http://localhost:${(http.address() as AddressInfo).port}`, namespace };
}

/** One after the other, without a promise of its own for each. */
function emitAll(client: Client, packet: [event: string, ...args: unknown[]]): Promise<void> {
  return new Promise((resolve, reject) => {
    let missing = EVENTS;
    const emit = (): void => {
      client.emit(...packet, (error: unknown) => {
        if (error !== null) reject(new Error(`refused: ${JSON.stringify(error)}`));
        else if (--missing > 0) emit();
        else resolve();
      });
    };
    emit();
  });
}

/** Begins to count; the function gives the count and ends it. */
function countUids(broker: ServiceBroker): () => number {
  const original = broker.generateUid.bind(broker);
  let count = 0;
  broker.generateUid = () => {
    count++;
    return original();
  };
  return () => {
    broker.generateUid = original;
    return count;
  };
}

/** A few are made once, by the counting itself. */
function perEvent(count: number): number {
  return Math.floor(count / EVENTS);
}
