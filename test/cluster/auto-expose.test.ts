import { expect } from 'chai';
import { ServiceBroker, type Context, type ServiceSchema } from 'moleculer';
import type { Socket as ServerSocket } from 'socket.io';
import {
  Authenticate,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ListedEvent,
  type SocketExposures,
} from '../../src';
import {
  afterwards,
  ask,
  CollectingLogger,
  connect,
  portOf,
  serviceOf,
  type Client,
  type Registered,
} from '../support/run-gateway';
import { until } from './two-nodes';

/*
 * Gateways and services on nodes of their own, which know each other by Moleculer's transporter only. Two nodes of
 * gateways and two of services stay for all tests, which put services on them, and take them away.
 */

/** A gateway as each of its nodes has it. */
function gateway(): Registered {
  @SocketNamespace('/x', { name: 'gateway', settings: { port: 0 }, autoExpose: true })
  class OpenGateway extends SocketGateway {
    @Authenticate()
    authenticate({ handshake }: ServerSocket): unknown {
      return handshake.auth['user'];
    }
    @SocketEvent({
      params: {
        text: { type: 'string', pattern: /^[a-z]+$/ },
        own: { type: 'class', instanceOf: Buffer },
        check: { type: 'custom', check: () => true },
      },
    })
    own(): string {
      return 'own';
    }
  }
  return OpenGateway;
}

/** A service with one action, which says on which node it was called. */
function service(name: string, socket: unknown, more: object = {}): ServiceSchema {
  const handler = (ctx: Context): string => `${name}@${ctx.broker.nodeID}`;
  return { name, actions: { act: { socket: socket as SocketExposures, handler, ...more } } };
}

/** A node that has not started. */
function node(nodeID: string, services: readonly Registered[], logger?: CollectingLogger): ServiceBroker {
  // Only 0.15 declares the option, both have it.
  const registry: object = { stopDelay: 0 };
  const broker = new ServiceBroker({
    nodeID,
    namespace: 'auto-expose',
    transporter: 'Fake',
    logger: (logger ?? false) as false,
    skipProcessEventRegistration: true,
    registry,
  });
  for (const one of services) broker.createService(one as ServiceSchema);
  return broker;
}

/** Starts one more node, for one test. */
async function anotherNode(nodeID: string, services: readonly Registered[]): Promise<ServiceBroker> {
  const broker = node(nodeID, services);
  afterwards(() => broker.stop());
  await broker.start();
  announce(broker);
  return broker;
}

/** Tells the other nodes of changes at once, in place of a second later. */
function announce(broker: ServiceBroker): void {
  (broker as any).localServiceChanged.flush();
}

/** Puts a service on a node. */
async function put(broker: ServiceBroker, schema: ServiceSchema): Promise<void> {
  broker.createService(schema);
  await until(() => (broker.registry as any).hasService(schema.name, broker.nodeID));
  announce(broker);
}

/** Takes a service away from a node. */
async function take(broker: ServiceBroker, name: string): Promise<void> {
  await broker.destroyService(serviceOf(broker, name));
  announce(broker);
}

/** Connects a client to the gateway of a node. */
function join(broker: ServiceBroker, user?: object): Promise<Client> {
  return connect({ url: `http://localhost:${portOf(serviceOf(broker, 'gateway'))}` }, '/x', {
    auth: { user },
  });
}

/** What an event is answered with: the result, or the code and the type of the error. */
async function answer(client: Client, event: string): Promise<unknown> {
  const { error, result } = await ask(client, event);
  return error ? `${error.code} ${error.type}` : result;
}

/** Waits until each of the clients is answered like that. */
async function answered(clients: readonly Client[], event: string, expected: unknown): Promise<void> {
  for (const client of clients) await until(async () => (await answer(client, event)) === expected);
}

/** Waits until a node knows an action on that many nodes. */
function known(broker: ServiceBroker, action: string, nodes: number): Promise<void> {
  const endpoints = (): number => (broker.registry as any).actions.get(action)?.endpoints.length ?? 0;
  return until(() => endpoints() === nodes);
}

