import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server as HttpServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { createAdapter as createStreamsAdapter } from '@socket.io/redis-streams-adapter';
import { ServiceBroker, type Service } from 'moleculer';
import { SocketGateway, SocketNamespace } from 'moleculer-socket-gateway';
import { createClient } from 'redis';
import { Server, type Namespace } from 'socket.io';
import { NAMESPACE } from '../payloads';
import type { RunningServer, ServerSpec } from './server-spec';

/*
 * One node of a cluster: a gateway of this library over Moleculer's TCP transporter, or plain socket.io with an adapter for Redis.
 */

/** What a node is told to ask clients of other nodes. */
export interface Requests {
  readonly ids: readonly string[];
  readonly count: number;
}

/** Questions that wait for their answer at any time. */
const WINDOW = 16;
/** Longer than any machine is busy, in milliseconds. */
const TIMEOUT_MS = 30_000;

const NEWS = { title: 'A title', text: 'and a few words' };
const SHAPES = { moleculer: startGateway, redis: startPlain, 'redis-streams': startPlain };

export function start(spec: ServerSpec): Promise<RunningServer> {
  return SHAPES[spec.shape as keyof typeof SHAPES](spec);
}

@SocketNamespace(NAMESPACE, { name: 'news', settings: { port: 0 } })
class NewsGateway extends SocketGateway {}

async function startGateway({ node }: ServerSpec): Promise<RunningServer> {
  const { id, urls } = node as NonNullable<ServerSpec['node']>;
  const broker = new ServiceBroker({
    nodeID: id,
    logger: false,
    skipProcessEventRegistration: true,
    // Moleculer changes the options.
    transporter: { type: 'TCP', options: { udpDiscovery: false, urls: [...urls] } } as never,
  });
  const before = usedMicroseconds();
  const gateway = broker.createService(NewsGateway as never) as unknown as Service & { io: Server };
  await broker.start();
  // Its first client is let in when the other nodes can reach it.
  while (!(await broker.call<{ ready: boolean }, object>('news.health', {})).ready)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const startCpu = usedMicroseconds() - before;
  const namespace = gateway.io.of(NAMESPACE);
  return {
    port: ((gateway.io as object as { httpServer: HttpServer }).httpServer.address() as AddressInfo).port,
    commands: {
      broadcast: () => namespace.emit('news', NEWS),
      ids: () => [...namespace.sockets.keys()],
      request: (requests: Requests) => askClients(namespace, requests),
      requestByAction: (requests: Requests) =>
        inParallel(requests, (socketId) =>
          broker.call('news.request', { socketId, event: 'question', args: [NEWS], timeout: TIMEOUT_MS }),
        ),
      startCpu: () => startCpu,
      untilPeers: (count: number) => untilPeers(() => namespace.adapter.serverCount(), count),
    },
  };
}

async function startPlain({ shape, node }: ServerSpec): Promise<RunningServer> {
  const { redis } = node as NonNullable<ServerSpec['node']>;
  const pub = createClient({ url: redis as string });
  const sub = pub.duplicate();
  await Promise.all([pub.connect(), sub.connect()]);
  const http = createServer();
  const io = new Server(http, {
    adapter:
      shape === 'redis'
        ? createAdapter(pub, sub, { requestsTimeout: TIMEOUT_MS })
        : createStreamsAdapter(pub, { blockTimeInMs: 100 }),
  });
  const namespace = io.of(NAMESPACE);
  await new Promise<void>((resolve) => http.listen(0, resolve));
  return {
    port: (http.address() as AddressInfo).port,
    commands: {
      broadcast: () => namespace.emit('news', NEWS),
      ids: () => [...namespace.sockets.keys()],
      request: (requests: Requests) => askClients(namespace, requests),
      untilPeers: (count: number) => untilPeers(() => namespace.adapter.serverCount(), count),
    },
  };
}

/** Asks clients as one does with socket.io alone: the room of a socket has its id. */
function askClients(namespace: Namespace, requests: Requests): Promise<void> {
  return inParallel(requests, async (id) => {
    const [answer] = (await namespace.in(id).timeout(TIMEOUT_MS).emitWithAck('question', NEWS)) as unknown[];
    return answer;
  });
}

async function inParallel({ ids, count }: Requests, ask: (id: string) => Promise<unknown>): Promise<void> {
  let asked = 0;
  const asker = async (): Promise<void> => {
    while (asked < count) {
      const answer = await ask(ids[asked++ % ids.length] as string);
      if (answer !== 'yes') throw new Error(`got ${JSON.stringify(answer)} of a client`);
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, asker));
}

async function untilPeers(countServers: () => Promise<number>, peers: number): Promise<void> {
  while ((await countServers()) < peers + 1) await new Promise((resolve) => setTimeout(resolve, 20));
}

function usedMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
