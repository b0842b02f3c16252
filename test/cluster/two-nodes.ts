import { ServiceBroker, type BrokerOptions, type Context, type ServiceSchema } from 'moleculer';
import type { Namespace, ServerOptions, Socket as ServerSocket } from 'socket.io';
import {
  Authenticate,
  NspParam,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type SocketMeta,
} from '../../src';
import {
  connect,
  next,
  portOf,
  serviceOf,
  signal,
  type Client,
  type Registered,
  type RunningGateway,
} from '../support/run-gateway';

/*
 * Two nodes in one process: each has a broker, a gateway with a server of its own, and clients.
 */

export type Adapter = ServerOptions['adapter'];

/** What a node's adapter needs of Redis. */
export interface Link {
  connect(): Promise<void>;
  adapter(): Adapter;
  close(): Promise<void>;
}

/** A kind of adapter, as the cases are run with it. */
export interface AdapterKind {
  /** Makes a link that has not connected yet; those of one cluster have one key. */
  link(url: string, key: string): Link;
  /** Returns the transporter of the brokers, if it is the adapter that goes over it. Default: Moleculer's fake one. */
  readonly transporter?: () => NonNullable<BrokerOptions['transporter']>;
}

/** A way to write a gateway. */
export interface Style {
  /** The gateways of one node, of which the first serves `/x` and the last the tenants. */
  readonly services: (adapter: unknown) => Registered[];
  /** The name of the service that has the tenants. */
  readonly tenants: string;
  /** What an action about `/x` must say. */
  readonly x: object;
}

const PROXY = { whitelist: ['rooms.*'] };

export const STYLES: Record<string, Style> = {
  'decorated classes': {
    services: (adapter) => {
      @SocketNamespace('/x', {
        name: 'node',
        settings: { port: 0, io: { options: { adapter: adapter as Adapter } } },
      })
      class NodeGateway extends SocketGateway {
        @Authenticate()
        authenticate(socket: ServerSocket): unknown {
          return socket.handshake.auth['user'];
        }
        @SocketEvent('call', PROXY)
        call!: ActionProxy;
      }
      @SocketNamespace('/tenants/:id', { name: 'tenants' })
      class TenantsGateway extends SocketGateway {
        @SocketEvent()
        where(@NspParam('id') id: string) {
          return id;
        }
      }
      return [NodeGateway, TenantsGateway];
    },
    tenants: 'tenants',
    x: {},
  },

  SocketIOService: {
    services: (adapter) => [
      {
        name: 'node',
        mixins: [SocketIOService],
        settings: {
          port: 0,
          io: {
            options: { adapter },
            namespaces: {
              '/x': { authorization: true, events: { call: PROXY } },
              '/tenants/:id': { events: { call: PROXY } },
            },
          },
        },
        methods: {
          socketAuthorize(socket: ServerSocket): unknown {
            return socket.handshake.auth['user'];
          },
        },
      } as unknown as ServiceSchema,
    ],
    tenants: 'node',
    x: { namespace: '/x' },
  },
};

/** Actions that are on the second node only. */
const ROOMS: ServiceSchema = {
  name: 'rooms',
  actions: {
    enter(ctx: Context<{ rooms: string | string[] }, SocketMeta>) {
      ctx.meta.$join = ctx.params.rooms;
      return ctx.broker.nodeID;
    },
    leave(ctx: Context<{ rooms: string | string[] }, SocketMeta>) {
      ctx.meta.$leave = ctx.params.rooms;
      return ctx.broker.nodeID;
    },
    login(ctx: Context<{ id: number }, SocketMeta>) {
      ctx.meta.user = { id: ctx.params.id };
      return ctx.broker.nodeID;
    },
  },
};

/** A client, and what it has received in order. */
export class Member {
  readonly received: unknown[][] = [];
  private readonly fences = new Map<number, { missing: number; fire: () => void }>();

  constructor(readonly client: Client) {
    client.onAny((event: string, ...args: unknown[]) => {
      if (event === 'fence') this.pass(args[0] as number);
      else this.received.push([event, ...args]);
    });
  }

  get id(): string {
    return this.client.id!;
  }

  /** Resolves when that fence has come from every node. */
  fenced(fence: number, nodes: number): Promise<void> {
    const passed = signal();
    this.fences.set(fence, { missing: nodes, fire: () => passed.fire() });
    return passed;
  }

  private pass(fence: number): void {
    const waiting = this.fences.get(fence);
    if (waiting && --waiting.missing === 0) waiting.fire();
  }
}

/** One of the nodes. */
export class Node {
  constructor(
    readonly broker: ServiceBroker,
    private readonly style: Style,
    readonly link: Link,
  ) {}

  get gateway(): RunningGateway {
    return serviceOf(this.broker, 'node');
  }

  get tenants(): RunningGateway {
    return serviceOf(this.broker, this.style.tenants);
  }

  get url(): string {
    return `http://localhost:${portOf(this.gateway)}`;
  }

