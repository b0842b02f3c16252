import type { BrokerOptions, Service, ServiceBroker, ServiceSchema } from 'moleculer';
import type { ManagerOptions, Socket, SocketOptions } from 'socket.io-client';

/** A class of services, a gateway among others, or the schema of one. */
export type Registered<S extends Service = Service> = (abstract new (...args: never[]) => S) | ServiceSchema;

/** Options of `testGateway`. */
export interface TestGatewayOptions {
  /** Other services that the gateway needs, real or mocked; other gateways, too. */
  services?: readonly Registered[];
  /** Settings of the gateway, on top of its own. */
  settings?: object;
  /** Options of the broker that is made, or a broker of yours. One that is started already is not stopped by `close`. */
  broker?: BrokerOptions | ServiceBroker;
  /** Timeout of every wait, in milliseconds of real time. Default: 1500 (ms). */
  timeout?: number;
}

/** Options of a client; those of socket.io-client, too. */
export interface ConnectOptions extends Partial<Omit<ManagerOptions & SocketOptions, 'agent' | 'forceNew'>> {
  /**
   * The user of the client. The method with `@Authenticate` is not called; everything else holds, guards and expiry too. null is an
   * anonymous client.
   */
  user?: unknown;
  /** Default: the first namespace of the gateway that is no dynamic path. */
  namespace?: string;
  /** The address that the gateway sees. Default: '127.0.0.1'. */
  address?: string;
}

/** An event that a client has received. */
export interface ReceivedEvent {
  readonly event: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into them as they expect them
  readonly args: any[];
}

/** Options of `received`. */
export interface ReceivedOptions {
  /** Timeout in milliseconds of real time. Default: the timeout of `testGateway`. */
  timeout?: number;
  /** Returns true for the arguments to wait for. Default: any. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into them as they expect them
  where?: (...args: any[]) => boolean;
}

/** A client of a gateway under test. */
export interface TestClient {
  /** The socket of socket.io-client. */
  readonly socket: Socket;
  /** The name of its namespace. */
  readonly namespace: string;
  /** The id of its socket, also after it has disconnected. */
  readonly id: string;
  readonly connected: boolean;
  /** All events that it has received, in order, without the packets of streams. An ack that the gateway asks for is the last of the arguments. */
  readonly events: readonly ReceivedEvent[];

  /**
   * Sends an event and returns the answer.
   *
   * @throws ClientError if the gateway answers with an error; Error if it does not answer, or if the connection ends before
   * @example
   * const { id } = await ann.emit('message', { room: 'tea', text: 'Hello' });
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into it as they expect it
  emit<Result = any>(event: string, ...args: unknown[]): Promise<Result>;

  /**
   * Sends an event with a stream, and returns the answer.
   *
   * @param args the arguments of the event; then what is uploaded: bytes, a `Readable`, a Blob, a web stream or an async iterable; then,
   *   if wanted, options `{ signal, onProgress, timeout }`
   * @throws ClientError if the gateway answers with an error; Error if for the timeout nothing is taken and no answer comes, or if
   *   the connection ends before; the reason of the signal
   * @example
   * const { url } = await ann.upload('photo', { room: 'tea' }, Buffer.alloc(300_000));
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into it as they expect it
  upload<Result = any>(event: string, ...args: unknown[]): Promise<Result>;

  /**
   * Sends an event and iterates over the stream that answers it. Leaving the loop cancels the stream.
   *
   * @throws ClientError if the gateway answers with an error, or ends the stream with one; Error if nothing comes for the timeout, if
   *   the answer is no stream, or if the connection ends before
   * @example
   * for await (const row of ann.stream('export', { year: 2026 })) assert.equal(row.year, 2026);
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into them as they expect them
  stream<Item = any>(event: string, ...args: unknown[]): AsyncIterableIterator<Item>;

  /** Sends an event without asking for an answer. */
  send(event: string, ...args: unknown[]): void;

  /**
   * Returns the arguments of the next event of a name: of the first that came and was not returned yet, or else of the next that
   * comes.
   *
   * @throws Error if none comes in time, which says what came instead
   * @example
   * const [message] = await bob.received('message');
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into them as they expect them
  received<Args extends unknown[] = any[]>(event: string, options?: ReceivedOptions): Promise<Args>;

  /** Disconnects in order, as `socket.disconnect()` of an application does. */
  disconnect(): void;
  /** Breaks the connection, as a network does. */
  cut(): void;
  /**
   * Waits until the client is disconnected. Returns the reason that socket.io-client gives, as 'io server disconnect'.
   *
   * @throws Error if it is still connected after the timeout
   */
  disconnected(): Promise<string>;
  /**
   * Connects a client again that was disconnected, with the same options.
   *
   * @throws ClientError if it is refused
   */
  reconnect(): Promise<void>;
}

/** A gateway under test. */
export interface TestGateway<S extends Service = Service> {
  readonly broker: ServiceBroker;
  /** The service of the gateway. */
  readonly service: S;

  /**
   * Connects a client.
   *
   * @throws ClientError if it is refused: `code` 401 without a user
   * @example
   * const ann = await chat.connect({ auth: { token } });
   * const bob = await chat.connect({ user: { id: 7, roles: ['admin'] } });
   */
  connect(options?: ConnectOptions): Promise<TestClient>;

  /** Returns the rooms of a client, without the one of its own id. */
  rooms(client: TestClient): string[];

  /**
   * Waits until nothing is under way: no event, no action, no listener of a Moleculer event, no handshake, nothing on a connection.
   * Timers of the application are not awaited.
   *
   * @throws Error if something is still under way after the timeout, which says what
   * @example
   * await chat.settled();
   * assert.deepEqual(bob.events, []);
   */
  settled(): Promise<void>;

  /** Disconnects all clients and stops the broker, if the kit has started it. `await using` calls it, too. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
