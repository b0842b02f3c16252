import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { Loggers, ServiceBroker, type BrokerOptions, type Service, type ServiceSchema } from 'moleculer';
import type { Namespace, Server } from 'socket.io';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { afterwards } from './endings';

export { afterwards } from './endings';

/*
 * Starts brokers with gateways, and connects clients to them. All that a test has started is ended after it.
 */

export type Client = Socket;

/** A gateway as tests look at it from outside. */
export interface RunningGateway extends Service {
  readonly io: Server & { readonly httpServer: HttpServer };
  readonly namespaces: ReadonlyMap<string, Namespace>;
}

/** Options of a broker, as tests give them. */
export type Options = Omit<BrokerOptions, 'logger' | 'registry'> & {
  readonly logger?: BrokerOptions['logger'] | CollectingLogger;
  /** Not every option that both majors have is declared by both. */
  readonly registry?: object;
};

/** A broker that has started, and the address of its first gateway. */
export interface Running {
  readonly broker: ServiceBroker;
  readonly gateway: RunningGateway;
  readonly port: number;
  readonly url: string;
}

/** Something to register: a class of gateways, or a plain Moleculer service. */
export type Registered = (abstract new (...args: never[]) => unknown) | ServiceSchema;

/** A silent broker with these services; it is stopped after the test, whether it was started or not. */
export function newBroker(
  registered: Registered | readonly Registered[],
  { logger, ...options }: Options = {},
): ServiceBroker {
  // Moleculer waits by default until other nodes have noticed. Only 0.15 declares the option, both have it.
  const registry: object = { stopDelay: 0, ...options.registry };
  const broker = new ServiceBroker({
    logger: (logger ?? false) as BrokerOptions['logger'] & boolean,
    skipProcessEventRegistration: true,
    // Moleculer looks once a second by default whether a service is there.
    dependencyInterval: 10,
    ...options,
    registry,
  });
  afterwards(() => broker.stop());
  for (const one of [registered].flat()) broker.createService(one as ServiceSchema);
  return broker;
}

/** Starts a broker with these services, of which the first must be a gateway. */
export async function start(
  registered: Registered | readonly Registered[],
  options?: Options,
): Promise<Running> {
  const broker = newBroker(registered, options);
  await broker.start();
  const gateway = broker.services.find((service) => 'namespaces' in service) as RunningGateway;
  const port = portOf(gateway);
  return { broker, gateway, port, url: `http://127.0.0.1:${port}` };
}

/** The port on which a gateway is listening. */
export function portOf(gateway: Service): number {
  return ((gateway as RunningGateway).io.httpServer.address() as AddressInfo).port;
}

/** The service of that name on a broker. */
export function serviceOf(broker: ServiceBroker, name: string): RunningGateway {
  return broker.services.find((service) => service.name === name) as RunningGateway;
}

/** A client of its own connection that has not connected yet. It is closed after the test. */
export function newClient(
  { url }: Pick<Running, 'url'>,
  namespace = '/x',
  options: Partial<ManagerOptions & SocketOptions> = {},
): Client {
  const client = io(url + namespace, {
    forceNew: true,
    reconnection: false,
    transports: ['websocket'],
    ...options,
  });
  afterwards(() => {
    client.disconnect();
    client.io.engine?.close();
  });
  return client;
}

/** Connects a client; rejects with the reason if it is refused. */
export async function connect(
  running: Pick<Running, 'url'>,
  namespace?: string,
  options?: Partial<ManagerOptions & SocketOptions>,
): Promise<Client> {
  const client = newClient(running, namespace, options);
  await connected(client);
  return client;
}

/** Resolves when a client has connected; rejects with the reason if it is refused. */
export function connected(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once('connect', resolve);
    client.once('connect_error', reject);
  });
}

/** Why a client is refused; rejects if it is not. */
export function refused(client: Client): Promise<Error & { data?: any; description?: any }> {
  return new Promise((resolve, reject) => {
    client.once('connect', () => {
      reject(new Error('the client was let in'));
    });
    client.once('connect_error', resolve);
  });
}