const GONE = '404 EVENT_NOT_FOUND';

describe('autoExpose in a cluster', () => {
  const logger = new CollectingLogger();
  /** Waits until the gateway of a node tells exactly these events. */
  async function listed(one: ServiceBroker, ...names: string[]): Promise<void> {
    await until(async () => {
      const events: ListedEvent[] = await one.call('gateway.listEvents');
      return events.map(({ event }) => event).join() === names.join();
    });
  }

  const gateways = [] as unknown as [ServiceBroker, ServiceBroker];
  const places = [] as unknown as [ServiceBroker, ServiceBroker];

  before(async () => {
    gateways.push(node('g1', [gateway()], logger), node('g2', [gateway()]));
    places.push(node('s1', []), node('s2', []));
    await Promise.all([...gateways, ...places].map((one) => one.start()));
    for (const one of gateways) await known(one, '$node.list', 4);
  });
  afterEach(async () => {
    for (const place of places) {
      for (const { name } of place.services.filter((one) => !one.name.startsWith('$'))) {
        await take(place, name);
        for (const one of gateways) await until(() => !hasNode(one, `${name}.act`, place.nodeID));
      }
    }
    logger.lines.length = 0;
  });
  after(() => Promise.all([...gateways, ...places].map((one) => one.stop())));

  function hasNode(broker: ServiceBroker, action: string, nodeID: string): boolean {
    return (broker.registry as any).actions.get(action)?.hasNodeID(nodeID) ?? false;
  }

  it('serves what comes and goes on other nodes to clients of every gateway', async () => {
    const [s1, s2] = places;
    const clients = await Promise.all(gateways.map((one) => join(one)));
    await answered(clients, 'news', GONE);
    await put(s1, service('news', 'news'));
    await answered(clients, 'news', 'news@s1');
    await put(s2, service('news', 'news'));
    for (const one of gateways) await known(one, 'news.act', 2);
    for (const client of clients) {
      const both = [await answer(client, 'news'), await answer(client, 'news')];
      expect(both).to.have.members(['news@s1', 'news@s2']);
    }
    await take(s1, 'news');
    for (const one of gateways) await known(one, 'news.act', 1);
    for (const client of clients) {
      for (let times = 0; times < 3; times++) expect(await answer(client, 'news')).to.equal('news@s2');
    }
    await take(s2, 'news');
    for (const one of gateways) await known(one, 'news.act', 0);
    for (const client of clients) expect(await answer(client, 'news')).to.equal(GONE);
  });

  it('forgets the events of a node that stops, and of one that is lost without a word', async () => {
    const [one] = gateways;
    const client = await join(one);
    for (const end of ['stop', 'loss']) {
      const another = await anotherNode(end, [service('news', 'news')]);
      await answered([client], 'news', `news@${end}`);
      if (end === 'stop') await another.stop();
      else (one.registry as any).nodes.disconnected(end, true);
      await listed(one, 'own');
      expect(await answer(client, 'news')).to.equal(GONE);
    }
  });

  it('follows what a service asks for', async () => {
    const [s1] = places;
    const client = await join(gateways[0]);
    await put(s1, service('news', 'news'));
    await answered([client], 'news', 'news@s1');
    await take(s1, 'news');
    await put(s1, service('news', ['latest', { event: 'newest', namespace: '/x' }]));
    await answered([client], 'latest', 'news@s1');
    await answered([client], 'newest', 'news@s1');
    expect(await answer(client, 'news')).to.equal(GONE);
  });

  it('does not believe the list of a service, which keeps what its node has taken away', async () => {
    const [s1] = places;
    const [one] = gateways;
    const client = await join(one);
    const other = { socket: 'other', handler: () => 'other' };
    await put(s1, { name: 'news', actions: { ...service('news', 'news').actions, other } });
    await answered([client], 'other', 'other');
    // It is back with one action less before anybody has heard that it was gone.
    await s1.destroyService(serviceOf(s1, 'news'));
    await put(s1, service('news', 'news'));
    await known(one, 'news.other', 0);
    await answered([client], 'news', 'news@s1');
    expect(await answer(client, 'other')).to.equal(GONE);
    await listed(one, 'own', 'news');
    const list: any[] = (one.registry as any).getServiceList({ withActions: true });
    expect(Object.keys(list.find(({ name }) => name === 'news').actions)).to.include('news.other');
  });

  it('takes roles from other nodes, and demands all of them where nodes differ', async () => {
    const [s1, s2] = places;
    const [one] = gateways;
    await put(s1, service('news', 'news'));
    const nobody = await join(one);
    const user = await join(one, { id: 1 });
    const admin = await join(one, { id: 2, roles: ['admin'] });
    await answered([nobody, user, admin], 'news', 'news@s1');
    await put(s2, service('news', { event: 'news', authorize: ['admin'] }));
    await answered([nobody], 'news', '401 NO_USER');
    expect(await answer(user, 'news')).to.equal('403 MISSING_ROLE');
    expect(await answer(admin, 'news')).to.match(/^news@/);
    await take(s1, 'news');
    await known(one, 'news.act', 1);
    expect(await answer(user, 'news')).to.equal('403 MISSING_ROLE');
    expect(await answer(admin, 'news')).to.equal('news@s2');
  });

  it('serves only what is published', async () => {
    const [s1] = places;
    const client = await join(gateways[0]);
    const visibilities = ['public', 'protected', 'private', 'published'];
    for (const visibility of visibilities) await put(s1, service(visibility, visibility, { visibility }));
    await answered([client], 'published', 'published@s1');
    for (const event of visibilities.slice(0, 3)) expect(await answer(client, event)).to.equal(GONE);
  });

  it('leaves an event to the action that has it when another node asks for it too', async () => {
    const [s1, s2] = places;
    const [one] = gateways;
    const client = await join(one);
    await put(s1, service('b', 'act'));
    await answered([client], 'act', 'b@s1');
    await put(s2, service('a', 'act'));
    await until(() => logger.having('is asked for').length > 0);
    expect(await answer(client, 'act')).to.equal('b@s1');

    // A gateway that finds both cannot know which of them has had it.
    const another = await anotherNode('g3', [gateway()]);
    await known(another, 'a.act', 1);
    await known(another, 'b.act', 1);
    const stranger = await join(another);
    expect(await answer(stranger, 'act')).to.equal(GONE);

    await take(s1, 'b');
    await answered([client, stranger], 'act', 'a@s2');
    expect(logger.having('is asked for')).to.have.length(1);
  });

  it('refuses what is wrong on one node, and serves what is right on another', async () => {
    const [s1, s2] = places;
    const client = await join(gateways[0]);
    await put(s1, service('news', { event: 'news', role: 'admin' }));
    await until(() => logger.having("'news.act' is not exposed").length > 0);
    expect(await answer(client, 'news')).to.equal(GONE);
    await put(s2, service('news', { event: 'news', authorize: true }));
    await answered([client], 'news', '401 NO_USER');
  });

  it('is told to other nodes by listEvents', async () => {
    const [s1, s2] = places;
    await put(s1, service('news', { event: 'news', authorize: ['admin'] }, { params: { id: 'number' } }));
    let events: ListedEvent[] = [];
    await until(async () => {
      events = await s2.call('gateway.listEvents');
      return events[1]?.authorize?.roles.length === 1;
    });
    expect(events).to.deep.equal([
      {
        event: 'own',
        namespaces: ['/x'],
        kind: 'handler',
        action: 'gateway.own',
        params: {
          text: { type: 'string', pattern: '/^[a-z]+$/' },
          own: { type: 'class', instanceOf: '[function Buffer]' },
          check: { type: 'custom', check: '[function check]' },
        },
      },
      {
        event: 'news',
        namespaces: ['/x'],
        kind: 'action',
        action: 'news.act',
        params: { id: 'number' },
        authorize: { roles: [['admin']], policies: 0 },
      },
    ]);
  });
});
