import { ServiceBroker, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import { Authenticate, MessageBody, NspParam, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';

/*
 * A server whose gateways are replaced while it serves.
 */

@SocketNamespace('/', { name: 'root', settings: { port: 0 } })
class RootGateway extends SocketGateway {
  @SocketEvent()
  async work(@MessageBody() number: number) {
    await new Promise((resolve) => setTimeout(resolve, number % 5));
    return number;
  }
}

@SocketNamespace('/x', { name: 'x' })
class ReplacedGateway extends SocketGateway {
  @Authenticate({ room: () => 'users' })
  async authenticate(socket: Socket) {
    await Promise.resolve();
    return { id: socket.handshake.auth['id'] as number };
  }
  @SocketEvent()
  async work(@MessageBody() number: number) {
    await new Promise((resolve) => setTimeout(resolve, number % 5));
    return number;
  }
}

@SocketNamespace('/tenants/:id', { name: 'tenants' })
class TenantsGateway extends SocketGateway {
  @SocketEvent()
  async work(@MessageBody() number: number, @NspParam('id') _id: string) {
    await new Promise((resolve) => setTimeout(resolve, number % 5));
    return number;
  }
}

/** Is not replaced, on the same server. */
@SocketNamespace('/stays', { name: 'stays' })
class StayingGateway extends SocketGateway {
  @SocketEvent()
  work(@MessageBody() number: number) {
    return number;
  }
}

serve(async () => {
  const broker = new ServiceBroker({
    logger: false,
    metrics: { enabled: true, collectProcessMetrics: false } as object,
    skipProcessEventRegistration: true,
    registry: STOPS_AT_ONCE,
  });
  const gateways = [RootGateway, ReplacedGateway, TenantsGateway, StayingGateway];
  for (const gateway of gateways) broker.createService(gateway as ServiceSchema);
  await broker.start();
  const serviceOf = (name: string): any => broker.services.find((service) => service.name === name);
  return {
    brokers: [broker],
    commands: {
      /** As Moleculer's hot reload does it. */
      async reload(name: string) {
        const gateway = gateways[['root', 'x', 'tenants', 'stays'].indexOf(name)];
        await broker.destroyService(serviceOf(name) as string);
        broker.createService(gateway as ServiceSchema);
        await broker.waitForServices(name, 5000, 5);
      },
      /** How many listeners there are where a reload could leave some. */
      listeners() {
        const { io } = serviceOf('stays');
        return [io, io.engine, io.httpServer, io.sockets, ...io._nsps.values()].map((emitter) =>
          [...emitter.eventNames(), '_fns'].map((name) =>
            name === '_fns' ? emitter._fns?.length : emitter.listenerCount(name),
          ),
        );
      },
    },
  };
});
