import { expect } from 'chai';
import type { ServiceSchema } from 'moleculer';
import { Adapter } from 'socket.io-adapter';
import {
  ForwardEvent,
  moleculerAdapter,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ServerSettings,
} from '../../src';
import { ClusterAdapter } from '../../src/runtime/cluster/cluster-adapter';
import {
  CollectingLogger,
  connect,
  METRICS,
  newBroker,
  next,
  portOf,
  serviceOf,
  type Client,
  type Options,
  type Registered,
  type RunningGateway,
} from '../support/run-gateway';

let clusters = 0;

/** A node with a gateway. */
interface Node {
  readonly gateway: RunningGateway;
  readonly url: string;
  readonly logger: CollectingLogger;
}

/** Starts nodes that see each other, one after the other. */
async function nodes(services: readonly Registered[], options: Options = {}): Promise<Node[]> {
  const namespace = `settings-${++clusters}`;
  const started: Node[] = [];
  for (const service of services) {
    const logger = new CollectingLogger();
    const nodeID = `n${started.length + 1}`;
    const broker = newBroker([service].flat(), {
      nodeID,
      namespace,
      transporter: 'Fake',
      logger,
      ...options,
    });
    await broker.start();
    const gateway = broker.services.find((one) => 'namespaces' in one) as RunningGateway;
    started.push({ gateway, logger, url: `http://localhost:${portOf(gateway)}` });
  }
  return started;
}

function chat(io?: ServerSettings['io'], settings: object = {}): Registered {
  @SocketNamespace('/x', { name: 'chat', settings: { port: 0, ...(io && { io }), ...settings } })
  class ChatGateway extends SocketGateway {
    @SocketEvent()
    ping() {
      return 'pong';
    }
  }
  return ChatGateway;
}

function dropIn(io: object = {}): Registered {
  return {
    name: 'chat',
    mixins: [SocketIOService],
    settings: {
      port: 0,
      io: {
        ...io,
        namespaces: {
          '/': { createNamespace: false },
          '/x': { events: { call: { whitelist: ['math.*'] } } },
        },
      },
    },
  } as unknown as ServiceSchema;
}

/** Sends an event from the first node, then one from the second, and returns what a client of the second has got. */
async function received([one, two]: Node[], member?: Client): Promise<string[]> {
  const client = member ?? (await connect(two!, '/x'));
  const events: string[] = [];
  client.onAny((event: string) => events.push(event));
  await one!.gateway.broker.call('chat.broadcast', { event: 'from one', namespace: '/x' }, { nodeID: 'n1' });
  const end = next(client, 'from two');
  await settled(one!, two!);
  two!.gateway.namespaces.get('/x')!.local.emit('from two');
  await end;
  return events;
}

/** Waits until what one node has sent to another has arrived, by the metrics of both or a moment. */
function settled(..._nodes: Node[]): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

const adapterOf = ({ gateway }: Node): unknown => gateway.namespaces.get('/x')!.adapter;
const warnings = ({ logger }: Node): string[] =>
  logger.lines.filter(({ level }) => level === 'warn').map(({ text }) => text);

