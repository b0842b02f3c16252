import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ServiceBroker, type ServiceSchema } from 'moleculer';
import { Authenticate, Authorize, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';

/*
 * A server whose event loop is watched while clients ask for namespaces.
 */

const settings = { port: 0 };

@SocketNamespace('/t/:id', { settings })
class TenantGateway extends SocketGateway {
  @SocketEvent()
  ping() {
    return 'pong';
  }
}

@SocketNamespace(['/secret', '/g/:id'], { settings })
@Authorize()
class GuardedGateway extends SocketGateway {
  @Authenticate()
  async authenticate() {
    await Promise.resolve();
  }
}

if (require.main === module) {
  serve(async () => {
    const broker = new ServiceBroker({
      logger: false,
      skipProcessEventRegistration: true,
      registry: STOPS_AT_ONCE,
    });
    for (const service of [TenantGateway, GuardedGateway])
      broker.createService(service as unknown as ServiceSchema);
    await broker.start();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    let before = 0;
    return {
      brokers: [broker],
      commands: {
        watch() {
          global.gc?.();
          before = process.memoryUsage().rss;
          delay.reset();
          delay.enable();
        },
        /** Returns the longest standstill in milliseconds, and by how many bytes the process has grown. */
        watched() {
          delay.disable();
          return { standstill: delay.max / 1e6, growth: process.memoryUsage().rss - before };
        },
      },
    };
  });
}
