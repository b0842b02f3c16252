import { createAdapter } from '@socket.io/redis-adapter';
import { ServiceBroker, type Context, type ServiceSchema } from 'moleculer';
import { createClient } from 'redis';
import type { ServerOptions } from 'socket.io';
import { ForwardEvent, SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import {
  ask,
  connect,
  portOf,
  serviceOf,
  signal,
  type Client,
  type RunningGateway,
} from '../support/run-gateway';
import { until } from './two-nodes';

/*
 * Nodes in one process that send events of Moleculer's on to their clients, and a node beside them that only emits.
 */

/** What an event asks for. */
export interface Wanted {
  id: unknown;
  rooms?: string[];
  tenant?: string;
}

/** How the methods were called: the node, and the event. */
type Handled = { node: string; event: string; id: unknown }[];

type Adapter = ServerOptions['adapter'];

/** The services of one node. */
function servicesOf(
  node: string,
  { handled, overheard }: ForwardingNodes,
  adapter: Adapter | undefined,
): unknown[] {
  const note = (ctx: Context<Wanted>): unknown => {
    handled.push({ node, event: ctx.eventName!, id: ctx.params.id });
    return ctx.params.id;
  };
  abstract class Forwarding extends SocketGateway {
    @SocketEvent('join')
    join(ctx: SocketContext<string[]>) {
      return ctx.socket.join(ctx.params);
    }
    @ForwardEvent('fence')
    fence(ctx: Context) {
      return ctx.params;
    }
  }

  @SocketNamespace('/x', {
    name: 'shop',
    settings: { port: 0, ...(adapter && { io: { options: { adapter } } }) },
    events: { 'order.updated': (ctx: Context<Wanted>) => void note(ctx) },
  })
  class ShopGateway extends Forwarding {
    @ForwardEvent('order.updated')
    all(ctx: Context<Wanted>) {
      return note(ctx);
    }
    @ForwardEvent<Wanted>('order.paid', { rooms: (ctx) => ctx.params.rooms })
    rooms(ctx: Context<Wanted>) {
      return note(ctx);
    }
    @ForwardEvent('order.sent', { group: 'browsers', except: 'quiet', as: 'gone' })
    grouped(ctx: Context<Wanted>) {
      return note(ctx);
    }
    @ForwardEvent('product.*', { as: 'any product' })
    anyProduct(ctx: Context<Wanted>) {
      return note(ctx);
    }
    @ForwardEvent('product.new')
    newProduct(ctx: Context<Wanted>) {
      return note(ctx);
    }
    @ForwardEvent('*.new', { as: 'anything new' })
    anythingNew(ctx: Context<Wanted>) {
      return note(ctx);
    }
    @ForwardEvent('sharded', { strategy: 'Shard', strategyOptions: { shardKey: 'key' } })
    sharded(ctx: Context<Wanted>) {
      return note(ctx);
    }
    @ForwardEvent('many', { as: 'one' })
    @ForwardEvent('many', { as: 'two' })
    many(ctx: Context<Wanted>) {
      return note(ctx);
    }
  }

  @SocketNamespace('/versioned', { name: 'shop', version: 2 })
  class VersionedGateway extends Forwarding {
    @ForwardEvent('order.updated')
    all(ctx: Context<Wanted>) {
      return note(ctx);
    }
  }

  @SocketNamespace('/tenants/:tenant', { name: 'tenants' })
  class TenantGateway extends Forwarding {
    @ForwardEvent('tenant.news')
    news(ctx: Context<Wanted>) {
      return note(ctx);
    }
    @ForwardEvent<Wanted>('tenant.order', { namespace: (ctx) => `/tenants/${ctx.params.tenant!}` })
    order(ctx: Context<Wanted>) {
      return note(ctx);
    }
  }
  const spy = { name: 'spy', events: { '**': (ctx: Context) => void overheard.push(ctx.eventName!) } };
  return [ShopGateway, VersionedGateway, TenantGateway, spy];
}

/** A client, and what it has received. */
export class Member {
  readonly received: unknown[][] = [];
  private readonly fences = new Map<unknown, () => void>();

  constructor(
    readonly client: Client,
    readonly namespace: string,
  ) {
    client.onAny((event: string, ...args: unknown[]) => {
      if (event === 'fence') this.fences.get(args[0])?.();
      else this.received.push([event, ...args]);
    });
  }

  /** Resolves when that fence has come. */
  fenced(fence: string): Promise<void> {
    const passed = signal();
    this.fences.set(fence, () => passed.fire());
    return passed;
  }

  /** What was received since it was asked last. */
  take(): unknown[][] {
    return this.received.splice(0);
  }
}

let clusters = 0;
let fences = 0;

/** Sends something to members, and waits until it has arrived. */
async function fence(members: readonly Member[], send: (id: string) => unknown): Promise<void> {
  const id = `fence-${++fences}`;
  const passed = members.map((member) => member.fenced(id));
  void send(id);
  await Promise.all(passed);
}

/** Gateways on some nodes, and an `outside` node that has none. */
export class ForwardingNodes {
  readonly brokers: ServiceBroker[] = [];
  readonly handled: Handled = [];
  /** What a service beside the gateways has heard. */
  readonly overheard: string[] = [];
  private outside!: ServiceBroker;
  private readonly ends: (() => Promise<unknown>)[] = [];
  private readonly members = new Set<Member>();

  private constructor(private readonly hasTransporter: boolean) {}

  /**
   * Starts nodes; they know each other when this resolves.
   *
   * @param redis the address of a Redis between their Socket.IO servers; undefined for no adapter
   * @param hasTransporter whether the brokers know each other
   */
  static async start(count: number, redis?: string, hasTransporter = true): Promise<ForwardingNodes> {
    const nodes = new ForwardingNodes(hasTransporter);
    const key = `forwarding-${++clusters}`;
    const start = async (nodeID: string): Promise<ServiceBroker> => {
      // Only 0.15 declares the option, both have it.
      const registry: object = { stopDelay: 0 };
      const broker = new ServiceBroker({
        nodeID,
        namespace: key,
        logger: false,
        ...(hasTransporter && { transporter: 'Fake' }),
        skipProcessEventRegistration: true,
        registry,
      });
      if (nodeID !== 'outside') {
        const adapter = redis === undefined ? undefined : await nodes.adapter(redis, key);
        for (const service of servicesOf(nodeID, nodes, adapter))
          broker.createService(service as ServiceSchema);
      }
      await broker.start();
      return broker;
    };
    const names = Array.from({ length: count }, (_, at) => `node-${at}`);
    const [outside, ...brokers] = await Promise.all(['outside', ...names].map(start));
    nodes.outside = outside!;
    nodes.brokers.push(...brokers);
    await nodes.known();
    return nodes;
  }

  /** All from which an event can come. */
  get senders(): ServiceBroker[] {
    return this.hasTransporter ? [...this.brokers, this.outside] : this.brokers;
  }

  gateway(at: number, name = 'shop'): RunningGateway {
    return serviceOf(this.brokers[at]!, name);
  }

  /** Connects a client to a node. */
  async join(at: number, namespace = '/x', rooms: string[] = []): Promise<Member> {
    const member = new Member(
      await connect({ url: `http://localhost:${portOf(this.gateway(at))}` }, namespace),
      namespace,
    );
    await ask(member.client, 'join', rooms);
    this.members.add(member);
    member.client.once('disconnect', () => this.members.delete(member));
    return member;
  }

  /** Connects a client to every node. */
  async joinAll(namespace?: string, rooms?: string[]): Promise<Member[]> {
    return Promise.all(this.brokers.map((_, at) => this.join(at, namespace, rooms)));
  }

  /** Waits until an event was handled so many times, and everything that came of it, and of what came before, has arrived. */
  async settled(times: number): Promise<void> {
    await until(() => this.handled.length >= times);
    // What nobody should have sent comes before these, on every way that there is: from node to node, and through Redis.
    const members = [...this.members];
    for (const sender of this.senders) await fence(members, (id) => sender.broadcast('fence', id));
    if (this.ends.length === 0) return;
    for (const at of this.brokers.keys()) {
      for (const namespace of this.gateway(at).io._nsps.values()) {
        const inIt = members.filter((member) => member.namespace === namespace.name);
        await fence(inIt, (id) => namespace.emit('fence', id));
      }
    }
  }

  /** Waits until every node knows what every other one listens to, and Redis knows their namespaces. */
  async known(): Promise<void> {
    for (const broker of this.hasTransporter ? this.senders : []) {
      const { events } = broker.registry as unknown as {
        events: { getAllEndpoints(event: string): unknown[] };
      };
      for (const event of ['order.updated', 'tenant.news', 'fence'])
        await until(() => events.getAllEndpoints(event).length >= this.brokers.length);
    }
    await this.linked('/x', this.brokers.length);
    await this.linked('/versioned', this.brokers.length);
  }

  /** Waits until Redis knows so many nodes that have a namespace. */
  async linked(namespace: string, count: number): Promise<void> {
    if (this.ends.length === 0) return;
    for (const at of this.brokers.keys()) {
      const adapter = this.gateway(at).io._nsps.get(namespace)?.adapter;
      if (adapter) await until(async () => (await adapter.serverCount()) >= count);
    }
  }

  async stop(): Promise<void> {
    for (const { client } of this.members) client.disconnect();
    await Promise.all([...this.brokers, this.outside].map((broker) => broker.stop()));
    for (const end of this.ends) await end();
  }

  private async adapter(url: string, key: string): Promise<Adapter> {
    const pub = createClient({ url }).on('error', () => undefined);
    const sub = pub.duplicate().on('error', () => undefined);
    for (const client of [pub, sub]) {
      await client.connect();
      this.ends.push(() => client.close());
    }
    return createAdapter(pub, sub, { key });
  }
}