/** The arguments of the next event of that name. */
export function next(client: Client, event: string): Promise<any[]> {
  return new Promise((resolve) => client.once(event, (...args: unknown[]) => resolve(args)));
}

/** What an error-first ack was called with. */
export interface Answer {
  readonly error: any;
  readonly result: any;
}

/** Emits an event, and gives what its ack was called with. */
export async function ask(client: Client, event: string, ...args: unknown[]): Promise<Answer> {
  const [error, result] = await askRaw(client, event, ...args);
  return { error, result };
}

/** Emits an event, and gives all arguments that its ack was called with. */
export function askRaw(client: Client, event: string, ...args: unknown[]): Promise<any[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`'${event}' was not answered`));
    }, ANSWER_TIMEOUT_MS);
    client.emit(event, ...args, (...answer: unknown[]) => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

/** Milliseconds until a call counts as not answered: long, for tests share the processors with others. */
const ANSWER_TIMEOUT_MS = 10_000;

/** The packets of Socket.IO that are acks, with and without binary data. */
const ACKS = new Set<number>([3, 6]);

/** The acks that arrive at a client from now on, every packet of them: a client itself ignores a second one. */
export function acksOn(client: Client): unknown[][] {
  const acks: unknown[][] = [];
  client.io.on('packet', ({ type, data }) => {
    if (ACKS.has(type)) acks.push(data as unknown[]);
  });
  return acks;
}

/** Something that a test waits for, and something else tells it. */
export interface Signal<T = void> extends Promise<T> {
  readonly fire: (value: T) => void;
}

/** A promise that is resolved from outside. */
export function signal<T = void>(): Signal<T> {
  let fire!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (fire = resolve));
  return Object.assign(promise, { fire });
}

/** What a broker has logged. */
export interface LogLine {
  readonly level: string;
  readonly text: string;
}

/** The base of Moleculer's loggers, which its two majors declare differently. */
const BaseLogger = Loggers.Base as unknown as {
  readonly LEVELS: readonly string[];
  new (options: { level: string }): { readonly opts: { readonly level: string } };
};

/** A logger of brokers that keeps what it is told. */
export class CollectingLogger extends BaseLogger {
  readonly lines: LogLine[] = [];

  /** @param level the least important level that is kept */
  constructor(level = 'info') {
    super({ level });
  }

  /** Called by Moleculer, for every service. */
  getLogHandler(bindings?: { readonly mod?: string }): (level: string, args: unknown[]) => void {
    const least = BaseLogger.LEVELS.indexOf(this.opts.level);
    return (level, args) => {
      if (BaseLogger.LEVELS.indexOf(level) > least) return;
      const text = args.map((arg) => (typeof arg === 'string' ? arg : inspect(arg))).join(' ');
      this.lines.push({ level, text: `${bindings?.mod ?? ''}: ${text}` });
    };
  }

  /** The lines in which a text occurs. */
  having(text: string): LogLine[] {
    return this.lines.filter((line) => line.text.includes(text));
  }

  /** Lines of the level `error` or worse. */
  get errors(): LogLine[] {
    return this.lines.filter(({ level }) => level === 'error' || level === 'fatal');
  }
}

/** Options of a broker with metrics. */
export const METRICS: Options = { metrics: { enabled: true, collectProcessMetrics: false } };

/** The values of a metric, by its labels: `'/x maxPending'`. */
export function valuesOf({ broker }: Pick<Running, 'broker'>, name: string): Record<string, number> {
  const metric = broker.metrics.getMetric(name) as unknown as {
    snapshot(): { labels: Record<string, unknown>; value: number }[];
  };
  return Object.fromEntries(
    metric.snapshot().map(({ labels, value }) => [Object.values(labels).join(' '), value]),
  );
}

/** What clients see of an error that they may not see. */
export function expectedMask(requestID: unknown): object {
  return {
    name: 'InternalServerError',
    message: 'Internal Server Error',
    code: 500,
    type: 'INTERNAL_SERVER_ERROR',
    data: { requestID },
  };
}
