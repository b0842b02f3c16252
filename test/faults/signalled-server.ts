import { ServiceBroker, type ServiceSchema } from 'moleculer';
import { MessageBody, SocketEvent, SocketGateway, SocketNamespace, type ActionProxy } from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';

/*
 * A server as it is in production: its broker answers signals by itself.
 */

@SocketNamespace('/x', { settings: { port: 0 } })
class BusyGateway extends SocketGateway {
  @SocketEvent()
  async work(@MessageBody() number: number) {
    await new Promise((resolve) => setTimeout(resolve, number % 20));
    return number;
  }
  @SocketEvent({ whitelist: ['busy.*'] })
  call!: ActionProxy;
}

const actions: ServiceSchema = {
  name: 'busy',
  actions: {
    async act(ctx: any) {
      await new Promise((resolve) => setTimeout(resolve, ctx.params.number % 20));
      return ctx.params.number as number;
    },
  },
};

serve(async () => {
  const broker = new ServiceBroker({ logger: false, registry: STOPS_AT_ONCE });
  for (const service of [BusyGateway, actions]) broker.createService(service as ServiceSchema);
  await broker.start();
  return { brokers: [broker] };
});
