import type { AddressInfo } from 'node:net';
import { ServiceBroker, type ServiceSchema } from 'moleculer';
import { io } from 'socket.io-client';
import {
  Authenticate,
  NspParam,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
} from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';

/*
 * A process in which brokers come and go.
 */

@SocketNamespace('/x', { settings: { port: 0, cors: { origin: '*' } } })
class OneGateway extends SocketGateway {
  @Authenticate({ room: () => 'users' })
  authenticate() {
    return { id: 1 };
  }
  @OnConnect()
  async welcome() {
    await Promise.resolve();
  }
  @SocketEvent({ timeout: 1000 })
  ping() {
    return 'pong';
  }
  @SocketEvent({ whitelist: ['math.*'] })
  call!: ActionProxy;
}

@SocketNamespace('/tenants/:id')
class TenantsGateway extends SocketGateway {
  @SocketEvent()
  ping(@NspParam('id') id: string) {
    return id;
  }
}

const others: ServiceSchema[] = [
  {
    name: 'io',
    mixins: [SocketIOService],
    settings: { port: 0, io: { namespaces: { '/io': { events: { call: {} } } } } },
  } as ServiceSchema,
  { name: 'math', actions: { one: () => 1 } },
];

/** @param metrics of a broker that is not used again: Moleculer keeps those of one that was stopped */
function newBroker(metrics: boolean): ServiceBroker {
  const broker = new ServiceBroker({
    logger: false,
    ...(metrics && { metrics: { enabled: true, collectProcessMetrics: false } as object }),
    registry: STOPS_AT_ONCE,
  });
  for (const service of [OneGateway, TenantsGateway, ...others])
    broker.createService(service as ServiceSchema);
  return broker;
}

/** The Socket.IO servers of all times. */
const servers: WeakRef<object>[] = [];

/** Clients come, ask, and are there when the server stops. */
async function use(broker: ServiceBroker): Promise<void> {
  const gateway = broker.services.find(({ name }) => name === 'one') as unknown as OneGateway;
  servers.push(new WeakRef(gateway.io));
  const { port } = (gateway.io as unknown as { httpServer: { address(): AddressInfo } }).httpServer.address();
  const ask = async (
    namespace: string,
    transport: string,
    ...event: [string, ...unknown[]]
  ): Promise<void> => {
    const client = io(`http://localhost:${port}${namespace}`, {
      forceNew: true,
      reconnection: false,
      transports: [transport],
    });
    const [name, ...args] = event;
    await new Promise<void>((resolve, reject) => {
      client.once('connect_error', reject);
      client.emit(name, ...args, (error: unknown) => {
        if (error) reject(error);
        else resolve();
      });
    });
  };
  await Promise.all([
    ask('/x', 'websocket', 'ping'),
    ask('/x', 'websocket', 'call', 'math.one'),
    ask('/x', 'polling', 'ping'),
    ask('/tenants/a', 'websocket', 'ping'),
    ask('/io', 'websocket', 'call', 'math.one'),
  ]);
}

serve(async () => {
  const broker = newBroker(true);
  return {
    brokers: [],
    commands: {
      /** Starts and stops one broker so many times. */
      async restart(times: number) {
        for (let time = 0; time < times; time++) {
          await broker.start();
          await use(broker);
          await broker.stop();
        }
      },
      /** Makes so many brokers, one after the other. */
      async renew(times: number) {
        for (let time = 0; time < times; time++) {
          const another = newBroker(false);
          await another.start();
          await use(another);
          await another.stop();
        }
      },
      /** How many of them somebody still holds on to. */
      servers: () => servers.filter((server) => server.deref()).length,
      listeners: () =>
        Object.fromEntries(process.eventNames().map((name) => [String(name), process.listenerCount(name)])),
    },
  };
});
