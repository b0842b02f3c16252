import type { Service, ServiceBroker, ServiceSchema } from 'moleculer';
import type { Server as HttpServer } from 'node:http';
import type { Namespace, Server } from 'socket.io';
import type { ManagerOptions, SocketOptions } from 'socket.io-client';
import { slowHeartbeats, visibleRoomsOf } from '../runtime/test-seam';
import { Activity } from './activity';
import { ConnectedClient } from './connected-client';
import { LoggedErrors } from './logged-errors';
import { MemoryAgent } from './memory-agent';
import { isGateway, MemoryServers, type GatewayService } from './memory-servers';
import { failureAt, passFakeTime } from './real-time';
import { loadClient } from './socket-io-client';
import { findDependenciesSoon, startBroker, startServices } from './start-services';
import { stopBroker, testBroker } from './test-broker';
import type { ConnectOptions, Registered, TestClient, TestGateway, TestGatewayOptions } from './types';

const DEFAULT_TIMEOUT_MS = 1500;

/** A gateway under test, with the broker that it runs in. */
export class RunningGateway<S extends Service> implements TestGateway<S> {
  readonly broker: ServiceBroker;
  private readonly startsBroker: boolean;
  private readonly activity = new Activity(() => this.namespaces());
  private readonly errors = new LoggedErrors();
  private readonly clients = new Set<ConnectedClient>();
  /** The services that the kit has created. */
  private readonly created: Service[] = [];
  private main: GatewayService | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly gateway: Registered<S>,
    private readonly options: TestGatewayOptions,
  ) {
    this.broker = testBroker(options.broker, this.activity, this.errors);
    this.startsBroker = !this.broker.started;
  }

  get service(): S {
    return this.main as object as S;
  }

  /** Creates and starts the services. */
  async start(origin: Error): Promise<void> {
    const { services = [], settings } = this.options;
    // Report missing packages before anything is started.
    loadClient();
    for (const service of services) this.create(service);
    const main = this.create(this.gateway, settings && { settings });
    if (!isGateway(main))
      throw failureAt(
        origin,
        `'${main.name}' is no gateway: its class must be the first argument of testGateway`,
      );
    this.main = main;
    findDependenciesSoon(this.created);
    const servers = new MemoryServers();
    servers.attach(this.gateways());
    const starting = this.startsBroker
      ? startBroker(this.broker, origin)
      : startServices(this.broker, this.created, this.activity, origin);
    await passFakeTime(starting);
    servers.attachRest(this.gateways());
    if (!namesHeartbeats(settings)) this.slowHeartbeats();
  }

  async connect(options: ConnectOptions = {}): Promise<TestClient> {
    const origin = new Error();
    if (this.closing) throw failureAt(origin, 'the gateway is closed');
    const { user: _user, namespace: given, address, ...ofClient } = options;
    const namespace = withSlash(given ?? this.firstNamespace(origin));
    const io = this.serverOf(namespace);
    const assumed = 'user' in options ? { user: options.user } : undefined;
    const agent = new MemoryAgent(io.httpServer as HttpServer, { address, assumed });
    const clientOptions: Partial<ManagerOptions & SocketOptions> = {
      transports: ['websocket'],
      reconnection: false,
      path: io.path(),
      ...ofClient,
      forceNew: true,
      // A test that does not close the client may end.
      autoUnref: true,
    };
    // Declared as for browsers, where it is a string.
    Object.assign(clientOptions, { agent });
    const socket = loadClient().io(`http://localhost${namespace}`, clientOptions);
    const client = new ConnectedClient(socket, namespace, agent, this.errors, this.timeout);
    this.clients.add(client);
    const connecting = client.connect(origin);
    this.activity.watch(`the handshake of a client in '${namespace}'`, connecting);
    await connecting;
    return client;
  }

  rooms({ id, namespace }: TestClient): string[] {
    for (const one of this.namespaces()) {
      const socket = one.name === namespace ? one.sockets.get(id) : undefined;
      if (socket) return visibleRoomsOf(socket).filter((room) => room !== id);
    }
    return [];
  }

  settled(): Promise<void> {
    return this.activity.settled(this.timeout, new Error());
  }

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private get timeout(): number {
    return this.options.timeout ?? DEFAULT_TIMEOUT_MS;
  }

  private async end(): Promise<void> {
    await Promise.all([...this.clients].map((client) => client.close()));
    if (this.startsBroker) await passFakeTime(stopBroker(this.broker));
    else
      for (const service of this.created.reverse()) await passFakeTime(this.broker.destroyService(service));
  }

  private create(registered: Registered, modifications?: object): Service {
    // One signature for classes and schemas; the majors of Moleculer declare it differently.
    const service = this.broker.createService(registered as ServiceSchema, modifications as ServiceSchema);
    this.created.push(service);
    return service;
  }

  private gateways(): GatewayService[] {
    return this.broker.services.filter(isGateway);
  }

  private *namespaces(): Iterable<Namespace> {
    for (const { namespaces } of this.gateways()) yield* namespaces.values();
  }

  private slowHeartbeats(): void {
    const servers = new Set(this.gateways().map(({ io }) => io));
    for (const io of servers) if (io) slowHeartbeats(io);
  }

  /** Returns the first namespace that is no child of a dynamic path. */
  private firstNamespace(origin: Error): string {
    const [first] = this.main?.namespaces.keys() ?? [];
    if (first !== undefined) return first;
    throw failureAt(
      origin,
      `'${this.service.name}' has dynamic namespaces only: name one, { namespace: '/…' }`,
    );
  }

  /** Returns the server that has a namespace, or else that of the gateway under test, which may open it or refuse it. */
  private serverOf(namespace: string): Server {
    const owners = [this.main, ...this.gateways()];
    const owner = owners.find((gateway) => gateway?.namespaces.has(namespace)) ?? this.main;
    return owner?.io as Server;
  }
}

function withSlash(namespace: string): string {
  return namespace.startsWith('/') ? namespace : `/${namespace}`;
}

function namesHeartbeats(settings: object | undefined): boolean {
  const { pingInterval, pingTimeout } =
    (settings as { io: { options?: Record<string, unknown> } | undefined } | undefined)?.io?.options ?? {};
  return pingInterval !== undefined || pingTimeout !== undefined;
}
