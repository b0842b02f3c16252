import { createAdapter } from '@socket.io/redis-adapter';
import { ServiceBroker, type BrokerOptions, type ServiceSchema } from 'moleculer';
import { createClient } from 'redis';
import {
  Ctx,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';

/*
 * A node of a cluster: a gateway, a worker, or both, with Redis as transporter or adapter.
 */

export interface NodeOptions {
  readonly nodeID: string;
  readonly has: ('gateway' | 'worker')[];
  /** URLs of Redis. */
  readonly transporter?: string;
  readonly adapter?: string;
  /** Milliseconds. */
  readonly requestTimeout?: number;
}

let hanging = 0;
const toldOfHanging: (() => void)[] = [];

const worker: ServiceSchema = {
  name: 'worker',
  actions: {
    quick: (ctx: any) => ctx.broker.nodeID as string,
    hang() {
      hanging++;
      for (const tell of toldOfHanging.splice(0)) tell();
      return new Promise(() => undefined);
    },
  },
};

function gateway(adapter: unknown): ServiceSchema {
  @SocketNamespace('/x', { settings: { port: 0, io: { options: { adapter: adapter as never } } } })
  class NodeGateway extends SocketGateway {
    @SocketEvent()
    ping() {
      return 'pong';
    }
    @SocketEvent({ whitelist: ['worker.*'] })
    call!: ActionProxy;
    @SocketEvent()
    relay(@MessageBody() action: string, @Ctx() ctx: SocketContext) {
      return ctx.call(action);
    }
    @SocketEvent()
    async shout(@MessageBody() text: string, @Ctx() ctx: SocketContext) {
      ctx.socket.nsp.emit('shouted', text);
      await ctx.call('node.broadcast', { event: 'broadcast', args: [text] });
    }
    @SocketEvent()
    count(@Ctx() ctx: SocketContext) {
      return ctx.call('node.getClients');
    }
  }
  return NodeGateway as object as ServiceSchema;
}

/**
 * Moleculer subscribes as soon as it is connected again, and ioredis may ask whether Redis is ready after that: asked in
 * subscriber mode, that rejects where nobody listens.
 */
function transporterAt(url: string): NonNullable<BrokerOptions['transporter']> {
  const { hostname: host, port } = new URL(url);
  return { type: 'Redis', options: { host, port: Number(port), enableReadyCheck: false } };
}

if (require.main === module) {
  serve(async ({ nodeID, has, transporter, adapter, requestTimeout }: NodeOptions) => {
    const broker = new ServiceBroker({
      nodeID,
      logger: false,
      skipProcessEventRegistration: true,
      registry: STOPS_AT_ONCE,
      heartbeatInterval: 1,
      heartbeatTimeout: 2,
      ...(transporter !== undefined && { transporter: transporterAt(transporter) }),
      ...(requestTimeout !== undefined && { requestTimeout }),
    });
    const clients =
      adapter === undefined ? [] : [createClient({ url: adapter }), createClient({ url: adapter })];
    const [pub, sub] = clients;
    for (const client of clients) {
      client.on('error', () => undefined);
      await client.connect();
    }
    if (has.includes('worker')) broker.createService(worker);
    if (has.includes('gateway')) broker.createService(gateway(pub && sub && createAdapter(pub, sub)));
    await broker.start();
    return {
      brokers: [broker],
      commands: {
        sees: (...services: string[]) => broker.waitForServices(services, 8000, 20).then(() => undefined),
        /** Resolves when so many calls hang. */
        async hangs(count: number) {
          while (hanging < count) await new Promise<void>((resolve) => toldOfHanging.push(resolve));
        },
      },
    };
  });
}