describe('a gateway on several nodes', () => {
  it('is one gateway by default', async () => {
    const started = await nodes([chat(), chat()]);
    expect(await received(started)).to.deep.equal(['from one', 'from two']);
    expect(started.flatMap(warnings)).to.deep.equal([]);
  });

  it('has the adapter of Socket.IO without a transporter', async () => {
    const broker = newBroker(chat());
    await broker.start();
    const { adapter } = serviceOf(broker, 'chat').namespaces.get('/x')!;
    expect(adapter.constructor).to.equal(Adapter);
  });

  it("is as many gateways as nodes with 'local', and says nothing", async () => {
    const started = await nodes([chat({ adapter: 'local' }), chat({ adapter: 'local' })]);
    expect(await received(started)).to.deep.equal(['from two']);
    expect(started.map(adapterOf).some((adapter) => adapter instanceof ClusterAdapter)).to.equal(false);
    expect(started.flatMap(warnings)).to.deep.equal([]);
    const [one] = started;
    expect(await one!.gateway.broker.call('chat.getClients', {}, { nodeID: 'n1' })).to.deep.equal([]);
  });

  it("forwards events to the clients of all nodes with 'local', too", async () => {
    @SocketNamespace('/x', { name: 'chat', settings: { port: 0, io: { adapter: 'local' } } })
    class Forwarding extends SocketGateway {
      @ForwardEvent('order.paid')
      paid() {
        return 1;
      }
    }
    const [one, two] = await nodes([Forwarding, Forwarding]);
    const clients = [await connect(one!, '/x'), await connect(two!, '/x')];
    const events = Promise.all(clients.map((client) => next(client, 'order.paid')));
    await one!.gateway.broker.emit('order.paid');
    expect(await events).to.deep.equal([[1], [1]]);
  });

  it('can be given moleculerAdapter()', async () => {
    const adapter = (): ServerSettings['io'] => ({ options: { adapter: moleculerAdapter() } });
    expect(await received(await nodes([chat(adapter()), chat(adapter())]))).to.deep.equal([
      'from one',
      'from two',
    ]);
    const dropIns = [dropIn({ options: { adapter: moleculerAdapter() } }), dropIn({ adapter: 'moleculer' })];
    expect(await received(await nodes(dropIns))).to.deep.equal(['from one', 'from two']);
    const async = { options: { adapter: () => Promise.resolve(moleculerAdapter()) } };
    expect(await received(await nodes([chat(async), dropIn(async)]))).to.deep.equal(['from one', 'from two']);
  });

  it('can share a server with another that is given moleculerAdapter(), too', async () => {
    const io = (): ServerSettings['io'] => ({ options: { adapter: moleculerAdapter() } });
    @SocketNamespace('/other', { name: 'other', settings: { io: io() } })
    class OtherGateway extends SocketGateway {}
    const both = (): Registered => [chat(io()), OtherGateway] as never;
    expect(await received(await nodes([both(), both()]))).to.deep.equal(['from one', 'from two']);
  });

  it('goes by the adapter of the application, if it has one', async () => {
    class OwnAdapter extends Adapter {}
    const io = { options: { adapter: OwnAdapter }, adapter: 'moleculer' } as const;
    const started = await nodes([chat(io), chat(io)]);
    expect(started.map((node) => adapterOf(node) instanceof OwnAdapter)).to.deep.equal([true, true]);
    expect(await received(started)).to.deep.equal(['from two']);
    expect(started.flatMap(warnings)).to.deep.equal([]);
  });

  describe('of SocketIOService', () => {
    it('is not one by default, and warns once', async () => {
      const started = await nodes([dropIn(), dropIn(), dropIn()]);
      expect(await received(started)).to.deep.equal(['from two']);
      await settled();
      for (const node of started) {
        expect(warnings(node)).to.have.length(1);
        expect(warnings(node)[0]).to.match(
          /'chat' runs on n\d, too, and no adapter reaches its clients there: set settings\.io\.adapter to 'moleculer', or to 'local'/,
        );
      }
    });

    it("says nothing with 'local'", async () => {
      const started = await nodes([dropIn({ adapter: 'local' }), dropIn({ adapter: 'local' })]);
      expect(await received(started)).to.deep.equal(['from two']);
      expect(started.flatMap(warnings)).to.deep.equal([]);
    });

    it("is one with 'moleculer', also with a class", async () => {
      const started = await nodes([dropIn({ adapter: 'moleculer' }), dropIn({ adapter: 'moleculer' })]);
      expect(await received(started)).to.deep.equal(['from one', 'from two']);
      expect(started.flatMap(warnings)).to.deep.equal([]);
      expect(await received(await nodes([chat(), dropIn({ adapter: 'moleculer' })]))).to.deep.equal([
        'from one',
        'from two',
      ]);
    });

    it('stays on its node beside a class that does not', async () => {
      const beside = (): Registered =>
        [
          chat(),
          {
            name: 'io',
            mixins: [SocketIOService],
            settings: { io: { namespaces: { '/y': { events: {} } } } },
            created(this: { settings: { port?: number } }) {
              // Without a port the mixin waits for a server: it takes that of the class.
              this.settings.port = 0;
            },
          },
        ] as never;
      const started = await nodes([beside(), beside()]);
      expect(await received(started)).to.deep.equal(['from one', 'from two']);
    });
  });

  it('warns once if the adapters differ', async () => {
    const started = await nodes([chat(), chat({ adapter: 'local' }), chat({ adapter: 'local' })]);
    await received(started);
    await settled();
    expect(started.map((node) => warnings(node).length)).to.deep.equal([1, 0, 0]);
    expect(warnings(started[0]!)[0]).to.match(
      /'chat' has another adapter on n\d \("local", here "moleculer"\): clients of one node miss what the other one sends/,
    );
  });

  it('is refused a setting that is neither', async () => {
    for (const adapter of ['redis', moleculerAdapter(), true, 7]) {
      const broker = newBroker(chat({ adapter: adapter as 'local' }));
      const failure = await broker.start().then(
        () => 'started',
        (error: unknown) => String(error),
      );
      expect(failure).to.include("settings.io.adapter must be 'moleculer' or 'local', not ");
      if (typeof adapter === 'function') expect(failure).to.include('in settings.io.options.adapter');
    }
  });

  it('takes the namespaces along that belong to no gateway', async () => {
    const [one, two] = await nodes([chat(), chat()]);
    const heard = new Promise((resolve) => two!.gateway.io.on('hello' as never, resolve as never));
    one!.gateway.io.serverSideEmit('hello' as never, 'everybody');
    expect(await heard).to.equal('everybody');
    const beside = new Promise((resolve) =>
      two!.gateway.io.of('/beside').on('hello' as never, resolve as never),
    );
    one!.gateway.io.of('/beside').serverSideEmit('hello' as never, 'there');
    expect(await beside).to.equal('there');
  });

  it('counts what its nodes exchange', async () => {
    const [one, two] = await nodes([chat(), chat()], METRICS);
    const client = await connect(two!, '/x');
    const event = next(client, 'event');
    one!.gateway.namespaces.get('/x')!.emit('event');
    await event;
    const value = ({ gateway }: Node, name: string): number => {
      const metric = gateway.broker.metrics.getMetric(`moleculer.io.cluster.${name}`) as unknown as {
        snapshot(): { labels: { service: string }; value: number }[];
      };
      return metric.snapshot().find(({ labels }) => labels.service === 'chat')?.value ?? 0;
    };
    expect(value(one!, 'peers')).to.equal(1);
    expect(value(two!, 'peers')).to.equal(1);
    expect(value(one!, 'sent.total')).to.be.at.least(2);
    expect(value(two!, 'received.total')).to.be.at.least(2);
    expect(value(one!, 'lost.total')).to.equal(0);
    await two!.gateway.broker.stop();
    expect(value(one!, 'peers')).to.equal(0);
  });

  it('keeps what it was sent for a client that comes back to the same node', async () => {
    const recovery = { options: { connectionStateRecovery: {} } };
    const [one, two] = await nodes([chat(recovery), chat(recovery)]);
    const client = await connect(two!, '/x', { reconnection: true, reconnectionDelay: 10 });
    const first = next(client, 'first');
    one!.gateway.namespaces.get('/x')!.emit('first', Buffer.from('bytes'));
    await first;
    const { id } = client;
    const gone = next(client, 'disconnect');
    const left = new Promise((resolve) =>
      two!.gateway.namespaces.get('/x')!.sockets.get(id!)!.on('disconnect', resolve),
    );
    client.io.engine.close();
    await Promise.all([gone, left]);
    const missed = next(client, 'missed');
    one!.gateway.namespaces.get('/x')!.emit('missed', Buffer.from('more'));
    two!.gateway.namespaces.get('/x')!.emit('last');
    client.connect();
    const last = next(client, 'last');
    expect((await missed)[0]).to.deep.equal(Buffer.from('more'));
    await last;
    expect([client.recovered, client.id]).to.deep.equal([true, id]);
  });
});