  /** Calls an action of this node's gateway about the sockets in `/x`. */
  x(action: string, params: object = {}): Promise<any> {
    return this.broker.call(`node.${action}`, { ...this.style.x, ...params });
  }

  /** Calls an action of this node's gateway about the sockets of a tenant. */
  tenant(action: string, params: { namespace: string } & Record<string, unknown>): Promise<any> {
    return this.broker.call(`${this.style.tenants}.${action}`, params);
  }

  /** Connects a client to this node. */
  async join(auth: { user?: object } = {}, namespace = '/x'): Promise<Member> {
    return new Member(await connect(this, namespace, { auth }));
  }

  /** Connects a client to this node, in these rooms. */
  async joinRooms(...rooms: string[]): Promise<Member> {
    const member = await this.join();
    await this.namespace('/x').sockets.get(member.id)!.join(rooms);
    return member;
  }

  namespace(name: string): Namespace {
    return this.gateway.io._nsps.get(name)!;
  }
}

let clusters = 0;
let fences = 0;

/** Two nodes that know each other. */
export class Cluster {
  private constructor(
    readonly one: Node,
    public two: Node,
    private readonly startAgain: () => Promise<Node>,
  ) {}

  /**
   * Starts the second node again, which has stopped. Moleculer's brokers drop what comes from other nodes after their first stop,
   * so where the adapter goes over the transporter it is another broker with the same id.
   */
  async restart(kind: AdapterKind): Promise<void> {
    if (kind.transporter) this.two = await this.startAgain();
    else await this.two.broker.start();
  }

  get nodes(): Node[] {
    return [this.one, this.two];
  }

  /**
   * Starts two nodes; they hear each other when this resolves.
   *
   * @param toSetting makes the setting `io.options.adapter` of a node
   * @param transporter whether the brokers know each other, too
   */
  static async start(
    kind: AdapterKind,
    url: string,
    style: Style,
    toSetting: (link: Link) => unknown,
    transporter = true,
  ): Promise<Cluster> {
    const key = `cluster-${++clusters}`;
    const start = async (nodeID: string, ...others: ServiceSchema[]): Promise<Node> => {
      const link = kind.link(url, key);
      // Only 0.15 declares the option, both have it.
      const registry: object = { stopDelay: 0 };
      const broker = new ServiceBroker({
        nodeID,
        namespace: key,
        logger: false,
        ...(transporter && { transporter: kind.transporter?.() ?? 'Fake' }),
        skipProcessEventRegistration: true,
        registry,
      });
      const services = style.services(await toSetting(link));
      for (const service of [...services, ...others]) broker.createService(service as ServiceSchema);
      await broker.start();
      return new Node(broker, style, link);
    };
    const two = await start('two', ROOMS);
    const one = await start('one');
    const cluster = new Cluster(one, two, () => start('two', ROOMS));
    if (transporter) await one.broker.waitForServices('rooms', 5000, 5);
    await cluster.connected();
    return cluster;
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.broker.stop();
    for (const node of this.nodes) await node.link.close();
  }

  /** Waits until Redis knows the nodes that have a namespace, at least that many. */
  async ready(namespace: string, nodes: number): Promise<void> {
    for (const node of this.nodes) {
      await until(async () => {
        const found = node.gateway.io._nsps.get(namespace);
        // Not exactly: the adapter of Redis streams stays subscribed to a namespace that it had once.
        return !found || (await found.adapter.serverCount()) >= nodes;
      });
    }
  }

  /** Waits until the nodes hear each other. */
  async connected(): Promise<void> {
    await this.ready('/x', this.nodes.length);
    // The adapter of Redis streams does not say when it has begun to read, and misses what came before.
    const probes = [await this.one.join(), await this.two.join()];
    const heard = (): Promise<boolean> =>
      Promise.race([
        this.settled(...probes).then(() => true),
        new Promise<boolean>((resolve) => setTimeout(resolve, 50, false)),
      ]);
    await until(heard);
    for (const { client } of probes) client.disconnect();
  }

  /** Waits until members have received all that was sent to `/x` before, by whichever node. */
  async settled(...members: Member[]): Promise<void> {
    const fence = ++fences;
    const passed = members.map((member) => member.fenced(fence, this.nodes.length));
    for (const node of this.nodes) node.namespace('/x').emit('fence', fence);
    await Promise.all(passed);
  }

  /** Waits until a tenant's clients can be reached: `socket.io` does not wait for Redis to know the namespace. */
  async tenant(node: Node, namespace: string): Promise<Member> {
    const member = await node.join({}, namespace);
    await this.ready(namespace, this.nodes.filter((one) => one.tenants.namespaces.has(namespace)).length);
    return member;
  }
}

/** Waits for what nobody announces. The timeout of the test ends it. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** What a client is told when it is sent away. */
export async function sentAway({ client }: Member): Promise<string> {
  return (await next(client, 'disconnect'))[0] as string;
}
