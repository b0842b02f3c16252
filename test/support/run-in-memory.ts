import type { ServiceSchema } from 'moleculer';
import { io, type ManagerOptions, type SocketOptions } from 'socket.io-client';
import { testGateway, type TestGateway } from '../../src/testing';
import { MemoryAgent } from '../../src/testing/memory-agent';
import { afterwards } from './endings';
import type { Client, Options, Registered, RunningGateway } from './run-gateway';
import { shareStarted } from './shared-gateway';

/*
 * As run-gateway.ts, over the connections in memory of the testing kit: for tests of which no network is a part.
 */

export * from './run-gateway';

/** Milliseconds that anything may take: tests share the processors with others. */
const TIMEOUT_MS = 10_000;

type ClientOptions = Partial<ManagerOptions & SocketOptions>;

/** A gateway that has started, and its broker. */
export interface Running {
  readonly chat: TestGateway;
  readonly broker: TestGateway['broker'];
  readonly gateway: RunningGateway;
}

/** Starts a broker with these services, of which the first must be a gateway. */
export async function start(
  registered: Registered | readonly Registered[],
  { logger, ...options }: Options = {},
): Promise<Running> {
  const [gateway, ...services] = [registered].flat() as ServiceSchema[];
  const broker = { ...options, ...(logger && { logger }) } as object;
  const starting = testGateway(gateway as ServiceSchema, { services, broker, timeout: TIMEOUT_MS });
  // Before it has started: takeEndings() looks at once.
  afterwards(async () => {
    await (await starting.catch(() => undefined))?.close();
  });
  const chat = await starting;
  return { chat, broker: chat.broker, gateway: chat.service as RunningGateway };
}

/** Starts one gateway for all tests of a `describe` that do not change it. */
export function shareGateway(
  registered: Registered | readonly Registered[],
  options?: Options,
): () => Promise<Running> {
  return shareStarted(() => start(registered, options));
}

/** Connects a client; rejects with the reason if it is refused. */
export async function connect(
  { chat }: Pick<Running, 'chat'>,
  namespace = '/x',
  options: ClientOptions = {},
): Promise<Client> {
  return (await chat.connect({ namespace, ...(options as object) })).socket;
}

/** A client that has not connected yet. It is closed after the test. */
export function newClient(
  { gateway }: Pick<Running, 'gateway'>,
  namespace = '/x',
  options: ClientOptions = {},
): Client {
  const agent = new MemoryAgent(gateway.io.httpServer, {});
  const client = io(`http://localhost${namespace}`, {
    forceNew: true,
    reconnection: false,
    transports: ['websocket'],
    ...options,
    ...({ agent } as object),
  });
  afterwards(async () => {
    client.disconnect();
    client.io.engine?.close();
    await agent.close();
  });
  return client;
}
