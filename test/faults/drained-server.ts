import { ServiceBroker, type ServiceSchema } from 'moleculer';
import { MessageBody, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';

/*
 * A server that drains before it ends. Its broker answers signals by itself, unless an option says otherwise.
 */

interface Options {
  readonly drain: object;
  /** Nothing listens to signals. */
  readonly isDeaf?: boolean;
}

@SocketNamespace('/x', { settings: { port: 0 } })
class WorkGateway extends SocketGateway {
  /** Works for so many milliseconds. */
  @SocketEvent()
  async work(@MessageBody() milliseconds: number) {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return milliseconds;
  }
}

serve(async ({ drain, isDeaf = false }: Options) => {
  const broker = new ServiceBroker({
    logger: false,
    registry: STOPS_AT_ONCE,
    skipProcessEventRegistration: isDeaf,
  });
  const settings: object = { port: 0, drain };
  broker.createService(WorkGateway as unknown as ServiceSchema, { settings });
  await broker.start();
  return { brokers: [broker], commands: { stop: () => void broker.stop() } };
});
