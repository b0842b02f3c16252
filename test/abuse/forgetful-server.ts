import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter';
import { ServiceBroker, type ServiceSchema } from 'moleculer';
import { createClient } from 'redis';
import { Adapter } from 'socket.io-adapter';
import type { ServerOptions, Socket } from 'socket.io';
import { Authenticate, RateLimit, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';

/*
 * A server whose namespaces have names that clients choose.
 */

interface ForgetfulOptions {
  /** `'answering'`: with the method of those for Redis that takes messages of other nodes. */
  readonly adapter: 'plain' | 'answering' | 'recovering' | 'redis' | 'sharded';
  /** The address of Redis. */
  readonly redis?: string;
}

class AnsweringAdapter extends Adapter {
  onMessage(): void {
    throw new Error('there is no other node');
  }
}

async function optionsOf({ adapter, redis }: ForgetfulOptions): Promise<Partial<ServerOptions>> {
  if (adapter === 'plain') return {};
  if (adapter === 'recovering') return { connectionStateRecovery: { maxDisconnectionDuration: 1 } };
  if (adapter === 'answering') return { adapter: AnsweringAdapter };
  const pub = createClient({ url: redis! });
  const sub = pub.duplicate();
  // Each adapter listens for errors of the clients.
  for (const client of [pub, sub]) client.setMaxListeners(0);
  await Promise.all([pub.connect(), sub.connect()]);
  process.once('disconnect', () => {
    for (const client of [pub, sub]) client.destroy();
  });
  return { adapter: adapter === 'redis' ? createAdapter(pub, sub) : createShardedAdapter(pub, sub) };
}

if (require.main === module) {
  serve(async (given: ForgetfulOptions) => {
    const options = await optionsOf(given);
    @SocketNamespace('/t/:id', { settings: { port: 0, io: { options } } })
    class TenantGateway extends SocketGateway {
      @Authenticate()
      authenticate(socket: Socket) {
        if (socket.handshake.auth['refuse']) throw new Error('refused');
      }
      @RateLimit({ points: 1000, duration: 86_400 })
      @SocketEvent()
      ping() {
        return 'pong';
      }
    }
    const broker = new ServiceBroker({
      logger: false,
      metrics: { enabled: true, collectProcessMetrics: false } as object,
      skipProcessEventRegistration: true,
      registry: STOPS_AT_ONCE,
    });
    broker.createService(TenantGateway as unknown as ServiceSchema);
    await broker.start();
    return { brokers: [broker] };
  });
}
