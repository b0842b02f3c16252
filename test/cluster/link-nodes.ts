import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { ServiceBroker, type BrokerOptions, type ServiceSchema } from 'moleculer';
import { Server, type ServerOptions } from 'socket.io';
import { io as connect, type Socket } from 'socket.io-client';
import { AdapterDirectory } from '../../src/runtime/cluster/adapter-directory';
import { clusterEventOf, clusterEvents } from '../../src/plan/cluster-event';
import { ClusterLink } from '../../src/runtime/cluster/cluster-link';
import { ClusterNamespaces } from '../../src/runtime/cluster/cluster-namespaces';
import { moleculerAdapter } from '../../src/runtime/cluster/moleculer-adapter';
import type { Transport } from './link-servers';

/*
 * Nodes of a gateway that consist of a broker, a Socket.IO server and the link between them.
 */

/** What a link has counted and logged. */
export interface Observed {
  sent: number;
  received: number;
  lost: number;
  peers: number;
  readonly warnings: string[];
  readonly errors: unknown[];
}

export interface NodeOptions {
  readonly service?: string;
  readonly broker?: BrokerOptions;
  readonly io?: Partial<ServerOptions>;
  /** Registered beside the gateway's service. */
  readonly services?: readonly ServiceSchema[];
  /** Does not wait for the other nodes. */
  readonly impatient?: boolean;
}

/** Clusters do not see each other, although they share a transporter. */
let clusters = 0;

/** Nodes that see each other. */
export class LinkCluster {
  readonly nodes: LinkNode[] = [];
  readonly namespace = `cluster-${++clusters}`;

  constructor(readonly transport: Transport) {}

  /** Starts a node. */
  async add(id: string, options: NodeOptions = {}): Promise<LinkNode> {
    const node = new LinkNode(this, id, options);
    this.nodes.push(node);
    await node.start();
    return node;
  }

  /** Starts nodes one after the other, and resolves when each knows all others. */
  async addAll(...ids: string[]): Promise<LinkNode[]> {
    const added: LinkNode[] = [];
    for (const id of ids) added.push(await this.add(id));
    await this.meet();
    return added;
  }

  /** Resolves when each node knows all others. */
  async meet(): Promise<void> {
    const others = this.nodes.length - 1;
    await Promise.all(this.nodes.map(({ link }) => until(link, () => link.size === others)));
  }

  async stop(): Promise<void> {
    for (const node of this.nodes.splice(0)) await node.stop();
  }
}

/** Resolves when something holds that changes with the peers of a link. */
export function until(link: ClusterLink, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!holds()) return;
      stop();
      resolve();
    };
    const stop = link.watchPeers(check);
    check();
  });
}

export class LinkNode {
  readonly observed: Observed = { sent: 0, received: 0, lost: 0, peers: 0, warnings: [], errors: [] };
  readonly broker: ServiceBroker;
  readonly http: HttpServer = createServer();
  readonly io: Server;
  readonly link: ClusterLink;
  readonly namespaces: ClusterNamespaces;
  readonly clients: Socket[] = [];
  private stopped = false;

  constructor(
    cluster: LinkCluster,
    readonly id: string,
    private readonly options: NodeOptions,
  ) {
    const { observed } = this;
    const { service = 'chat', broker, services = [] } = options;
    // Not every option that both majors have is declared by both.
    const registry: object = { stopDelay: 0 };
    this.broker = new ServiceBroker({
      nodeID: id,
      namespace: cluster.namespace,
      logger: false,
      transporter: cluster.transport.options(),
      registry,
      skipProcessEventRegistration: true,
      ...broker,
    });
    this.io = new Server(this.http, { adapter: moleculerAdapter(), ...options.io });
    const log = {
      warn: (...args: unknown[]) => observed.warnings.push(String(args[0])),
      error: (...args: unknown[]) => observed.errors.push(args[0]),
      debug: () => undefined,
    };
    this.link = new ClusterLink({
      broker: this.broker,
      event: clusterEventOf({ name: service, version: undefined }),
      log,
      counters: {
        sent: (count) => (observed.sent += count),
        received: (count) => (observed.received += count),
        lost: (count) => (observed.lost += count),
        peers: (count) => (observed.peers = count),
      },
    });
    this.namespaces = new ClusterNamespaces({
      link: this.link,
      log,
      codec: () => this.io,
      adapterOf: (name) => this.io._nsps.get(name)?.adapter,
      namespacesOf: (path) =>
        [...this.io._nsps.keys()].filter((name) => path === '/tenants/:id' && name.startsWith('/tenants/')),
    });
    AdapterDirectory.of(this.io).connect(() => this.namespaces);
    this.broker.createService({
      name: service,
      events: clusterEvents({ name: service, version: undefined }, (ctx) => this.link.receive(ctx)),
    } as ServiceSchema);
    for (const schema of services) this.broker.createService(schema);
  }

  async start(): Promise<void> {
    this.http.listen(0, '127.0.0.1');
    await Promise.all([once(this.http, 'listening'), this.broker.start()]);
    if (!this.options.impatient) await this.link.greet();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** Connects a client; it is in a namespace when this resolves. */
  async client(namespace = '/'): Promise<Client> {
    const socket = connect(this.url + namespace, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    this.clients.push(socket);
    const client = new Client(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return client;
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    for (const socket of this.clients) socket.disconnect();
    await this.link.close();
    await this.io.close();
    await this.broker.stop();
  }
}

/** A client that remembers the events that it was sent. */
export class Client {
  readonly events: unknown[][] = [];
  private readonly checks = new Set<() => void>();

  constructor(readonly socket: Socket) {
    socket.onAny((...args: unknown[]) => {
      this.events.push(args.filter((arg) => typeof arg !== 'function'));
      for (const check of [...this.checks]) check();
    });
  }

  get id(): string {
    return this.socket.id!;
  }

  /** Resolves with the events when an event of this name has come. */
  until(event: string): Promise<unknown[][]> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!this.events.some(([name]) => name === event)) return;
        this.checks.delete(check);
        resolve(this.events);
      };
      this.checks.add(check);
      check();
    });
  }
}
