import { queryObjects } from 'node:v8';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceBroker, type ServiceSchema } from 'moleculer';
import { Server } from 'socket.io';
import { SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';

/*
 * A gateway with so many events, or a plain Socket.IO server where there are none, in a process in which nothing else
 * has functions.
 */

/** A gateway with so many events. */
export function gatewayWith(events: number): typeof SocketGateway {
  class ManyGateway extends SocketGateway {}
  for (let at = 0; at < events; at++) {
    const member = `event${at}`;
    const descriptor = { value: () => at, writable: true, configurable: true };
    Object.defineProperty(ManyGateway.prototype, member, descriptor);
    SocketEvent()(ManyGateway.prototype, member as never, descriptor as never);
  }
  return SocketNamespace('/x', { settings: { port: 0 } })(ManyGateway) ?? ManyGateway;
}

async function listenPlain(): Promise<number> {
  const http = createServer();
  new Server(http).of('/x');
  await new Promise<void>((resolve) => http.listen(0, resolve));
  return (http.address() as AddressInfo).port;
}

if (require.main === module) {
  serve(async ({ events }: { events: number }) => {
    const broker = new ServiceBroker({
      logger: false,
      skipProcessEventRegistration: true,
      registry: STOPS_AT_ONCE,
    });
    if (events > 0) broker.createService(gatewayWith(events) as object as ServiceSchema);
    await broker.start();
    const plain = events > 0 ? undefined : await listenPlain();
    return {
      brokers: [broker],
      commands: {
        plainPort: () => plain,
        /** All functions that are still in use. */
        functions: () => Number(queryObjects(Function)),
      },
    };
  });
}
